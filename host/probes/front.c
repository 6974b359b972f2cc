// Counts by distance and tick how many squares of a plan are right, and follows how far that holds.
//
// 600 larger levels, thought on for all ticks. What can go wrong: a subject that shows a finished answer as a
// growing front scores in full (the families of causation and behaviour are there for that); and where levels
// are small, or have few walls, the front is measured against the shorter way that they hold.
#include "host/probes/front.h"

#include <math.h>
#include <string.h>

#include "envs/oracle.h"
#include "host/probe_thoughts.h"

enum { TICKS, REACH };  // ProbeTables.shape

// A square's action must be optimal this often, at its distance and at every smaller one.
static const double RELIABLE = 0.8;

// ---- Asking ----

// Adds the squares of a level by distance to row(FRONT_DISTANCES); actions(squares) receives the optimal
// actions of each, one bit each, none where a square is not counted.
static void count_squares(const Level *level, const int16_t *known, uint8_t *actions, double *row) {
  int16_t distance[GRID_SQUARES];
  const int squares = grid_squares(&level->grid);
  memcpy(distance, known, (size_t)squares * sizeof *distance);
  for (int square = 0; square < squares; ++square) {
    const int d = distance[square];
    const bool counts = d >= 1 && d <= FRONT_DISTANCES;
    actions[square] = (uint8_t)(counts ? oracle_best_actions(level, distance, square) : 0);
    if (counts) row[d - 1] += 1;
  }
}

// Adds to row(FRONT_DISTANCES) the squares whose action in plan(squares) is optimal.
static void count_optimal(const uint8_t *plan, const uint8_t *actions, const int16_t *distance, int squares,
                          double *row) {
  for (int square = 0; square < squares; ++square)
    if (plan[square] < PLAN_STAY && (actions[square] >> plan[square] & 1)) row[distance[square] - 1] += 1;
}

// Fills the rows of a chunk's levels from the plans of their latest thought.
static void count_chunk(const ProbeThoughts *thoughts, double *values) {
  const size_t squares = (size_t)thoughts->squares, ticks = (size_t)thoughts->ticks;
#pragma omp parallel for schedule(dynamic, 8)
  for (int i = 0; i < thoughts->count; ++i) {
    const size_t level = (size_t)(thoughts->first + i);
    const int16_t *distance = thoughts->set->distance + level * squares;
    const uint8_t *plan = thoughts->plan + (size_t)i * ticks * squares;
    double *row = values + level * FRONT_DISTANCES * (1 + ticks);
    uint8_t actions[GRID_SQUARES];
    count_squares(&thoughts->set->levels[level], distance, actions, row);
    for (size_t k = 0; k < ticks; ++k)
      count_optimal(plan + k * squares, actions, distance, thoughts->squares, row += FRONT_DISTANCES);
  }
}

static Status count_all(const Subject *subject, const EvalSet *set, int ticks, double *values) {
  ProbeThoughts thoughts;
  Status status = probe_thoughts_create(subject, set, ticks, 1, false, &thoughts);
  while (status == STATUS_OK && probe_thoughts_next(&thoughts)) {
    const SubjectBatch batch = probe_thoughts_batch(&thoughts);
    status = probe_thoughts_think(&thoughts, &batch, 0);
    if (status == STATUS_OK) count_chunk(&thoughts, values);
  }
  probe_thoughts_free(&thoughts);
  return status;
}

// Ticks up to the last one that changed a count.
static int ticks_that_change(const ProbeTable *table) {
  const size_t width = FRONT_DISTANCES;
  int ticks = 1;
  for (int level = 0; level < table->levels; ++level) {
    const double *row = table->values + (size_t)level * (size_t)table->columns;
    for (int k = table->columns / FRONT_DISTANCES - 1; k > ticks; --k)
      if (memcmp(row + (size_t)k * width, row + (size_t)(k - 1) * width, width * sizeof *row) != 0) ticks = k;
  }
  return ticks;
}

