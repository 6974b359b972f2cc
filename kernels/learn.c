// The CPU's `learn`: one thread is one block.
#include "kernels/learn.h"

#include "kernels/phase_name.h"

void PHASE_NAME(learn)(const Population *population, int p, int shard, void *tape);
void PHASE_NAME(learn)(const Population *population, int p, int shard, void *tape) {
  const Block block = {0};
  learn_block(&block, population, p, shard, tape, NEAR_NOTHING, 0);
}
