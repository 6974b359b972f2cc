// Allocates populations and sets agents to their start.
#include "kernels/population.h"

#include <stdlib.h>
#include <string.h>

_Static_assert((int)SUM_LANES == (int)TENSOR_ALIGN, "or where further layers begin would decide the order of sums");

// Lays the arrays of a population out from `base` on; a NULL base only measures. Returns the bytes.
static size_t layout_arrays(Population *p, char *base) {
  const size_t agents = (size_t)p->shape.agents, shards = (size_t)p->shape.shards,
               reals = (size_t)p->layout.reals;
  size_t at = 0;
  p->spec = tape_take(base, &at, agents, sizeof *p->spec);
  p->progress = tape_take(base, &at, agents, sizeof *p->progress);
  p->parameters = tape_take(base, &at, agents * reals, sizeof(real));
  p->moment1 = tape_take(base, &at, agents * reals, sizeof(real));
  p->moment2 = tape_take(base, &at, agents * reals, sizeof(real));
  p->history = tape_take(base, &at, agents * POPULATION_HISTORY, sizeof *p->history);
  p->head = at;
  p->transposed = tape_take(base, &at, agents * (size_t)p->layout.transposed, sizeof(real));
  p->gradient = tape_take(base, &at, agents * shards * reals, sizeof(real));
  p->stats = tape_take(base, &at, agents * shards, sizeof *p->stats);
  return at;
}

size_t population_bytes(const PopulationShape *shape) {
  Population measured = {.shape = *shape, .layout = agent_layout(shape->agent)};
  return layout_arrays(&measured, NULL);
}

void population_place(PopulationShape shape, void *storage, Population *population) {
  memset(population, 0, sizeof *population);
  population->shape = shape;
  population->layout = agent_layout(shape.agent);
  layout_arrays(population, storage);
  population->storage = storage;
}

Status population_create(PopulationShape shape, Population *population) {
  const size_t bytes = population_bytes(&shape);
  void *const storage = aligned_alloc(64, bytes);
  if (!storage)
    return status_fail(STATUS_MEMORY, "no memory for %d agents (%zu MB)", shape.agents, bytes >> 20);
  memset(storage, 0, bytes);
  population_place(shape, storage, population);
  return STATUS_OK;
}

void population_free(Population *population) {
  free(population->storage);
  memset(population, 0, sizeof *population);
}

void population_start(Population *population, int p, const AgentSpec *spec) {
  const size_t reals = (size_t)population->layout.reals;
  real *const parameters = population->parameters + p * reals;
  const TensorTable table = agent_tensors(population->shape.agent);
  population->spec[p] = *spec;
  population->progress[p] = (AgentProgress){.powers = {1, 1}, .status = AGENT_TRAINING};
  memset(parameters, 0, reals * sizeof(real));
  memset(population->moment1 + p * reals, 0, reals * sizeof(real));
  memset(population->moment2 + p * reals, 0, reals * sizeof(real));
  for (int t = 0; t < table.count; ++t) {
    const TensorInfo *info = &table.tensor[t];
    Rng rng = rng_at(spec->seed, rng_stream(RNG_INIT, (uint32_t)t, 0), 0);
    for (int i = 0; i < info->rows * info->length; ++i) {
      const float unit = 2.0f * rng_unit(&rng) - 1.0f;
      parameters[info->offset + i / info->length * info->stride + i % info->length] = info->bound * unit;
    }
  }
  population_refresh(population, p);
}

void population_refresh(Population *population, int p) {
  const Block block = {0};
  agent_transpose(&block, &population->layout, population->parameters + (size_t)p * population->layout.reals,
                  population->transposed + (size_t)p * population->layout.transposed);
}
