// Subjects that do not think: random, greedy, the wall follower; and the oracle, which knows at once.
#ifndef MESAGRID_HOST_SUBJECTS_MEMORYLESS_H
#define MESAGRID_HOST_SUBJECTS_MEMORYLESS_H

#include "host/subject.h"

#ifdef __cplusplus
extern "C" {
#endif

// `think` of subjects with no state and the same plan at every tick (envs/oracle.h).
Status random_think(const Subject *subject, const SubjectBatch *batch);
Status greedy_think(const Subject *subject, const SubjectBatch *batch);

// Greedy, and along the wall on its right where greedy is blocked. It remembers nothing, so it may walk in
// circles.
Status wall_follower_think(const Subject *subject, const SubjectBatch *batch);

// The best action on every square; it stays at the goal and where there is no way.
Status oracle_think(const Subject *subject, const SubjectBatch *batch);

#ifdef __cplusplus
}
#endif
#endif
