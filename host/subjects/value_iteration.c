// Three ways to sweep: inputs read at every tick, copied once, and with noise.
#include "host/subjects/value_iteration.h"

#include <string.h>

#include "host/subjects/built.h"
#include "host/subjects/value_sweep.h"

// ---- Inputs read at every tick ----

// Memory: open (GRID_SQUARES) of the level now seen.
static void read_begin(const BuiltThought *thought) {
  sweep_open(thought->seen, thought->memory);
}

static void read_tick(const BuiltThought *thought, const real *before, real *after) {
  sweep_values(thought->seen, thought->memory, before, after);
  after[thought->seen->goal] = 1;
}

static void read_decide(const BuiltThought *thought, const real *state, uint8_t *plan, real *value) {
  sweep_decide(thought->seen, thought->memory, state, plan);
  plan[thought->seen->goal] = PLAN_STAY;
  if (value) memcpy(value, state, (size_t)thought->squares * sizeof *value);
}

Status value_iteration_think(const Subject *subject, const SubjectBatch *batch) {
  static const BuiltRules rules = {GRID_SQUARES * sizeof(real), read_begin, read_tick, read_decide};
  return built_think(subject, batch, &rules, NULL);
}

// ---- With noise ----

// Two neighbours of a square differ by two steps of value, or not at all: over 100 steps the noise of two
// ways adds up to some half a step (standard deviation), a quarter of what would change a plan.
#define NOISE (SWEEP_STEP / 16.0f)

static void noisy_tick(const BuiltThought *thought, const real *before, real *after) {
  Rng rng = built_rng(thought, BUILT_DRAW_NOISE, (uint32_t)thought->tick * GRID_SQUARES);
  sweep_values(thought->seen, thought->memory, before, after);
  for (int square = 0; square < thought->squares; ++square) {
    const real noise = NOISE * (2 * rng_unit(&rng) - 1);
    if (after[square] > 0) after[square] += noise;
  }
  after[thought->seen->goal] = 1;
}

Status value_iteration_noisy_think(const Subject *subject, const SubjectBatch *batch) {
  static const BuiltRules rules = {GRID_SQUARES * sizeof(real), read_begin, noisy_tick, read_decide};
  return built_think(subject, batch, &rules, NULL);
}

// ---- Inputs copied once ----

enum { COPY_WALL, COPY_GOAL, COPY_VALUE };

// Memory: the three channels as planes. A copy counts as set above one half.
typedef struct CopiedPlanes {
  real open[GRID_SQUARES], goal[GRID_SQUARES], value[GRID_SQUARES], next[GRID_SQUARES];
} CopiedPlanes;

static void copied_part(const BuiltThought *thought, const real *state, CopiedPlanes *planes) {
  for (int square = 0; square < thought->squares; ++square) {
    const real *from = state + square * VALUE_COPIED_CHANNELS;
    planes->open[square] = from[COPY_WALL] <= 0.5f;
    planes->goal[square] = from[COPY_GOAL] > 0.5f;
    planes->value[square] = from[COPY_VALUE];
  }
}

static void copied_input(const BuiltThought *thought, real *state) {
  memset(state, 0, (size_t)thought->squares * VALUE_COPIED_CHANNELS * sizeof *state);
  for (int square = 0; square < thought->squares; ++square)
    state[square * VALUE_COPIED_CHANNELS + COPY_WALL] =
        grid_is_wall(&thought->batch->levels[thought->level].grid, square);
  state[thought->batch->levels[thought->level].goal * VALUE_COPIED_CHANNELS + COPY_GOAL] = 1;
}

static void copied_tick(const BuiltThought *thought, const real *before, real *after) {
  CopiedPlanes *planes = thought->memory;
  if (thought->tick == 1)
    copied_input(thought, after);
  else
    memcpy(after, before, (size_t)thought->squares * VALUE_COPIED_CHANNELS * sizeof *after);
  copied_part(thought, after, planes);
  sweep_values(thought->seen, planes->open, planes->value, planes->next);
  for (int square = 0; square < thought->squares; ++square)
    after[square * VALUE_COPIED_CHANNELS + COPY_VALUE] = planes->goal[square] > 0 ? 1 : planes->next[square];
}

static void copied_decide(const BuiltThought *thought, const real *state, uint8_t *plan, real *value) {
  CopiedPlanes *planes = thought->memory;
  copied_part(thought, state, planes);
  sweep_decide(thought->seen, planes->open, planes->value, plan);
  for (int square = 0; square < thought->squares; ++square)
    if (planes->goal[square] > 0) plan[square] = PLAN_STAY;
  if (value) memcpy(value, planes->value, (size_t)thought->squares * sizeof *value);
}

Status value_iteration_copied_think(const Subject *subject, const SubjectBatch *batch) {
  static const BuiltRules rules = {sizeof(CopiedPlanes), NULL, copied_tick, copied_decide};
  return built_think(subject, batch, &rules, NULL);
}