// Narrows the table to its first `columns` columns.
static void drop_columns(ProbeTable *table, int columns) {
  for (int level = 0; level < table->levels; ++level)
    memmove(table->values + (size_t)level * (size_t)columns,
            table->values + (size_t)level * (size_t)table->columns, (size_t)columns * sizeof *table->values);
  table->columns = columns;
}

// Small levels hold no square as far as the cap: a front ends with the last window of FRONT_SQUARES squares.
static int reach_of(const ProbeTable *table) {
  double squares[FRONT_DISTANCES + 1] = {0};  // by distance, 0 for the goal
  for (int level = 0; level < table->levels; ++level)
    for (int d = 1; d <= FRONT_DISTANCES; ++d)
      squares[d] += table->values[(size_t)level * (size_t)table->columns + (size_t)d - 1];
  int reach = 1;
  while (reach < FRONT_CAP && squares[reach] + squares[reach + 1] + squares[reach + 2] >= FRONT_SQUARES)
    ++reach;
  return reach;
}

static Status front_measure(const ProbeContext *context, ProbeTables *tables) {
  const EvalSet *set = &context->levels->set[PROBE_FAR];
  const int most = context->subject->ticks_max, ticks = most < context->ticks ? most : context->ticks;
  TRY(probe_add_table(tables, PROBE_FAR, set->count, FRONT_DISTANCES * (1 + ticks)));
  ProbeTable *table = &tables->table[tables->count - 1];
  TRY(count_all(context->subject, set, ticks, table->values));
  tables->shape[TICKS] = ticks_that_change(table);
  tables->shape[REACH] = reach_of(table);
  drop_columns(table, FRONT_DISTANCES * (1 + tables->shape[TICKS]));
  return STATUS_OK;
}

// ---- The metric ----

// Sum over the window of three around distance d of counts(FRONT_DISTANCES); distance 0 counts nothing.
static double window(const double *counts, int d) {
  return (d > 1 ? counts[d - 2] : 0) + counts[d - 1] + counts[d];
}

// The largest distance up to `reach` with P(optimal) >= RELIABLE there and everywhere nearer. A window
// without squares, which only a resample of few levels has, ends it.
static int front_of(const double *squares, const double *optimal, int reach) {
  int d = 0;
  while (d < reach && probe_share(window(optimal, d + 1), window(squares, d + 1), 0) >= RELIABLE) ++d;
  return d;
}

// Slope of front(k) over ticks k = 1 … count by least squares.
static double slope(const int *front, int count) {
  double xy = 0, xx = 0;
  for (int k = 0; k < count; ++k) {
    const double x = k - (count - 1) / 2.0;
    xy += x * front[k];
    xx += x * x;
  }
  return count > 1 ? xy / xx : NAN;
}

// front(T) and what is read off it but the speed.
static FrontWave follow(const ProbeTables *tables, const double *means, int *front) {
  FrontWave wave = {tables->shape[REACH], tables->shape[TICKS], 0, 1, NAN};
  for (int k = 0; k < wave.ticks; ++k) {
    const int now = front_of(means, means + (size_t)(k + 1) * FRONT_DISTANCES, wave.reach);
    if (front) front[k] = now;
    if (now <= wave.radius) continue;
    wave.radius = now;
    wave.arrival = k + 1;
  }
  return wave;
}

FrontWave front_wave(const ProbeTables *tables, const double *means, int *front) {
  FrontWave wave = follow(tables, means, front);
  if (front) wave.speed = slope(front, wave.arrival);
  return wave;
}

static double front_value(const ProbeTables *tables, const double *const *means) {
  const FrontWave wave = follow(tables, means[0], NULL);
  return probe_clip((double)wave.radius / wave.reach);
}

const Probe PROBE_FRONT = {
    .name = "FRONT",
    .family = FAMILY_REPRESENTATION,
    .question = "How far from the goal does its plan get reliably right, of the way that is asked for?",
    .measure = front_measure,
    .value = front_value,
};
