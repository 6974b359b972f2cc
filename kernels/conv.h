// 3×3 convolution (and 1×1, its one-tap case) over the interior of a grid: tiles of cells × vectors of
// channels.
#ifndef MESAGRID_KERNELS_CONV_H
#define MESAGRID_KERNELS_CONV_H

#include <stdbool.h>

#include "kernels/vec.h"

// Channels are stored padded to this on every machine; padding is zero and stays zero by construction.
enum { CHANNEL_PAD = 16, CONV_TAPS = 9 };

HD_INLINE int channel_stride(int channels) {
  return (channels + CHANNEL_PAD - 1) / CHANNEL_PAD * CHANNEL_PAD;
}

// Cells that one tile accumulates at once: as many as the registers hold beside the weights.
enum {
  CONV_COLUMNS = VEC_WIDTH == 1                        ? 3  // in tests: less to compile
                 : VEC_WIDTH == 16 || VEC_MANY_THREADS ? 7
                                                       : 6,
  CONV_CELLS = VEC_WIDTH == 16 ? 10 : CONV_COLUMNS,
};

// The interior of a height × width grid whose border is clamped to zero, cut into tiles. Cells count row by
// row.
typedef struct Interior {
  int width;          // of the grid, border included
  int rows, columns;  // of the interior: height − 2, width − 2
  int count;          // interior cells
  int across, down;   // tiles
  int tile_rows;      // of a whole tile; narrow grids take several rows
} Interior;

HD_INLINE Interior interior_of(int height, int width) {
  Interior in;
  in.width = width;
  in.rows = height - 2;
  in.columns = width - 2;
  in.count = in.rows * in.columns;
  in.across = (in.columns + CONV_COLUMNS - 1) / CONV_COLUMNS;
  const int widest = (in.columns + in.across - 1) / in.across, rows = CONV_CELLS / widest;
  in.tile_rows = rows < 1 ? 1 : rows > 3 ? 3 : rows;
  in.down = (in.rows + in.tile_rows - 1) / in.tile_rows;
  return in;
}

HD_INLINE int interior_square(Interior in, int cell) {
  return (cell / in.columns + 1) * in.width + cell % in.columns + 1;
}

// A rectangle of cells. Tiles count column by column: neighbours mostly have one shape, so that a GPU's warp
// stays together.
typedef struct Tile {
  int rows, columns;
  int square;  // of its first cell
  int cell;    // number of its first cell
} Tile;

HD_INLINE int interior_tiles(Interior in) {
  return in.across * in.down;
}

HD_INLINE Tile interior_tile(Interior in, int number) {
  const int across = number / in.down, row = number % in.down * in.tile_rows;
  const int column = across * in.columns / in.across;
  Tile tile;
  tile.rows = in.rows - row < in.tile_rows ? in.rows - row : in.tile_rows;
  tile.columns = (across + 1) * in.columns / in.across - column;
  tile.square = (row + 1) * in.width + column + 1;
  tile.cell = row * in.columns + column;
  return tile;
}

// What a tile reads: x(square, channel), row-major. The squares under one line of a 3×3 window lie one after
// another, so that where all channels are used the line is a single run.
typedef struct ConvInput {
  const real *x;
  int width;   // of the grid
  int lines;   // 3 or 1: the window's lines (and squares in each)
  int runs;    // per line
  int length;  // reals of a run
  int step;    // reals from one run to the next
} ConvInput;

// The window of a 3×3 convolution over `channels` of `stride` reals, and that of a 1×1 one.
HD_INLINE ConvInput conv_window(const real *x, int width, int channels, int stride) {
  const bool whole = channels == stride;
  const ConvInput input = {x, width, 3, whole ? 1 : 3, whole ? 3 * channels : channels, stride};
  return input;
}

HD_INLINE ConvInput conv_point(const real *x, int width, int channels) {
  const ConvInput input = {x, width, 1, 1, channels, 0};
  return input;
}

