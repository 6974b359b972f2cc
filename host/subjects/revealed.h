// A fooler around any subject: its final answer, known from the start, is revealed over ticks.
#ifndef MESAGRID_HOST_SUBJECTS_REVEALED_H
#define MESAGRID_HOST_SUBJECTS_REVEALED_H

#include "envs/env.h"
#include "host/subject.h"

#ifdef __cplusplus
extern "C" {
#endif

// State: which action is shown, 1 for it and 0 for the others; whether it is the answer. Walls: all 0.
enum { REVEALED_CHANNELS = ENV_ACTIONS + 1 };

// When a square shows the answer: from tick …
typedef enum RevealOrder {
  REVEAL_MANHATTAN,  // … |dx| + |dy| to the goal on: a false wavefront
  REVEAL_RANDOM,     // … uniform over 1 … 32 on
  REVEAL_DISTANCE,   // … so many steps from the goal on: what a true wavefront looks like
} RevealOrder;

typedef struct Revealed {
  const Subject *inner;
  int inner_ticks;  // the answer is its plan after this tick
  RevealOrder order;
} Revealed;

// The subject of a Revealed, which must outlive it, and so must the inner subject. Before the answer a square
// shows an action drawn once. A display: a clamp changes what its own square shows, and so does, and nothing
// else; the next tick draws it anew. Where the level changes, the answer does, and the clock goes on.
Subject subject_revealed(const Revealed *revealed, const char *name);

// Its `think`, for tables: context is the Revealed, `channels` REVEALED_CHANNELS.
Status revealed_think(const Subject *subject, const SubjectBatch *batch);

#ifdef __cplusplus
}
#endif
#endif
