// Shares the blocks of worlds among threads; and what stands in for the GPU where there is no nvcc.
#include "kernels/stepping.h"

#include "kernels/device.h"

void stepping_run(Worlds *worlds, const Phases *phases, int threads, int steps, const SteppingIo *io) {
  const int blocks = worlds_tiles(worlds->spec.count) * LANE_TILE / WORLDS_BLOCK;
  const SimJob job = {.worlds = *worlds,
                      .steps = steps,
                      .actions = io->actions,
                      .observation = io->observation,
                      .outcome = io->outcome,
                      .slots = io->slots > 0 ? io->slots : 1};
#pragma omp parallel for num_threads(threads) schedule(dynamic) if (threads > 1)
  for (int block = 0; block < blocks; ++block) phases->sim(&job, block);
  worlds->step += (uint64_t)steps;
}

#ifndef MESAGRID_CUDA

Status stepping_cuda_create(const Worlds *worlds, int device, int slots, bool outcomes,
                            SteppingCuda **stepping) {
  (void)worlds, (void)device, (void)slots, (void)outcomes;
  *stepping = NULL;
  return device_not_built();
}

void stepping_cuda_free(SteppingCuda *stepping) {
  (void)stepping;
}

Status stepping_cuda_start(SteppingCuda *stepping, int steps) {
  (void)stepping, (void)steps;
  return device_not_built();
}

Status stepping_cuda_wait(SteppingCuda *stepping, double *seconds) {
  (void)stepping, (void)seconds;
  return device_not_built();
}

Status stepping_cuda_download(SteppingCuda *stepping, Worlds *worlds, uint8_t *observation,
                              uint8_t *outcome) {
  (void)stepping, (void)worlds, (void)observation, (void)outcome;
  return device_not_built();
}

#endif
