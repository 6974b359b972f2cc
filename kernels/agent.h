// The contract of an agent: its shape, the tensors it learns, and what a core must offer. Cores know only
// this.
#ifndef MESAGRID_KERNELS_AGENT_H
#define MESAGRID_KERNELS_AGENT_H

#include "envs/env.h"
#include "kernels/conv.h"

// What one step of distance to the goal adds to the plane that shows it; walls and squares without a way show
// 0.
#define DISTANCE_UNIT REAL(0.0625)

// What decides the sizes of an agent's buffers; equal for all agents of a cohort.
typedef struct AgentShape {
  int core;      // an AgentCore of kernels/agent_catalogue.h
  int channels;  // C
  int layers;    // untied: tick k has weights of its own, at most `layers` ticks; 0: one set for all ticks
  int distance;  // 1: the oracle's distances are a third plane of the observation; 0: it sees walls and goal
} AgentShape;

enum {
  OBSERVATION_PLANES = 2,          // wall, goal; the distance comes after them
  HEAD_OUTPUTS = ENV_ACTIONS + 1,  // four logits and the value
  HEAD_STRIDE = 16,          // reals between rows of the heads' weights, and between squares of their outputs
  HEAD_VALUE = ENV_ACTIONS,  // column of the value
  AGENT_LAYERS_MAX = 128,
  AGENT_TENSORS_MAX = 8 + 3 * AGENT_LAYERS_MAX,
  TENSOR_INFO_NAME = 32,  // bytes of a name
};

// One learned tensor inside the flat parameter vector: `rows` rows of `length` used reals, `stride` apart,
// from `offset` on. The padding between rows is zero and stays zero. Starts uniform in ±bound.
typedef struct TensorInfo {
  char name[TENSOR_INFO_NAME];
  int rank, shape[4];  // as files show it: product = rows · length
  int offset, rows, length, stride;
  float bound;
} TensorInfo;

typedef struct TensorTable {
  TensorInfo tensor[AGENT_TENSORS_MAX];
  int count;
  int reals;  // length of the flat vector, padding included
} TensorTable;

// Further layers begin at a multiple of the lanes in which sums over the vector run (kernels/adam.h).
enum { TENSOR_ALIGN = 64 };

HD_INLINE int tensor_align(int offset) {
  return (offset + TENSOR_ALIGN - 1) / TENSOR_ALIGN * TENSOR_ALIGN;
}

// Appends a tensor at the end of the vector.
static inline void tensor_table_add(TensorTable *table, TensorInfo info) {
  info.offset = table->reals;
  table->reals += info.rows * info.stride;
  table->tensor[table->count++] = info;
}

#endif
