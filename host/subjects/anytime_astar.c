// A* from every square, by two stacks.
#include "host/subjects/anytime_astar.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "host/subjects/built.h"

typedef struct Astar {
  uint8_t best[GRID_SQUARES], greedy[GRID_SQUARES];  // plans
  int expansions[GRID_SQUARES];                      // until the goal is found; INT_MAX: it never is
  int16_t distance[GRID_SQUARES];
  // Of one search. The Manhattan distance is consistent and a step changes it by one, so that a square's
  // estimate is its parent's or 2 more: two stacks, now and next, are the whole queue.
  uint16_t stack[2][GRID_SQUARES * ENV_ACTIONS];
  int height[2];
  bool closed[GRID_SQUARES];
} Astar;

static int manhattan(int width, int from, int to) {
  return abs(from / width - to / width) + abs(from % width - to % width);
}

static void push(Astar *astar, int which, int square) {
  astar->stack[which][astar->height[which]++] = (uint16_t)square;
}

// Squares expanded before the goal is taken from the queue; among equal estimates the last one found first.
static int expansions_from(const Level *level, int start, Astar *astar) {
  const int width = level->grid.width;
  int now = 0, expanded = 0;
  astar->height[0] = astar->height[1] = 0;
  memset(astar->closed, 0, sizeof astar->closed);
  push(astar, now, start);
  while (astar->height[0] + astar->height[1] > 0) {
    if (astar->height[now] == 0) now = 1 - now;
    const int square = astar->stack[now][--astar->height[now]];
    if (square == level->goal) return expanded;
    if (astar->closed[square]) continue;
    astar->closed[square] = true;
    ++expanded;
    for (int action = 0; action < ENV_ACTIONS; ++action) {
      const int next = square + grid_offset(width, action);
      if (grid_is_wall(&level->grid, next) || astar->closed[next]) continue;
      const bool nearer = manhattan(width, next, level->goal) < manhattan(width, square, level->goal);
      push(astar, nearer ? now : 1 - now, next);
    }
  }
  return INT_MAX;
}

static void begin(const BuiltThought *thought) {
  Astar *astar = thought->memory;
  const Level *level = thought->seen;
  oracle_distances(level, astar->distance);
  plan_decode(level, astar->distance, astar->best);
  plan_greedy(level, astar->greedy);
  for (int square = 0; square < thought->squares; ++square) {
    const bool counts = astar->distance[square] > 0;
    astar->expansions[square] = counts ? expansions_from(level, square, astar) : INT_MAX;
  }
}

static void decide(const BuiltThought *thought, const real *state, uint8_t *plan, real *value) {
  const Astar *astar = thought->memory;
  (void)state, (void)value;
  for (int square = 0; square < thought->squares; ++square) {
    const bool found = astar->expansions[square] <= ASTAR_EXPANSIONS * thought->tick;
    plan[square] = found ? astar->best[square] : astar->greedy[square];
  }
}

Status anytime_astar_think(const Subject *subject, const SubjectBatch *batch) {
  static const BuiltRules rules = {sizeof(Astar), begin, NULL, decide};
  return built_think(subject, batch, &rules, NULL);
}
