// The schedule: which thread trains which agent. Threads take whole agents first; a lone agent is split over
// its shards.
#ifndef MESAGRID_KERNELS_SCHEDULE_H
#define MESAGRID_KERNELS_SCHEDULE_H

#include "kernels/phases.h"

#ifdef __cplusplus
extern "C" {
#endif

// Called after one or more updates of agent p (at most POPULATION_HISTORY) and when one diverged, never by
// two threads for the same agent at once; the population holds the agent as it stands after the last one.
// Anything but STATUS_OK ends the training, and its sentence becomes the training's.
typedef Status (*ScheduleUpdated)(void *context, int p);

// Trains every agent of the population that is AGENT_TRAINING until it is done or diverged, or `updated` ends
// it. The result does not depend on the number of threads.
Status schedule_train(Population *population, const Phases *phases, int threads, ScheduleUpdated updated,
                      void *context);

#ifdef __cplusplus
}
#endif
#endif
