// Value iteration on a map of reals, one synchronous sweep a tick.
#ifndef MESAGRID_HOST_SUBJECTS_VALUE_SWEEP_H
#define MESAGRID_HOST_SUBJECTS_VALUE_SWEEP_H

#include "host/subject.h"

// The goal is worth 1, a step costs this, and 0 is worth nothing: a wall, or not yet known. Linear, so that
// the better of two neighbours stands out by the same margin at every distance; exact in a float; and no
// shortest way on any board has as many as 512 steps.
#define SWEEP_STEP (1.0f / 512.0f)

// open(H·W) = 1 on free squares, 0 on walls.
static inline void sweep_open(const Level *level, real *open) {
  for (int square = 0; square < grid_squares(&level->grid); ++square)
    open[square] = !grid_is_wall(&level->grid, square);
}

// The largest value next to a square inside the border.
static inline real sweep_best(const real *value, int square, int width) {
  const real up = value[square - width], down = value[square + width];
  const real left = value[square - 1], right = value[square + 1];
  const real across = left > right ? left : right, along = up > down ? up : down;
  return across > along ? across : along;
}

// after(H·W) = the best neighbour's value less a step, at least 0, where it is open. The goal is not set
// here.
static inline void sweep_values(const Level *level, const real *RESTRICT open, const real *RESTRICT before,
                                real *RESTRICT after) {
  const int width = level->grid.width, squares = grid_squares(&level->grid);
  for (int x = 0; x < width; ++x) after[x] = after[squares - 1 - x] = 0;
  for (int square = width; square < squares - width; ++square) {
    const real worth = sweep_best(before, square, width) - SWEEP_STEP;
    after[square] = worth > 0 ? worth * open[square] : 0;
  }
}

// plan(H·W) = towards the neighbour with the highest value, the first of equals; walls, and squares next to
// nothing known, stay. No branches: compilers make vectors of it.
static inline void sweep_decide(const Level *level, const real *RESTRICT open, const real *RESTRICT value,
                                uint8_t *RESTRICT plan) {
  const int width = level->grid.width, squares = grid_squares(&level->grid);
  for (int x = 0; x < width; ++x) plan[x] = plan[squares - 1 - x] = PLAN_STAY;
  for (int square = width; square < squares - width; ++square) {
    const real most = sweep_best(value, square, width);
    const int sideways = most == value[square + 1] ? 1 : most == value[square + width] ? 2 : 3;
    const int action = most == value[square - width] ? 0 : sideways;
    plan[square] = (uint8_t)(most * open[square] > 0 ? action : PLAN_STAY);
  }
}

#endif
