// What stands in for a GPU's peaks where nvcc was not found.
#ifndef MESAGRID_CUDA
#include "bench/gpu_peaks.h"
#include "kernels/device.h"

Status gpu_peaks(int device, GpuPeaks *peaks) {
  (void)device, (void)peaks;
  return device_not_built();
}
#else
typedef int gpu_none_is_empty;
#endif
