// What the CUDA units share: a cohort as it lies on a GPU, and the launchers of the phases.
#ifndef MESAGRID_KERNELS_LAUNCH_CUH
#define MESAGRID_KERNELS_LAUNCH_CUH

#include <cuda_runtime.h>

#include "kernels/near.h"
#include "kernels/trace.h"

// Passes a CUDA error up at once.
#define TRY_CUDA(expression)                        \
  do {                                              \
    const cudaError_t try_cuda_ = (expression);     \
    if (try_cuda_ != cudaSuccess) return try_cuda_; \
  } while (0)

// A cohort on a GPU. The pointers of `population` are the device's.
typedef struct CohortCuda {
  Population population;
  char *tapes;         // (P · shards, tape_stride) bytes
  size_t tape_stride;  // bytes of one block's tape
  int near;            // what blocks copy into shared memory: as much as one may have; equal for both phases
} CohortCuda;

// The most that fits into `shared` bytes of a block: all, planes or nothing.
int near_choose(const PopulationShape *shape, size_t shared);

// Each starts its phase for all agents that are training, and returns before it is done.
cudaError_t rollout_cuda(const CohortCuda *cohort, cudaStream_t stream);
cudaError_t learn_cuda(const CohortCuda *cohort, cudaStream_t stream);
cudaError_t update_cuda(const CohortCuda *cohort, cudaStream_t stream);

// The same for one trace: the job's pointers are the device's. scratch: (count, scratch_stride) bytes, NULL
// where shared memory has room for trace_bytes().
cudaError_t trace_cuda(const TraceJob *job, char *scratch, size_t scratch_stride, size_t shared,
                       cudaStream_t stream);

// Threads for `items` items of a loop: whole warps, between a few and `most`.
static inline int launch_threads(int items, int most) {
  const int threads = (items + 31) / 32 * 32;
  return threads < 64 ? 64 : threads > most ? most : threads;
}

// Items of a tick on the largest level: tiles × vectors of channels.
static inline int launch_tick_items(const PopulationShape *shape) {
  return interior_tiles(interior_of(shape->size_max, shape->size_max)) *
         channel_stride(shape->agent.channels) / VEC_WIDTH;
}

#endif
