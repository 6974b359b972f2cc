// `mesagrid bench sim`: worlds that step under random actions, resets included, beside a plain stepper.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/yardstick.h"
#include "kernels/stepping.h"

static const CliOption OPTIONS[] = {
    {"--env", "NAME", "the world: maze", "maze"},
    {"--size", "N", "side of the boards, border included, odd [squares]", "13"},
    {"--obs", "WHAT", "what is written at each step: none, window:SIDE around the agent, or full, the board",
     "window:11"},
    {"--pack", "FORM", "observations as bits or as bytes, one a square", "bits"},
    {"--envs", "N", "worlds; without it 4096, on a GPU 262144", NULL},
    {"--steps", "T", "steps of every world in one round", "4096"},
    {"--levels", "FROM", "pool:K, K levels drawn before, or fresh, a new level for each episode",
     "pool:8192"},
    {"--limit", "T", "steps until an episode is truncated [grid sizes]", "4"},
    {"--rounds", "N", "rounds, each with the yardstick beside it", "9"},
    {"--seed", "N", "root of all random numbers", "1"},
    {"--device", "NAME", "cpu, cuda or cuda:INDEX", "cpu"},
    {"--threads", "N", "threads of the CPU", "1"},
    {"--isa", "NAME", "avx512, avx2, baseline or auto, the widest that is here", "auto"},
    {"--json", NULL, "an object instead of text", NULL},
};

const CliCommand about_bench_sim = {
    .name = "bench sim",
    .arguments = "",
    .summary = "worlds stepping under random actions, resets included, beside a plain stepper",
    .description =
        "Every step moves, pays, ends episodes and begins new ones, and writes what the agents see and what "
        "ended\n"
        "into memory: one place a world, overwritten at each step. --obs none writes nothing. Random "
        "numbers, resets\n"
        "and, with --levels fresh, the drawing of levels are in the time.\n"
        "The yardstick is the same maze as plain C writes it: a byte a square, one world after the other, a "
        "pool of\n"
        "8192 levels, an 11 x 11 window of bytes written at each step, one thread. Both are measured in "
        "turn; the\n"
        "median of the rounds is what counts. One thread is timed by its processor time, several by the wall "
        "clock.\n"
        "\n"
        "examples:\n"
        "  mesagrid bench sim\n"
        "  mesagrid bench sim --obs none --json\n"
        "  mesagrid bench sim --size 25 --obs full --pack bytes --levels fresh --threads 2\n",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof *OPTIONS,
    .arguments_min = 0,
    .arguments_max = 0,
};

enum { ROUNDS_MAX = 1000, YARDSTICK_WORLDS = 1024, YARDSTICK_STEPS = 1024, YARDSTICK_POOL = 8192 };

typedef struct SimBench {
  WorldsSpec spec;
  long steps, rounds, threads;
  bool as_json;
  int gpu;  // index, or -1 for the CPU
  const Phases *phases;
  const char *obs, *levels;  // as they were given
} SimBench;

// The worlds and what they write, on either machine.
typedef struct Stepper {
  Worlds worlds;
  SteppingIo io;
  SteppingCuda *cuda;
} Stepper;

// Steps a second, over the rounds.
typedef struct SimRates {
  double median, best, yardstick, ratio;
  WorldsTotals totals;
} SimRates;

// ---- What is asked for ----

static Status read_view(const char *obs, const char *pack, SimBench *bench) {
  View *view = &bench->spec.view;
  char rest;
  *view = (View){VIEW_NONE, VIEW_BITS, 1};
  if (strcmp(pack, "bytes") == 0)
    view->pack = VIEW_BYTES;
  else if (strcmp(pack, "bits") != 0)
    return status_fail(STATUS_USAGE, "bench sim: --pack takes bits or bytes, not '%.40s'", pack);
  if (strcmp(obs, "none") == 0) return STATUS_OK;
  view->kind = strcmp(obs, "full") == 0 ? VIEW_BOARD : VIEW_WINDOW;
  view->side = bench->spec.env.size_hi;
  if (view->kind == VIEW_BOARD || sscanf(obs, "window:%d%c", &view->side, &rest) == 1) return STATUS_OK;
  return status_fail(STATUS_USAGE, "bench sim: --obs takes none, window:SIDE or full, not '%.40s'", obs);
}

static Status read_levels(const char *levels, SimBench *bench) {
  char rest;
  bench->levels = levels;
  if (strcmp(levels, "fresh") == 0) return STATUS_OK;
  if (sscanf(levels, "pool:%d%c", &bench->spec.pool, &rest) == 1 && bench->spec.pool > 0) return STATUS_OK;
  return status_fail(STATUS_USAGE, "bench sim: --levels takes fresh or pool:K with K >= 1, not '%.40s'",
                     levels);
}

