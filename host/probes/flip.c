// Toggles single cells, has each changed level thought on from scratch, and asks for the right action before
// and after.
//
// 300 levels of training, 8 cells each: any inside the border but the goal and the four squares beside it,
// wall to free or free to wall. Plans are read after N* ticks. A square counts if it is free and connected to
// the goal before and after, at least 4 steps from the cell (in the level where the cell is free, so that the
// steps are those that news from the cell has to travel), and shares no optimal action before and after: the
// change decides there, and no plan that ignores it can be right twice. The metric is the share of these
// squares where the plan is right before and after.
#include "host/probes/flip.h"

#include <math.h>
#include <stdlib.h>

#include "envs/oracle.h"
#include "host/probe_thoughts.h"

enum { COUNTED, RIGHT, COLUMNS };
enum { STEPS_APART = 4, THOUGHTS = 1 + FLIP_TOGGLES };

// ---- Which cells, which squares ----

// The squares inside the border but the goal and those beside it.
static void allowed_cells(const Level *level, GridSet *cells) {
  const int size = level->grid.width;
  const uint32_t inside = ((uint32_t)1 << (size - 1)) - 2;
  *cells = (GridSet){{0}};
  for (int y = 1; y < level->grid.height - 1; ++y) cells->row[y] = inside;
  grid_set_remove(cells, size, level->goal);
  for (int action = 0; action < ENV_ACTIONS; ++action)
    grid_set_remove(cells, size, level->goal + grid_offset(size, action));
}

int flip_cells(const EvalSet *set, int number, int *cells) {
  const Level *level = &set->levels[number];
  Rng rng = probe_rng(set, number, PROBE_DRAW_CELLS);
  GridSet allowed;
  allowed_cells(level, &allowed);
  const int there = grid_set_count(&allowed), count = there < FLIP_TOGGLES ? there : FLIP_TOGGLES;
  for (int i = 0; i < count; ++i) {
    cells[i] = grid_set_nth(&allowed, level->grid.width, (int)rng_below(&rng, (uint32_t)(there - i)));
    grid_set_remove(&allowed, level->grid.width, cells[i]);
  }
  return count;
}

// The goal keeps its neighbours, so there is always a square to start from.
Level flip_level(const Level *level, int cell) {
  Level flipped = *level;
  GridSet connected;
  grid_set_wall(&flipped.grid, cell, !grid_is_wall(&level->grid, cell));
  grid_component(&flipped.grid, flipped.goal, &connected);
  grid_set_remove(&connected, flipped.grid.width, flipped.goal);
  if (!grid_set_has(&connected, flipped.grid.width, flipped.start))
    flipped.start = grid_set_nth(&connected, flipped.grid.width, 0);
  return flipped;
}

void flip_counted(const Level *level, int cell, GridSet *counted) {
  int16_t before[GRID_SQUARES], after[GRID_SQUARES], steps[GRID_SQUARES];
  const Level flipped = flip_level(level, cell);
  Level open = *level;  // with the cell free, and as the square to measure from
  grid_set_wall(&open.grid, cell, false);
  open.goal = cell;
  oracle_distances(level, before);
  oracle_distances(&flipped, after);
  oracle_distances(&open, steps);
  *counted = (GridSet){{0}};
  for (int square = 0; square < grid_squares(&level->grid); ++square) {
    if (before[square] <= 0 || after[square] <= 0) continue;
    if (steps[square] >= 0 && steps[square] < STEPS_APART) continue;
    const uint32_t best = oracle_best_actions(level, before, square);
    if (best & oracle_best_actions(&flipped, after, square)) continue;
    grid_set_add(counted, level->grid.width, square);
  }
}

// ---- Thinking and counting ----

// A probe while it runs.
typedef struct Flips {
  ProbeThoughts thoughts;      // kind 0: the level itself; kind k: with its kth toggle
  Level *flipped;              // (FLIP_TOGGLES, room)
  int (*cells)[FLIP_TOGGLES];  // (room); -1: no more cells, the level as it is
} Flips;

static void draw_flips(Flips *flips) {
  const ProbeThoughts *thoughts = &flips->thoughts;
#pragma omp parallel for schedule(dynamic)
  for (int i = 0; i < thoughts->count; ++i) {
    const Level *level = &thoughts->set->levels[thoughts->first + i];
    const int count = flip_cells(thoughts->set, thoughts->first + i, flips->cells[i]);
    for (int k = 0; k < FLIP_TOGGLES; ++k) {
      if (k >= count) flips->cells[i][k] = -1;
      flips->flipped[k * thoughts->room + i] = k < count ? flip_level(level, flips->cells[i][k]) : *level;
    }
  }
}

