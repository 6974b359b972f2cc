// `mesagrid bench train`: training end to end, beside the peak of multiply-adds measured in between.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/gpu_peaks.h"
#include "host/cohort.h"
#include "kernels/device.h"

static const CliOption OPTIONS[] = {
    {"--threads", "N", "measure 1, 2 ... N threads", "2"},
    {"--agents", "P", "agents trained at once; without it as many as threads", NULL},
    {"--updates", "N", "gradient updates of each agent", "1500"},
    {"--channels", "C", "numbers of hidden state a square", "16"},
    {"--ticks", "LO:HI", "inner steps of a thought, drawn from this range for each level", "8:24"},
    {"--levels", "N", "levels in one update", "64"},
    {"--device", "NAME", "cpu, cuda or cuda:INDEX", "cpu"},
    {"--isa", "NAME", "avx512, avx2, baseline or auto, the widest that is here", "auto"},
    {"--json", NULL, "an object instead of text", NULL},
};

const CliCommand about_bench_train = {
    .name = "bench train",
    .arguments = "",
    .summary = "training end to end: environment steps a second, and the share of the peak of multiply-adds",
    .description =
        "Trains agents of the default configuration on mazes, and looks at the peak of multiply-adds now and "
        "then.\n"
        "Share of peak: 2 x multiply-adds of the convolution on interior squares x 3 passes / time of the "
        "training\n"
        "loop / peak of as many threads; recomputation, borders and everything else are not counted as "
        "work.\n"
        "Takes half a minute. On a GPU the first updates, which load the kernels, are not counted.\n"
        "\n"
        "examples:\n"
        "  mesagrid bench train\n"
        "  mesagrid bench train --device cuda --agents 256 --updates 64\n"
        "  mesagrid bench train --threads 1 --agents 4 --channels 32 --ticks 4:8 --updates 200\n",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof *OPTIONS,
    .arguments_min = 0,
    .arguments_max = 0,
};

// What is asked for.
typedef struct TrainBench {
  long threads, agents, updates, channels, levels;  // agents 0: as many as threads
  int ticks_lo, ticks_hi;
  bool as_json;
  int gpu;  // index, or -1 for the CPU
  const Phases *phases;
  const OpRates *rates;
} TrainBench;