static Status read_given(const CliGiven *given, SimBench *bench) {
  const CliCommand *about = &about_bench_sim;
  long size = 0, limit = 0, seed = 0, worlds;
  int env = 0;
  TRY(bench_device(about, given, &bench->gpu));
  worlds = bench->gpu >= 0 ? 262144 : 4096;
  TRY(cli_choice(about, given, "--env", "maze", &env));
  TRY(cli_integer(about, given, "--size", 5, GRID_MAX, &size));
  TRY(cli_integer(about, given, "--limit", 1, 1 << 20, &limit));
  TRY(cli_integer(about, given, "--seed", 0, 9007199254740991, &seed));
  TRY(cli_integer(about, given, "--envs", 1, WORLDS_MAX, &worlds));
  TRY(cli_integer(about, given, "--steps", 1, 1 << 24, &bench->steps));
  TRY(cli_integer(about, given, "--rounds", 1, ROUNDS_MAX, &bench->rounds));
  TRY(cli_integer(about, given, "--threads", 1, 1024, &bench->threads));
  TRY(phases_choose(cli_value(about, given, "--isa"), &bench->phases));
  bench->as_json = cli_value(about, given, "--json") != NULL;
  bench->obs = cli_value(about, given, "--obs");
  bench->spec.env = (EnvSpec){.kind = env,
                              .size_lo = (int)size,
                              .size_hi = (int)size,
                              .loops = 0.1f,
                              .limit = (int)limit,
                              .split = SPLIT_ANY};
  bench->spec.seed = (uint64_t)seed;
  bench->spec.count = (int)worlds;
  TRY(read_levels(cli_value(about, given, "--levels"), bench));
  TRY(read_view(bench->obs, cli_value(about, given, "--pack"), bench));
  const Status status = worlds_check(&bench->spec);
  return status == STATUS_OK ? status : status_wrap(status, "bench sim");
}

// ---- Measuring ----

static int written_bytes(const SimBench *bench) {
  const int bytes = view_bytes(&bench->spec.view);
  return bytes > 0 ? bytes + 1 : 0;
}

// Every buffer is written once before it is timed: the operating system gives memory at the first write.
static Status stepper_create(const SimBench *bench, Stepper *stepper) {
  const size_t worlds = (size_t)bench->spec.count, bytes = (size_t)view_bytes(&bench->spec.view);
  *stepper = (Stepper){.io = {.slots = 1}};
  TRY(worlds_create(&bench->spec, &stepper->worlds));
  if (bench->gpu >= 0)
    return stepping_cuda_create(&stepper->worlds, bench->gpu, bytes > 0, bytes > 0, &stepper->cuda);
  if (bytes == 0) return STATUS_OK;
  stepper->io.observation = aligned_alloc(64, (worlds * bytes + 63) / 64 * 64);
  stepper->io.outcome = malloc(worlds);
  if (!stepper->io.observation || !stepper->io.outcome)
    return status_fail(STATUS_MEMORY, "no memory for the observations of %d worlds", bench->spec.count);
  memset(stepper->io.observation, 0xff, worlds * bytes);
  return STATUS_OK;
}

static void stepper_free(Stepper *stepper) {
  stepping_cuda_free(stepper->cuda);
  worlds_free(&stepper->worlds);
  free(stepper->io.observation);
  free(stepper->io.outcome);
}

static Status stepper_round(const SimBench *bench, Stepper *stepper, double *seconds) {
  if (stepper->cuda) {
    TRY(stepping_cuda_start(stepper->cuda, (int)bench->steps));
    return stepping_cuda_wait(stepper->cuda, seconds);
  }
  double (*const now)(void) = bench->threads == 1 ? bench_cpu_now : ops_now;
  const double start = now();
  stepping_run(&stepper->worlds, bench->phases, (int)bench->threads, (int)bench->steps, &stepper->io);
  *seconds = now() - start;
  return STATUS_OK;
}

static double yardstick_round(Yardstick *yardstick) {
  const double start = bench_cpu_now();
  for (int t = 0; t < YARDSTICK_STEPS; ++t) yardstick_step(yardstick);
  return YARDSTICK_WORLDS * (double)YARDSTICK_STEPS / (bench_cpu_now() - start);
}

// A round that is not counted, then the yardstick and the product in turn.
static Status measure_rounds(const SimBench *bench, Stepper *stepper, Yardstick *yardstick, SimRates *rates) {
  double rate[ROUNDS_MAX], plain[ROUNDS_MAX], ratio[ROUNDS_MAX], seconds;
  const int rounds = (int)bench->rounds;
  TRY(stepper_round(bench, stepper, &seconds));
  yardstick_round(yardstick);
  for (int i = 0; i < rounds; ++i) {
    plain[i] = yardstick_round(yardstick);
    TRY(stepper_round(bench, stepper, &seconds));
    rate[i] = (double)bench->steps * bench->spec.count / seconds;
    ratio[i] = rate[i] / plain[i];
  }
  if (stepper->cuda) TRY(stepping_cuda_download(stepper->cuda, &stepper->worlds, NULL, NULL));
  rates->median = bench_quantile(rate, rounds, 0.5);
  rates->best = rate[rounds - 1];
  rates->yardstick = bench_quantile(plain, rounds, 0.5);
  rates->ratio = bench_quantile(ratio, rounds, 0.5);
  rates->totals = worlds_totals(&stepper->worlds);
  return STATUS_OK;
}

