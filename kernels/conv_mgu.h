// The convolutional minimal gated unit: one 3×3 recurrent layer, tied over ticks and squares.
//
//   a = tanh(conv(s) + U_a · [wall, goal] + b_a)      candidate
//   f = sigmoid(conv(s) + U_f · [wall, goal] + b_f)   gate
//   s ← s + f · (a − s)                               s zero at the start, clamped to zero on the border
//
// or untied: every tick with weights of its own, which makes it a feed-forward net of as many layers. The
// input may have a third plane, the oracle's distances. After the minimal gated unit of Zhou et al. 2016
// (arXiv 1603.09420). Candidate and gate are the two halves of a row of 2 · stride outputs. States are (H, W,
// stride), gates and their gradients (H, W, 2, stride).
#ifndef MESAGRID_KERNELS_CONV_MGU_H
#define MESAGRID_KERNELS_CONV_MGU_H

#include <stdio.h>

#include "kernels/agent.h"
#include "kernels/block.h"
#include "kernels/mathx.h"

enum {
  MGU_HALVES = 2,  // candidate and gate
  MGU_CHAINS = 2,  // sums under way for each element of the backward convolution
  // Inputs taken at once: a GPU's thread loads four.
  MGU_GROUP = VEC_MANY_THREADS ? 4 : 1,
  MGU_GROUP_BACKWARD = VEC_MANY_THREADS ? 4 : MGU_CHAINS,
};

// Where the tensors of a C-channel unit lie in the flat parameter vector.
typedef struct MguLayout {
  int channels, stride, planes;
  int conv;    // (taps, in, half, out)
  int input;   // (planes, half, out)
  int bias;    // (half, out)
  int reals;   // of one layer
  int layers;  // sets of weights: 1 where they are tied
  int more;    // where the second layer's begin: behind all other tensors, so that these lie as in a tied net
} MguLayout;

HD_INLINE MguLayout mgu_layout(AgentShape shape) {
  MguLayout l;
  l.channels = shape.channels;
  l.stride = channel_stride(shape.channels);
  l.planes = OBSERVATION_PLANES + shape.distance;
  l.conv = 0;
  l.input = l.conv + CONV_TAPS * l.channels * MGU_HALVES * l.stride;
  l.bias = l.input + l.planes * MGU_HALVES * l.stride;
  l.reals = l.bias + MGU_HALVES * l.stride;
  l.layers = shape.layers > 0 ? shape.layers : 1;
  l.more = 0;
  return l;
}

// Whether every tick has weights of its own.
HD_INLINE bool mgu_is_untied(MguLayout l) {
  return l.layers > 1;
}

// Lays the further layers out, one after the other, from `end` on, and returns where they end.
HD_INLINE int mgu_more_layers(MguLayout *l, int end) {
  if (!mgu_is_untied(*l)) return end;
  l->more = tensor_align(end);
  return l->more + (l->layers - 1) * l->reals;
}

// What to add to parameters (and their gradient) for the set of weights of tick k, counted from 0.
HD_INLINE int mgu_layer(MguLayout l, int k) {
  return mgu_is_untied(l) && k > 0 ? l.more + (k - 1) * l.reals : 0;
}

// The same for the transposed weights.
HD_INLINE int mgu_layer_transposed(MguLayout l, int k) {
  return mgu_is_untied(l) ? k * CONV_TAPS * MGU_HALVES * l.stride * l.stride : 0;
}

