// The command `worker`, which `sweep` runs: it trains and evaluates one chunk on one device, in a process
// that may be lost.
#include <fcntl.h>
#include <limits.h>
#include <omp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "host/cli.h"
#include "host/devices.h"
#include "host/fault.h"
#include "host/files.h"
#include "host/sweep.h"
#include "host/worker_lines.h"

enum { THREADS_MAX = 1024 };

static volatile sig_atomic_t stop_asked;

// The sweep forwards what a terminal has sent to all its processes already: only the first time counts.
static void ask_to_stop(int number) {
  (void)number;
  __atomic_store_n(&stop_asked, 1, __ATOMIC_RELAXED);
}

static const CliOption OPTIONS[] = {
    {"--cohort", "N", "cohort of DIR/sweep.yaml, from 0", NULL},
    {"--first", "N", "first of its trials, from 0", NULL},
    {"--count", "N", "number of trials", NULL},
    {"--device", "NAME", "cpu or cuda:I", "cpu"},
    {"--threads", "N", "threads", "1"},
    {"--isa", "NAME", "instruction set", "auto"},
    {"--parent", "ID", "process of the sweep: the worker ends when that ends", NULL},
    {"--fault", "KIND@N", "for tests: fail after N updates", NULL},
    {"--quiet", NULL, "report warnings only", NULL},
};

const CliCommand about_worker = {
    .name = "worker",
    .arguments = "DIR",
    .summary = "train and evaluate some trials of a sweep; started by `mesagrid sweep`, not by hand",
    .description =
        "Works on the trials that --cohort, --first and --count name in the directory of a sweep, from "
        "their\n"
        "last checkpoints, and tells the sweep of it on standard output, line by line.\n"
        "\n"
        "  mesagrid sweep sweeps/quickstart.yaml --jobs 2      starts two at a time\n",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof *OPTIONS,
    .arguments_min = 1,
    .arguments_max = 1,
};

// What the command line asks for.
typedef struct Work {
  const char *directory;
  Chunk chunk;
  DeviceWish device;
  Fault fault;
  RunOptions options;
  Progress progress;
  bool quiet;
} Work;

static Status required(const CliGiven *given, const char *name, long min, int *value) {
  long read = 0;
  TRY(cli_require(&about_worker, given, name));
  TRY(cli_integer(&about_worker, given, name, min, INT_MAX, &read));
  *value = (int)read;
  return STATUS_OK;
}

static Status read_work(const CliGiven *given, Work *work) {
  const char *const fault = cli_value(&about_worker, given, "--fault");
  long threads = 1;
  work->directory = given->positional[0];
  work->quiet = cli_value(&about_worker, given, "--quiet") != NULL;
  TRY(required(given, "--cohort", 0, &work->chunk.cohort));
  TRY(required(given, "--first", 0, &work->chunk.first));
  TRY(required(given, "--count", 1, &work->chunk.count));
  TRY(device_wish_parse(cli_value(&about_worker, given, "--device"), &work->device));
  TRY(cli_integer(&about_worker, given, "--threads", 1, THREADS_MAX, &threads));
  TRY(phases_choose(cli_value(&about_worker, given, "--isa"), &work->options.phases));
  if (fault) TRY(fault_parse(fault, &work->fault));
  work->options.threads = (int)threads;
  work->options.stop = &stop_asked;
  work->options.progress = &work->progress;
  work->options.fault = fault ? &work->fault : NULL;
  work->options.gpu = work->device.kind == DEVICE_CUDA_ONE ? &work->device.index : NULL;
  omp_set_num_threads((int)threads);
  return STATUS_OK;
}

// However the sweep ends, kill -9 included, the worker does not outlive it.
static Status bind_to_parent(const CliGiven *given) {
  int parent;
  TRY(required(given, "--parent", 1, &parent));
  prctl(PR_SET_NAME, "mesagrid-worker");  // for top(1), which would show the "exe" of /proc/self/exe
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent) return STATUS_OK;
  return status_fail(STATUS_USAGE, "worker: process %d, which is to be its parent, has not started it",
                     parent);
}

// The pipe to the sweep moves away from standard output, where a library might print.
static Status take_pipe(int *pipe) {
  *pipe = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (*pipe >= 0 && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0) return STATUS_OK;
  return status_fail(STATUS_IO, "worker: its standard output is closed");
}

static Status do_work(Work *work) {
  char path[FILES_PATH_BYTES + 16];
  Plan plan;
  snprintf(path, sizeof path, "%s/sweep.yaml", work->directory);
  TRY(plan_read(path, 0, NULL, &plan));
  Status status = STATUS_OK;
  if (work->chunk.cohort >= plan.cohort_count)
    status = status_fail(STATUS_USAGE, "worker: %s has no cohort %d", path, work->chunk.cohort);
  if (status == STATUS_OK) status = sweep_chunk(work->directory, &plan, &work->chunk, &work->options);
  plan_free(&plan);
  return status;
}

static Status worker_given(const CliGiven *given) {
  Work work = {.chunk = {.cohort = 0}};
  int pipe;
  signal(SIGINT, ask_to_stop);
  signal(SIGTERM, ask_to_stop);
  TRY(bind_to_parent(given));
  TRY(read_work(given, &work));
  TRY(take_pipe(&pipe));
  work.fault.pipe = pipe;
  progress_start_worker(&work.progress, pipe, work.quiet);
  const Status status = do_work(&work);
  progress_end(&work.progress);
  worker_line_send(pipe, "end", "%d %s", (int)status, status == STATUS_OK ? "" : status_message());
  // The sweep says it; main.c is left with the exit code.
  return status == STATUS_OK ? STATUS_OK : status_fail(status, "%s", "");
}

Status command_worker(int argc, char **argv) {
  CliGiven given;
  TRY(cli_parse(&about_worker, argc, argv, &given));
  const Status status = given.help ? STATUS_OK : worker_given(&given);
  cli_release(&given);
  return status;
}
