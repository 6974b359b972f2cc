// Plans that need no tick of thought.
#include "host/subjects/memoryless.h"

#include <string.h>

#include "host/local_repair.h"
#include "host/subjects/built.h"

// Their memory is the plan (GRID_SQUARES), made when a level is first seen.
static void decide(const BuiltThought *thought, const real *state, uint8_t *plan, real *value) {
  (void)state, (void)value;
  memcpy(plan, thought->memory, (size_t)thought->squares);
}

static void random_begin(const BuiltThought *thought) {
  Rng rng = built_rng(thought, BUILT_DRAW_PLAN, 0);
  plan_random(thought->seen, &rng, thought->memory);
}

static void greedy_begin(const BuiltThought *thought) {
  plan_greedy(thought->seen, thought->memory);
}

static void wall_follower_begin(const BuiltThought *thought) {
  uint8_t *plan = thought->memory;
  for (int square = 0; square < thought->squares; ++square) {
    const bool wall = grid_is_wall(&thought->seen->grid, square);
    plan[square] = wall ? PLAN_STAY : repair_follow_wall(thought->seen, REPAIR_RIGHT, square);
  }
}

static void oracle_begin(const BuiltThought *thought) {
  uint8_t *plan = thought->memory;
  int16_t distance[GRID_SQUARES];
  oracle_distances(thought->seen, distance);
  plan_decode(thought->seen, distance, plan);
  for (int square = 0; square < thought->squares; ++square)
    if (distance[square] <= 0) plan[square] = PLAN_STAY;
}

Status random_think(const Subject *subject, const SubjectBatch *batch) {
  static const BuiltRules rules = {GRID_SQUARES, random_begin, NULL, decide};
  return built_think(subject, batch, &rules, NULL);
}

Status greedy_think(const Subject *subject, const SubjectBatch *batch) {
  static const BuiltRules rules = {GRID_SQUARES, greedy_begin, NULL, decide};
  return built_think(subject, batch, &rules, NULL);
}

Status wall_follower_think(const Subject *subject, const SubjectBatch *batch) {
  static const BuiltRules rules = {GRID_SQUARES, wall_follower_begin, NULL, decide};
  return built_think(subject, batch, &rules, NULL);
}

Status oracle_think(const Subject *subject, const SubjectBatch *batch) {
  static const BuiltRules rules = {GRID_SQUARES, oracle_begin, NULL, decide};
  return built_think(subject, batch, &rules, NULL);
}
