// Stepping worlds: all blocks of a job over the threads of the CPU, or over a GPU.
#ifndef MESAGRID_KERNELS_STEPPING_H
#define MESAGRID_KERNELS_STEPPING_H

#include "kernels/phases.h"

#ifdef __cplusplus
extern "C" {
#endif

// What a call writes and where its actions come from; all NULL: random actions, nothing written (SimJob).
typedef struct SteppingIo {
  const uint8_t *actions;  // (T, N)
  uint8_t *observation;    // (slots, N, view_bytes)
  uint8_t *outcome;        // (slots, N)
  int slots;               // 0 counts as 1
} SteppingIo;

// Steps every world `steps` times; 0 writes what is seen now. The result depends on neither the phases nor
// the threads.
void stepping_run(Worlds *worlds, const Phases *phases, int threads, int steps, const SteppingIo *io);

// Worlds on a GPU, with buffers of their own for what each step writes.
typedef struct SteppingCuda SteppingCuda;

// Copies the worlds to GPU `device`. The observations of the last `slots` steps are kept there, 0: none are
// written; `outcomes` says whether what steps ended is kept beside them. STATUS_DEVICE where there is no GPU
// or this build has no CUDA, STATUS_MEMORY where it is full. The caller frees.
Status stepping_cuda_create(const Worlds *worlds, int device, int slots, bool outcomes,
                            SteppingCuda **stepping);
void stepping_cuda_free(SteppingCuda *stepping);

// Starts `steps` >= 1 steps with random actions, in one launch, and returns before they are done.
Status stepping_cuda_start(SteppingCuda *stepping, int steps);

// Waits for what was started; *seconds is what the launch took on the device.
Status stepping_cuda_wait(SteppingCuda *stepping, double *seconds);

// Copies back: the worlds' tiles and number of steps, and, where not NULL, slots as SteppingIo has them.
Status stepping_cuda_download(SteppingCuda *stepping, Worlds *worlds, uint8_t *observation, uint8_t *outcome);

#ifdef __cplusplus
}
#endif
#endif