// The rows of one layer in the tensor table. Initial ranges: README, "The agent".
static inline void mgu_layer_tensors(MguLayout l, int layer, TensorTable *table) {
  const int c = l.channels;
  const TensorInfo conv = {"conv",   4,    {CONV_TAPS, c, MGU_HALVES, c}, 0, CONV_TAPS * c * MGU_HALVES, c,
                           l.stride, 0.14f};
  const TensorInfo input = {"input",  3,   {l.planes, MGU_HALVES, c, 0}, 0, l.planes * MGU_HALVES, c,
                            l.stride, 0.7f};
  const TensorInfo bias = {"bias", 2, {MGU_HALVES, c, 0, 0}, 0, MGU_HALVES, c, l.stride, 0.0f};
  const TensorInfo infos[] = {conv, input, bias};
  for (int t = 0; t < 3; ++t) {
    TensorInfo info = infos[t];
    if (layer == 0) {
      snprintf(info.name, sizeof info.name, "core.%.8s", infos[t].name);
    } else {
      snprintf(info.name, sizeof info.name, "core.%d.%.8s", layer, infos[t].name);
    }
    tensor_table_add(table, info);
  }
}

// The first layer's, and after all other tensors those of the further ones: core.1.conv and so on.
static inline void mgu_tensors(AgentShape shape, TensorTable *table) {
  mgu_layer_tensors(mgu_layout(shape), 0, table);
}

static inline void mgu_more_tensors(AgentShape shape, TensorTable *table) {
  const MguLayout l = mgu_layout(shape);
  if (mgu_is_untied(l)) table->reals = tensor_align(table->reals);
  for (int layer = 1; layer < l.layers; ++layer) mgu_layer_tensors(l, layer, table);
}

// The convolutions' weights transposed and turned by half a circle, so that the backward pass is a
// convolution too: (layers, taps in reverse, half, out padded to stride), rows of `stride` inputs.
HD_INLINE int mgu_transposed_reals(MguLayout l) {
  return l.layers * CONV_TAPS * MGU_HALVES * l.stride * l.stride;
}

HD_INLINE void mgu_transpose(const Block *block, MguLayout l, const real *parameters, real *transposed) {
  const int rows = CONV_TAPS * MGU_HALVES * l.stride;
  BLOCK_FOR(block, item, l.layers * rows) {
    const int row = item % rows, out = row % l.stride, half = row / l.stride % MGU_HALVES;
    const int tap = CONV_TAPS - 1 - row / l.stride / MGU_HALVES;
    const real *conv = parameters + mgu_layer(l, item / rows) + l.conv +
                       tap * l.channels * MGU_HALVES * l.stride + half * l.stride + out;
    for (int in = 0; in < l.stride; ++in)
      transposed[item * l.stride + in] = in < l.channels ? conv[in * MGU_HALVES * l.stride] : 0;
  }
}

// Runs MGU_TILE(rows, columns) for a tile; common widths have forms with constant strides. Those take inputs
// in groups, which must divide the input channels.
#define MGU_DISPATCH(l, grouped, tile)                            \
  if ((grouped) && (l).stride == 16) {                            \
    CONV_DISPATCH(tile, MGU_TILE_16)                              \
  } else if ((grouped) && (l).stride == 32 && VEC_MANY_THREADS) { \
    CONV_DISPATCH(tile, MGU_TILE_32)                              \
  } else {                                                        \
    CONV_DISPATCH(tile, MGU_TILE)                                 \
  }

// What the distance plane shows on a square.
HD_INLINE real mgu_distance(const int16_t *distance, int square) {
  return distance[square] > 0 ? DISTANCE_UNIT * (real)distance[square] : REAL(0.0);
}

// drive(cell, half, out) = b + U · [wall, goal, distance]: what the level adds at a tick; cells in interior
// order. distance (H, W): read only where the layout has that plane.
HD_INLINE void mgu_drive(const Block *block, MguLayout l, const real *parameters, const Level *level,
                         const int16_t *distance, real *drive) {
  const Interior interior = interior_of(level->grid.height, level->grid.width);
  const int row = MGU_HALVES * l.stride, vectors = row / VEC_WIDTH;
  BLOCK_FOR(block, item, interior.count * vectors) {
    const int cell = item / vectors, o = item % vectors * VEC_WIDTH;
    const int square = interior_square(interior, cell);
    const real wall = grid_is_wall(&level->grid, square) ? REAL(1.0) : REAL(0.0);
    const real goal = square == level->goal ? REAL(1.0) : REAL(0.0);
    const real *u = parameters + l.input, *b = parameters + l.bias;
    Vec sum = vec_fma(vec_set1(wall), vec_load(u + o), vec_load(b + o));
    sum = vec_fma(vec_set1(goal), vec_load(u + row + o), sum);
    if (l.planes > OBSERVATION_PLANES)
      sum =
          vec_fma(vec_set1(mgu_distance(distance, square)), vec_load(u + OBSERVATION_PLANES * row + o), sum);
    vec_store(drive + cell * row + o, sum);
  }
}

