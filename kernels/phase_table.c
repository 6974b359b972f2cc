// The phases of one instruction set as a table; compiled once per set.
#include "kernels/phase_name.h"
#include "kernels/phases.h"

void PHASE_NAME(rollout)(const Population *population, int p, int shard, void *tape);
void PHASE_NAME(learn)(const Population *population, int p, int shard, void *tape);
void PHASE_NAME(update)(const Population *population, int p);
void PHASE_NAME(trace)(const TraceJob *job, int level, void *memory);
void PHASE_NAME(sim)(const SimJob *job, int block);

#define PHASE_TEXT2(isa) #isa
#define PHASE_TEXT(isa) PHASE_TEXT2(isa)

const Phases PHASE_NAME(phases) = {
    .name = PHASE_TEXT(MESAGRID_ISA),
    .rollout = PHASE_NAME(rollout),
    .learn = PHASE_NAME(learn),
    .update = PHASE_NAME(update),
    .trace = PHASE_NAME(trace),
    .sim = PHASE_NAME(sim),
};
