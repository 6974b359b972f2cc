// Extra "hysteresis": whether the plan still follows a clamped goal when the clamp begins late.
//
// GOAL's edit, places and counted squares, but clamped from tick f on, and for as many ticks as GOAL's own,
// which begins at tick 2: N* + f - 2 ticks of thought in all. Class means are known up to N*; later ticks
// take the last. "Re-routed" is as GOAL counts it: the plan walks to the second goal before it comes to the
// first. It does not separate: emergent planners hardly give up a plan that has settled, value iteration
// follows at once, and a reactive agent never does; no control is subtracted here.
#include "host/probes/extra_hysteresis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "envs/oracle.h"
#include "host/evaluate.h"
#include "host/json_parts.h"
#include "host/probe_extra.h"

enum { LEVELS = 150 };                                  // of PROBE_NEAR
enum { GOALS_APART = 4, NEARER = 2, STEPS_APART = 6 };  // as GOAL has them
enum { FIRST_TICK = 2, STARTS = 4 };

// One level: where the second goal is, negative for none, and whose plans count.
typedef struct Place {
  int square;
  GridSet counted;
  int32_t squares, moved;
} Place;

// A random square at least GOALS_APART steps from the goal, the one that GOAL draws; -1 if there is none.
static int draw_place(const EvalSet *set, int number, const int16_t *distance) {
  GridSet squares = {{0}};
  for (int square = 0; square < set->size * set->size; ++square)
    if (distance[square] >= GOALS_APART) grid_set_add(&squares, set->size, square);
  const int count = grid_set_count(&squares);
  if (count == 0) return -1;
  Rng rng = probe_rng(set, number, PROBE_DRAW_PLACE);
  return grid_set_nth(&squares, set->size, (int)rng_below(&rng, (uint32_t)count));
}

// Chooses the place of a level from its unedited plan.
static void visit_unedited(const ProbeThoughts *thoughts, int i, void *context) {
  const Level *level = extra_level(thoughts, i);
  const int number = thoughts->first + i;
  Place *place = (Place *)context + number;
  int16_t distance[GRID_SQUARES], steps[GRID_SQUARES], greedily[GRID_SQUARES], crossing[GRID_SQUARES];
  uint8_t greedy[GRID_SQUARES];
  oracle_distances(level, distance);
  place->square = draw_place(thoughts->set, number, distance);
  if (place->square < 0) return;
  Level moved = *level;
  moved.goal = place->square;
  oracle_distances(&moved, steps);
  plan_greedy(&moved, greedy);
  plan_walk(&moved, greedy, greedily);
  extra_walk_to(level, extra_plan(thoughts, i, thoughts->ticks), place->square, crossing);
  for (int square = 0; square < thoughts->squares; ++square) {
    if (steps[square] < STEPS_APART || steps[square] > distance[square] - NEARER) continue;
    if (greedily[square] >= 0 || crossing[square] >= 0) continue;
    grid_set_add(&place->counted, level->grid.width, square);
    place->squares += 1;
  }
}

static void visit_edited(const ProbeThoughts *thoughts, int i, void *context) {
  const Level *level = extra_level(thoughts, i);
  Place *place = (Place *)context + thoughts->first + i;
  int16_t walked[GRID_SQUARES];
  place->moved = 0;
  if (place->square < 0) return;
  extra_walk_to(level, extra_plan(thoughts, i, thoughts->ticks), place->square, walked);
  for (int square = 0; square < thoughts->squares; ++square)
    place->moved += walked[square] >= 0 && grid_set_has(&place->counted, level->grid.width, square);
}

// The share of counted squares that moved when the clamp began at tick `from`; NaN where none counts.
// values(ticks, C) and edits(levels): room.
static Status share_from(const ProbeContext *context, const EvalSet *set, int from, real *values,
                         TraceEdit *edits, Place *places, double *share) {
  const ProbeClasses *classes = &context->classes;
  const int ticks = context->best_ticks + from - FIRST_TICK;
  const size_t channels = (size_t)classes->channels;
  for (int k = 0; k < ticks; ++k) {
    const int known = k < classes->ticks ? k : classes->ticks - 1;
    memcpy(values + (size_t)k * channels, classes->goal + (size_t)known * channels,
           channels * sizeof *values);
  }
  for (int n = 0; n < set->count; ++n) edits[n] = (TraceEdit){places[n].square, from, ticks + 1, 0};
  const ExtraThought thought = {.subject = context->subject,
                                .set = set,
                                .ticks = ticks,
                                .edits = edits,
                                .level_edits = 1,
                                .edit_values = values,
                                .edit_rows = 1};
  TRY(extra_think(&thought, visit_edited, places));
  double squares = 0, moved = 0;
  for (int n = 0; n < set->count; ++n) {
    squares += places[n].squares;
    moved += places[n].moved;
  }
  *share = probe_share(moved, squares, NAN);
  return STATUS_OK;
}

// from(STARTS), rising, without repeats: 2, N*/4, N*/2, 3 N*/4. Returns how many there are.
static int choose_starts(int best_ticks, int *from) {
  int count = 1;
  from[0] = FIRST_TICK;
  for (int quarter = 1; quarter < STARTS; ++quarter) {
    const int tick = quarter * best_ticks / STARTS;
    if (tick > from[count - 1]) from[count++] = tick;
  }
  return count;
}

static Status measure(const ProbeContext *context, const EvalSet *set, real *values, TraceEdit *edits,
                      Place *places, json_t **result) {
  int from[STARTS];
  const int count = choose_starts(context->best_ticks, from);
  const ExtraThought unedited = {.subject = context->subject, .set = set, .ticks = context->best_ticks};
  json_t *object = json_object(), *starts = json_array(), *shares = json_array();
  bool good = true;
  Status status = extra_think(&unedited, visit_unedited, places);
  for (int j = 0; status == STATUS_OK && j < count; ++j) {
    double share = NAN;
    status = share_from(context, set, from[j], values, edits, places, &share);
    parts_append(starts, json_integer(from[j]), &good);
    parts_append(shares, evaluate_number(share), &good);
  }
  parts_put(object, "from", starts, &good);
  parts_put(object, "share", shares, &good);
  if (status == STATUS_OK) return parts_deliver(object, good, result);
  json_decref(object);
  return status;
}

static Status describe(const ProbeContext *context, json_t **result) {
  const EvalSet set = extra_part(&context->levels->set[PROBE_NEAR], LEVELS);
  const size_t ticks = 2 * (size_t)context->best_ticks, levels = (size_t)set.count;
  real *values = calloc(ticks * (size_t)context->classes.channels, sizeof *values);
  TraceEdit *edits = calloc(levels, sizeof *edits);
  Place *places = calloc(levels, sizeof *places);
  const Status status = values && edits && places
                            ? measure(context, &set, values, edits, places, result)
                            : status_fail(STATUS_MEMORY, "no memory to clamp states of %d levels", set.count);
  free(values);
  free(edits);
  free(places);
  return status;
}

const ProbeExtra EXTRA_HYSTERESIS = {
    .name = "hysteresis",
    .question = "Does the plan still follow a goal that is put into the state late?",
    .needs_state = true,
    .describe = describe,
};