// What one tick reads and writes. Borders of the states must be zero already.
typedef struct MguTick {
  const real *drive;  // (cells, half, stride)
  const real *state;  // (H, W, stride)
  real *next;         // (H, W, stride)
  real *kept;         // (H, W, stride): a second copy of `next`, or NULL
  real *gates;        // (cells, half, stride) or NULL
} MguTick;

// One tile of a tick; the vector of channels at `out`.
HD_INLINE void mgu_tick_tile(int rows, int columns, int stride, int group, const real *conv,
                             const ConvInput *input, Interior interior, Tile tile, int out,
                             const MguTick *tick) {
  const int cells = rows * columns, row = MGU_HALVES * stride;
  Vec acc[MGU_HALVES * CONV_CELLS];
  UNROLL for (int c = 0; c < cells; ++c) {
    const int cell = tile.cell + c / columns * interior.columns + c % columns;
    acc[c] = vec_load(tick->drive + cell * row + out);
    acc[cells + c] = vec_load(tick->drive + cell * row + stride + out);
  }
  conv_tile(rows, columns, MGU_HALVES, 1, group, stride, input, tile.square, conv + out, row, stride, acc);
  UNROLL for (int c = 0; c < cells; ++c) {
    const int cell = tile.cell + c / columns * interior.columns + c % columns;
    const int square = tile.square + c / columns * interior.width + c % columns;
    Vec a = acc[c], f = acc[cells + c];
    vec_tanh_sigmoid(&a, &f);
    const Vec s = vec_load(tick->state + square * stride + out), next = vec_fma(f, a - s, s);
    vec_store(tick->next + square * stride + out, next);
    if (tick->kept) vec_store(tick->kept + square * stride + out, next);
    if (tick->gates) {
      vec_store(tick->gates + cell * row + out, a);
      vec_store(tick->gates + cell * row + stride + out, f);
    }
  }
}

// One tick: next ← unit(state).
HD_INLINE void mgu_tick(const Block *block, MguLayout l, const real *parameters, Interior interior,
                        MguTick tick) {
  const int vectors = l.stride / VEC_WIDTH;
  BLOCK_FOR(block, item, interior_tiles(interior) * vectors) {
    const int out = item % vectors * VEC_WIDTH;
    const Tile tile = interior_tile(interior, item / vectors);
    const ConvInput input = conv_window(tick.state, interior.width, l.channels, l.stride);
    const real *const conv = parameters + l.conv;
#define MGU_TILE(r, c) mgu_tick_tile(r, c, l.stride, 1, conv, &input, interior, tile, out, &tick)
#define MGU_TILE_16(r, c) mgu_tick_tile(r, c, 16, MGU_GROUP, conv, &input, interior, tile, out, &tick)
#define MGU_TILE_32(r, c) mgu_tick_tile(r, c, 32, MGU_GROUP, conv, &input, interior, tile, out, &tick)
    MGU_DISPATCH(l, l.channels % MGU_GROUP == 0, tile)
#undef MGU_TILE_32
#undef MGU_TILE_16
#undef MGU_TILE
  }
}

// Scratch of the backward pass.
typedef struct MguBackward {
  real *state;  // (H, W, stride): gradient of the loss by the state after the tick; then by the one before it
  real *pre;    // (H, W, half, stride): gradient by the pre-activations, a tick after another; borders zero
  real *drive;  // (cells, half, stride): sum of `pre` over ticks
  real *x;  // (H, W, stride): copy of the state before the tick, a tick after another; borders zero; or NULL
} MguBackward;

