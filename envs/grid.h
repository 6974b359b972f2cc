// Grids as rows of bits: walls, moves, connected squares, and the hash that all eight images of a level
// share.
#ifndef MESAGRID_ENVS_GRID_H
#define MESAGRID_ENVS_GRID_H

#include <stdbool.h>
#include <stdint.h>

#include "envs/hd.h"

enum {
  GRID_MAX = 31,        // largest height and width, border included
  GRID_ROWS = 32,       // rows of bits that any board fits in
  GRID_SQUARES = 1024,  // room for one entry a square of any board
};

// Bit x of wall[y] is the square at row y, column x; squares are numbered y * width + x. Every bit beyond the
// board is a wall, so a complement is the free squares and nothing has to be masked.
typedef struct Grid {
  int height, width;         // squares, border included
  uint32_t wall[GRID_ROWS];  // (y), one bit a column
} Grid;

// A set of squares.
typedef struct GridSet {
  uint32_t row[GRID_ROWS];  // (y), one bit a column
} GridSet;

static inline HD int bits_count(uint32_t bits) {
#ifdef __CUDA_ARCH__
  return __popc(bits);
#else
  return __builtin_popcount(bits);
#endif
}

// Index of the lowest set bit; bits != 0.
static inline HD int bits_lowest(uint32_t bits) {
#ifdef __CUDA_ARCH__
  return __ffs((int)bits) - 1;
#else
  return __builtin_ctz(bits);
#endif
}

// Index of the nth set bit, counted from 0; more than n bits are set.
static inline HD int bits_nth(uint32_t bits, int n) {
  for (int k = 0; k < n; ++k) bits &= bits - 1;
  return bits_lowest(bits);
}

// A board of nothing but wall, to be carved.
static inline HD Grid grid_solid(int height, int width) {
  Grid grid;
  grid.height = height;
  grid.width = width;
  for (int y = 0; y < GRID_ROWS; ++y) grid.wall[y] = ~0u;
  return grid;
}

static inline HD int grid_squares(const Grid *grid) {
  return grid->height * grid->width;
}

static inline HD bool grid_is_wall(const Grid *grid, int square) {
  return grid->wall[square / grid->width] >> square % grid->width & 1;
}

static inline HD void grid_set_wall(Grid *grid, int square, bool wall) {
  const uint32_t bit = 1u << square % grid->width;
  uint32_t *row = &grid->wall[square / grid->width];
  *row = wall ? *row | bit : *row & ~bit;
}

// What an action adds to the number of a square inside the border: 0 up, 1 right, 2 down, 3 left.
static inline HD int grid_offset(int width, int action) {
  return action & 1 ? 2 - action : (action - 1) * width;
}

// The square next to `square` in an action's direction, wall or not; -1 beyond the board.
static inline HD int grid_neighbour(const Grid *grid, int square, int action) {
  const int y = square / grid->width + (action == 2) - (action == 0);
  const int x = square % grid->width + (action == 1) - (action == 3);
  const bool inside = y >= 0 && y < grid->height && x >= 0 && x < grid->width;
  return inside ? y * grid->width + x : -1;
}

// Where an action leads from a square inside the closed border: its neighbour, or itself when that is a wall.
static inline HD int grid_move(const Grid *grid, int square, int action) {
  const int next = square + grid_offset(grid->width, action);
  return grid_is_wall(grid, next) ? square : next;
}

// All free squares. Sets come back through pointers: on a GPU only memory can be indexed, not registers.
static inline HD void grid_free(const Grid *grid, GridSet *set) {
  for (int y = 0; y < GRID_ROWS; ++y) set->row[y] = ~grid->wall[y];
}

static inline HD int grid_set_count(const GridSet *set) {
  int count = 0;
  for (int y = 0; y < GRID_ROWS; ++y) count += bits_count(set->row[y]);
  return count;
}

static inline HD bool grid_set_has(const GridSet *set, int width, int square) {
  return set->row[square / width] >> square % width & 1;
}

static inline HD void grid_set_add(GridSet *set, int width, int square) {
  set->row[square / width] |= 1u << square % width;
}

static inline HD void grid_set_remove(GridSet *set, int width, int square) {
  set->row[square / width] &= ~(1u << square % width);
}

// The nth square of a set in the order of numbers; the set has more than n.
static inline HD int grid_set_nth(const GridSet *set, int width, int n) {
  int y = 0;
  for (int here = bits_count(set->row[0]); n >= here; here = bits_count(set->row[y])) n -= here, ++y;
  return y * width + bits_nth(set->row[y], n);
}