// ---- What is said ----

static json_t *rates_json(const SimBench *bench, const SimRates *r) {
  const WorldsSpec *spec = &bench->spec;
  json_t *const json = json_pack(
      "{s:s, s:i, s:s, s:s, s:i, s:s, s:i, s:s, s:s, s:i, s:I, s:i}", "env", env_name(spec->env.kind), "size",
      spec->env.size_hi, "obs", bench->obs, "pack", spec->view.pack == VIEW_BYTES ? "bytes" : "bits", "envs",
      spec->count, "levels", bench->levels, "limit_steps", spec->env.limit * spec->env.size_hi, "device",
      bench->gpu >= 0 ? "cuda" : "cpu", "isa", bench->gpu >= 0 ? "cuda" : bench->phases->name, "threads",
      bench->gpu >= 0 ? 1 : (int)bench->threads, "steps", (json_int_t)bench->steps, "rounds",
      (int)bench->rounds);
  if (!json) return NULL;
  const double episodes = r->totals.episodes > 0 ? (double)r->totals.episodes : 1;
  json_object_set_new(json, "bytes_written_per_step", json_integer(written_bytes(bench)));
  json_object_set_new(json, "steps_per_second", bench_rounded(r->median));
  json_object_set_new(json, "steps_per_second_best", bench_rounded(r->best));
  json_object_set_new(json, "yardstick_steps_per_second", bench_rounded(r->yardstick));
  json_object_set_new(json, "ratio_to_yardstick", bench_rounded(r->ratio));
  json_object_set_new(json, "episodes", json_integer(r->totals.episodes));
  json_object_set_new(json, "solved_share", bench_rounded((double)r->totals.terminated / episodes));
  json_object_set_new(json, "reward_per_step",
                      bench_rounded(REWARD_UNIT * (double)r->totals.reward / (double)r->totals.steps));
  return json;
}

static void print_rates(const SimBench *bench, const SimRates *r) {
  const WorldsSpec *spec = &bench->spec;
  const int size = spec->env.size_hi, bytes = written_bytes(bench);
  printf("%d worlds: %s %d x %d, levels %s, limit %d steps, random actions, resets included\n", spec->count,
         env_name(spec->env.kind), size, size, bench->levels, spec->env.limit * size);
  if (bytes == 0)
    printf("written      nothing\n");
  else
    printf(
        "written      %s as %s: %d bytes a step, of which 1 says what ended; every step overwrites the last "
        "one\n",
        bench->obs, spec->view.pack == VIEW_BYTES ? "bytes" : "bits", bytes);
  if (bench->gpu >= 0)
    printf("on           cuda:%d\n", bench->gpu);
  else
    printf("on           cpu, %s, %ld thread%s\n", bench->phases->name, bench->threads,
           bench->threads > 1 ? "s" : "");
  printf("steps/s      %.1f M (median of %ld rounds; best %.1f M)\n", r->median / 1e6, bench->rounds,
         r->best / 1e6);
  printf("yardstick    %.1f M: plain C, 121 bytes written a step, one thread\n", r->yardstick / 1e6);
  printf("ratio        %.1f\n", r->ratio);
  printf("episodes     %lld, %.1f %% reached the goal\n", (long long)r->totals.episodes,
         r->totals.episodes > 0 ? 100.0 * (double)r->totals.terminated / (double)r->totals.episodes : 0.0);
}

static Status run_with(const SimBench *bench, Yardstick *yardstick) {
  Stepper stepper;
  SimRates rates;
  Status status = stepper_create(bench, &stepper);
  if (status == STATUS_OK) status = measure_rounds(bench, &stepper, yardstick, &rates);
  stepper_free(&stepper);
  if (status != STATUS_OK) return status;
  if (bench->as_json) return bench_print_json(rates_json(bench, &rates));
  print_rates(bench, &rates);
  return STATUS_OK;
}

static Status run(const SimBench *bench) {
  Yardstick *yardstick = NULL;
  Status status = yardstick_create(&bench->spec.env, YARDSTICK_WORLDS, YARDSTICK_POOL, &yardstick);
  if (status == STATUS_OK) status = run_with(bench, yardstick);
  yardstick_free(yardstick);
  return status;
}

Status bench_sim(int argc, char **argv) {
  CliGiven given;
  SimBench bench = {.gpu = -1};
  TRY(cli_parse(&about_bench_sim, argc, argv, &given));
  Status status = given.help ? STATUS_OK : read_given(&given, &bench);
  if (status == STATUS_OK && !given.help) status = run(&bench);
  cli_release(&given);
  return status;
}
