// The benchmarks: what `mesagrid bench` measures, and what they share.
#ifndef MESAGRID_BENCH_BENCH_H
#define MESAGRID_BENCH_BENCH_H

#include <jansson.h>

#include "bench/ops.h"
#include "host/cli.h"
#include "kernels/phases.h"

// What the help tells of each benchmark.
extern const CliCommand about_bench_sim, about_bench_train, about_bench_ops;

// The benchmarks. Each reads its own arguments and prints its own results.
Status bench_sim(int argc, char **argv);
Status bench_train(int argc, char **argv);
Status bench_ops(int argc, char **argv);

// Seconds of processor time of this thread: what other processes take is not in it.
double bench_cpu_now(void);

// The value below which `share` (0 … 1) of the values lie. Sorts them.
double bench_quantile(double *values, int count, double share);

// A real to three decimals.
json_t *bench_rounded(double value);

// Prints and frees; STATUS_MEMORY for NULL.
Status bench_print_json(json_t *json);

// Reads --device: cpu, cuda or cuda:INDEX. *gpu receives the GPU's index, -1 for the CPU.
Status bench_device(const CliCommand *about, const CliGiven *given, int *gpu);

// What the phases of one default agent take on one thread. *json is the caller's.
Status bench_phases(const Phases *phases, json_t **json);

// The rates of the instruction set of this name, NULL where it was not built.
const OpRates *bench_rates(const char *isa);

#endif
