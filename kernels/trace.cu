// The GPU's `trace`: one CTA is one level.
#include "kernels/launch.cuh"
#include "kernels/trace.h"

enum { TRACE_THREADS = 128, TRACE_CTAS = 2 };

static __global__ void __launch_bounds__(TRACE_THREADS, TRACE_CTAS)
    trace_near_kernel(const __grid_constant__ TraceJob job) {
  extern __shared__ __align__(64) char memory[];
  const Block block = {0};
  trace_block(&block, &job, (int)blockIdx.x, memory);
}

static __global__ void __launch_bounds__(TRACE_THREADS, TRACE_CTAS)
    trace_far_kernel(const __grid_constant__ TraceJob job, char *scratch, size_t scratch_stride) {
  const Block block = {0};
  trace_block(&block, &job, (int)blockIdx.x, scratch + blockIdx.x * scratch_stride);
}

cudaError_t trace_cuda(const TraceJob *job, char *scratch, size_t scratch_stride, size_t shared,
                       cudaStream_t stream) {
  if (scratch) {
    trace_far_kernel<<<job->count, TRACE_THREADS, 0, stream>>>(*job, scratch, scratch_stride);
    return cudaGetLastError();
  }
  TRY_CUDA(cudaFuncSetAttribute(trace_near_kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, (int)shared));
  trace_near_kernel<<<job->count, TRACE_THREADS, shared, stream>>>(*job);
  return cudaGetLastError();
}
