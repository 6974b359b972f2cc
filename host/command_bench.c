// `mesagrid bench`: runs the benchmarks' program, which lies beside this one.
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/cli.h"

static const char PROGRAM[] = "mesagrid_bench";

const CliCommand about_bench = {
    .name = "bench",
    .arguments = "BENCHMARK",
    .summary = "measure this machine: worlds stepping, training, single ops",
    .description =
        "BENCHMARK is one of\n"
        "  sim    worlds stepping under random actions, resets included, beside a plain stepper\n"
        "  train  training end to end, and its share of the peak of multiply-adds\n"
        "  ops    the peak of multiply-adds and the rates of single ops\n"
        "Each takes options of its own: mesagrid bench sim --help. The benchmarks are a program of their "
        "own,\n"
        "mesagrid_bench, in the same folder as mesagrid.\n"
        "\n"
        "examples:\n"
        "  mesagrid bench sim\n"
        "  mesagrid bench sim --size 13 --obs none --levels fresh --json\n"
        "  mesagrid bench train --threads 2\n",
    .options = NULL,
    .option_count = 0,
    .arguments_min = 1,
    .arguments_max = -1,
};

// The path of the program beside the one that runs.
static Status program_path(char *path, size_t size) {
  const ssize_t length = readlink("/proc/self/exe", path, size - 1);
  if (length < 0) return status_fail(STATUS_IO, "bench: /proc/self/exe: cannot read: %s", strerror(errno));
  path[length] = '\0';
  char *const slash = strrchr(path, '/');
  if (!slash || (size_t)(slash - path) + 1 + sizeof PROGRAM > size)
    return status_fail(STATUS_IO, "bench: the path of this program is too long");
  memcpy(slash + 1, PROGRAM, sizeof PROGRAM);
  return STATUS_OK;
}

// Becomes the other program; returns only where that fails.
static Status become(const char *path, char **arguments) {
  execv(path, arguments);
  if (errno == ENOENT)
    return status_fail(STATUS_IO, "bench: there is no %s: build it with cmake -D MESAGRID_BENCH=ON", path);
  return status_fail(STATUS_IO, "bench: %s: cannot run: %s", path, strerror(errno));
}

Status command_bench(int argc, char **argv) {
  char path[PATH_MAX];
  if (argc == 0 || strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0) {
    CliGiven given;  // answers --help, and says what is missing
    TRY(cli_parse(&about_bench, argc, argv, &given));
    cli_release(&given);
    return STATUS_OK;
  }
  TRY(program_path(path, sizeof path));
  char **const arguments = calloc((size_t)argc + 2, sizeof *arguments);
  if (!arguments) return status_fail(STATUS_MEMORY, "no memory for %d arguments", argc);
  arguments[0] = path;
  memcpy(arguments + 1, argv, (size_t)argc * sizeof *arguments);
  const Status status = become(path, arguments);
  free(arguments);
  return status;
}
