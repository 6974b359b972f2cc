// The oracle: exact distances, value iteration, and what a plan (one action a square) is worth, in
// O(squares).
#ifndef MESAGRID_ENVS_ORACLE_H
#define MESAGRID_ENVS_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

#include "envs/env.h"
#include "envs/grid.h"
#include "envs/hd.h"
#include "envs/rng.h"

// The worth of one plan on one level, over the free squares connected to the goal, the goal excluded.
typedef struct PlanScore {
  int free;     // such squares, at least 1
  int solved;   // of these, squares from which the plan reaches the goal
  int optimal;  // squares whose action shortens the distance
  double spl;   // sum over solved squares of shortest / walked length (Anderson et al. 2018), 0 … free
} PlanScore;

// distance(H·W) = steps to the goal from each square, -1 where there is no way: walls and squares cut off.
// With a plan(square), only its steps are taken; NULL takes all. queue: room for as many entries.
// Breadth-first from the goal against the moves. A plan's moves are a graph with one way out of each square,
// so those that reach the goal form a tree and cycles are simply never entered. Needs a closed border, as all
// levels have.
static inline HD void oracle_search_in(const Level *level, const uint8_t *plan, int16_t *queue,
                                       int16_t *distance) {
  const int width = level->grid.width;
  int head = 0, tail = 0;
  for (int square = 0; square < grid_squares(&level->grid); ++square) distance[square] = -1;
  distance[level->goal] = 0;
  queue[tail++] = (int16_t)level->goal;
  while (head < tail) {
    const int square = queue[head++];
    for (int action = 0; action < ENV_ACTIONS; ++action) {
      const int from = square - grid_offset(width, action);
      if (distance[from] >= 0 || grid_is_wall(&level->grid, from)) continue;
      if (plan && plan[from] != action) continue;
      distance[from] = (int16_t)(distance[square] + 1);
      queue[tail++] = (int16_t)from;
    }
  }
}

// The same with room of its own, for distance(GRID_SQUARES): -1 beyond the board too.
static inline HD void oracle_search(const Level *level, const uint8_t *plan, int16_t *distance) {
  int16_t queue[GRID_SQUARES];
  for (int square = grid_squares(&level->grid); square < GRID_SQUARES; ++square) distance[square] = -1;
  oracle_search_in(level, plan, queue, distance);
}

// distance(GRID_SQUARES) = length of the shortest way to the goal, -1 where there is none.
static inline HD void oracle_distances(const Level *level, int16_t *distance) {
  oracle_search(level, 0, distance);
}

// The actions that lead one step nearer by `distance`, one bit each; none at the goal or where no way is
// known.
static inline HD uint32_t oracle_best_actions(const Level *level, const int16_t *distance, int square) {
  uint32_t best = 0;
  if (distance[square] <= 0) return best;
  for (int action = 0; action < ENV_ACTIONS; ++action) {
    const int next = square + grid_offset(level->grid.width, action);
    if (distance[next] == distance[square] - 1) best |= 1u << action;
  }
  return best;
}

// What value iteration knows before its first sweep: the goal, and nothing of the rest (-1).
static inline HD void oracle_value_start(const Level *level, int16_t *value) {
  for (int square = 0; square < GRID_SQUARES; ++square) value[square] = square == level->goal ? 0 : -1;
}

// One synchronous sweep: out = min(in, 1 + min over neighbours of in) on free squares, -1 meaning unknown.
// After k sweeps exactly the squares within k steps of the goal know their distance. in and out
// (GRID_SQUARES) differ.
static inline HD void oracle_value_sweep(const Level *level, const int16_t *in, int16_t *out) {
  const int squares = grid_squares(&level->grid);
  for (int square = 0; square < GRID_SQUARES; ++square) {
    out[square] = in[square];
    if (square >= squares || grid_is_wall(&level->grid, square)) continue;
    for (int action = 0; action < ENV_ACTIONS; ++action) {
      const int known = in[square + grid_offset(level->grid.width, action)];
      if (known >= 0 && (out[square] < 0 || known + 1 < out[square])) out[square] = (int16_t)(known + 1);
    }
  }
}

