// Red team: an oracle's answer and a truthful value map, revealed as a true wavefront, with reflexes to what
// is clamped on the map.
//
// Unclamped, plan and state are those of value iteration, bit for bit. They differ in what a clamp does. A
// square looks like a wall where the map shows less than half of what the subject put there, and like a goal
// where it shows the goal's value elsewhere.
#ifndef MESAGRID_HOST_SUBJECTS_ORACLE_REFLEX_H
#define MESAGRID_HOST_SUBJECTS_ORACLE_REFLEX_H

#include "host/subject.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { REFLEX_CHANNELS = 1 };  // the value map of host/subjects/value_sweep.h

// What the reflex is; the subject's context.
typedef struct Reflex Reflex;

// Next to what looks like a wall: to the next best neighbour by the oracle's distances. Within two steps of
// what looks like a goal: to it.
extern const Reflex reflex_sidestep;

// The same walls; where anything looks like a goal: every square steps to it greedily, along the wall on its
// right where that is blocked.
extern const Reflex reflex_homing;

// When the map shows anything else than what was put there: the whole plan is random, drawn anew for what is
// shown.
extern const Reflex reflex_startled;

// Squares up to three rows and columns from what looks like a wall or a goal search that window, and nothing
// beyond it: for the nearest square whose old way is still open; for the goal. A search of bounded depth
// round the clamp, patched into an oracle's plan: it earns .40 of BLOCK and .56 of GOAL, and nothing of
// their reach, which leaves this very window out (host/local_repair.h); a wider one would earn some.
extern const Reflex reflex_patching;

// Walls and goals: the oracle's plan for the level as the map shows it, known to the squares that light has
// reached, one step a tick. Not local and never iterated, and yet all that clamps can ask of a planner: the
// limit of what can be told from outside.
extern const Reflex reflex_map_reader;

Status oracle_reflex_think(const Subject *subject, const SubjectBatch *batch);

#ifdef __cplusplus
}
#endif
#endif
