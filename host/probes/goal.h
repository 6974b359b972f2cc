// GOAL: whether the plan leads to a second goal that the state, and not the input, shows.
#ifndef MESAGRID_HOST_PROBES_GOAL_H
#define MESAGRID_HOST_PROBES_GOAL_H

#include "host/probes/probe.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const Probe PROBE_GOAL;

// The squares of a level, at these distances from its goal, whose plans a second goal at `added` should take
// over and a greedy walk would not bring there.
void goal_squares(const Level *level, const int16_t *distance, int added, GridSet *squares);

#ifdef __cplusplus
}
#endif
#endif
