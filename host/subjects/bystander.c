// Greedy actors with a planner beside them.
#include "host/subjects/bystander.h"

#include <string.h>

#include "host/subjects/built.h"
#include "host/subjects/value_sweep.h"

// What is known of the level now seen.
typedef struct Bystander {
  uint8_t greedy[GRID_SQUARES], best[GRID_SQUARES];  // plans
  int16_t distance[GRID_SQUARES];
  real open[GRID_SQUARES];
} Bystander;

static void begin(const BuiltThought *thought) {
  Bystander *known = thought->memory;
  plan_greedy(thought->seen, known->greedy);
  oracle_distances(thought->seen, known->distance);
  plan_decode(thought->seen, known->distance, known->best);
  sweep_open(thought->seen, known->open);
}

static void value_tick(const BuiltThought *thought, const real *before, real *after) {
  const Bystander *known = thought->memory;
  sweep_values(thought->seen, known->open, before, after);
  after[thought->seen->goal] = 1;
}

static void value_decide(const BuiltThought *thought, const real *state, uint8_t *plan, real *value) {
  const Bystander *known = thought->memory;
  memcpy(plan, known->greedy, (size_t)thought->squares);
  if (value) memcpy(value, state, (size_t)thought->squares * sizeof *value);
}

static void plan_tick(const BuiltThought *thought, const real *before, real *after) {
  const Bystander *known = thought->memory;
  (void)before;
  for (int square = 0; square < thought->squares; ++square) {
    const bool knows = known->distance[square] > 0 && known->distance[square] <= thought->tick;
    for (int action = 0; action < ENV_ACTIONS; ++action)
      after[square * BYSTANDER_PLAN_CHANNELS + action] = knows && known->best[square] == action;
  }
}

static void plan_decide(const BuiltThought *thought, const real *state, uint8_t *plan, real *value) {
  const Bystander *known = thought->memory;
  (void)state, (void)value;
  memcpy(plan, known->greedy, (size_t)thought->squares);
}

Status bystander_value_think(const Subject *subject, const SubjectBatch *batch) {
  static const BuiltRules rules = {sizeof(Bystander), begin, value_tick, value_decide};
  return built_think(subject, batch, &rules, NULL);
}

Status bystander_plan_think(const Subject *subject, const SubjectBatch *batch) {
  static const BuiltRules rules = {sizeof(Bystander), begin, plan_tick, plan_decide};
  return built_think(subject, batch, &rules, NULL);
}
