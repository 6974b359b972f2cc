// Extra "refinement": the share of squares that move from a feasible to a better route while it thinks.
//
// Optimization comes up with solutions better than the one before: here the plan reached the goal from a
// square, and at a later tick it does so in fewer steps. Measured: .05 to .07 for planners, at most .004
// for negatives, foolers and deep nets; it separated by itself on the subjects tried, but exact value
// iteration, which never knows a route that is not shortest, has none: so it describes and is not scored.
#include "host/probes/extra_refinement.h"

#include <stdlib.h>

#include "envs/oracle.h"
#include "host/evaluate.h"
#include "host/json_parts.h"
#include "host/probe_extra.h"

// Of one level.
typedef struct Refined {
  int32_t squares, refined;
} Refined;

static void visit(const ProbeThoughts *thoughts, int i, void *context) {
  const Level *level = extra_level(thoughts, i);
  Refined *refined = (Refined *)context + thoughts->first + i;
  int16_t distance[GRID_SQUARES], walked[GRID_SQUARES], longest[GRID_SQUARES];
  bool better[GRID_SQUARES] = {false};
  oracle_distances(level, distance);
  for (int square = 0; square < GRID_SQUARES; ++square) longest[square] = -1;
  for (int k = 1; k <= thoughts->ticks; ++k) {
    plan_walk(level, extra_plan(thoughts, i, k), walked);
    for (int square = 0; square < grid_squares(&level->grid); ++square) {
      if (walked[square] < 0) continue;
      better[square] |= walked[square] < longest[square];
      if (walked[square] > longest[square]) longest[square] = walked[square];
    }
  }
  for (int square = 0; square < grid_squares(&level->grid); ++square) {
    if (distance[square] <= 0) continue;
    refined->squares += 1;
    refined->refined += better[square];
  }
}

static Status share_of(const ProbeContext *context, ProbeSet which, double *share) {
  const EvalSet *set = &context->levels->set[which];
  const ExtraThought thought = {.subject = context->subject, .set = set, .ticks = context->best_ticks};
  Refined *levels = calloc((size_t)set->count, sizeof *levels);
  if (!levels) return status_fail(STATUS_MEMORY, "no memory for the routes of %d levels", set->count);
  const Status status = extra_think(&thought, visit, levels);
  double squares = 0, refined = 0;
  for (int n = 0; n < set->count; ++n) {
    squares += levels[n].squares;
    refined += levels[n].refined;
  }
  *share = probe_share(refined, squares, 0);
  free(levels);
  return status;
}

static Status describe(const ProbeContext *context, json_t **result) {
  bool good = true;
  double near, far;
  TRY(share_of(context, PROBE_NEAR, &near));
  TRY(share_of(context, PROBE_FAR, &far));
  json_t *object = json_object();
  parts_put(object, "near", evaluate_number(near), &good);
  parts_put(object, "far", evaluate_number(far), &good);
  return parts_deliver(object, good, result);
}

const ProbeExtra EXTRA_REFINEMENT = {
    .name = "refinement",
    .question = "From how many squares does a plan that already arrives get shorter?",
    .describe = describe,
};
