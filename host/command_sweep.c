// The commands `sweep` and `report`.
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/child.h"
#include "host/cli.h"
#include "host/crew.h"
#include "host/evaluate.h"
#include "host/results.h"
#include "host/sweep.h"
#include "kernels/phases.h"

enum { DIRECTORY_BYTES = 1024, NOTE_BYTES = 1024 };

static const double discovery_seconds = 60;  // for drivers to wake

static const CliOption sweep_options[] = {
    {"--out", "DIR", "where the run's files go; runs/NAME if not given", NULL},
    {"--threads", "N", "threads; OMP_NUM_THREADS or all cores if not given; the result is the same", NULL},
    {"--isa", "NAME", "avx512, avx2, baseline or auto; the result is the same", "auto"},
    {"--device", "NAME", "auto, cpu, cuda or cuda:I; auto is every GPU, or the CPU; the result is the same",
     "auto"},
    {"--jobs", "N", "workers at once; auto is one per GPU, and one on the CPU; the result is the same",
     "auto"},
    {"--memory", "MB", "train in no more memory than this on each device; 90 % of what is free if not given",
     NULL},
    {"--json", NULL, "print the results as JSON instead of a table", NULL},
    {"--quiet", NULL, "no progress on standard error", NULL},
    {"--fault", "KIND@N[:M]",
     "for tests: the first M workers (1) fail after N updates; KIND is device, kill, exit or flood", NULL},
};

const CliCommand about_sweep = {
    .name = "sweep",
    .arguments = "FILE [key=value]...",
    .summary = "train, evaluate and report the agents of a sweep file",
    .description =
        "Trains every combination of the file's axes and seeds, measures how each agent's plan gets better\n"
        "with inner ticks, and writes DIR/report.html. Interrupted by Ctrl-C or killed, the same command "
        "goes\n"
        "on where it stopped, and ends in the same bits. `mesagrid list keys` shows the keys.\n"
        "Every device is driven by a process of its own; should one fail, another one goes on from the last\n"
        "checkpoints, once. `mesagrid list devices` shows what there is.\n"
        "\n"
        "  mesagrid sweep sweeps/quickstart.yaml\n"
        "  mesagrid sweep sweeps/quickstart.yaml train.updates=40 agent.ticks=[8,24] --out runs/short\n"
        "\n"
        "DIR holds sweep.yaml, results.csv, baselines.json, report.html and a directory a trial: "
        "config.yaml,\n"
        "metrics.jsonl, checkpoint.safetensors, evaluation.jsonl, result.json.\n",
    .options = sweep_options,
    .option_count = sizeof sweep_options / sizeof *sweep_options,
    .arguments_min = 1,
    .arguments_max = -1,
};

// The GPUs that are asked for; none means the CPU. Says once why it is not what was asked for.
static Status choose_gpus(const CliGiven *given, bool quiet, Gpus *gpus) {
  char note[NOTE_BYTES];
  DeviceWish wish;
  *gpus = (Gpus){.count = 0};
  TRY(device_wish_parse(cli_value(&about_sweep, given, "--device"), &wish));
  // Without CUDA there is nothing that auto could find.
  if (wish.kind == DEVICE_CPU || (wish.kind == DEVICE_AUTO && !devices_cuda_built())) return STATUS_OK;
  gpus_discover(CHILD_THIS_PROGRAM, discovery_seconds, gpus);
  device_wish_choose(&wish, gpus, note, sizeof note);
  if (note[0] != '\0' && (!quiet || strncmp(note, "warning", 7) == 0)) cli_note("%s", note);
  return STATUS_OK;
}

static Status choose_crew(const CliGiven *given, const RunOptions *options, Crew *crew) {
  const char *const fault = cli_value(&about_sweep, given, "--fault");
  Gpus gpus;
  Fault ordered = {.times = 0};
  long jobs = 0;
  double megabytes = 0;
  if (strcmp(cli_value(&about_sweep, given, "--jobs"), "auto") != 0)
    TRY(cli_integer(&about_sweep, given, "--jobs", 1, DEVICES_MAX, &jobs));
  TRY(cli_real(&about_sweep, given, "--memory", 0.001, 1e9, &megabytes));
  if (fault) TRY(fault_parse(fault, &ordered));
  TRY(choose_gpus(given, options->progress->quiet, &gpus));
  crew_create(&gpus, (int)jobs, options->threads, (size_t)(1e6 * megabytes), crew);
  crew->fault = fault;
  crew->fault_times = ordered.times;
  return STATUS_OK;
}

static Status run_plan(const Plan *plan, const char *directory, const RunOptions *options, bool json) {
  json_t *results;
  const double start = progress_now();
  TRY(sweep_run(directory, plan, options, &results));
  if (json) {
    json_dumpf(results, stdout, EVALUATE_JSON_FLAGS | JSON_INDENT(2));
    putchar('\n');
  } else {
    results_print_table(results, stdout);
    printf("%d agents in %.1f s. Report: %s/report.html\n", plan->trial_count, progress_now() - start,
           directory);
  }
  const Status status = results_failure(results);
  json_decref(results);
  return status;
}

static Status sweep_given(const CliGiven *given) {
  char directory[DIRECTORY_BYTES];
  Progress progress = {.quiet = cli_value(&about_sweep, given, "--quiet") != NULL};
  Crew crew;
  RunOptions options = {.progress = &progress, .crew = &crew};
  Plan plan;
  const char *const out = cli_value(&about_sweep, given, "--out");
  TRY(phases_choose(cli_value(&about_sweep, given, "--isa"), &options.phases));
  TRY(cli_threads(&about_sweep, given, &options.threads));
  TRY(choose_crew(given, &options, &crew));
  TRY(plan_read(given->positional[0], given->positional_count - 1, (char *const *)(given->positional + 1),
                &plan));
  const int length = out ? snprintf(directory, sizeof directory, "%s", out)
                         : snprintf(directory, sizeof directory, "runs/%s", plan.name);
  Status status =
      length < DIRECTORY_BYTES ? STATUS_OK : status_fail(STATUS_USAGE, "--out: the path is too long");
  options.stop = cli_catch_signals();
  if (status == STATUS_OK)
    status = run_plan(&plan, directory, &options, cli_value(&about_sweep, given, "--json") != NULL);
  plan_free(&plan);
  return status;
}

Status command_sweep(int argc, char **argv) {
  CliGiven given;
  TRY(cli_parse(&about_sweep, argc, argv, &given));
  const Status status = given.help ? STATUS_OK : sweep_given(&given);
  cli_release(&given);
  return status;
}

const CliCommand about_report = {
    .name = "report",
    .arguments = "DIR",
    .summary = "write the report of a finished sweep anew",
    .description =
        "Gathers what `mesagrid sweep` left in DIR into DIR/report.html.\n"
        "\n"
        "  mesagrid report runs/quickstart\n",
    .arguments_min = 1,
    .arguments_max = 1,
};

Status command_report(int argc, char **argv) {
  CliGiven given;
  RunOptions options = {.threads = 1};
  TRY(cli_parse(&about_report, argc, argv, &given));
  Status status = STATUS_OK;
  if (!given.help) {
    status = phases_choose("auto", &options.phases);
    if (status == STATUS_OK) status = sweep_report(given.positional[0], &options);
    if (status == STATUS_OK) printf("%s/report.html\n", given.positional[0]);
  }
  cli_release(&given);
  return status;
}
