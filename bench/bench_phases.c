// Times the phases of one default agent, each for itself, on one thread.
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "host/cohort.h"

enum { WARM_UPDATES = 5, UPDATES = 40, TRACE_TICKS = 24, TRACE_LEVELS = 64, TRACE_SIZE = 9 };

// Seconds of processor time of each phase for one update, and for tracing one level.
typedef struct PhaseTimes {
  double rollout, learn, update, trace;
  double steps;  // environment steps of one update
} PhaseTimes;

static void time_update(const Phases *phases, const Population *population, void *tape, PhaseTimes *times) {
  for (int shard = 0; shard < population->shape.shards; ++shard) {
    const double start = bench_cpu_now();
    phases->rollout(population, 0, shard, tape);
    const double middle = bench_cpu_now();
    phases->learn(population, 0, shard, tape);
    times->rollout += middle - start;
    times->learn += bench_cpu_now() - middle;
  }
  const double start = bench_cpu_now();
  phases->update(population, 0);
  times->update += bench_cpu_now() - start;
}

// The first updates only warm caches and clocks.
static void time_training(const Phases *phases, const Population *population, void *tape, PhaseTimes *times) {
  PhaseTimes ignored = {0, 0, 0, 0, 0};
  for (int u = 0; u < WARM_UPDATES; ++u) time_update(phases, population, tape, &ignored);
  const int64_t steps = population->progress->env_steps;
  for (int u = 0; u < UPDATES; ++u) time_update(phases, population, tape, times);
  times->rollout /= UPDATES;
  times->learn /= UPDATES;
  times->update /= UPDATES;
  times->steps = (double)(population->progress->env_steps - steps) / UPDATES;
}

static Status time_trace(const Phases *phases, const Population *population, PhaseTimes *times) {
  enum { SQUARES = TRACE_SIZE * TRACE_SIZE };
  static Level levels[TRACE_LEVELS];
  static uint8_t plan[TRACE_LEVELS * TRACE_TICKS * SQUARES];
  EnvSpec env = population->spec->env;
  env.size_lo = env.size_hi = TRACE_SIZE;
  for (int n = 0; n < TRACE_LEVELS; ++n) env_generate(&env, 1, (uint32_t)n, 0, &levels[n]);
  const TraceJob job = {.shape = population->shape.agent,
                        .parameters = population->parameters,
                        .levels = levels,
                        .count = TRACE_LEVELS,
                        .ticks = TRACE_TICKS,
                        .plan = plan,
                        .plan_stride = SQUARES};
  void *const memory = aligned_alloc(64, tape_align(trace_bytes(&job.shape, SQUARES)));
  if (!memory) return status_fail(STATUS_MEMORY, "no memory to trace in");
  phases->trace(&job, 0, memory);
  const double start = bench_cpu_now();
  for (int n = 0; n < TRACE_LEVELS; ++n) phases->trace(&job, n, memory);
  times->trace = (bench_cpu_now() - start) / TRACE_LEVELS;
  free(memory);
  return STATUS_OK;
}

static Status time_phases(const Phases *phases, PhaseTimes *times) {
  Config config;
  Population population;
  config_default(&config);
  const PopulationShape shape = cohort_shape(&config, 1, config.agent_ticks.hi);
  const AgentSpec spec = cohort_agent_spec(&config);
  TRY(population_create(shape, &population));
  population_start(&population, 0, &spec);
  const size_t bytes = tape_align(tape_bytes(&shape));
  void *const tape = aligned_alloc(64, bytes);
  Status status = tape ? STATUS_OK : status_fail(STATUS_MEMORY, "no memory for a tape");
  if (status == STATUS_OK) {
    memset(tape, 0, bytes);
    time_training(phases, &population, tape, times);
    status = time_trace(phases, &population, times);
  }
  free(tape);
  population_free(&population);
  return status;
}

Status bench_phases(const Phases *phases, json_t **json) {
  PhaseTimes times = {0, 0, 0, 0, 0};
  TRY(time_phases(phases, &times));
  *json = json_pack("{s:o, s:o, s:o, s:o, s:o}", "rollout_ms", bench_rounded(1e3 * times.rollout), "learn_ms",
                    bench_rounded(1e3 * times.learn), "update_ms", bench_rounded(1e3 * times.update),
                    "trace_level_ms", bench_rounded(1e3 * times.trace), "env_steps_per_update",
                    bench_rounded(times.steps));
  return *json ? STATUS_OK : status_fail(STATUS_MEMORY, "no memory for the results");
}
