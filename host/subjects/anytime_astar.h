// Anytime A*: searches from every square and acts greedily until the search has found the goal.
#ifndef MESAGRID_HOST_SUBJECTS_ANYTIME_ASTAR_H
#define MESAGRID_HOST_SUBJECTS_ANYTIME_ASTAR_H

#include "host/subject.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { ASTAR_EXPANSIONS = 4 };  // of squares in a tick, in each of the searches

// A* (Hart, Nilsson & Raphael 1968) with the Manhattan distance from each square apart. After tick k the plan
// is a best action where the search needs no more than 4k expansions, else the greedy step. No state.
Status anytime_astar_think(const Subject *subject, const SubjectBatch *batch);

#ifdef __cplusplus
}
#endif
#endif