// plan(square) = the first action that leads nearer by `distance`, which may be known in part only; squares
// that know nothing, walls and the goal take action 0.
static inline HD void plan_decode(const Level *level, const int16_t *distance, uint8_t *plan) {
  for (int square = 0; square < grid_squares(&level->grid); ++square) {
    const uint32_t best = oracle_best_actions(level, distance, square);
    plan[square] = (uint8_t)(best ? bits_lowest(best) : 0);
  }
}

// walked(GRID_SQUARES) = steps that the plan takes from each square to the goal, -1 where it never gets
// there. No step limit: a fixed plan that visits a square twice walks for ever, so one that arrives needs
// fewer steps than there are squares, and the 4 * size^2 of evaluation never bites.
static inline HD void plan_walk(const Level *level, const uint8_t *plan, int16_t *walked) {
  oracle_search(level, plan, walked);
}

// Scores a plan of which `walked` (plan_walk) and `distance` (oracle_distances) are already known.
static inline HD PlanScore plan_score_walked(const Level *level, const int16_t *distance, const uint8_t *plan,
                                             const int16_t *walked) {
  PlanScore score = {0, 0, 0, 0.0};
  for (int square = 0; square < grid_squares(&level->grid); ++square) {
    if (distance[square] <= 0) continue;
    const uint32_t best = oracle_best_actions(level, distance, square);
    score.free += 1;
    score.optimal += plan[square] < ENV_ACTIONS && (best >> plan[square] & 1);
    if (walked[square] < 0) continue;
    score.solved += 1;
    score.spl += (double)distance[square] / walked[square];
  }
  return score;
}

static inline HD PlanScore plan_score(const Level *level, const int16_t *distance, const uint8_t *plan) {
  int16_t walked[GRID_SQUARES];
  plan_walk(level, plan, walked);
  return plan_score_walked(level, distance, plan, walked);
}

// A baseline that sees no walls but those beside it. Of the (at most two) actions that reduce the Manhattan
// distance it takes one that is not blocked: along the longer axis first, the lower action at equal lengths.
// When all are blocked it walks into the wall and stays.
static inline HD int plan_greedy_action(const Level *level, int square) {
  const int width = level->grid.width;
  const int dy = level->goal / width - square / width, dx = level->goal % width - square % width;
  const int vertical = dy < 0 ? 0 : 2, horizontal = dx < 0 ? 3 : 1;
  const int rows = dy < 0 ? -dy : dy, columns = dx < 0 ? -dx : dx;
  const bool vertical_first = rows > columns || (rows == columns && vertical < horizontal);
  const int first = vertical_first ? vertical : horizontal, second = vertical_first ? horizontal : vertical;
  const bool second_reduces = rows > 0 && columns > 0;
  const bool blocked = grid_is_wall(&level->grid, square + grid_offset(width, first));
  const bool second_blocked = grid_is_wall(&level->grid, square + grid_offset(width, second));
  return blocked && second_reduces && !second_blocked ? second : first;
}

// The greedy baseline's plan(square); walls take action 0.
static inline HD void plan_greedy(const Level *level, uint8_t *plan) {
  for (int square = 0; square < grid_squares(&level->grid); ++square) {
    const bool wall = grid_is_wall(&level->grid, square);
    plan[square] = (uint8_t)(wall ? 0 : plan_greedy_action(level, square));
  }
}

// The random baseline's plan(square): one draw a square, walls too, so that a square's draw has a known
// offset.
static inline HD void plan_random(const Level *level, Rng *rng, uint8_t *plan) {
  for (int square = 0; square < grid_squares(&level->grid); ++square)
    plan[square] = (uint8_t)rng_below(rng, ENV_ACTIONS);
}

#endif
