// The crew: worker processes, one per place, that train and evaluate a sweep's chunks, and what happens when
// one of them fails.
#ifndef MESAGRID_HOST_CREW_H
#define MESAGRID_HOST_CREW_H

#include "host/chunks.h"
#include "host/devices.h"
#include "host/train.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { CREW_CPU = -1 };

// Where one worker at a time works.
typedef struct CrewPlace {
  int gpu;      // its index; CREW_CPU
  int threads;  // for what its worker does on the CPU
} CrewPlace;

typedef struct Crew {
  const char *program;  // that is run as `PROGRAM worker …`
  int count;
  CrewPlace places[DEVICES_MAX];
  size_t memory;      // that each place may train in [bytes]; 0: no limit
  const char *fault;  // for the first workers, as --fault takes it; NULL: none
  int fault_times;    // so many
} Crew;

// Makes `jobs` places (0: one per GPU, one on the CPU) on these GPUs, or on the CPU where there are none, and
// divides the threads and the memory, no more than `memory_limit` bytes of each device unless that is 0,
// among them.
void crew_create(const Gpus *gpus, int jobs, int threads, size_t memory_limit, Crew *crew);

// What chunks for this crew must fit.
ChunkLimits crew_limits(const Crew *crew);

// Trains and evaluates all chunks of the plan in `directory`, whose sweep.yaml is written; workers hold the
// descriptor `lock` open as long as they live. A worker that fails because of its device, or dies, is
// replaced once; then the chunk's unfinished trials are marked failed and the others go on. Any other failure
// ends all, after every worker has saved what it has.
Status crew_run(const Crew *crew, const char *directory, const Plan *plan, const Chunks *chunks, int lock,
                const RunOptions *options);

#ifdef __cplusplus
}
#endif
#endif
