// What commands that run for long share: the number of threads, and signals that ask to stop.
#include <omp.h>

#include "host/cli.h"

Status cli_threads(const CliCommand *command, const CliGiven *given, int *threads) {
  long asked = omp_get_max_threads();
  TRY(cli_integer(command, given, "--threads", 1, CLI_THREADS_MAX, &asked));
  *threads = (int)asked;
  omp_set_num_threads(*threads);
  return STATUS_OK;
}

static volatile sig_atomic_t stop_asked;

static void ask_to_stop(int number) {
  __atomic_store_n(&stop_asked, 1, __ATOMIC_RELAXED);
  signal(number, SIG_DFL);
}

const volatile sig_atomic_t *cli_catch_signals(void) {
  signal(SIGINT, ask_to_stop);
  signal(SIGTERM, ask_to_stop);
  return &stop_asked;
}