// Through the gates of one cell: pre ← ∂L/∂pre-activations, state ← the direct part (1 − f) · ∂L/∂s'.
HD_INLINE void mgu_gate_backward(MguLayout l, const real *state, const real *gates, int square, int cell,
                                 int out, const MguBackward *g) {
  const int row = MGU_HALVES * l.stride, at = square * l.stride + out, cell_at = cell * row + out;
  const Vec one = vec_set1(1);
  const Vec a = vec_load(gates + cell_at), f = vec_load(gates + cell_at + l.stride);
  const Vec s = vec_load(state + at), ds = vec_load(g->state + at);
  const Vec kept = one - f;
  const Vec pre_a = ds * f * (one - a * a), pre_f = ds * (a - s) * (f * kept);
  if (g->x) vec_store(g->x + at, s);
  vec_store(g->pre + square * row + out, pre_a);
  vec_store(g->pre + square * row + l.stride + out, pre_f);
  vec_store(g->drive + cell_at, vec_load(g->drive + cell_at) + pre_a);
  vec_store(g->drive + cell_at + l.stride, vec_load(g->drive + cell_at + l.stride) + pre_f);
  vec_store(g->state + at, ds * kept);
}

// The same for all cells.
HD_INLINE void mgu_gates_backward(const Block *block, MguLayout l, Interior interior, const real *state,
                                  const real *gates, const MguBackward *g) {
  const int vectors = l.stride / VEC_WIDTH;
  BLOCK_FOR(block, item, interior_tiles(interior) * vectors) {
    const Tile tile = interior_tile(interior, item / vectors);
    for (int r = 0; r < tile.rows; ++r)
      for (int c = 0; c < tile.columns; ++c)
        mgu_gate_backward(l, state, gates, tile.square + r * interior.width + c,
                          tile.cell + r * interior.columns + c, item % vectors * VEC_WIDTH, g);
  }
}

// One tile of state += convᵀ(pre).
HD_INLINE void mgu_state_tile(int rows, int columns, int stride, int group, const real *transposed,
                              const ConvInput *input, Interior interior, Tile tile, int out, real *state) {
  const int cells = rows * columns;
  Vec acc[MGU_CHAINS * CONV_CELLS];
  UNROLL for (int c = 0; c < cells; ++c) {
    acc[c] = vec_load(state + (tile.square + c / columns * interior.width + c % columns) * stride + out);
    acc[cells + c] = vec_set1(0);
  }
  conv_tile(rows, columns, 1, MGU_CHAINS, group, MGU_HALVES * stride, input, tile.square, transposed + out,
            stride, 0, acc);
  UNROLL for (int c = 0; c < cells; ++c) {
    const int square = tile.square + c / columns * interior.width + c % columns;
    vec_store(state + square * stride + out, acc[c] + acc[cells + c]);
  }
}

// Ticks whose weight gradients are summed in one go, so that the sums leave the registers less often: as many
// as keep `pre` in the nearest cache.
enum { MGU_BATCH_CELLS = 100, MGU_BATCH_MAX = 8, MGU_BATCH_SQUARES = 200 };

HD_INLINE int mgu_batch(Interior interior) {
  const int room = MGU_BATCH_SQUARES / (interior.width * (interior.rows + 2));
  const int most = room < MGU_BATCH_MAX ? room : MGU_BATCH_MAX, ticks = MGU_BATCH_CELLS / interior.count;
  return ticks < 1 || most < 1 ? 1 : ticks > most ? most : ticks;
}

// Squares that `pre` needs for a batch on any grid of up to `squares_max`.
HD_INLINE size_t mgu_batch_squares(size_t squares_max) {
  return squares_max > MGU_BATCH_SQUARES ? squares_max : (size_t)MGU_BATCH_SQUARES;
}

