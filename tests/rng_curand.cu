// Draws of cuRAND's Philox, compiled by nvcc for the host and for the GPU: the tests compare them with
// Random123's.
#include "envs/rng.h"
#include "tests/rng_curand.h"

static __host__ __device__ void draw(RngSpan span, uint32_t *out) {
  Rng rng = rng_at(span.seed, span.stream, span.offset);
  for (int i = 0; i < span.count; ++i) out[i] = rng_next(&rng);
}

void rng_curand_host(RngSpan span, uint32_t *out) {
  draw(span, out);
}

static __global__ void draw_kernel(const RngSpan *spans, int count, uint32_t *out) {
  const int i = (int)(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < count) draw(spans[i], out + (size_t)i * spans[i].count);
}

const char *rng_curand_device(const RngSpan *spans, int count, uint32_t *out) {
  const size_t bytes = (size_t)count * spans[0].count * sizeof *out;
  RngSpan *device_spans = nullptr;
  uint32_t *device_out = nullptr;
  cudaError_t error = cudaMalloc(&device_spans, count * sizeof *spans);
  if (error == cudaSuccess) error = cudaMalloc(&device_out, bytes);
  if (error == cudaSuccess) error = cudaMemset(device_out, 0xff, bytes);
  if (error == cudaSuccess)
    error = cudaMemcpy(device_spans, spans, count * sizeof *spans, cudaMemcpyHostToDevice);
  if (error == cudaSuccess) draw_kernel<<<(count + 127) / 128, 128>>>(device_spans, count, device_out);
  if (error == cudaSuccess) error = cudaGetLastError();
  if (error == cudaSuccess) error = cudaMemcpy(out, device_out, bytes, cudaMemcpyDeviceToHost);
  cudaFree(device_spans);
  cudaFree(device_out);
  return error == cudaSuccess ? nullptr : cudaGetErrorString(error);
}
