// The block: one unit of work (an agent × a shard). A CTA on the GPU, one thread on the CPU, many in the
// tests.
#ifndef MESAGRID_KERNELS_BLOCK_H
#define MESAGRID_KERNELS_BLOCK_H

#include "envs/hd.h"

// BLOCK_FOR(block, i, count) { … } runs its body for i in [0, count), strided over the block's threads, and
// ends in a barrier by construction. Inside: no `return`; nothing carried in a local survives the loop; an
// item writes only what no other item of the same loop touches.
#if defined(__CUDA_ARCH__)
typedef struct Block {
  int unused;
} Block;
#define BLOCK_FOR(block, i, count)                                                    \
  for (int i##_once_ = ((void)(block), 1); i##_once_; i##_once_ = 0, __syncthreads()) \
    for (int i = (int)threadIdx.x; i < (count); i += (int)blockDim.x)
#elif defined(MESAGRID_EMULATE_CTA)
#include <pthread.h>
// The emulated CTA: real threads and a real barrier, so that what a second thread breaks is broken on the CPU
// too.
typedef struct Block {
  int thread, threads;
  pthread_barrier_t *barrier;
} Block;
#define BLOCK_FOR(block, i, count)                                                                \
  for (int i##_once_ = 1; i##_once_; i##_once_ = 0, (void)pthread_barrier_wait((block)->barrier)) \
    for (int i = (block)->thread; i < (count); i += (block)->threads)
#else
typedef struct Block {
  int unused;
} Block;
#define BLOCK_FOR(block, i, count) for (int i = ((void)(block), 0); i < (count); ++i)
#endif

#endif
