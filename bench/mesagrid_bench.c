// Prints what this machine reaches as JSON: peak of multiply-adds, rates of ops, training end to end.
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/ops.h"
#include "host/cohort.h"
#include "kernels/schedule.h"

enum { SIZES = 3, PEAK_TRIES = 5 };
static const int sizes[SIZES] = {7, 9, 15};

double ops_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// The best of a few: other processes can only take away.
static double best_peak(const OpRates *rates) {
  double best = 0;
  for (int i = 0; i < PEAK_TRIES; ++i) {
    const double peak = rates->peak();
    if (peak > best) best = peak;
  }
  return best;
}

static json_t *rounded(double value) {
  return json_real((double)(long long)(value * 1000 + 0.5) / 1000);
}

static json_t *op_json(double (*op)(int size), double peak) {
  json_t *const json = json_object();
  for (int i = 0; i < SIZES; ++i) {
    char name[16];
    const double rate = op(sizes[i]);
    snprintf(name, sizeof name, "%dx%d", sizes[i], sizes[i]);
    json_object_set_new(
        json, name, json_pack("{s:o, s:o}", "gflops", rounded(rate / 1e9), "share", rounded(rate / peak)));
  }
  return json;
}

static json_t *isa_json(const OpRates *rates) {
  const double peak = best_peak(rates);
  return json_pack("{s:o, s:o, s:o, s:o, s:o}", "peak_gflops", rounded(peak / 1e9), "tick",
                   op_json(rates->tick, peak), "tick_backward", op_json(rates->tick_backward, peak),
                   "weight_backward", op_json(rates->weight_backward, peak), "heads",
                   op_json(rates->heads, peak));
}

// Cell-ticks of a whole training, drawn again: levels and ticks are pure functions of their keys.
static double cell_ticks(const PopulationShape *shape, const AgentSpec *spec) {
  double sum = 0;
  for (uint32_t update = 0; update < (uint32_t)spec->updates; ++update) {
    for (int n = 0; n < shape->levels; ++n) {
      Level level;
      env_generate(&spec->env, spec->seed, (uint32_t)n, update, &level);
      Rng rng = rng_at(spec->seed, rng_stream(RNG_TICKS, (uint32_t)n, update), 0);
      const int ticks =
          shape->ticks_lo + (int)rng_below(&rng, (uint32_t)(shape->ticks_hi - shape->ticks_lo + 1));
      sum += (double)(level.grid.height - 2) * (level.grid.width - 2) * ticks;
    }
  }
  return sum;
}

enum { ROUNDS = 15 };  // looks at the peak during one training

// One training that stops now and then to look at the peak: the two are compared within a second of each
// other, so that neither turbo clocks nor other processes decide.
typedef struct Training {
  Population population;
  int round_updates, made;  // updates of agent 0
} Training;

static Status stop_for_peak(void *context, int p) {
  Training *const training = context;
  if (p != 0 || ++training->made % training->round_updates != 0) return STATUS_OK;
  return status_fail(STATUS_INTERRUPTED, "a look at the peak");
}

