// What a GPU reaches at most: multiply-adds in registers, and copying its memory.
#ifndef MESAGRID_BENCH_GPU_PEAKS_H
#define MESAGRID_BENCH_GPU_PEAKS_H

#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct GpuPeaks {
  double fma;   // fp32 [FLOP/s]
  double copy;  // bytes read and bytes written [B/s]
} GpuPeaks;

// Measures GPU `device`: medians of a few launches. STATUS_DEVICE where there is none.
Status gpu_peaks(int device, GpuPeaks *peaks);

#ifdef __cplusplus
}
#endif
#endif
