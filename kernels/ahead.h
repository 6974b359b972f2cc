// Training on a machine that runs ahead of its host: batches of updates are queued, and what they made comes
// back while the next batch runs.
#ifndef MESAGRID_KERNELS_AHEAD_H
#define MESAGRID_KERNELS_AHEAD_H

#include "kernels/schedule.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { AHEAD_SLOTS = 2, AHEAD_UPDATES = POPULATION_HISTORY };

// Such a machine. It holds a population of its own.
typedef struct AheadMachine {
  void *self;
  // Starts `updates` updates of every agent that is training, then a copy of the population's head
  // (Population.head bytes) into `slot`. Returns before they are done.
  Status (*queue)(void *self, int updates, int slot);
  // Waits for the copy in `slot` and puts it into `population`.
  Status (*collect)(void *self, int slot, Population *population);
} AheadMachine;

// The contract of schedule_train() on such a machine; while `updated` is told of one batch, the next one
// runs. When it ends early, what the machine has made beyond the last batch is not in the population.
Status ahead_train(const AheadMachine *machine, Population *population, ScheduleUpdated updated,
                   void *context);

#ifdef __cplusplus
}
#endif
#endif
