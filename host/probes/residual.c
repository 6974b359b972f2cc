// Sets a subject's best solve on larger levels against the best feed-forward student's.
//
// What can go wrong: weak students make it easy, which is why their budget is fixed; and a subject that was
// handed the answer scores in full.
#include "host/probes/residual.h"

#include <math.h>
#include <string.h>

enum { TICKS, STUDENTS };  // ProbeTables.shape: columns of the subject, then of the students

// ---- Asking ----

// (levels, ticks + students): the subject's solve by tick, then each student's.
static Status add_solve(ProbeTables *tables, ProbeSet set, const Scores *scores, const double *students) {
  const size_t ticks = (size_t)tables->shape[TICKS], others = (size_t)tables->shape[STUDENTS];
  TRY(probe_add_table(tables, set, scores->levels, (int)(ticks + others)));
  double *row = tables->table[tables->count - 1].values;
  for (size_t n = 0; n < (size_t)scores->levels; ++n, row += ticks + others) {
    memcpy(row, scores->solve + n * (size_t)scores->ticks, ticks * sizeof *row);
    if (others > 0) memcpy(row + ticks, students + n * others, others * sizeof *row);
  }
  return STATUS_OK;
}

// Zeros for a feed-forward net.
static Status residual_measure(const ProbeContext *context, ProbeTables *tables) {
  const StudentSolve *students = context->students;
  const Scores *far = &context->far, *farther = &context->farther;
  if (context->subject->is_feed_forward) {
    TRY(probe_add_table(tables, PROBE_FAR, far->levels, 1));
    return probe_add_table(tables, PROBE_FARTHER, farther->levels, 1);
  }
  tables->shape[TICKS] = far->ticks < farther->ticks ? far->ticks : farther->ticks;
  tables->shape[STUDENTS] = students ? students->students : 0;
  TRY(add_solve(tables, PROBE_FAR, far, students ? students->far : NULL));
  return add_solve(tables, PROBE_FARTHER, farther, students ? students->farther : NULL);
}

// ---- The metric ----

static double highest(const double *solve, int count) {
  double most = solve[0];
  for (int i = 1; i < count; ++i)
    if (solve[i] > most) most = solve[i];
  return most;
}

// Who the best student is, is decided anew in every resample.
static double residual_value(const ProbeTables *tables, const double *const *means) {
  const int ticks = tables->shape[TICKS], students = tables->shape[STUDENTS];
  if (ticks == 0) return 0;
  if (students == 0) return NAN;
  double sum = 0;
  for (int t = 0; t < 2; ++t)
    sum += probe_clip(probe_above(highest(means[t], ticks), highest(means[t] + ticks, students)));
  return sum / 2;
}

const Probe PROBE_RESIDUAL = {
    .name = "RESIDUAL",
    .family = FAMILY_IRREDUCIBILITY,
    .question =
        "Of what the best feed-forward net taught by the oracle fails to solve on larger levels, "
        "what share does it solve?",
    .measure = residual_measure,
    .value = residual_value,
};