// acc(v, chain, cell) += Σ_line,run,i x(window of the cell) · w(line, run, i, v), in this order for every
// element; the i-th of a run goes to chain i mod `chains`, so that enough multiply-adds are under way at
// once. w: rows of row_stride reals; vector v of a row starts at v · vector_stride. x: `pitch` reals a
// square. `group` inputs are taken at once: a multiple of `chains` that divides the run's length. rows,
// columns, vectors, chains, group and pitch must be constants where this is inlined.
HD_INLINE void conv_tile(int rows, int columns, int vectors, int chains, int group, int pitch,
                         const ConvInput *input, int square, const real *w, int row_stride, int vector_stride,
                         Vec *acc) {
  const int cells = rows * columns, reach = input->lines / 2;
  NO_UNROLL for (int line = 0; line < input->lines; ++line) {
    NO_UNROLL for (int run = 0; run < input->runs; ++run) {
      const real *x[3];
      UNROLL for (int r = 0; r < rows; ++r) x[r] =
          input->x + (square + (line - reach + r) * input->width - reach) * pitch + run * input->step;
      NO_UNROLL for (int i = 0; i < input->length; i += group) {
        UNROLL for (int h = 0; h < group; ++h, w += row_stride) {
          Vec weight[2];
          UNROLL for (int v = 0; v < vectors; ++v) weight[v] = vec_load(w + v * vector_stride);
          UNROLL for (int c = 0; c < cells; ++c) {
            const Vec value = vec_set1(real_group(x[c / columns] + c % columns * pitch + i, group)[h]);
            UNROLL for (int v = 0; v < vectors; ++v) {
              const int a = (v * chains + h % chains) * cells + c;
              acc[a] = vec_fma(value, weight[v], acc[a]);
            }
          }
        }
      }
    }
  }
}

// Runs CALL(rows, columns) with constants, so that a tile's accumulators live in registers.
#define CONV_CASE(r, c, CALL)                                                   \
  case (r)*8 + (c):                                                             \
    CALL(((r) * (c) <= CONV_CELLS ? (r) : 1), ((c) <= CONV_COLUMNS ? (c) : 1)); \
    break;
#define CONV_DISPATCH(tile, CALL)                                                           \
  switch ((tile).rows * 8 + (tile).columns) {                                               \
    CONV_CASE(1, 1, CALL)                                                                   \
    CONV_CASE(1, 2, CALL)                                                                   \
    CONV_CASE(1, 3, CALL)                                                                   \
    CONV_CASE(1, 4, CALL)                                                                   \
    CONV_CASE(1, 5, CALL)                                                                   \
    CONV_CASE(1, 6, CALL)                                                                   \
    CONV_CASE(1, 7, CALL)                                                                   \
    CONV_CASE(2, 1, CALL)                                                                   \
    CONV_CASE(2, 2, CALL) CONV_CASE(2, 3, CALL) CONV_CASE(2, 4, CALL) CONV_CASE(2, 5, CALL) \
        CONV_CASE(3, 1, CALL) CONV_CASE(3, 2, CALL) CONV_CASE(3, 3, CALL)                   \
  }

// Input channels whose weight gradients one tile accumulates at once.
enum { CONV_INS = VEC_WIDTH == 16 || VEC_MANY_THREADS ? 8 : 4 };

// Planes whose sums are made in one go: those of consecutive ticks, each `x_step` and `dz_step` reals from
// the last.
typedef struct ConvPlanes {
  int count;
  long x_step, dz_step;
} ConvPlanes;

// dw(tap, in, v) += Σ_plane,cell x(square + tap, in) · dz(square, v) for `ins` channels from `in` on; in
// order. x: (H, W, x_stride) from channel `in` on. dz: (H, W, dz_stride), vector v at v · vector_stride. dw:
// rows of row_stride. The sum over planes and cells is made first, then added.
HD_INLINE void conv_weight_tile(int ins, int vectors, const real *x, int x_stride, Interior interior, int tap,
                                ConvPlanes planes, const real *dz, int dz_stride, int vector_stride, real *dw,
                                int row_stride) {
  Vec acc[2 * CONV_INS];
  UNROLL for (int i = 0; i < ins * vectors; ++i) acc[i] = vec_set1(0);
  const int first = interior.width + 1;
  const real *source = x + (first + (tap / 3 - 1) * interior.width + tap % 3 - 1) * x_stride;
  const real *sink = dz + first * dz_stride;
  NO_UNROLL for (int plane = 0; plane < planes.count;
                 ++plane, source += planes.x_step, sink += planes.dz_step) {
    NO_UNROLL for (int row = 0; row < interior.rows; ++row) {
      const real *value = source + row * interior.width * x_stride;
      const real *gradient = sink + row * interior.width * dz_stride;
      NO_UNROLL for (int column = 0; column < interior.columns;
                     ++column, value += x_stride, gradient += dz_stride) {
        Vec g[2];
        UNROLL for (int v = 0; v < vectors; ++v) g[v] = vec_load(gradient + v * vector_stride);
        UNROLL for (int i = 0; i < ins; ++i) {
          const Vec s = vec_set1(real_group(value + i / 4 * 4, ins)[i % 4]);
          UNROLL for (int v = 0; v < vectors; ++v) acc[v * ins + i] = vec_fma(s, g[v], acc[v * ins + i]);
        }
      }
    }
  }
  UNROLL for (int i = 0; i < ins; ++i) {
    UNROLL for (int v = 0; v < vectors; ++v) {
      real *sum = dw + i * row_stride + v * vector_stride;
      vec_store(sum, vec_load(sum) + acc[v * ins + i]);
    }
  }
}

#endif
