// A fooler around any subject that shows a state: a recording of its ticks, played in a wrong order.
#ifndef MESAGRID_HOST_SUBJECTS_SHUFFLED_H
#define MESAGRID_HOST_SUBJECTS_SHUFFLED_H

#include "host/subject.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { SHUFFLED_TICKS = 128 };  // of the recording, all of which are always played

// Tick k shows plan, state and outputs of the inner subject's tick number order[k], from 1, the same order
// for every level: order(SHUFFLED_TICKS).
void shuffled_order(int *order);

// The subject that replays `inner`, which must outlive it. Its last tick stays. A display: a clamp changes
// the state that is shown of its square at that tick, and nothing else. Where the level changes, a recording
// of the new one goes on at the same tick.
Subject subject_shuffled(const Subject *inner, const char *name);

// Its `think`, for tables: context is the inner subject; `channels` the inner's.
Status shuffled_think(const Subject *subject, const SubjectBatch *batch);

#ifdef __cplusplus
}
#endif
#endif
