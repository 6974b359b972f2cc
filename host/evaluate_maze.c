// Picks example levels and spells plans out, one letter a square.
#include "host/evaluate_maze.h"

#include <stdlib.h>

#include "envs/oracle.h"

int evaluate_example(const EvalSet *set, int n) {
  const size_t squares = (size_t)set->size * (size_t)set->size;
  int found = 0;
  for (int i = 0; i < set->count; ++i) {
    const int distance = set->distance[(size_t)i * squares + (size_t)set->levels[i].start];
    if (2 * distance >= 3 * set->size && found++ == n) return i;
  }
  return n % set->count;
}

json_t *evaluate_maze_rows(const Level *level) {
  char row[GRID_MAX + 1];
  const int width = level->grid.width;
  json_t *rows = json_array();
  for (int y = 0; rows && y < level->grid.height; ++y) {
    for (int x = 0; x < width; ++x) row[x] = grid_is_wall(&level->grid, y * width + x) ? '#' : ' ';
    row[width] = '\0';
    if (json_array_append_new(rows, json_string(row)) == 0) continue;
    json_decref(rows);
    rows = NULL;
  }
  return rows;
}

Status evaluate_maze(const EvalWorld *world, int number, json_t **maze) {
  const Level *level = &world->test.levels[number];
  const int width = level->grid.width;
  json_t *object =
      json_pack("{s:s, s:i, s:o, s:[i, i], s:[i, i], s:[]}", "world", world->id, "size", world->test.size,
                "rows", evaluate_maze_rows(level), "goal", level->goal / width, level->goal % width, "start",
                level->start / width, level->start % width, "plans");
  if (!object) return status_fail(STATUS_MEMORY, "no memory for a level of %s", world->title);
  *maze = object;
  return STATUS_OK;
}

// One text a square: the plan's letters, and whether it reaches the goal.
static void draw_plan(const Level *level, const uint8_t *plan, char *letters, char *reach) {
  int16_t walked[GRID_SQUARES];
  const int squares = grid_squares(&level->grid);
  plan_walk(level, plan, walked);
  for (int square = 0; square < squares; ++square) {
    const bool moves = !grid_is_wall(&level->grid, square) && plan[square] < ENV_ACTIONS;
    letters[square] = moves ? "URDL"[plan[square]] : '#';
    reach[square] = walked[square] >= 0 ? '1' : '0';
  }
  letters[squares] = reach[squares] = '\0';
}

// `batch` is one level.
static json_t *plans_json(const SubjectBatch *batch, int trial) {
  char letters[GRID_SQUARES + 1], reach[GRID_SQUARES + 1];
  json_t *ticks = json_array(), *plan = json_array(), *reached = json_array();
  int failed = 0;
  for (int k = 0; k < batch->ticks; ++k) {
    draw_plan(batch->levels, subject_plan(batch, 0, k), letters, reach);
    failed |= json_array_append_new(ticks, json_integer(k + 1));
    failed |= json_array_append_new(plan, json_string(letters));
    failed |= json_array_append_new(reached, json_string(reach));
  }
  json_t *object =
      json_pack("{s:i, s:o, s:o, s:o}", "trial", trial, "ticks", ticks, "plan", plan, "reach", reached);
  if (!failed) return object;
  json_decref(object);
  return NULL;
}

Status evaluate_maze_plans(const Subject *subject, const EvalSet *set, int number, int trial, int ticks,
                           json_t **plans) {
  const int squares = set->size * set->size;
  SubjectBatch batch = {.levels = set->levels + number,
                        .count = 1,
                        .first = number,
                        .set = set->number,
                        .seed = set->seed,
                        .ticks = ticks,
                        .stride = squares,
                        .plan = calloc((size_t)ticks, (size_t)squares)};
  if (!batch.plan) return status_fail(STATUS_MEMORY, "no memory for plans of %d ticks", ticks);
  Status status = subject->think(subject, &batch);
  if (status == STATUS_OK) {
    json_t *object = plans_json(&batch, trial);
    status = object ? STATUS_OK : status_fail(STATUS_MEMORY, "no memory for plans of %d ticks", ticks);
    if (object) *plans = object;
  }
  free(batch.plan);
  return status;
}
