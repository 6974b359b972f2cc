// The CPU's `update`: one thread is one block.
#include "kernels/update.h"

#include "kernels/phase_name.h"

void PHASE_NAME(update)(const Population *population, int p);
void PHASE_NAME(update)(const Population *population, int p) {
  const Block block = {0};
  real partial[SUM_LANES];
  update_block(&block, population, p, partial);
}
