// The GPU's `learn`: one CTA is one block; all blocks of a cohort in one launch.
#include "kernels/launch.cuh"
#include "kernels/learn.h"

enum { LEARN_THREADS = 128 };

// One kernel for each choice of near memory: a constant tells the compiler which pointers are shared memory.
// `ctas` of the largest size share an SM's registers: as many as need no spills.
#define LEARN_KERNEL(name, near, ctas)                                                       \
  static __global__ void __launch_bounds__(LEARN_THREADS, ctas)                              \
      name(const __grid_constant__ Population population, char *tapes, size_t tape_stride) { \
    extern __shared__ __align__(64) char memory[];                                           \
    const Block block = {0};                                                                 \
    const int p = (int)blockIdx.x / population.shape.shards;                                 \
    if (population.progress[p].status != AGENT_TRAINING) return;                             \
    learn_block(&block, &population, p, (int)blockIdx.x % population.shape.shards,           \
                tapes + blockIdx.x * tape_stride, near, memory);                             \
  }
LEARN_KERNEL(learn_far_kernel, NEAR_NOTHING, 2)
LEARN_KERNEL(learn_planes_kernel, NEAR_PLANES, 2)
LEARN_KERNEL(learn_near_kernel, NEAR_ALL, 3)

cudaError_t learn_cuda(const CohortCuda *cohort, cudaStream_t stream) {
  const PopulationShape *shape = &cohort->population.shape;
  const int channels = shape->agent.channels;
  const int weights =
      CONV_TAPS * ((channels + CONV_INS - 1) / CONV_INS) * channel_stride(channels) / VEC_WIDTH;
  const int tiles = launch_tick_items(shape);
  const auto kernel = cohort->near == NEAR_ALL      ? learn_near_kernel
                      : cohort->near == NEAR_PLANES ? learn_planes_kernel
                                                    : learn_far_kernel;
  size_t shared;
  learn_near(&cohort->population.layout, near_room(shape->size_max), cohort->near, 0, &shared);
  TRY_CUDA(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, (int)shared));
  kernel<<<shape->agents * shape->shards, launch_threads(weights > tiles ? weights : tiles, LEARN_THREADS),
           shared, stream>>>(cohort->population, cohort->tapes, cohort->tape_stride);
  return cudaGetLastError();
}
