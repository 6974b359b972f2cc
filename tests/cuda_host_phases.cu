// The phases as nvcc compiles them for the host: the GPU's text (vectors of four, its tiles, its groups,
// cuRAND) on one thread.
#include "kernels/learn.h"
#include "kernels/rollout.h"
#include "kernels/trace.h"
#include "kernels/update.h"
#include "tests/cuda_host_phases.h"

static int copied;            // NEAR_…
static void *rollout_memory;  // of think_near() and learn_near()
static void *learn_memory;

static void rollout_host(const Population *population, int p, int shard, void *tape) {
  const Block block = {0};
  rollout_block(&block, population, p, shard, tape, copied, rollout_memory);
}

static void learn_host(const Population *population, int p, int shard, void *tape) {
  const Block block = {0};
  learn_block(&block, population, p, shard, tape, copied, learn_memory);
}

static void update_host(const Population *population, int p) {
  const Block block = {0};
  real partial[SUM_LANES];
  update_block(&block, population, p, partial);
}

static void trace_host(const TraceJob *job, int level, void *memory) {
  const Block block = {0};
  trace_block(&block, job, level, memory);
}

Phases cuda_host_phases(int near, void *rollout_near, void *learn_near) {
  Phases phases = {};
  copied = near;
  rollout_memory = rollout_near;
  learn_memory = learn_near;
  phases.name = "cuda on the host";
  phases.rollout = rollout_host;
  phases.learn = learn_host;
  phases.update = update_host;
  phases.trace = trace_host;
  return phases;
}
