// The GPU's `update`: one CTA is one agent.
#include "kernels/launch.cuh"
#include "kernels/update.h"

enum { UPDATE_THREADS = 512 };

static __global__ void __launch_bounds__(UPDATE_THREADS)
    update_kernel(const __grid_constant__ Population population) {
  __shared__ real partial[SUM_LANES];
  const Block block = {0};
  if (population.progress[blockIdx.x].status != AGENT_TRAINING) return;
  update_block(&block, &population, (int)blockIdx.x, partial);
}

cudaError_t update_cuda(const CohortCuda *cohort, cudaStream_t stream) {
  update_kernel<<<cohort->population.shape.agents, UPDATE_THREADS, 0, stream>>>(cohort->population);
  return cudaGetLastError();
}