// The convolution's weight gradient of a batch of ticks, added to `gradient` in the parameters' layout.
// `state` is that before the last tick, `pre` belongs to it; the ticks before it follow at the planes' steps.
HD_INLINE void mgu_weight_backward(const Block *block, MguLayout l, Interior interior, ConvPlanes planes,
                                   const real *state, const real *pre, real *gradient) {
  const int row = MGU_HALVES * l.stride, vectors = l.stride / VEC_WIDTH;
  const int full = l.channels / CONV_INS, blocks = full + l.channels % CONV_INS;
  BLOCK_FOR(block, item, CONV_TAPS * blocks * vectors) {
    const int out = item % vectors * VEC_WIDTH, part = item / vectors % blocks, tap = item / vectors / blocks;
    const int in = part < full ? part * CONV_INS : full * CONV_INS + part - full;
    real *dw = gradient + l.conv + (tap * l.channels + in) * row + out;
#define MGU_WEIGHTS(n)                                                                                       \
  conv_weight_tile(n, MGU_HALVES, state + in, l.stride, interior, tap, planes, pre + out, row, l.stride, dw, \
                   row)
    if (part < full) {
      MGU_WEIGHTS(CONV_INS);
    } else {
      MGU_WEIGHTS(1);
    }
#undef MGU_WEIGHTS
  }
}

// Back through one tick whose input was `state` and whose gates were `gates`; leaves `pre` for the weights.
HD_INLINE void mgu_tick_backward(const Block *block, MguLayout l, const real *transposed, Interior interior,
                                 const real *state, const real *gates, const MguBackward *g) {
  const int vectors = l.stride / VEC_WIDTH;
  mgu_gates_backward(block, l, interior, state, gates, g);
  BLOCK_FOR(block, item, interior_tiles(interior) * vectors) {
    const int out = item % vectors * VEC_WIDTH;
    const Tile tile = interior_tile(interior, item / vectors);
    const ConvInput input = conv_window(g->pre, interior.width, MGU_HALVES * l.stride, MGU_HALVES * l.stride);
    real *const to = g->state;
#define MGU_TILE(r, c) mgu_state_tile(r, c, l.stride, MGU_CHAINS, transposed, &input, interior, tile, out, to)
#define MGU_TILE_16(r, c) \
  mgu_state_tile(r, c, 16, MGU_GROUP_BACKWARD, transposed, &input, interior, tile, out, to)
#define MGU_TILE_32(r, c) \
  mgu_state_tile(r, c, 32, MGU_GROUP_BACKWARD, transposed, &input, interior, tile, out, to)
    MGU_DISPATCH(l, true, tile)
#undef MGU_TILE_32
#undef MGU_TILE_16
#undef MGU_TILE
  }
}

// Gradients of input weights and biases from the drive's, summed over cells in order.
HD_INLINE void mgu_drive_backward(const Block *block, MguLayout l, const Level *level,
                                  const int16_t *distance, Interior interior, const real *drive,
                                  real *gradient) {
  const int row = MGU_HALVES * l.stride;
  BLOCK_FOR(block, item, row / VEC_WIDTH) {
    const int o = item * VEC_WIDTH;
    Vec bias = vec_set1(0), wall = vec_set1(0), goal = vec_set1(0), away = vec_set1(0);
    for (int cell = 0; cell < interior.count; ++cell) {
      const int square = interior_square(interior, cell);
      const Vec d = vec_load(drive + cell * row + o);
      bias = bias + d;
      if (grid_is_wall(&level->grid, square)) wall = wall + d;
      if (square == level->goal) goal = d;
      if (l.planes > OBSERVATION_PLANES) away = vec_fma(vec_set1(mgu_distance(distance, square)), d, away);
    }
    real *db = gradient + l.bias + o, *du = gradient + l.input + o;
    vec_store(db, vec_load(db) + bias);
    vec_store(du, vec_load(du) + wall);
    vec_store(du + row, vec_load(du + row) + goal);
    if (l.planes > OBSERVATION_PLANES)
      vec_store(du + OBSERVATION_PLANES * row, vec_load(du + OBSERVATION_PLANES * row) + away);
  }
}

#endif
