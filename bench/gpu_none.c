// What stands in for a GPU's peaks where nvcc was not found.
#ifndef MESAGRID_CUDA
#include "bench/gpu_peaks.h"

Status gpu_peaks(int device, GpuPeaks *peaks) {
  (void)device, (void)peaks;
  return status_fail(STATUS_DEVICE, "this build has no CUDA: nvcc was not found when it was built");
}
#else
typedef int gpu_none_is_empty;
#endif
