// The heads: four action logits and a value, linear in the state of one square; and the policy that they
// make.
#ifndef MESAGRID_KERNELS_HEADS_H
#define MESAGRID_KERNELS_HEADS_H

#include "kernels/agent.h"
#include "kernels/block.h"
#include "kernels/mathx.h"

// Where the heads' tensors lie in the flat parameter vector: weight (in, HEAD_STRIDE), bias (HEAD_STRIDE).
typedef struct HeadLayout {
  int channels, stride;  // of the state they read
  int weight, bias, reals;
} HeadLayout;

HD_INLINE HeadLayout heads_layout(int channels, int offset) {
  HeadLayout l;
  l.channels = channels;
  l.stride = channel_stride(channels);
  l.weight = offset;
  l.bias = offset + channels * HEAD_STRIDE;
  l.reals = channels * HEAD_STRIDE + HEAD_STRIDE;
  return l;
}

static inline void heads_tensors(int channels, TensorTable *table) {
  const TensorInfo weight = {"heads.weight", 2,   {channels, HEAD_OUTPUTS, 0, 0}, 0, channels, HEAD_OUTPUTS,
                             HEAD_STRIDE,    0.1f};
  const TensorInfo bias = {"heads.bias", 1, {HEAD_OUTPUTS, 0, 0, 0}, 0, 1, HEAD_OUTPUTS, HEAD_STRIDE, 0.0f};
  tensor_table_add(table, weight);
  tensor_table_add(table, bias);
}

// One 1×1 tile: to(square, out) = bias(out) + Σ_in x(square, in) w(in, out); bias may be NULL.
HD_INLINE void heads_tile(int rows, int columns, int stride, const ConvInput *input, Interior interior,
                          Tile tile, const real *weight, const real *bias, int to_stride, real *to) {
  const int cells = rows * columns;
  Vec acc[CONV_CELLS];
  UNROLL for (int c = 0; c < cells; ++c) acc[c] = bias ? vec_load(bias) : vec_set1(0);
  conv_tile(rows, columns, 1, 1, 1, stride, input, tile.square, weight, to_stride, 0, acc);
  UNROLL for (int c = 0; c < cells; ++c) {
    const int square = tile.square + c / columns * interior.width + c % columns;
    vec_store(to + square * to_stride, acc[c]);
  }
}

// outputs(square, :) = [logits | value] of every interior square; (H, W, HEAD_STRIDE), borders untouched.
HD_INLINE void heads_forward(const Block *block, HeadLayout l, const real *parameters, Interior interior,
                             const real *state, real *outputs) {
  const int vectors = (HEAD_OUTPUTS + VEC_WIDTH - 1) / VEC_WIDTH;
  BLOCK_FOR(block, item, interior_tiles(interior) * vectors) {
    const int out = item % vectors * VEC_WIDTH;
    const Tile tile = interior_tile(interior, item / vectors);
    const ConvInput input = conv_point(state, interior.width, l.channels);
#define HEADS_TILE(r, c)                                                                                     \
  heads_tile(r, c, l.stride, &input, interior, tile, parameters + l.weight + out, parameters + l.bias + out, \
             HEAD_STRIDE, outputs + out)
    CONV_DISPATCH(tile, HEADS_TILE)
#undef HEADS_TILE
  }
}

// The weights transposed for the backward pass: (HEAD_OUTPUTS, stride).
HD_INLINE int heads_transposed_reals(HeadLayout l) {
  return HEAD_OUTPUTS * l.stride;
}

HD_INLINE void heads_transpose(const Block *block, HeadLayout l, const real *parameters, real *transposed) {
  BLOCK_FOR(block, item, heads_transposed_reals(l)) {
    const int out = item / l.stride, in = item % l.stride;
    transposed[item] = in < l.channels ? parameters[l.weight + in * HEAD_STRIDE + out] : 0;
  }
}

// The heads' parameter gradients, added to `gradient`; the bias is summed over cells in order.
HD_INLINE void heads_weight_backward(const Block *block, HeadLayout l, Interior interior, const real *state,
                                     const real *d_out, real *gradient) {
  const int vectors = (HEAD_OUTPUTS + VEC_WIDTH - 1) / VEC_WIDTH, center = CONV_TAPS / 2;
  const ConvPlanes plane = {1, 0, 0};
  BLOCK_FOR(block, item, (l.channels + 1) * vectors) {
    const int out = item % vectors * VEC_WIDTH, in = item / vectors;  // row `channels` is the bias
    real *dw = gradient + l.weight + in * HEAD_STRIDE + out;
    if (in < l.channels) {
      conv_weight_tile(1, 1, state + in, l.stride, interior, center, plane, d_out + out, HEAD_STRIDE, 0, dw,
                       HEAD_STRIDE);
    } else {
      Vec sum = vec_set1(0);
      for (int cell = 0; cell < interior.count; ++cell)
        sum = sum + vec_load(d_out + interior_square(interior, cell) * HEAD_STRIDE + out);
      vec_store(dw, vec_load(dw) + sum);
    }
  }
}

// d_state(square, c) ← Σ_j d_out(square, j) w(c, j); the parameters' gradients are added to `gradient`.
// d_out (H, W, HEAD_STRIDE) is zero where nobody stood.
HD_INLINE void heads_backward(const Block *block, HeadLayout l, const real *transposed, Interior interior,
                              const real *state, const real *d_out, real *d_state, real *gradient) {
  const int vectors = l.stride / VEC_WIDTH;
  BLOCK_FOR(block, item, interior_tiles(interior) * vectors) {
    const int out = item % vectors * VEC_WIDTH;
    const Tile tile = interior_tile(interior, item / vectors);
    const ConvInput input = conv_point(d_out, interior.width, HEAD_OUTPUTS);
#define HEADS_TILE(r, c) \
  heads_tile(r, c, HEAD_STRIDE, &input, interior, tile, transposed + out, 0, l.stride, d_state + out)
    CONV_DISPATCH(tile, HEADS_TILE)
#undef HEADS_TILE
  }
  heads_weight_backward(block, l, interior, state, d_out, gradient);
}

// The policy on one square.
typedef struct Policy {
  real probability[ENV_ACTIONS], log_probability[ENV_ACTIONS];
  real entropy;  // nats
} Policy;

// Softmax of four logits.
HD_INLINE Policy policy_of(const real *logits) {
  Policy policy;
  real top = logits[0], sum = 0;
  for (int a = 1; a < ENV_ACTIONS; ++a) top = real_max(logits[a], top);
  for (int a = 0; a < ENV_ACTIONS; ++a) {
    policy.probability[a] = real_exp(logits[a] - top);
    sum += policy.probability[a];
  }
  const real log_sum = real_log(sum);
  policy.entropy = 0;
  for (int a = 0; a < ENV_ACTIONS; ++a) {
    policy.probability[a] /= sum;
    policy.log_probability[a] = logits[a] - top - log_sum;
    policy.entropy = real_fma(-policy.probability[a], policy.log_probability[a], policy.entropy);
  }
  return policy;
}

// The plan's action: the largest logit, the first one of equals.
HD_INLINE int policy_greedy(const real *logits) {
  int best = 0;
  for (int a = 1; a < ENV_ACTIONS; ++a)
    if (logits[a] > logits[best]) best = a;
  return best;
}

// The action at `unit` in [0, 1) of the cumulative distribution.
HD_INLINE int policy_sample(const Policy *policy, float unit) {
  real sum = policy->probability[0];
  int action = 0;
  while (action < ENV_ACTIONS - 1 && (real)unit >= sum) sum += policy->probability[++action];
  return action;
}

#endif
