// Extra "replanning": whether it comes to a good plan again when the world or its state changes in
// mid-thought.
//
// A system that optimizes ends in its target states in spite of perturbations (Flint, "The ground of
// optimization"). World: from tick N*/2 on the input shows one cell toggled, as FLIP toggles it; of the
// squares whose right actions flip completely, the share that acts rightly after 2 N* ticks, beside the same
// had the change been there from the start. State: after tick N*/2 the states of a random half of the squares
// are set to zero once; solve after N* further ticks, beside that of an undisturbed thought as long. It does
// not separate: emergent planners re-plan for .16 to .55 of squares only, and a reactive agent that reads its
// input does at once.
#include "host/probes/extra_replanning.h"

#include <math.h>
#include <stdlib.h>

#include "envs/oracle.h"
#include "host/evaluate.h"
#include "host/json_parts.h"
#include "host/probe_extra.h"

enum { LEVELS = 150 };                   // of PROBE_NEAR
enum { STEPS_APART = 4, TOGGLES = 32 };  // as FLIP has them; tries to find one that matters
enum { FRESH, DISTURBED, KINDS };        // thoughts of a level

// ---- The world changes ----

// One level: the world that it becomes, and the squares where that decides.
typedef struct Change {
  Level world;
  GridSet counted;
  int32_t squares, right[KINDS];
} Change;

// Squares at least STEPS_APART steps from the cell, where it is free, that share no right action between the
// two worlds.
static void count_flipped(const Level *level, int cell, Change *change) {
  int16_t before[GRID_SQUARES], after[GRID_SQUARES], steps[GRID_SQUARES];
  Level open = *level;
  grid_set_wall(&open.grid, cell, false);
  open.goal = cell;
  oracle_distances(level, before);
  oracle_distances(&change->world, after);
  oracle_distances(&open, steps);
  change->counted = (GridSet){{0}};
  for (int square = 0; square < grid_squares(&level->grid); ++square) {
    if (before[square] <= 0 || after[square] <= 0) continue;
    if (steps[square] >= 0 && steps[square] < STEPS_APART) continue;
    const uint32_t best = oracle_best_actions(level, before, square);
    if (best & oracle_best_actions(&change->world, after, square)) continue;
    grid_set_add(&change->counted, level->grid.width, square);
  }
  change->squares = grid_set_count(&change->counted);
  if (change->squares > 0 && after[level->start] <= 0)
    change->world.start = grid_set_nth(&change->counted, level->grid.width, 0);
}

// Draws cells inside the border, neither the goal nor beside it, until one decides somewhere; the level as it
// is where none does.
static void draw_change(const EvalSet *set, int number, Change *change) {
  const Level *level = &set->levels[number];
  const int inside = set->size - 2;
  Rng rng = probe_rng(set, number, (ProbeDraw)EXTRA_DRAW_TOGGLE);
  for (int j = 0; j < TOGGLES; ++j) {
    const int y = 1 + (int)rng_below(&rng, (uint32_t)inside), x = 1 + (int)rng_below(&rng, (uint32_t)inside);
    const int cell = y * set->size + x;
    change->world = *level;
    if (extra_apart(level, cell, level->goal) <= 1) continue;
    grid_set_wall(&change->world.grid, cell, !grid_is_wall(&level->grid, cell));
    count_flipped(level, cell, change);
    if (change->squares > 0) return;
  }
  change->world = *level;
}

static void count_right(const ProbeThoughts *thoughts, int i, Change *change, int kind) {
  const uint8_t *plan = extra_plan(thoughts, i, thoughts->ticks);
  int16_t distance[GRID_SQUARES];
  oracle_distances(&change->world, distance);
  for (int square = 0; square < thoughts->squares; ++square) {
    if (!grid_set_has(&change->counted, change->world.grid.width, square) || plan[square] >= ENV_ACTIONS)
      continue;
    change->right[kind] += oracle_best_actions(&change->world, distance, square) >> plan[square] & 1;
  }
}

static void visit_fresh(const ProbeThoughts *thoughts, int i, void *context) {
  count_right(thoughts, i, (Change *)context + thoughts->first + i, FRESH);
}

static void visit_changed(const ProbeThoughts *thoughts, int i, void *context) {
  count_right(thoughts, i, (Change *)context + thoughts->first + i, DISTURBED);
}

static json_t *world_json(const Change *changes, int levels, bool *good) {
  int squares = 0, right[KINDS] = {0};
  for (int n = 0; n < levels; ++n) {
    squares += changes[n].squares;
    for (int kind = 0; kind < KINDS; ++kind) right[kind] += changes[n].right[kind];
  }
  json_t *object = json_object();
  parts_put(object, "replanned", evaluate_number(probe_share(right[DISTURBED], squares, NAN)), good);
  parts_put(object, "from_start", evaluate_number(probe_share(right[FRESH], squares, NAN)), good);
  parts_put(object, "squares", json_integer(squares), good);
  return object;
}

