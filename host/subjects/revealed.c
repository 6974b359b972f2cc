// Answers that seem to be thought out.
#include "host/subjects/revealed.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "host/subjects/built.h"

enum { REVEAL_RANDOM_TICKS = 32, NEVER = INT16_MAX };

// What a thought is handed.
typedef struct RevealedAnswers {
  RevealOrder order;
  const uint8_t *now, *later;  // (count, stride): the inner subject's answers; later: NULL where none is seen
} RevealedAnswers;

// Of the level now seen.
typedef struct RevealedMemory {
  int16_t time[GRID_SQUARES];   // tick from which the answer is shown
  uint8_t shown[GRID_SQUARES];  // before it
} RevealedMemory;

static void set_times(const BuiltThought *thought, RevealOrder order, int16_t *time) {
  const Level *level = thought->seen;
  const int width = level->grid.width;
  Rng rng = built_rng(thought, BUILT_DRAW_TIME, 0);
  if (order == REVEAL_DISTANCE) oracle_distances(level, time);
  for (int square = 0; square < thought->squares; ++square) {
    if (order == REVEAL_RANDOM)
      time[square] = (int16_t)(1 + rng_below(&rng, REVEAL_RANDOM_TICKS));
    else if (order == REVEAL_MANHATTAN)
      time[square] =
          (int16_t)(abs(square / width - level->goal / width) + abs(square % width - level->goal % width));
    else if (time[square] < 0)
      time[square] = NEVER;
  }
}

static void begin(const BuiltThought *thought) {
  const RevealedAnswers *answers = thought->data;
  RevealedMemory *memory = thought->memory;
  Rng rng = built_rng(thought, BUILT_DRAW_SHOWN, 0);
  plan_random(thought->seen, &rng, memory->shown);
  set_times(thought, answers->order, memory->time);
}

static void tick(const BuiltThought *thought, const real *before, real *after) {
  const RevealedAnswers *answers = thought->data;
  const RevealedMemory *memory = thought->memory;
  const uint8_t *all = thought->sees_later ? answers->later : answers->now;
  const uint8_t *answer = all + (size_t)thought->level * (size_t)thought->batch->stride;
  (void)before;
  memset(after, 0, (size_t)thought->squares * REVEALED_CHANNELS * sizeof *after);
  for (int square = 0; square < thought->squares; ++square) {
    const bool known = memory->time[square] <= thought->tick;
    const uint8_t action = known ? answer[square] : memory->shown[square];
    real *to = after + square * REVEALED_CHANNELS;
    if (grid_is_wall(&thought->seen->grid, square)) continue;
    if (action < ENV_ACTIONS) to[action] = 1;
    to[ENV_ACTIONS] = known;
  }
}

// The action that is displayed most strongly, the first of equals; it stays where none is.
static void decide(const BuiltThought *thought, const real *state, uint8_t *plan, real *value) {
  (void)value;
  for (int square = 0; square < thought->squares; ++square) {
    real strongest = 0;
    plan[square] = PLAN_STAY;
    for (int action = 0; action < ENV_ACTIONS; ++action) {
      const real shown = state[square * REVEALED_CHANNELS + action];
      if (shown <= strongest) continue;
      strongest = shown;
      plan[square] = (uint8_t)action;
    }
  }
}

// answers(count, stride): what the inner subject says to `levels` in the end.
static Status ask(const Revealed *revealed, const SubjectBatch *batch, const Level *levels,
                  uint8_t *answers) {
  const Subject *inner = revealed->inner;
  const size_t stride = (size_t)batch->stride, ticks = (size_t)revealed->inner_ticks;
  uint8_t *plan = calloc((size_t)batch->count * ticks, stride);
  if (!plan) return status_fail(STATUS_MEMORY, "no memory for the answers of %s", inner->name);
  const SubjectBatch question = {.levels = levels,
                                 .count = batch->count,
                                 .first = batch->first,
                                 .set = batch->set,
                                 .seed = batch->seed,
                                 .ticks = revealed->inner_ticks,
                                 .stride = batch->stride,
                                 .plan = plan};
  const Status status = inner->think(inner, &question);
  for (size_t i = 0; i < (size_t)batch->count && status == STATUS_OK; ++i)
    memcpy(answers + i * stride, plan + ((i + 1) * ticks - 1) * stride, stride);
  free(plan);
  return status;
}

Status revealed_think(const Subject *subject, const SubjectBatch *batch) {
  static const BuiltRules rules = {sizeof(RevealedMemory), begin, tick, decide};
  const Revealed *revealed = subject->context;
  const size_t bytes = (size_t)batch->count * (size_t)batch->stride;
  uint8_t *answers = malloc(2 * bytes);
  if (!answers) return status_fail(STATUS_MEMORY, "no memory for %s to think in", subject->name);
  const RevealedAnswers data = {revealed->order, answers, batch->later ? answers + bytes : NULL};
  Status status = ask(revealed, batch, batch->levels, answers);
  if (status == STATUS_OK && batch->later) status = ask(revealed, batch, batch->later, answers + bytes);
  if (status == STATUS_OK) status = built_think(subject, batch, &rules, &data);
  free(answers);
  return status;
}

Subject subject_revealed(const Revealed *revealed, const char *name) {
  return (Subject){.name = name,
                   .ticks_max = INT_MAX,
                   .channels = REVEALED_CHANNELS,
                   .think = revealed_think,
                   .context = revealed};
}
