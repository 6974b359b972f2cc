// `mesagrid bench ops`: the peak of multiply-adds, rates of single ops and times of phases, per instruction
// set.
#include <stdio.h>

#include "bench/bench.h"
#include "kernels/phases.h"

const CliCommand about_bench_ops = {
    .name = "bench ops",
    .arguments = "",
    .summary = "the peak of multiply-adds, the rates of single ops and the times of phases, as JSON",
    .description =
        "Measures one thread with every instruction set that this machine has. Takes some seconds.\n"
        "  share    rate over the peak of the same instruction set\n"
        "  phases   of one update of one default agent, and tracing a 9 x 9 level for 24 ticks; processor "
        "time\n",
    .options = NULL,
    .option_count = 0,
    .arguments_min = 0,
    .arguments_max = 0,
};

enum { SIZES = 3, PEAK_TRIES = 5 };
static const int sizes[SIZES] = {7, 9, 15};

// The best of a few: other processes can only take away.
static double best_peak(const OpRates *rates) {
  double best = 0;
  for (int i = 0; i < PEAK_TRIES; ++i) {
    const double peak = rates->peak();
    if (peak > best) best = peak;
  }
  return best;
}

static json_t *op_json(double (*op)(int size), double peak) {
  json_t *const json = json_object();
  for (int i = 0; i < SIZES; ++i) {
    char name[16];
    const double rate = op(sizes[i]);
    snprintf(name, sizeof name, "%dx%d", sizes[i], sizes[i]);
    json_object_set_new(
        json, name,
        json_pack("{s:o, s:o}", "gflops", bench_rounded(rate / 1e9), "share", bench_rounded(rate / peak)));
  }
  return json;
}

static Status isa_json(const OpRates *rates, const Phases *phases, json_t **json) {
  const double peak = best_peak(rates);
  json_t *times;
  TRY(bench_phases(phases, &times));
  *json = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "peak_gflops", bench_rounded(peak / 1e9), "tick",
                    op_json(rates->tick, peak), "tick_backward", op_json(rates->tick_backward, peak),
                    "weight_backward", op_json(rates->weight_backward, peak), "heads",
                    op_json(rates->heads, peak), "phases", times);
  return STATUS_OK;
}

Status bench_ops(int argc, char **argv) {
  static const char *const names[] = {"avx512", "avx2", "baseline"};
  CliGiven given;
  TRY(cli_parse(&about_bench_ops, argc, argv, &given));
  const bool help = given.help;
  cli_release(&given);
  if (help) return STATUS_OK;
  json_t *const sets = json_object();
  for (size_t i = 0; i < sizeof names / sizeof *names; ++i) {
    const Phases *here;
    const OpRates *rates = bench_rates(names[i]);
    json_t *json;
    if (!rates || phases_choose(names[i], &here) != STATUS_OK) continue;
    const Status status = isa_json(rates, here, &json);
    if (status != STATUS_OK) json_decref(sets);
    TRY(status);
    json_object_set_new(sets, names[i], json);
  }
  return bench_print_json(json_pack("{s:o}", "isa", sets));
}
