// One thought: the ticks of the core on one level, from the zero state to the heads' outputs.
#ifndef MESAGRID_KERNELS_THINK_H
#define MESAGRID_KERNELS_THINK_H

#include "kernels/near.h"

// Zeroes a buffer of reals.
HD_INLINE void fill_zero(const Block *block, real *x, int count) {
  BLOCK_FOR(block, i, (count + VEC_WIDTH - 1) / VEC_WIDTH) {
    if ((i + 1) * VEC_WIDTH <= count) {
      vec_store(x + i * VEC_WIDTH, vec_set1(0));
    } else {
      for (int k = i * VEC_WIDTH; k < count; ++k) x[k] = 0;
    }
  }
}

// Zeroes the border of `planes` planes of (H, W, row), `plane` reals apart. The threads of a CTA zero all of
// it: that is simpler, and their stores lie side by side.
HD_INLINE void fill_border(const Block *block, const Grid *grid, real *x, int row, int planes, size_t plane) {
  if (VEC_WIDTH == 1) {
    fill_zero(block, x, (int)((planes - 1) * plane) + grid_squares(grid) * row);
    return;
  }
  const int line = grid->width * row, last = (grid->height - 1) * line;
  BLOCK_FOR(block, p, planes) {
    real *at = x + (size_t)p * plane;
    for (int i = 0; i < line; i += VEC_WIDTH) {
      vec_store(at + i, vec_set1(0));
      vec_store(at + last + i, vec_set1(0));
    }
    for (int y = line; y < last; y += line) {
      for (int i = 0; i < row; i += VEC_WIDTH) {
        vec_store(at + y + i, vec_set1(0));
        vec_store(at + y + line - row + i, vec_set1(0));
      }
    }
  }
}

// Runs `ticks` ticks on a level and keeps every state (ticks + 1, H, W, stride) and gate (ticks, I, half,
// stride). parameters: wherever they are closest. Borders of the kept states are zero where they are read.
HD_INLINE void think_on_tape(const Block *block, const AgentLayout *layout, const real *parameters,
                             const Level *level, int ticks, real *drive, int near, const ThinkNear *close,
                             const LevelTape *tape) {
  const Interior interior = interior_of(level->grid.height, level->grid.width);
  const int stride = layout->core.stride, planes = near & NEAR_PLANES;
  const int squares = grid_squares(&level->grid), plane = squares * stride,
            gates = interior.count * MGU_HALVES * stride;
  real *const driven = planes ? close->drive : drive;
  MguTick tick = {driven, 0, 0, 0, 0};
  fill_zero(block, tape->state, plane);
  if (planes) {
    fill_zero(block, close->states, 2 * close->plane);
  } else {
    fill_border(block, &level->grid, tape->state + plane, stride, ticks, (size_t)plane);
  }
  for (int k = 0; k < ticks; ++k) {
    real *const here = tape->state + k * plane;
    tick.state = planes ? close->states + k % 2 * close->plane : here;
    tick.next = planes ? close->states + (k + 1) % 2 * close->plane : here + plane;
    tick.kept = planes ? here + plane : 0;
    tick.gates = tape->gates + k * gates;
    const real *const weights = parameters + mgu_layer(layout->core, k);
    if (k == 0 || mgu_is_untied(layout->core))
      mgu_drive(block, layout->core, weights, level, tape->distance, driven);
    mgu_tick(block, layout->core, weights, interior, tick);
  }
  heads_forward(block, layout->heads, parameters, interior,
                planes ? close->states + ticks % 2 * close->plane : tape->state + ticks * plane,
                tape->outputs);
}

#endif