// Cell-ticks of a training from update `first` on, drawn again: levels and ticks are pure functions of their
// keys.
static double cell_ticks(const PopulationShape *shape, const AgentSpec *spec, int64_t first) {
  double sum = 0;
  for (uint32_t update = (uint32_t)first; update < (uint32_t)spec->updates; ++update) {
    for (int n = 0; n < shape->levels; ++n) {
      Level level;
      env_generate(&spec->env, spec->seed, (uint32_t)n, update, &level);
      Rng rng = rng_at(spec->seed, rng_stream(RNG_TICKS, (uint32_t)n, update), 0);
      const int ticks =
          spec->ticks_lo + (int)rng_below(&rng, (uint32_t)(spec->ticks_hi - spec->ticks_lo + 1));
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

static bool all_trained(const Population *population) {
  for (int p = 0; p < population->shape.agents; ++p)
    if (population->progress[p].status == AGENT_TRAINING) return false;
  return true;
}

// Trains to the end, round by round; adds the seconds of training up and takes the upper quartile of the
// peaks: other processes can only take away, and a single lucky one does not decide.
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
  *peak = bench_quantile(peaks, rounds, 0.75);
  return STATUS_OK;
}

static void configure(const TrainBench *bench, Config *config) {
  config_default(config);
  config->train_updates = (int)bench->updates;
  config->train_levels = (int)bench->levels;
  config->agent_channels = (int)bench->channels;
  config->agent_ticks.lo = bench->ticks_lo;
  config->agent_ticks.hi = bench->ticks_hi;
}

// What one training gave.
typedef struct TrainRates {
  double seconds, steps_per_second, flops, peak;  // FLOP/s, of all threads
  double copy;                                    // of a GPU's memory [B/s]
} TrainRates;

static Status train(const TrainBench *bench, int threads, int agents, TrainRates *rates) {
  Config config;
  Training training = {.round_updates = (int)bench->updates / ROUNDS + 1};
  double work = 0, seconds = 0, peak = 0;
  int64_t env_steps = 0;
  configure(bench, &config);
  const PopulationShape shape = cohort_shape(&config, agents, config.agent_ticks.hi);
  TRY(population_create(shape, &training.population));
  for (int p = 0; p < agents; ++p) {
    config.seed = p + 1;
    const AgentSpec spec = cohort_agent_spec(&config);
    population_start(&training.population, p, &spec);
    work += cell_ticks(&shape, &spec, 0);
  }
  const Status status = train_rounds(&training, bench->phases, bench->rates, threads, &seconds, &peak);
  for (int p = 0; p < agents; ++p) env_steps += training.population.progress[p].env_steps;
  const double channels = config.agent_channels;
  const double flops = 2 * 3 * work * CONV_TAPS * channels * MGU_HALVES * channels;
  population_free(&training.population);
  *rates = (TrainRates){seconds, (double)env_steps / seconds, flops / seconds, peak * threads, 0};
  return status;
}

// ---- On a GPU ----

// When the first batch of updates was told, and the last.
typedef struct Told {
  const Population *population;
  double first, last;  // [s]
  int64_t first_update, first_steps;
} Told;

static int64_t steps_of(const Population *population) {
  int64_t steps = 0;
  for (int p = 0; p < population->shape.agents; ++p) steps += population->progress[p].env_steps;
  return steps;
}

// All agents are told of at once: one clock serves.
static Status told_of_updates(void *context, int p) {
  Told *const told = context;
  if (p != 0) return STATUS_OK;
  told->last = ops_now();
  if (told->first > 0) return STATUS_OK;
  told->first = told->last;
  told->first_update = told->population->progress[0].update;
  told->first_steps = steps_of(told->population);
  return STATUS_OK;
}

static Status train_on_gpu(const TrainBench *bench, int agents, TrainRates *rates) {
  Config config;
  Population population;
  GpuPeaks peaks;
  double work = 0;
  configure(bench, &config);
  const PopulationShape shape = cohort_shape(&config, agents, config.agent_ticks.hi);
  TRY(gpu_peaks(bench->gpu, &peaks));
  TRY(population_create(shape, &population));
  for (int p = 0; p < agents; ++p) {
    config.seed = p + 1;
    const AgentSpec spec = cohort_agent_spec(&config);
    population_start(&population, p, &spec);
  }
  Told told = {.population = &population};
  Status status = device_train(&population, bench->gpu, told_of_updates, &told);
#pragma omp parallel for reduction(+ : work)
  for (int p = 0; p < agents; ++p) work += cell_ticks(&shape, &population.spec[p], told.first_update);
  const double seconds = told.last - told.first, channels = config.agent_channels;
  const double flops = 2 * 3 * work * CONV_TAPS * channels * MGU_HALVES * channels;
  if (status == STATUS_OK && seconds <= 0)
    status =
        status_fail(STATUS_USAGE, "bench train: on a GPU --updates is at least %d", 2 * POPULATION_HISTORY);
  *rates = (TrainRates){seconds, (double)(steps_of(&population) - told.first_steps) / seconds,
                        flops / seconds, peaks.fma, peaks.copy};
  population_free(&population);
  return status;
}

// ---- What is said ----

static json_t *rates_json(const TrainBench *bench, int threads, int agents, const TrainRates *r) {
  const bool gpu = bench->gpu >= 0;
  json_t *const json = json_pack(
      "{s:s, s:s, s:i, s:i, s:i, s:i, s:[i,i], s:i, s:o, s:o, s:o, s:o, s:o}", "device", gpu ? "cuda" : "cpu",
      "isa", gpu ? "cuda" : bench->phases->name, "threads", threads, "agents", agents, "updates",
      (int)bench->updates, "channels", (int)bench->channels, "ticks", bench->ticks_lo, bench->ticks_hi,
      "levels", (int)bench->levels, "seconds", bench_rounded(r->seconds), "env_steps_per_second",
      bench_rounded(r->steps_per_second), "gflops", bench_rounded(r->flops / 1e9), "peak_gflops",
      bench_rounded(r->peak / 1e9), "share_of_peak", bench_rounded(r->flops / r->peak));
  if (gpu) json_object_set_new(json, "copy_gigabytes_per_second", bench_rounded(r->copy / 1e9));
  return json;
}

static void print_rates(const TrainBench *bench, int threads, int agents, const TrainRates *r) {
  printf(
      "%d thread%s, %d agent%s (%s): %.0f env steps/s, %.1f GFLOP/s, %.1f %% of the peak of %.1f GFLOP/s; "
      "%.1f s\n",
      threads, threads > 1 ? "s" : "", agents, agents > 1 ? "s" : "", bench->phases->name,
      r->steps_per_second, r->flops / 1e9, 100 * r->flops / r->peak, r->peak / 1e9, r->seconds);
}

static Status run_all(const TrainBench *bench) {
  json_t *const list = bench->as_json ? json_array() : NULL;
  const int most = bench->gpu >= 0 ? 1 : (int)bench->threads;
  Status status = STATUS_OK;
  for (int threads = 1; threads <= most && status == STATUS_OK; ++threads) {
    const int agents = bench->agents > 0 ? (int)bench->agents : threads;
    TrainRates rates = {0};
    status = bench->gpu >= 0 ? train_on_gpu(bench, agents, &rates) : train(bench, threads, agents, &rates);
    if (status != STATUS_OK) break;
    if (list)
      json_array_append_new(list, rates_json(bench, threads, agents, &rates));
    else
      print_rates(bench, threads, agents, &rates);
  }
  if (status == STATUS_OK && list) return bench_print_json(json_pack("{s:o}", "train", list));
  json_decref(list);
  return status;
}

static Status read_ticks(const char *text, TrainBench *bench) {
  char rest;
  if (sscanf(text, "%d:%d%c", &bench->ticks_lo, &bench->ticks_hi, &rest) == 2 && bench->ticks_lo >= 1 &&
      bench->ticks_lo <= bench->ticks_hi && bench->ticks_hi <= 128)
    return STATUS_OK;
  return status_fail(STATUS_USAGE, "bench train: --ticks takes LO:HI with 1 <= LO <= HI <= 128, not '%.40s'",
                     text);
}

static Status read_given(const CliGiven *given, TrainBench *bench) {
  const CliCommand *about = &about_bench_train;
  TRY(cli_integer(about, given, "--threads", 1, 1024, &bench->threads));
  TRY(cli_integer(about, given, "--agents", 1, 100000, &bench->agents));
  TRY(cli_integer(about, given, "--updates", 1, 1000000, &bench->updates));
  TRY(cli_integer(about, given, "--channels", 1, 64, &bench->channels));
  TRY(cli_integer(about, given, "--levels", 1, 4096, &bench->levels));
  TRY(bench_device(about, given, &bench->gpu));
  TRY(read_ticks(cli_value(about, given, "--ticks"), bench));
  TRY(phases_choose(cli_value(about, given, "--isa"), &bench->phases));
  bench->rates = bench_rates(bench->phases->name);
  bench->as_json = cli_value(about, given, "--json") != NULL;
  Config config;
  configure(bench, &config);
  if (config.train_levels % config.train_shards == 0) return STATUS_OK;
  return status_fail(STATUS_USAGE, "bench train: --levels is a multiple of the %d shards, not %d",
                     (int)config.train_shards, (int)bench->levels);
}

Status bench_train(int argc, char **argv) {
  CliGiven given;
  TrainBench bench = {.agents = 0};
  TRY(cli_parse(&about_bench_train, argc, argv, &given));
  Status status = given.help ? STATUS_OK : read_given(&given, &bench);
  if (status == STATUS_OK && !given.help) status = run_all(&bench);
  cli_release(&given);
  return status;
}
