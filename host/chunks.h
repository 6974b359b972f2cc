// Chunks: the parts of a plan's cohorts that train at once, small enough for a device's memory and enough of
// them for all devices.
#ifndef MESAGRID_HOST_CHUNKS_H
#define MESAGRID_HOST_CHUNKS_H

#include <stdbool.h>

#include "host/plan.h"
#include "kernels/population.h"

#ifdef __cplusplus
extern "C" {
#endif

// Some of a cohort's trials, which stand together in the order of the plan. Agents of a cohort do not
// influence each other, so each is what it is in any chunk.
typedef struct Chunk {
  int cohort;
  int first, count;  // of the cohort's trials
} Chunk;

typedef struct Chunks {
  int count;
  Chunk *chunks;  // (count), cohort by cohort
  bool split;     // some cohort is too large for the memory
} Chunks;

// Bytes that training a population of this shape takes.
typedef size_t ChunkBytes(const PopulationShape *shape, int threads);

// What chunks must fit.
typedef struct ChunkLimits {
  int places;         // devices that can train at once; 0 is as good as 1
  size_t memory;      // of each [bytes]; 0: no limit
  ChunkBytes *bytes;  // how it is used up
  int threads;        // of each place
  const char *what;   // "the CPU", for the message
} ChunkLimits;

// On the CPU, with a tape for every thread; on a GPU.
size_t chunk_bytes_cpu(const PopulationShape *shape, int threads);
size_t chunk_bytes_gpu(const PopulationShape *shape, int threads);

// Divides every cohort evenly into as few chunks as fit, but at least as many as there are places, as far as
// it has trials. STATUS_MEMORY, naming the trial and the knobs, where a single agent does not fit.
Status chunks_create(const Plan *plan, const ChunkLimits *limits, Chunks *chunks);
void chunks_free(Chunks *chunks);

// Puts a chunk's trials into trials(chunk->count). Returns how many of them the plan has.
int chunk_trials(const Plan *plan, const Chunk *chunk, const Trial **trials);

#ifdef __cplusplus
}
#endif
#endif
