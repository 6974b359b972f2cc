// Thinks on levels from files, batch by batch, and walks as the last plan says.
#include "host/evaluate_levels.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "envs/catalogue.h"
#include "envs/oracle.h"
#include "host/scores.h"

static const char ACTION_LETTERS[] = "URDL";

// ---- Walks ----

enum { STEPS_MAX = EVALUATE_LIMIT * GRID_MAX * GRID_MAX };

typedef struct Walk {
  bool solved;
  int steps;
  char actions[STEPS_MAX + 1];  // (steps), closed by a zero
} Walk;

static void walk_plan(int env_kind, const Level *level, const uint8_t *plan, Walk *walk) {
  const int height = level->grid.height, width = level->grid.width;
  const int side = height > width ? height : width, limit = EVALUATE_LIMIT * side * side;
  EnvState state = {.agent = level->start};
  StepResult result = {0};
  while (!result.terminated && !result.truncated && plan[state.agent] < ENV_ACTIONS) {
    const int action = plan[state.agent];
    walk->actions[state.step] = ACTION_LETTERS[action];
    result = env_step(env_kind, level, limit, &state, action);
  }
  walk->solved = result.terminated;
  walk->steps = state.step;
  walk->actions[state.step] = '\0';
}

// A name from a file may hold any bytes; one that is no UTF-8 loses the bytes that are not ASCII.
static json_t *name_json(const char *name) {
  char plain[LEVEL_NAME_MAX];
  json_t *text = json_string(name);
  if (text) return text;
  snprintf(plain, sizeof plain, "%s", name);
  for (char *c = plain; *c; ++c)
    if ((unsigned char)*c >= 0x80) *c = '?';
  return json_string(plain);
}

static Status write_walk(int number, const char *name, const Walk *walk, FILE *out, const char *path) {
  json_t *line = json_pack("{s:i, s:o, s:b, s:i, s:s}", "level", number, "name", name_json(name), "solved",
                           walk->solved, "steps", walk->steps, "actions", walk->actions);
  if (!line) return status_fail(STATUS_MEMORY, "no memory for the walk on level %d", number);
  const bool good = json_dumpf(line, out, 0) == 0 && putc('\n', out) != EOF;
  json_decref(line);
  return good ? STATUS_OK : status_fail(STATUS_IO, "%s: %s", path, strerror(errno));
}

// Squares of the largest level.
static int most_squares(const NamedLevel *levels, int count) {
  int most = 0;
  for (int i = 0; i < count; ++i) {
    const int squares = grid_squares(&levels[i].level.grid);
    if (squares > most) most = squares;
  }
  return most;
}

// Thinks on the levels of one batch and writes their lines; `copies` (batch->count) lie behind batch->levels.
static Status walk_batch(const Subject *subject, int env_kind, const NamedLevel *named, Level *copies,
                         const SubjectBatch *batch, FILE *out, const char *path) {
  Walk walk;
  for (int i = 0; i < batch->count; ++i) copies[i] = named[i].level;
  TRY(subject->think(subject, batch));
  for (int i = 0; i < batch->count; ++i) {
    walk_plan(env_kind, &copies[i], subject_plan(batch, i, batch->ticks - 1), &walk);
    TRY(write_walk(batch->first + i, named[i].name, &walk, out, path));
  }
  return STATUS_OK;
}

Status evaluate_levels(const Subject *subject, int env_kind, const NamedLevel *levels, int count, int ticks,
                       FILE *out, const char *path) {
  SubjectBatch batch = {.ticks = ticks, .stride = most_squares(levels, count)};
  const size_t bytes = (size_t)ticks * (size_t)batch.stride;
  const int room = bytes < SCORES_BATCH_BYTES ? (int)(SCORES_BATCH_BYTES / (bytes + 1)) + 1 : 1;
  Level *copies = malloc((size_t)room * sizeof *copies);
  Status status = STATUS_OK;
  batch.levels = copies;
  batch.plan = calloc((size_t)room, bytes + 1);
  if (!copies || !batch.plan) status = status_fail(STATUS_MEMORY, "no memory for plans of %d ticks", ticks);
  for (batch.first = 0; status == STATUS_OK && batch.first < count; batch.first += room) {
    batch.count = count - batch.first < room ? count - batch.first : room;
    status = walk_batch(subject, env_kind, levels + batch.first, copies, &batch, out, path);
  }
  // What is still in the stream's buffer may not fit on the disk.
  if (status == STATUS_OK && fflush(out) != 0)
    status = status_fail(STATUS_IO, "%s: %s", path, strerror(errno));
  free(copies);
  free(batch.plan);
  return status;
}
