// The phases as functions of one block each, compiled once per instruction set and chosen at run time.
#ifndef MESAGRID_KERNELS_PHASES_H
#define MESAGRID_KERNELS_PHASES_H

#include "kernels/population.h"
#include "kernels/trace.h"
#include "kernels/worlds.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct Phases {
  const char *name;  // of the instruction set: "avx512", "avx2", "baseline"
  void (*rollout)(const Population *population, int p, int shard, void *tape);
  void (*learn)(const Population *population, int p, int shard, void *tape);
  void (*update)(const Population *population, int p);
  void (*trace)(const TraceJob *job, int level, void *memory);
  void (*sim)(const SimJob *job, int block);  // WORLDS_BLOCK worlds, all steps of the job
} Phases;

extern const Phases phases_avx512, phases_avx2, phases_baseline;

// The phases of the named instruction set, or, for NULL or "auto", of the widest one that this machine has.
// STATUS_USAGE for an unknown name, STATUS_DEVICE for one that this machine lacks.
Status phases_choose(const char *name, const Phases **phases);

#ifdef __cplusplus
}
#endif
#endif
