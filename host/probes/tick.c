// Finds the ticks that suffice at the training size, and what more of them gain on larger levels.
//
// What can go wrong: an answer that is only shown little by little gains with the ticks too.
#include "host/probes/tick.h"

#include <string.h>

// N95 is the fewest ticks with this share of the best mean solve on PROBE_NEAR.
static const double ENOUGH = 0.95;

// ---- Asking ----

// The solve of every level by tick, as already measured; (levels, ticks).
static Status add_solve(ProbeTables *tables, ProbeSet set, const Scores *scores) {
  TRY(probe_add_table(tables, set, scores->levels, scores->ticks));
  memcpy(tables->table[tables->count - 1].values, scores->solve,
         (size_t)scores->levels * (size_t)scores->ticks * sizeof *scores->solve);
  return STATUS_OK;
}

// A net whose ticks are layers cannot think longer, and what does not think gains nothing: exactly 0, from
// tables of zeros.
static Status tick_measure(const ProbeContext *context, ProbeTables *tables) {
  const Scores *near = &context->near, *far = &context->far;
  if (context->subject->is_feed_forward || context->subject->ticks_max == 1) {
    TRY(probe_add_table(tables, PROBE_NEAR, near->levels, 1));
    return probe_add_table(tables, PROBE_FAR, far->levels, 1);
  }
  TRY(add_solve(tables, PROBE_NEAR, near));
  return add_solve(tables, PROBE_FAR, far);
}

// ---- The metric ----

static double highest(const double *solve, int from, int ticks) {
  double most = solve[from];
  for (int k = from + 1; k < ticks; ++k)
    if (solve[k] > most) most = solve[k];
  return most;
}

// Sought anew in every resample, so that its doubt is part of the interval.
static double tick_value(const ProbeTables *tables, const double *const *means) {
  const int near_ticks = tables->table[0].columns, far_ticks = tables->table[1].columns;
  const double enough = ENOUGH * highest(means[0], 0, near_ticks);
  int k = 0;  // N95 - 1
  while (means[0][k] < enough) ++k;
  if (k >= far_ticks) k = far_ticks - 1;
  return probe_clip(probe_above(highest(means[1], k, far_ticks), means[1][k]));
}

const Probe PROBE_TICK = {
    .name = "TICK",
    .family = FAMILY_BEHAVIOUR,
    .question =
        "Of what it fails to solve on larger levels after the ticks that suffice at the training "
        "size, what share do more ticks solve?",
    .measure = tick_measure,
    .value = tick_value,
};