static int compare(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// The upper quartile: other processes can only take away, and a single lucky one does not decide.
static double quartile(double *values, int count) {
  qsort(values, (size_t)count, sizeof *values, compare);
  return values[3 * count / 4];
}

static bool all_trained(const Population *population) {
  for (int p = 0; p < population->shape.agents; ++p)
    if (population->progress[p].status == AGENT_TRAINING) return false;
  return true;
}

// Trains to the end, round by round; adds the seconds of training up and takes the upper quartile of the
// peaks.
static Status train_rounds(Training *training, const Phases *phases, const OpRates *rates, int threads,
                           double *seconds, double *peak) {
  double peaks[2 * ROUNDS + 2];
  int rounds = 0;
  *seconds = 0;
  while (!all_trained(&training->population) && rounds < 2 * ROUNDS + 2) {
    peaks[rounds++] = rates->peak();
    const double start = ops_now();
    const Status status = schedule_train(&training->population, phases, threads, stop_for_peak, training);
    *seconds += ops_now() - start;
    if (status != STATUS_OK && status != STATUS_INTERRUPTED) return status;
  }
  *peak = quartile(peaks, rounds);
  return STATUS_OK;
}

// Trains `threads` agents of the default setting at once. Share of peak: 2 · multiply-adds of the convolution
// on interior cells × 3 passes / wall time of the training loop / peak of as many threads; nothing else is
// counted.
static Status train_json(const Phases *phases, const OpRates *rates, int threads, int updates, json_t *list) {
  Config config;
  Training training = {.round_updates = updates / ROUNDS + 1};
  double work = 0, seconds = 0, peak = 0;
  int64_t env_steps = 0;
  config_default(&config);
  config.train_updates = updates;
  const PopulationShape shape = cohort_shape(&config, threads);
  TRY(population_create(shape, &training.population));
  for (int p = 0; p < threads; ++p) {
    config.seed = p + 1;
    const AgentSpec spec = cohort_agent_spec(&config);
    population_start(&training.population, p, &spec);
    work += cell_ticks(&shape, &spec);
  }
  const Status status = train_rounds(&training, phases, rates, threads, &seconds, &peak);
  for (int p = 0; p < threads; ++p) env_steps += training.population.progress[p].env_steps;
  const double channels = config.agent_channels;
  const double flops = 2 * 3 * work * CONV_TAPS * channels * MGU_HALVES * channels;
  population_free(&training.population);
  TRY(status);
  json_array_append_new(
      list,
      json_pack("{s:i, s:i, s:i, s:o, s:o, s:o, s:o, s:o}", "threads", threads, "agents", threads, "updates",
                updates, "seconds", rounded(seconds), "env_steps_per_second",
                rounded((double)env_steps / seconds), "gflops", rounded(flops / seconds / 1e9), "peak_gflops",
                rounded(peak * threads / 1e9), "share_of_peak", rounded(flops / seconds / (peak * threads))));
  return STATUS_OK;
}

static Status run(int threads_max, int updates, const char *isa) {
  static const OpRates *const all[] = {
#if defined(__x86_64__)
    &op_rates_avx512,
    &op_rates_avx2,
#endif
    &op_rates_baseline
  };
  json_t *const json = json_object(), *const sets = json_object(), *const training = json_array();
  const Phases *phases;
  TRY(phases_choose(isa, &phases));
  json_object_set_new(json, "isa", sets);
  json_object_set_new(json, "train", training);
  for (size_t i = 0; i < sizeof all / sizeof *all; ++i) {
    const Phases *here;
    if (phases_choose(all[i]->name, &here) == STATUS_OK)
      json_object_set_new(sets, all[i]->name, isa_json(all[i]));
    if (strcmp(all[i]->name, phases->name) != 0) continue;
    for (int threads = 1; threads <= threads_max; ++threads)
      TRY(train_json(phases, all[i], threads, updates, training));
  }
  json_dumpf(json, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
  putchar('\n');
  json_decref(json);
  return STATUS_OK;
}

int main(int argc, char **argv) {
  if (argc > 4 || (argc > 1 && strcmp(argv[1], "--help") == 0)) {
    puts(
        "usage: mesagrid_bench [THREADS [UPDATES [ISA]]]\n"
        "Prints the peak of multiply-adds, rates of ops, and training end to end at 1 … THREADS threads "
        "(default 2)\n"
        "over UPDATES updates (default 1500, the quickstart's) as JSON. Takes half a minute.");
    return argc > 4 ? 2 : 0;
  }
  const int threads = argc > 1 ? atoi(argv[1]) : 2, updates = argc > 2 ? atoi(argv[2]) : 1500;
  if (threads < 1 || updates < 1)
    return fputs("mesagrid_bench: THREADS and UPDATES are at least 1\n", stderr), 2;
  if (run(threads, updates, argc > 3 ? argv[3] : "auto") == STATUS_OK) return 0;
  fprintf(stderr, "mesagrid_bench: %s\n", status_message());
  return 1;
}
