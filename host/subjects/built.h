// What built subjects share: one loop over levels and ticks that shows, clamps and records; a subject brings
// the rules of its thought.
#ifndef MESAGRID_HOST_SUBJECTS_BUILT_H
#define MESAGRID_HOST_SUBJECTS_BUILT_H

#include "envs/oracle.h"
#include "host/subject.h"

#ifdef __cplusplus
extern "C" {
#endif

// One level while it is thought about.
typedef struct BuiltThought {
  const SubjectBatch *batch;
  int level;          // its number in the batch
  const Level *seen;  // what the subject sees now: the batch's level, or its `later` one
  bool sees_later;
  int tick;          // counted from 1
  int squares;       // H·W
  const void *data;  // the subject's own: what was handed to built_think
  void *memory;      // of the thread: `memory_bytes` of the rules, unset before `begin`
} BuiltThought;

// How a subject thinks. A square's state is `channels` reals, 0 before the first tick.
typedef struct BuiltRules {
  size_t memory_bytes;
  // Before the first tick, and again before the one from which another level is seen. May be NULL.
  void (*begin)(const BuiltThought *thought);
  // after(H·W, C): the state that tick `thought->tick` makes of before(H·W, C). NULL for no state.
  void (*tick)(const BuiltThought *thought, const real *before, real *after);
  // plan(H·W), read off a state that has borne its clamps; value(H·W), zeroed, or NULL where nobody asks.
  void (*decide)(const BuiltThought *thought, const real *state, uint8_t *plan, real *value);
} BuiltRules;

// The `think` of a built subject: each level on a thread, tick by tick: see, tick, clamp, decide, record. The
// recorded logits are 1 on the plan's action, 0 elsewhere.
Status built_think(const Subject *subject, const SubjectBatch *batch, const BuiltRules *rules,
                   const void *data);

// What a built subject draws for. Each has offsets of its own in one stream of each level.
typedef enum BuiltDraw {
  BUILT_DRAW_PLAN,   // the random baseline
  BUILT_DRAW_NOISE,  // on values
  BUILT_DRAW_SHOWN,  // actions shown before the answer
  BUILT_DRAW_TIME,   // when the answer is shown
  BUILT_DRAW_START,  // actions of a startled subject
} BuiltDraw;

// Draws of one purpose for the level of this thought, from draw number `from` on, up to 2^32 of them.
static inline Rng built_rng(const BuiltThought *thought, BuiltDraw draw, uint32_t from) {
  const SubjectBatch *batch = thought->batch;
  const uint32_t number = (uint32_t)(batch->first + thought->level);
  return rng_at(batch->seed, rng_stream(RNG_BASELINE, number, batch->set), (uint64_t)draw << 32 | from);
}

#ifdef __cplusplus
}
#endif
#endif
