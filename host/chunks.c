// Divides cohorts into chunks.
#include "host/chunks.h"

#include <stdlib.h>

#include "host/cohort.h"
#include "kernels/device.h"

size_t chunk_bytes_cpu(const PopulationShape *shape, int threads) {
  return population_bytes(shape) + (size_t)threads * tape_align(tape_bytes(shape));
}

size_t chunk_bytes_gpu(const PopulationShape *shape, int threads) {
  (void)threads;
  return device_train_bytes(shape);
}

// A cohort that is divided.
typedef struct Cohort {
  const Trial *first;
  int number, count;  // of the cohort; of its trials
  int ticks_max;
} Cohort;

static size_t bytes_of(const ChunkLimits *limits, const Cohort *cohort, int agents) {
  const PopulationShape shape = cohort_shape(&cohort->first->config, agents, cohort->ticks_max);
  return limits->bytes(&shape, limits->threads);
}

// The most agents that fit together; 0 if not one does.
static int most_that_fit(const ChunkLimits *limits, const Cohort *cohort) {
  if (limits->memory == 0 || bytes_of(limits, cohort, cohort->count) <= limits->memory) return cohort->count;
  int fit = 0, too_many = cohort->count;
  while (too_many - fit > 1) {
    const int middle = fit + (too_many - fit) / 2;
    if (bytes_of(limits, cohort, middle) <= limits->memory) {
      fit = middle;
    } else {
      too_many = middle;
    }
  }
  return fit;
}

static Status refuse(const ChunkLimits *limits, const Cohort *cohort) {
  const double needed = (double)bytes_of(limits, cohort, 1), there = (double)limits->memory;
  return status_fail(
      STATUS_MEMORY,
      "%s: training it takes %.3g MB of memory, and %s has %.3g MB for it; less of env.sizes, agent.ticks, "
      "agent.channels, train.levels or train.walkers takes less",
      cohort->first->name, needed / 1e6, limits->what, there / 1e6);
}

static int ceil_divide(int a, int b) {
  return (a + b - 1) / b;
}

// Appends the chunks of one cohort; the first ones are larger by one where it does not divide.
static Status divide_cohort(const ChunkLimits *limits, const Cohort *cohort, Chunks *chunks) {
  const int fit = most_that_fit(limits, cohort), places = limits->places, count = cohort->count;
  if (fit == 0) return refuse(limits, cohort);
  int parts = ceil_divide(count, fit);
  chunks->split = chunks->split || parts > 1;
  if (parts < places) parts = places < count ? places : count;
  for (int part = 0, at = 0; part < parts; ++part) {
    const int size = count / parts + (part < count % parts);
    chunks->chunks[chunks->count++] = (Chunk){cohort->number, at, size};
    at += size;
  }
  return STATUS_OK;
}

Status chunks_create(const Plan *plan, const ChunkLimits *limits, Chunks *chunks) {
  *chunks = (Chunks){.count = 0};
  Cohort *const cohorts = calloc((size_t)plan->cohort_count + 1, sizeof *cohorts);
  chunks->chunks = calloc((size_t)plan->trial_count + 1, sizeof *chunks->chunks);
  Status status = cohorts && chunks->chunks ? STATUS_OK : STATUS_MEMORY;
  if (status != STATUS_OK) status = status_fail(status, "no memory for %d trials", plan->trial_count);
  for (int t = plan->trial_count - 1; t >= 0 && status == STATUS_OK; --t) {
    const Trial *const trial = &plan->trials[t];
    Cohort *const cohort = &cohorts[trial->cohort];
    const int ticks = trial->config.agent_ticks.hi;
    *cohort = (Cohort){trial, trial->cohort, cohort->count + 1,
                       ticks > cohort->ticks_max ? ticks : cohort->ticks_max};
  }
  for (int c = 0; c < plan->cohort_count && status == STATUS_OK; ++c)
    status = divide_cohort(limits, &cohorts[c], chunks);
  free(cohorts);
  if (status != STATUS_OK) chunks_free(chunks);
  return status;
}

void chunks_free(Chunks *chunks) {
  free(chunks->chunks);
  *chunks = (Chunks){.count = 0};
}

int chunk_trials(const Plan *plan, const Chunk *chunk, const Trial **trials) {
  int number = 0, found = 0;  // number: in the cohort
  for (int t = 0; t < plan->trial_count; ++t) {
    if (plan->trials[t].cohort != chunk->cohort) continue;
    if (number >= chunk->first && found < chunk->count) trials[found++] = &plan->trials[t];
    ++number;
  }
  return found;
}