// changes, worlds (levels): room.
static Status change_world(const ProbeContext *context, const EvalSet *set, Change *changes, Level *worlds) {
  const int half = context->best_ticks / 2;
  EvalSet changed = *set;
  changed.levels = worlds;
#pragma omp parallel for schedule(dynamic)
  for (int n = 0; n < set->count; ++n) {
    draw_change(set, n, &changes[n]);
    worlds[n] = changes[n].world;
  }
  ExtraThought thought = {.subject = context->subject, .set = &changed, .ticks = 2 * context->best_ticks};
  TRY(extra_think(&thought, visit_fresh, changes));
  thought.set = set;
  thought.later = worlds;
  thought.later_from = half > 2 ? half : 2;
  return extra_think(&thought, visit_changed, changes);
}

static Status describe_world(const ProbeContext *context, const EvalSet *set, bool *good, json_t **result) {
  Change *changes = calloc((size_t)set->count, sizeof *changes);
  Level *worlds = calloc((size_t)set->count, sizeof *worlds);
  const Status status = changes && worlds
                            ? change_world(context, set, changes, worlds)
                            : status_fail(STATUS_MEMORY, "no memory to change %d levels", set->count);
  if (status == STATUS_OK) *result = world_json(changes, set->count, good);
  free(changes);
  free(worlds);
  return status;
}

// ---- The state is disturbed ----

static void visit_solve(const ProbeThoughts *thoughts, int i, void *context) {
  const Level *level = extra_level(thoughts, i);
  int16_t distance[GRID_SQUARES];
  oracle_distances(level, distance);
  const PlanScore score = plan_score(level, distance, extra_plan(thoughts, i, thoughts->ticks));
  ((double *)context)[thoughts->first + i] = (double)score.solved / score.free;
}

// Mean solve at the end of a thought. each(levels): room.
static Status mean_solve(const ExtraThought *thought, double *each, double *solve) {
  TRY(extra_think(thought, visit_solve, each));
  *solve = 0;
  for (int n = 0; n < thought->set->count; ++n) *solve += each[n] / thought->set->count;
  return STATUS_OK;
}

// edits(most): a random half of the squares that are connected to the goal, the goal excluded.
static void draw_erased(const EvalSet *set, int number, int from, int most, TraceEdit *edits) {
  GridSet squares;
  Rng rng = probe_rng(set, number, (ProbeDraw)EXTRA_DRAW_ERASE);
  grid_component(&set->levels[number].grid, set->levels[number].goal, &squares);
  grid_set_remove(&squares, set->size, set->levels[number].goal);
  const int there = grid_set_count(&squares);
  for (int j = 0; j < most; ++j) {
    edits[j] = (TraceEdit){.square = -1};
    if (j >= there / 2) continue;
    const int square = grid_set_nth(&squares, set->size, (int)rng_below(&rng, (uint32_t)(there - j)));
    grid_set_remove(&squares, set->size, square);
    edits[j] = (TraceEdit){square, from, from + 1, 0};
  }
}

// edits(levels, most), zeros(ticks, C), each(levels): room.
static Status disturb_state(const ProbeContext *context, const EvalSet *set, int most, TraceEdit *edits,
                            const real *zeros, double *each, double *solve) {
  const int half = context->best_ticks / 2, from = half > 1 ? half : 1;
  for (int n = 0; n < set->count; ++n) draw_erased(set, n, from, most, edits + (size_t)n * (size_t)most);
  ExtraThought thought = {.subject = context->subject, .set = set, .ticks = from + context->best_ticks};
  TRY(mean_solve(&thought, each, &solve[FRESH]));
  thought.edits = edits;
  thought.level_edits = most;
  thought.edit_values = zeros;
  thought.edit_rows = 1;
  return mean_solve(&thought, each, &solve[DISTURBED]);
}

static Status describe_state(const ProbeContext *context, const EvalSet *set, bool *good, json_t **result) {
  const int most = (set->size - 2) * (set->size - 2) / 2;
  const size_t ticks = 2 * (size_t)context->best_ticks, levels = (size_t)set->count;
  double solve[KINDS] = {0};
  TraceEdit *edits = calloc(levels * (size_t)most, sizeof *edits);
  real *zeros = calloc(ticks * (size_t)context->subject->channels, sizeof *zeros);
  double *each = calloc(levels, sizeof *each);
  const Status status = edits && zeros && each
                            ? disturb_state(context, set, most, edits, zeros, each, solve)
                            : status_fail(STATUS_MEMORY, "no memory to disturb %d levels", set->count);
  free(edits);
  free(zeros);
  free(each);
  TRY(status);
  *result = json_object();
  parts_put(*result, "recovered", evaluate_number(solve[DISTURBED]), good);
  parts_put(*result, "undisturbed", evaluate_number(solve[FRESH]), good);
  return STATUS_OK;
}

static Status describe(const ProbeContext *context, json_t **result) {
  const EvalSet set = extra_part(&context->levels->set[PROBE_NEAR], LEVELS);
  json_t *world = NULL, *state = NULL, *object = json_object();
  bool good = true;
  Status status = describe_world(context, &set, &good, &world);
  if (status == STATUS_OK) status = describe_state(context, &set, &good, &state);
  parts_put(object, "world", world, &good);
  parts_put(object, "state", state, &good);
  if (status == STATUS_OK) return parts_deliver(object, good, result);
  json_decref(object);
  return status;
}

const ProbeExtra EXTRA_REPLANNING = {
    .name = "replanning",
    .question = "Does it come to a good plan again after the world or its state changed in mid-thought?",
    .needs_state = true,
    .describe = describe,
};
