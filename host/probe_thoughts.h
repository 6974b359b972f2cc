// Thoughts of a subject on one set of levels, a chunk of levels at a time, and the plans that they end in:
// what probes with edits are made of.
#ifndef MESAGRID_HOST_PROBE_THOUGHTS_H
#define MESAGRID_HOST_PROBE_THOUGHTS_H

#include "host/evaluation_set.h"
#include "host/subject.h"

#ifdef __cplusplus
extern "C" {
#endif

// What a probe draws at random; each purpose has numbers of its own.
typedef enum ProbeDraw {
  PROBE_DRAW_CELLS = 1,  // FLIP: which cells are toggled
  PROBE_DRAW_PLACE,      // GOAL: where the goal is added
  PROBE_DRAW_OTHER,      // GOAL: whose state is the control
  PROBE_DRAW_DIRECTION,  // BLOCK, GOAL: the random control
} ProbeDraw;

// Every kind of thought (unedited, edited, each control) is one call of `think` for all levels of a chunk, so
// that a subject that draws numbers of its own, keyed by the level's, draws the same ones for each kind: only
// the edit differs.
typedef struct ProbeThoughts {
  const Subject *subject;
  const EvalSet *set;
  int ticks, kinds;  // K; thoughts of each level
  int room;          // levels of a full chunk
  int first, count;  // levels of this chunk
  int squares;       // of a level
  uint8_t *plan;     // (room, ticks, squares): of the latest thought, every tick
  real *state;       // (room, ticks, squares, C), filled where a batch asks for it; NULL: none was reserved
  uint8_t *last;     // (kinds, room, squares): the plan after the last tick
} ProbeThoughts;

// Makes room and stands before the first chunk. The caller frees, after a failure too.
Status probe_thoughts_create(const Subject *subject, const EvalSet *set, int ticks, int kinds,
                             bool with_state, ProbeThoughts *thoughts);
void probe_thoughts_free(ProbeThoughts *thoughts);

// Goes to the next chunk; false after the last one.
bool probe_thoughts_next(ProbeThoughts *thoughts);

// The chunk as it is, without edits and without recording states.
SubjectBatch probe_thoughts_batch(const ProbeThoughts *thoughts);

// Lets the subject think and keeps the plans after the last tick as those of `kind`.
Status probe_thoughts_think(ProbeThoughts *thoughts, const SubjectBatch *batch, int kind);

// The plan (squares) that level `i` of the chunk ends with.
static inline const uint8_t *probe_thoughts_plan(const ProbeThoughts *thoughts, int kind, int i) {
  const size_t at = (size_t)kind * (size_t)thoughts->room + (size_t)i;
  return thoughts->last + at * (size_t)thoughts->squares;
}

// The state (C) of a square of level `i` of the chunk after tick k + 1.
static inline const real *probe_thoughts_state(const ProbeThoughts *thoughts, int i, int k, int square) {
  const size_t tick = (size_t)i * (size_t)thoughts->ticks + (size_t)k;
  const size_t at = tick * (size_t)thoughts->squares + (size_t)square;
  return thoughts->state + at * (size_t)thoughts->subject->channels;
}

// The numbers of one purpose for level `level` of a set.
Rng probe_rng(const EvalSet *set, int level, ProbeDraw draw);

#ifdef __cplusplus
}
#endif
#endif
