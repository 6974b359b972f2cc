// The program of the benchmarks: finds the one that is asked for, runs it, and prints what went wrong.
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "bench/bench.h"

static const struct {
  const char *name;
  const CliCommand *about;
  Status (*run)(int argc, char **argv);
} BENCHMARKS[] = {
    {"sim", &about_bench_sim, bench_sim},
    {"train", &about_bench_train, bench_train},
    {"ops", &about_bench_ops, bench_ops},
};
enum { BENCHMARK_COUNT = sizeof BENCHMARKS / sizeof *BENCHMARKS, SUMMARY_COLUMN = 9 };

static void print_help(FILE *file) {
  fputs("usage: mesagrid bench BENCHMARK [OPTION]...\n\n", file);
  for (int i = 0; i < BENCHMARK_COUNT; ++i)
    cli_print_entry(file, BENCHMARKS[i].name, SUMMARY_COLUMN, BENCHMARKS[i].about->summary);
  fputs("\nmesagrid bench BENCHMARK --help tells its options.\n", file);
}

static Status run(int argc, char **argv) {
  if (argc == 0) {
    print_help(stderr);
    return status_fail(STATUS_USAGE, "bench: which benchmark: sim, train or ops");
  }
  if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0) {
    print_help(stdout);
    return STATUS_OK;
  }
  CliNearest nearest = {.typed = argv[0]};
  for (int i = 0; i < BENCHMARK_COUNT; ++i) {
    if (strcmp(argv[0], BENCHMARKS[i].name) == 0) return BENCHMARKS[i].run(argc - 1, argv + 1);
    cli_nearest_offer(&nearest, BENCHMARKS[i].name);
  }
  return status_fail(STATUS_USAGE, "bench: there is no benchmark '%.64s'%s", argv[0],
                     nearest.sentence[0] ? nearest.sentence : ": sim, train or ops");
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  Status status = run(argc - 1, argv + 1);
  if (status == STATUS_OK && fflush(stdout) != 0 && !cli_reader_left())
    status = status_fail(STATUS_IO, "standard output: cannot write");
  if (status != STATUS_OK) cli_note("%s", status_message());
  return status == STATUS_OK ? 0 : status == STATUS_USAGE ? 2 : 1;
}
