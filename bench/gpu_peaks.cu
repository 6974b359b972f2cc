// Measures a GPU's peaks by events around a kernel of multiply-adds and around copies within its memory.
#include <algorithm>

#include "bench/gpu_peaks.h"

enum { CHAINS = 16, ROUNDS = 1 << 14, THREADS = 256, CTAS_PER_SM = 8, TRIES = 5 };
static const size_t copy_bytes = (size_t)1 << 30;  // several times any L2

// x and y are arguments, so that nothing can be worked out before.
static __global__ void __launch_bounds__(THREADS) fma_kernel(float x, float y, float *out) {
  float sum[CHAINS];
#pragma unroll
  for (int i = 0; i < CHAINS; ++i) sum[i] = (float)(threadIdx.x + i);
  for (int round = 0; round < ROUNDS; ++round) {
#pragma unroll
    for (int i = 0; i < CHAINS; ++i) sum[i] = fmaf(sum[i], x, y);
  }
  float all = 0;
#pragma unroll
  for (int i = 0; i < CHAINS; ++i) all += sum[i];
  out[blockIdx.x * THREADS + threadIdx.x] = all;
}

// What a try works with.
struct Peak {
  cudaEvent_t start, stop;
  char *memory;  // 2 · copy_bytes
  int ctas;
};

static cudaError_t try_once(const Peak &peak, bool copy, float *milliseconds) {
  cudaError_t error = cudaEventRecord(peak.start);
  if (error == cudaSuccess && copy)
    error = cudaMemcpyAsync(peak.memory + copy_bytes, peak.memory, copy_bytes, cudaMemcpyDeviceToDevice);
  else if (error == cudaSuccess)
    fma_kernel<<<peak.ctas, THREADS>>>(0.999f, 0.001f, (float *)peak.memory);
  if (error == cudaSuccess) error = cudaGetLastError();
  if (error == cudaSuccess) error = cudaEventRecord(peak.stop);
  if (error == cudaSuccess) error = cudaEventSynchronize(peak.stop);
  return error == cudaSuccess ? cudaEventElapsedTime(milliseconds, peak.start, peak.stop) : error;
}

// The median time of a few tries, the first of which does not count.
static cudaError_t measure(const Peak &peak, bool copy, double *seconds) {
  float milliseconds[TRIES];
  cudaError_t error = try_once(peak, copy, milliseconds);
  for (int i = 0; i < TRIES && error == cudaSuccess; ++i) error = try_once(peak, copy, milliseconds + i);
  std::sort(milliseconds, milliseconds + TRIES);
  *seconds = 1e-3 * milliseconds[TRIES / 2];
  return error;
}

Status gpu_peaks(int device, GpuPeaks *peaks) {
  Peak peak = {};
  int multiprocessors = 0;
  double fma_seconds = 1, copy_seconds = 1;
  cudaError_t error = cudaSetDevice(device);
  if (error == cudaSuccess)
    error = cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, device);
  peak.ctas = multiprocessors * CTAS_PER_SM;
  if (error == cudaSuccess) error = cudaEventCreate(&peak.start);
  if (error == cudaSuccess) error = cudaEventCreate(&peak.stop);
  if (error == cudaSuccess) error = cudaMalloc(&peak.memory, 2 * copy_bytes);
  if (error == cudaSuccess) error = cudaMemset(peak.memory, 1, 2 * copy_bytes);
  if (error == cudaSuccess) error = measure(peak, false, &fma_seconds);
  if (error == cudaSuccess) error = measure(peak, true, &copy_seconds);
  peaks->fma = 2.0 * CHAINS * ROUNDS * THREADS * peak.ctas / fma_seconds;
  peaks->copy = 2.0 * (double)copy_bytes / copy_seconds;
  cudaFree(peak.memory);
  if (peak.start) cudaEventDestroy(peak.start);
  if (peak.stop) cudaEventDestroy(peak.stop);
  if (error == cudaSuccess) return STATUS_OK;
  return status_fail(STATUS_DEVICE, "GPU: cannot measure its peaks: %s", cudaGetErrorString(error));
}
