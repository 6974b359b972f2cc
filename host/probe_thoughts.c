// Cuts a set of levels into chunks that fit, thinks on them, and keeps the last plans.
#include "host/probe_thoughts.h"

#include <stdlib.h>
#include <string.h>

// Of plans and states kept at a time: enough levels to feed a GPU, little beside a machine's memory. Never
// changes a result.
enum { CHUNK_BYTES = 1 << 25 };

Status probe_thoughts_create(const Subject *subject, const EvalSet *set, int ticks, int kinds,
                             bool with_state, ProbeThoughts *thoughts) {
  const size_t squares = (size_t)set->size * (size_t)set->size;
  const size_t state = with_state ? (size_t)subject->channels * sizeof(real) : 0;
  const size_t level = (size_t)ticks * squares * (1 + state);
  const size_t fitting = CHUNK_BYTES / level, many = fitting < 1 ? 1 : fitting;
  const size_t room = many < (size_t)set->count ? many : (size_t)set->count;
  *thoughts = (ProbeThoughts){.subject = subject,
                              .set = set,
                              .ticks = ticks,
                              .kinds = kinds,
                              .room = (int)room,
                              .squares = (int)squares};
  thoughts->plan = calloc(room * (size_t)ticks, squares);
  thoughts->last = calloc(room * (size_t)kinds, squares);
  if (state) thoughts->state = calloc(room * (size_t)ticks * squares, state);
  if (thoughts->plan && thoughts->last && (thoughts->state || !state)) return STATUS_OK;
  return status_fail(STATUS_MEMORY, "no memory for thoughts of %s on %d levels", subject->name, (int)room);
}

void probe_thoughts_free(ProbeThoughts *thoughts) {
  free(thoughts->plan);
  free(thoughts->state);
  free(thoughts->last);
  memset(thoughts, 0, sizeof *thoughts);
}

bool probe_thoughts_next(ProbeThoughts *thoughts) {
  thoughts->first += thoughts->count;
  const int left = thoughts->set->count - thoughts->first;
  thoughts->count = left < thoughts->room ? left : thoughts->room;
  return left > 0;
}

SubjectBatch probe_thoughts_batch(const ProbeThoughts *thoughts) {
  const EvalSet *set = thoughts->set;
  return (SubjectBatch){.levels = set->levels + thoughts->first,
                        .count = thoughts->count,
                        .first = thoughts->first,
                        .set = set->number,
                        .seed = set->seed,
                        .ticks = thoughts->ticks,
                        .stride = thoughts->squares,
                        .plan = thoughts->plan};
}

Status probe_thoughts_think(ProbeThoughts *thoughts, const SubjectBatch *batch, int kind) {
  const size_t squares = (size_t)thoughts->squares;
  uint8_t *last = thoughts->last + (size_t)kind * (size_t)thoughts->room * squares;
  TRY(thoughts->subject->think(thoughts->subject, batch));
  for (int i = 0; i < batch->count; ++i)
    memcpy(last + (size_t)i * squares, subject_plan(batch, i, batch->ticks - 1), squares);
  return STATUS_OK;
}

Rng probe_rng(const EvalSet *set, int level, ProbeDraw draw) {
  const uint32_t episode = (uint32_t)draw << 16 | set->number;
  return rng_at(set->seed, rng_stream(RNG_PROBE, (uint32_t)level, episode), 0);
}