// All bits of the runs of `free` that hold a bit of `seed`: both directions at once, doubling the reach.
static inline HD uint32_t grid_fill_row(uint32_t seed, uint32_t free) {
  uint32_t left = free, right = free;  // bits whose last `reach` bits to the right (left) are free too
  seed &= free;
  for (int reach = 1; reach < 32; reach *= 2) {
    seed |= (left & seed << reach) | (right & seed >> reach);
    left &= left << reach;
    right &= right >> reach;
  }
  return seed;
}

// The free squares connected to `square`, itself included; empty when it is a wall. Sweeps down and up until
// nothing grows: few sweeps on a board, whatever its shape.
static inline HD void grid_component(const Grid *grid, int square, GridSet *set) {
  for (int y = 0; y < GRID_ROWS; ++y) set->row[y] = 0;
  set->row[square / grid->width] =
      grid_fill_row(1u << square % grid->width, ~grid->wall[square / grid->width]);
  for (bool grown = true; grown;) {
    grown = false;
    for (int k = 0; k < 2 * grid->height; ++k) {
      const int y = k < grid->height ? k : 2 * grid->height - 1 - k;
      const uint32_t above = y > 0 ? set->row[y - 1] : 0, below = y + 1 < GRID_ROWS ? set->row[y + 1] : 0;
      const uint32_t reached = (above | below) & ~grid->wall[y] & ~set->row[y];
      if (!reached) continue;
      set->row[y] |= grid_fill_row(reached, ~grid->wall[y]);
      grown = true;
    }
  }
}

// The finalizer of SplitMix64 (Steele, Lea & Flood 2014): every bit of x reaches every bit of the result.
static inline HD uint64_t hash_mix(uint64_t x) {
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}

// Reverses the first `length` bits of both 32-bit halves of x; the other bits are zero.
static inline HD uint64_t grid_mirror_halves(uint64_t x, int length) {
  x = (x >> 1 & 0x5555555555555555u) | (x & 0x5555555555555555u) << 1;
  x = (x >> 2 & 0x3333333333333333u) | (x & 0x3333333333333333u) << 2;
  x = (x >> 4 & 0x0f0f0f0f0f0f0f0fu) | (x & 0x0f0f0f0f0f0f0f0fu) << 4;
  x = (x >> 8 & 0x00ff00ff00ff00ffu) | (x & 0x00ff00ff00ff00ffu) << 8;
  x = (x >> 16 & 0x0000ffff0000ffffu) | (x & 0x0000ffff0000ffffu) << 16;
  return x >> (32 - length);
}

// Sum of the hashes of four images, `line` read from either end and each of its lines from either end.
// line(count): walls in the low half, the goal in the high half, `length` bits each.
static inline HD uint64_t grid_hash_four(const uint64_t *line, int count, int length) {
  // The smallest salt that gives each split of env.h some of the four 5x5 trees: no size is without levels.
  const uint64_t salt = 79, shape = hash_mix(salt ^ (uint64_t)(count * GRID_ROWS + length));
  uint64_t down = shape, up = shape, down_mirrored = shape, up_mirrored = shape;
  for (int k = 0; k < count; ++k) {
    const uint64_t first = line[k], last = line[count - 1 - k];
    down = hash_mix(down ^ first);
    up = hash_mix(up ^ last);
    down_mirrored = hash_mix(down_mirrored ^ grid_mirror_halves(first, length));
    up_mirrored = hash_mix(up_mirrored ^ grid_mirror_halves(last, length));
  }
  return down + up + down_mirrored + up_mirrored;
}

enum { GRID_HASH_LINES = 2 * GRID_ROWS };

// A level's identity: a hash of its walls and goal, the same for all eight images of the board under turns
// and reflections, because it mixes the sum of the images' hashes. line: room for GRID_HASH_LINES.
static inline HD uint64_t grid_symmetric_hash_in(const Grid *grid, int goal, uint64_t *line) {
  uint64_t *const row = line, *const column = line + GRID_ROWS;
  const uint64_t inside = ((uint64_t)1 << grid->width) - 1;
  for (int x = 0; x < grid->width; ++x) column[x] = 0;
  for (int y = 0; y < grid->height; ++y) row[y] = grid->wall[y] & inside;
  row[goal / grid->width] |= (uint64_t)1 << (32 + goal % grid->width);
  for (int y = 0; y < grid->height; ++y)
    for (int x = 0; x < grid->width; ++x) column[x] |= (row[y] >> x & 0x100000001u) << y;
  return hash_mix(grid_hash_four(row, grid->height, grid->width) +
                  grid_hash_four(column, grid->width, grid->height));
}

// The same, with room of its own.
static inline HD uint64_t grid_symmetric_hash(const Grid *grid, int goal) {
  uint64_t line[GRID_HASH_LINES];
  return grid_symmetric_hash_in(grid, goal, line);
}

#endif
