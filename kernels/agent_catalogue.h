// Which cores there are, and the parameters of a whole agent: its core, its heads, its core's further layers.
#ifndef MESAGRID_KERNELS_AGENT_CATALOGUE_H
#define MESAGRID_KERNELS_AGENT_CATALOGUE_H

#include "kernels/conv_mgu.h"
#include "kernels/heads.h"

typedef enum AgentCore { CORE_CONV_MGU, AGENT_CORES } AgentCore;

static inline const char *agent_core_name(int core) {
  return core == CORE_CONV_MGU ? "conv_mgu" : "?";
}

// Layout of the flat parameter vector of an agent.
typedef struct AgentLayout {
  MguLayout core;
  HeadLayout heads;
  int reals;             // length of the vector, padding included
  int transposed;        // reals of the transposed weights: the core's, then the heads'
  int heads_transposed;  // where the heads' begin
} AgentLayout;

HD_INLINE AgentLayout agent_layout(AgentShape shape) {
  AgentLayout l;
  l.core = mgu_layout(shape);
  l.heads = heads_layout(shape.channels, l.core.reals);
  l.reals = mgu_more_layers(&l.core, l.core.reals + l.heads.reals);
  l.heads_transposed = mgu_transposed_reals(l.core);
  l.transposed = l.heads_transposed + heads_transposed_reals(l.heads);
  return l;
}

// Everything that follows from the parameters; made anew after each change of them.
HD_INLINE void agent_transpose(const Block *block, const AgentLayout *l, const real *parameters,
                               real *transposed) {
  mgu_transpose(block, l->core, parameters, transposed);
  heads_transpose(block, l->heads, parameters, transposed + l->heads_transposed);
}

// The same as a table with names, for files and initial values.
static inline TensorTable agent_tensors(AgentShape shape) {
  TensorTable table;
  memset(&table, 0, sizeof table);
  mgu_tensors(shape, &table);
  heads_tensors(shape.channels, &table);
  mgu_more_tensors(shape, &table);
  return table;
}

#endif
