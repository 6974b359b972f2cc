// The GPUs of this machine: which there are, what a cohort needs of one, and training and tracing on it. A
// build without nvcc has these functions too; they say so.
#ifndef MESAGRID_KERNELS_DEVICE_H
#define MESAGRID_KERNELS_DEVICE_H

#include <stddef.h>

#include "kernels/schedule.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct DeviceInfo {
  char name[128];                    // "NVIDIA H200"
  int major, minor;                  // compute capability
  int multiprocessors;               // SMs
  size_t memory_total, memory_free;  // [bytes]
  size_t shared_per_block;           // most shared memory that one block can ask for [bytes]
} DeviceInfo;

#ifndef MESAGRID_CUDA
// What everything that needs a GPU returns in a build without nvcc: STATUS_DEVICE with that reason.
Status device_not_built(void);
#endif

// Counts the GPUs. STATUS_DEVICE with the reason where there is none that works: no driver, no GPU, a build
// without CUDA. Wakes the driver: a process that will fork children for the devices must not call it.
Status device_count(int *count);

// Describes GPU `index`, 0 … count − 1, and makes its context.
Status device_info(int index, DeviceInfo *info);

// Bytes of device memory that training a cohort of this shape takes.
size_t device_train_bytes(const PopulationShape *shape);

// schedule_train() on GPU `index`: the same contract and the same bits. The GPU runs ahead of `updated` by up
// to POPULATION_HISTORY updates; what it made after the last call is dropped. After STATUS_DEVICE the process
// must not use a GPU again: CUDA's errors are sticky.
Status device_train(Population *population, int index, ScheduleUpdated updated, void *context);

// Phases.trace for every level of the job, on GPU `index`; the job's pointers are the host's.
Status device_trace(const TraceJob *job, int index);

#ifdef __cplusplus
}
#endif
#endif
