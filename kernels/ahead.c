// Keeps one batch of updates running while the host is told of the one before.
#include "kernels/ahead.h"

#include <stdlib.h>

static bool any_training(const Population *population) {
  for (int p = 0; p < population->shape.agents; ++p)
    if (population->progress[p].status == AGENT_TRAINING) return true;
  return false;
}

// Takes a batch over and tells of every agent that has moved on.
static Status take_batch(const AheadMachine *machine, int slot, Population *population, bool *was_training,
                         ScheduleUpdated updated, void *context) {
  const int agents = population->shape.agents;
  for (int p = 0; p < agents; ++p) was_training[p] = population->progress[p].status == AGENT_TRAINING;
  TRY(machine->collect(machine->self, slot, population));
  for (int p = 0; p < agents; ++p)
    if (was_training[p]) TRY(updated(context, p));
  return STATUS_OK;
}

Status ahead_train(const AheadMachine *machine, Population *population, ScheduleUpdated updated,
                   void *context) {
  if (!any_training(population)) return STATUS_OK;
  bool *const was_training = calloc((size_t)population->shape.agents, sizeof *was_training);
  if (!was_training) return status_fail(STATUS_MEMORY, "no memory for %d agents", population->shape.agents);
  Status status = machine->queue(machine->self, AHEAD_UPDATES, 0);
  for (int slot = 0; status == STATUS_OK && any_training(population); slot = 1 - slot) {
    status = machine->queue(machine->self, AHEAD_UPDATES, 1 - slot);
    if (status == STATUS_OK) status = take_batch(machine, slot, population, was_training, updated, context);
  }
  free(was_training);
  return status;
}
