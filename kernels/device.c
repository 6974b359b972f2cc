// What a cohort needs of a GPU; and what stands in for the GPUs where mesagrid was built without nvcc.
#include "kernels/device.h"

size_t device_train_bytes(const PopulationShape *shape) {
  const size_t blocks = (size_t)shape->agents * (size_t)shape->shards;
  return population_bytes(shape) + blocks * tape_align(tape_bytes(shape));
}

#ifndef MESAGRID_CUDA

Status device_not_built(void) {
  return status_fail(STATUS_DEVICE, "this build has no CUDA: nvcc was not found when it was built");
}

Status device_count(int *count) {
  *count = 0;
  return device_not_built();
}

Status device_info(int index, DeviceInfo *info) {
  (void)index, (void)info;
  return device_not_built();
}

Status device_train(Population *population, int index, ScheduleUpdated updated, void *context) {
  (void)population, (void)index, (void)updated, (void)context;
  return device_not_built();
}

Status device_trace(const TraceJob *job, int index) {
  (void)job, (void)index;
  return device_not_built();
}
#endif
