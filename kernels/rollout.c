// The CPU's `rollout`: one thread is one block.
#include "kernels/rollout.h"

#include "kernels/phase_name.h"

void PHASE_NAME(rollout)(const Population *population, int p, int shard, void *tape);
void PHASE_NAME(rollout)(const Population *population, int p, int shard, void *tape) {
  const Block block = {0};
  rollout_block(&block, population, p, shard, tape, NEAR_NOTHING, 0);
}