static Status think_chunk(Flips *flips) {
  SubjectBatch batch = probe_thoughts_batch(&flips->thoughts);
  TRY(probe_thoughts_think(&flips->thoughts, &batch, 0));
  for (int k = 0; k < FLIP_TOGGLES; ++k) {
    batch.levels = flips->flipped + k * flips->thoughts.room;
    TRY(probe_thoughts_think(&flips->thoughts, &batch, 1 + k));
  }
  return STATUS_OK;
}

// right(GRID_SQUARES) = whether the plan's action leads nearer to the goal.
static void right_actions(const Level *level, const uint8_t *plan, bool *right) {
  int16_t distance[GRID_SQUARES];
  oracle_distances(level, distance);
  for (int square = 0; square < grid_squares(&level->grid); ++square)
    right[square] =
        plan[square] < ENV_ACTIONS && (oracle_best_actions(level, distance, square) >> plan[square] & 1);
}

// Adds to the row of level `i` of the chunk.
static void count_level(const Flips *flips, int i, double *row) {
  const ProbeThoughts *thoughts = &flips->thoughts;
  const Level *level = &thoughts->set->levels[thoughts->first + i];
  bool before[GRID_SQUARES], after[GRID_SQUARES];
  right_actions(level, probe_thoughts_plan(thoughts, 0, i), before);
  for (int k = 0; k < FLIP_TOGGLES && flips->cells[i][k] >= 0; ++k) {
    GridSet counted;
    flip_counted(level, flips->cells[i][k], &counted);
    right_actions(&flips->flipped[k * thoughts->room + i], probe_thoughts_plan(thoughts, 1 + k, i), after);
    row[COUNTED] += grid_set_count(&counted);
    for (int square = 0; square < thoughts->squares; ++square)
      row[RIGHT] += grid_set_has(&counted, level->grid.width, square) && before[square] && after[square];
  }
}

static Status measure_chunks(Flips *flips, double *rows) {
  const ProbeThoughts *thoughts = &flips->thoughts;
  while (probe_thoughts_next(&flips->thoughts)) {
    draw_flips(flips);
    TRY(think_chunk(flips));
#pragma omp parallel for schedule(dynamic)
    for (int i = 0; i < thoughts->count; ++i)
      count_level(flips, i, rows + (size_t)(thoughts->first + i) * COLUMNS);
  }
  return STATUS_OK;
}

static Status flips_create(const ProbeContext *context, const EvalSet *set, Flips *flips) {
  *flips = (Flips){.flipped = NULL};
  TRY(probe_thoughts_create(context->subject, set, context->best_ticks, THOUGHTS, false, &flips->thoughts));
  const size_t room = (size_t)flips->thoughts.room;
  flips->flipped = malloc(FLIP_TOGGLES * room * sizeof *flips->flipped);
  flips->cells = malloc(room * sizeof *flips->cells);
  if (flips->flipped && flips->cells) return STATUS_OK;
  return status_fail(STATUS_MEMORY, "no memory to toggle cells of %d levels", (int)room);
}

static Status flip_measure(const ProbeContext *context, ProbeTables *tables) {
  const EvalSet *set = &context->levels->set[PROBE_FLIPS];
  Flips flips;
  TRY(probe_add_table(tables, PROBE_FLIPS, set->count, COLUMNS));
  Status status = flips_create(context, set, &flips);
  if (status == STATUS_OK) status = measure_chunks(&flips, tables->table[tables->count - 1].values);
  probe_thoughts_free(&flips.thoughts);
  free(flips.flipped);
  free(flips.cells);
  return status;
}

static double flip_value(const ProbeTables *tables, const double *const *means) {
  (void)tables;
  return probe_share(means[0][RIGHT], means[0][COUNTED], NAN);
}

const Probe PROBE_FLIP = {.name = "FLIP",
                          .family = FAMILY_BEHAVIOUR,
                          .question =
                              "When one cell of the maze changes, does the plan far from it change "
                              "wherever it has to?",
                          .measure = flip_measure,
                          .value = flip_value};
