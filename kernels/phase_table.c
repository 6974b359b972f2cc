// The phases of one instruction set as a table; compiled once per set.
#include <time.h>

#include "kernels/phase_name.h"
#include "kernels/phases.h"

void PHASE_NAME(rollout)(const Population *population, int p, int shard, void *tape);
void PHASE_NAME(learn)(const Population *population, int p, int shard, void *tape);
void PHASE_NAME(update)(const Population *population, int p);
void PHASE_NAME(trace)(const TraceJob *job, int level, void *memory);

enum { PEAK_CHAINS = VEC_WIDTH == 16 ? 16 : 12, PEAK_ROUNDS = 2000000 };

static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// Independent chains of multiply-adds in registers: nothing else to wait for.
static double PHASE_NAME(peak)(void) {
  Vec chain[PEAK_CHAINS];
  volatile real source = REAL(0.999);
  const Vec factor = vec_set1(source), term = vec_set1(source - 1);
  UNROLL for (int i = 0; i < PEAK_CHAINS; ++i) chain[i] = vec_set1(source * (real)i);
  const double start = seconds_now();
  for (int round = 0; round < PEAK_ROUNDS; ++round) {
    UNROLL for (int i = 0; i < PEAK_CHAINS; ++i) chain[i] = vec_fma(chain[i], factor, term);
  }
  const double seconds = seconds_now() - start;
  real kept[VEC_WIDTH];
  for (int i = 1; i < PEAK_CHAINS; ++i) chain[0] = vec_fma(chain[0], factor, chain[i]);
  vec_store(kept, chain[0]);
  source = kept[0];  // the chains are used: the compiler may not drop them
  return 2.0 * PEAK_CHAINS * VEC_WIDTH * PEAK_ROUNDS / seconds;
}

#define PHASE_TEXT2(isa) #isa
#define PHASE_TEXT(isa) PHASE_TEXT2(isa)

const Phases PHASE_NAME(phases) = {
    .name = PHASE_TEXT(MESAGRID_ISA),
    .rollout = PHASE_NAME(rollout),
    .learn = PHASE_NAME(learn),
    .update = PHASE_NAME(update),
    .trace = PHASE_NAME(trace),
    .peak = PHASE_NAME(peak),
};
