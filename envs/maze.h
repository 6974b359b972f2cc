// Mazes: how their levels are drawn and what a step does.
#ifndef MESAGRID_ENVS_MAZE_H
#define MESAGRID_ENVS_MAZE_H

#include <stdbool.h>
#include <stdint.h>

#include "envs/env.h"
#include "envs/hd.h"

enum {
  MAZE_ATTEMPTS = 1024,  // draws until a level is taken as it is, whatever its split
  MAZE_ATTEMPT_SHIFT =
      20,                  // an attempt's draws start at offset (attempt + 1) << 20, far more than it can use
  MAZE_STEP_REWARD = -1,   // hundredths
  MAZE_GOAL_REWARD = 100,  // hundredths, instead of the step's
};

// Directions in which a tree can grow from the cell at (y, x): one bit an action, set where the next cell is
// uncarved.
static inline HD uint32_t maze_growth(const Grid *grid, int y, int x) {
  uint32_t ways = 0;
  if (y > 2) ways |= grid->wall[y - 2] >> x & 1;
  if (x + 2 < grid->width) ways |= (grid->wall[y] >> (x + 2) & 1) << 1;
  if (y + 2 < grid->height) ways |= (grid->wall[y + 2] >> x & 1) << 2;
  if (x > 2) ways |= (grid->wall[y] >> (x - 2) & 1) << 3;
  return ways;
}

// Carves a spanning tree over the cells of a solid board by randomized depth-first search from a random cell.
// stack: the cells on the way back to the first, y * 32 + x.
static inline HD void maze_carve_tree(Grid *grid, Rng *rng, uint16_t *stack) {
  int depth = 0;
  int y = 1 + 2 * (int)rng_below(rng, (uint32_t)(grid->height / 2));
  int x = 1 + 2 * (int)rng_below(rng, (uint32_t)(grid->width / 2));
  grid->wall[y] &= ~(1u << x);
  stack[depth++] = (uint16_t)(y * 32 + x);
  while (depth > 0) {
    y = stack[depth - 1] / 32, x = stack[depth - 1] % 32;
    const uint32_t ways = maze_growth(grid, y, x);
    if (!ways) {
      --depth;
      continue;
    }
    const int action = bits_nth(ways, (int)rng_below(rng, (uint32_t)bits_count(ways)));
    const int dy = (action == 2) - (action == 0), dx = (action == 1) - (action == 3);
    grid->wall[y + dy] &= ~(1u << (x + dx));
    grid->wall[y + 2 * dy] &= ~(1u << (x + 2 * dx));
    stack[depth++] = (uint16_t)((y + 2 * dy) * 32 + x + 2 * dx);
  }
}

// Removes each wall between two cells with chance `loops`: never a post (two even coordinates), never the
// border.
static inline HD void maze_open_loops(Grid *grid, float loops, Rng *rng) {
  for (int y = 1; y < grid->height - 1; ++y)
    for (int x = 1 + y % 2; x < grid->width - 1; x += 2)
      if ((grid->wall[y] >> x & 1) && rng_unit(rng) < loops) grid->wall[y] &= ~(1u << x);
}

// No maze: each interior square is a wall with chance `blocks`.
static inline HD void maze_scatter_blocks(Grid *grid, float blocks, Rng *rng) {
  for (int y = 1; y < grid->height - 1; ++y)
    for (int x = 1; x < grid->width - 1; ++x)
      if (rng_unit(rng) >= blocks) grid->wall[y] &= ~(1u << x);
}

// Squares from which the goal can be reached, the goal excluded.
static inline HD void maze_starts(const Level *level, GridSet *set) {
  grid_component(&level->grid, level->goal, set);
  grid_set_remove(set, level->grid.width, level->goal);
}

// One attempt at a level of a size: false when the goal has no square to start from, or the level is not of
// the split.
static inline HD bool maze_attempt(const EnvSpec *spec, int size, Rng *rng, EnvWork *work, Level *level) {
  level->grid = grid_solid(size, size);
  if (spec->blocks > 0) {
    maze_scatter_blocks(&level->grid, spec->blocks, rng);
  } else {
    maze_carve_tree(&level->grid, rng, work->stack);
    maze_open_loops(&level->grid, spec->loops, rng);
  }
  grid_free(&level->grid, &work->set);
  const int count = grid_set_count(&work->set);
  if (count < 2) return false;
  level->goal = grid_set_nth(&work->set, size, (int)rng_below(rng, (uint32_t)count));
  maze_starts(level, &work->set);
  const int start_count = grid_set_count(&work->set);
  if (start_count == 0) return false;
  level->start = grid_set_nth(&work->set, size, (int)rng_below(rng, (uint32_t)start_count));
  return spec->split == SPLIT_ANY ||
         split_holds(spec->split, grid_symmetric_hash_in(&level->grid, level->goal, work->line));
}

// Draws the level of (seed, env, episode). The size is drawn once, before the attempts, so that no split
// bends its distribution; then levels of that size are drawn until one is of the split. Returns false, with a
// maze of no split, where the spec has hardly any level of its split: a 5x5 board without inner walls has two
// levels in all. Trees have some at every size, and from 9x9 on too many to count.
static inline HD bool maze_generate(const EnvSpec *spec, uint64_t seed, uint32_t env, uint32_t episode,
                                    EnvWork *work, Level *level) {
  const uint64_t stream = rng_stream(RNG_LEVEL, env, episode);
  Rng rng = rng_at(seed, stream, 0);
  const int sizes = (spec->size_hi - spec->size_lo) / 2 + 1;
  const int size = spec->size_lo + 2 * (int)rng_below(&rng, (uint32_t)sizes);
  for (uint64_t attempt = 0; attempt < MAZE_ATTEMPTS; ++attempt) {
    rng = rng_at(seed, stream, (attempt + 1) << MAZE_ATTEMPT_SHIFT);
    if (maze_attempt(spec, size, &rng, work, level)) return true;
  }
  EnvSpec any = *spec;
  any.blocks = 0;
  any.split = SPLIT_ANY;
  maze_attempt(&any, size, &rng, work, level);  // a maze of any split is always found
  return false;
}

// Steps until truncation: a multiple of the size.
static inline HD int maze_step_limit(const EnvSpec *spec, const Level *level) {
  const Grid *grid = &level->grid;
  return spec->limit * (grid->height > grid->width ? grid->height : grid->width);
}

// One step: move or bump, then pay, then end. The episode is over when either flag is set.
static inline HD StepResult maze_step(const Level *level, int limit_steps, EnvState *state, int action) {
  StepResult result;
  state->agent = grid_move(&level->grid, state->agent, action);
  state->step += 1;
  result.terminated = state->agent == level->goal;
  result.truncated = !result.terminated && state->step >= limit_steps;
  result.reward = result.terminated ? MAZE_GOAL_REWARD : MAZE_STEP_REWARD;
  return result;
}

#endif
