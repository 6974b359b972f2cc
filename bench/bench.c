// What the benchmarks share: clocks, quantiles, JSON.
#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double clock_seconds(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double ops_now(void) {
  return clock_seconds(CLOCK_MONOTONIC);
}

double bench_cpu_now(void) {
  return clock_seconds(CLOCK_THREAD_CPUTIME_ID);
}

static int compare(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

double bench_quantile(double *values, int count, double share) {
  qsort(values, (size_t)count, sizeof *values, compare);
  const int at = (int)(share * count);
  return values[at < count ? at : count - 1];
}

json_t *bench_rounded(double value) {
  return json_real((double)(long long)(value * 1000 + 0.5) / 1000);
}

Status bench_device(const CliCommand *about, const CliGiven *given, int *gpu) {
  const char *const device = cli_value(about, given, "--device");
  char rest;
  *gpu = strcmp(device, "cuda") == 0 ? 0 : -1;
  if (*gpu == 0 || strcmp(device, "cpu") == 0) return STATUS_OK;
  if (sscanf(device, "cuda:%d%c", gpu, &rest) == 1 && *gpu >= 0) return STATUS_OK;
  return status_fail(STATUS_USAGE, "%s: --device takes cpu, cuda or cuda:INDEX, not '%.40s'", about->name,
                     device);
}

Status bench_print_json(json_t *json) {
  if (!json) return status_fail(STATUS_MEMORY, "no memory for the results");
  json_dumpf(json, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
  putchar('\n');
  json_decref(json);
  return STATUS_OK;
}

const OpRates *bench_rates(const char *isa) {
  static const OpRates *const all[] = {
#if defined(__x86_64__)
    &op_rates_avx512,
    &op_rates_avx2,
#endif
    &op_rates_baseline,
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; ++i)
    if (strcmp(all[i]->name, isa) == 0) return all[i];
  return NULL;
}
