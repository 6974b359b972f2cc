// Near memory: copies of what a block works on in the memory closest to it, a CTA's shared memory. A CPU's
// caches make such copies unasked, so there are none there.
#ifndef MESAGRID_KERNELS_NEAR_H
#define MESAGRID_KERNELS_NEAR_H

#include "kernels/population.h"

// What is copied; a constant where a phase is inlined, so that the compiler knows where each pointer leads.
enum {
  NEAR_NOTHING = 0,
  NEAR_PLANES = 1,   // states, drives and their gradients
  NEAR_WEIGHTS = 2,  // parameters, or their transposed copy
  NEAR_ALL = NEAR_PLANES | NEAR_WEIGHTS,
};

// Squares of the largest level, and the cells inside.
typedef struct NearRoom {
  size_t squares, cells;
} NearRoom;

HD_INLINE NearRoom near_room(int size_max) {
  NearRoom room;
  room.squares = (size_t)size_max * size_max;
  room.cells = (size_t)(size_max - 2) * (size_max - 2);
  return room;
}

// Copies `count` reals, a multiple of the vector's width.
HD_INLINE void near_copy(const Block *block, const real *from, int count, real *to) {
  BLOCK_FOR(block, i, count / VEC_WIDTH) {
    vec_store(to + i * VEC_WIDTH, vec_load(from + i * VEC_WIDTH));
  }
}

// Where a thought keeps what it reads at every tick.
typedef struct ThinkNear {
  real *parameters, *drive;
  real *states;  // two planes, `plane` reals apart: the states of even and of odd ticks
  int plane;
} ThinkNear;

// Lays them out over `base` (16-byte aligned); what is not asked for stays NULL. A NULL base only measures.
HD_INLINE ThinkNear think_near(const AgentLayout *layout, NearRoom room, int near, char *base,
                               size_t *bytes) {
  const size_t plane = room.squares * layout->core.stride,
               drive = room.cells * MGU_HALVES * layout->core.stride;
  ThinkNear n = {0, 0, 0, (int)plane};
  *bytes = 0;
  if (near & NEAR_WEIGHTS) n.parameters = (real *)tape_take(base, bytes, layout->reals, sizeof(real));
  if (near & NEAR_PLANES) {
    n.drive = (real *)tape_take(base, bytes, drive, sizeof(real));
    n.states = (real *)tape_take(base, bytes, 2 * plane, sizeof(real));
  }
  return n;
}

// The same for the way back.
typedef struct LearnNear {
  real *transposed;
  MguBackward backward;
} LearnNear;

HD_INLINE LearnNear learn_near(const AgentLayout *layout, NearRoom room, int near, char *base,
                               size_t *bytes) {
  const size_t stride = layout->core.stride, batch = mgu_batch_squares(room.squares) * stride;
  LearnNear n = {0, {0, 0, 0, 0}};
  *bytes = 0;
  if (near & NEAR_WEIGHTS) n.transposed = (real *)tape_take(base, bytes, layout->transposed, sizeof(real));
  if (near & NEAR_PLANES) {
    n.backward.state = (real *)tape_take(base, bytes, room.squares * stride, sizeof(real));
    n.backward.pre = (real *)tape_take(base, bytes, batch * MGU_HALVES, sizeof(real));
    n.backward.drive = (real *)tape_take(base, bytes, room.cells * MGU_HALVES * stride, sizeof(real));
    n.backward.x = (real *)tape_take(base, bytes, batch, sizeof(real));
  }
  return n;
}

#endif
