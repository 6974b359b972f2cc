// Extra "wave": the chance of an optimal action by the distance to the goal and the tick, as a picture.
//
// What FRONT reads its radius from, without its window: a plan that grows outwards from the goal shows as a
// front that moves on with the ticks. The picture alone does not separate: answers of a black box revealed as
// a false wavefront draw the same one.
#include "host/probes/extra_wave.h"

#include <stdlib.h>

#include "envs/oracle.h"
#include "host/evaluate.h"
#include "host/json_parts.h"
#include "host/probe_extra.h"

enum {
  LEVELS = 200,         // of PROBE_FAR
  COLUMNS_ALL = 64,     // as many ticks are all shown
  COLUMNS_CHOSEN = 48,  // of more, this many
  SQUARES_FEWEST = 20,  // for a distance to be shown
};

// Whole numbers, so that their sums do not mind the order of levels.
typedef struct Wave {
  int columns, distances;  // distances: the longest way, plus one
  int ticks[COLUMNS_ALL];  // (columns): of each column, rising
  int32_t *squares;        // (levels, distances)
  int32_t *right;          // (levels, distances, columns)
} Wave;

// All ticks, or ticks spread evenly from the first to the last.
static void choose_columns(int ticks, Wave *wave) {
  wave->columns = ticks <= COLUMNS_ALL ? ticks : COLUMNS_CHOSEN;
  for (int c = 0; c < wave->columns; ++c)
    wave->ticks[c] = ticks <= COLUMNS_ALL ? c + 1 : 1 + c * (ticks - 1) / (COLUMNS_CHOSEN - 1);
}

static void visit(const ProbeThoughts *thoughts, int i, void *context) {
  const Wave *wave = context;
  const Level *level = extra_level(thoughts, i);
  const size_t n = (size_t)(thoughts->first + i);
  int16_t distance[GRID_SQUARES];
  oracle_distances(level, distance);
  for (int square = 0; square < grid_squares(&level->grid); ++square) {
    if (distance[square] <= 0) continue;
    const size_t at = n * (size_t)wave->distances + (size_t)distance[square];
    const uint32_t best = oracle_best_actions(level, distance, square);
    wave->squares[at] += 1;
    for (int c = 0; c < wave->columns; ++c) {
      const uint8_t action = extra_plan(thoughts, i, wave->ticks[c])[square];
      wave->right[at * (size_t)wave->columns + (size_t)c] += action < ENV_ACTIONS && (best >> action & 1);
    }
  }
}

// Adds all levels to the first.
static void add_levels(int32_t *rows, int levels, size_t row) {
  for (size_t n = 1; n < (size_t)levels; ++n)
    for (size_t i = 0; i < row; ++i) rows[i] += rows[n * row + i];
}

static json_t *wave_json(const Wave *wave, bool *good) {
  json_t *object = json_object(), *distances = json_array(), *ticks = json_array(), *p = json_array();
  int last = wave->distances - 1;
  while (last > 0 && wave->squares[last] < SQUARES_FEWEST) --last;
  for (int c = 0; c < wave->columns; ++c) parts_append(ticks, json_integer(wave->ticks[c]), good);
  for (int d = 1; d <= last; ++d) {
    json_t *row = json_array();
    const double squares = wave->squares[d];
    for (int c = 0; c < wave->columns; ++c) {
      const double right = wave->right[d * wave->columns + c];
      parts_append(row, squares < SQUARES_FEWEST ? json_null() : evaluate_number(right / squares), good);
    }
    parts_append(distances, json_integer(d), good);
    parts_append(p, row, good);
  }
  parts_put(object, "distances", distances, good);
  parts_put(object, "ticks", ticks, good);
  parts_put(object, "p", p, good);
  return object;
}

static int longest_way(const EvalSet *set) {
  int longest = 0;
  for (size_t i = 0; i < (size_t)set->count * (size_t)set->size * (size_t)set->size; ++i)
    if (set->distance[i] > longest) longest = set->distance[i];
  return longest;
}

static Status measure(const ProbeContext *context, const EvalSet *set, Wave *wave, json_t **result) {
  const size_t row = (size_t)wave->distances, columns = (size_t)wave->columns;
  bool good = true;
  if (!wave->squares || !wave->right) return status_fail(STATUS_MEMORY, "no memory for the wave's picture");
  const ExtraThought thought = {.subject = context->subject, .set = set, .ticks = context->far.ticks};
  TRY(extra_think(&thought, visit, wave));
  add_levels(wave->squares, set->count, row);
  add_levels(wave->right, set->count, row * columns);
  json_t *object = wave_json(wave, &good);
  return parts_deliver(object, good, result);
}

static Status describe(const ProbeContext *context, json_t **result) {
  const EvalSet set = extra_part(&context->levels->set[PROBE_FAR], LEVELS);
  Wave wave = {.distances = longest_way(&set) + 1};
  choose_columns(context->far.ticks, &wave);
  const size_t cells = (size_t)set.count * (size_t)wave.distances;
  wave.squares = calloc(cells, sizeof *wave.squares);
  wave.right = calloc(cells * (size_t)wave.columns, sizeof *wave.right);
  const Status status = measure(context, &set, &wave, result);
  free(wave.squares);
  free(wave.right);
  return status;
}

const ProbeExtra EXTRA_WAVE = {
    .name = "wave",
    .question = "How far from the goal is the plan right after each tick?",
    .describe = describe,
};
