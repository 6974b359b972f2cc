// BLOCK: whether the plan goes round a square that the state, and not the input, says is a wall.
#ifndef MESAGRID_HOST_PROBES_BLOCK_H
#define MESAGRID_HOST_PROBES_BLOCK_H

#include "host/probes/probe.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const Probe PROBE_BLOCK;

// The square of a level whose loss re-routes most squares; -1 if no loss re-routes any. squares: which ones,
// at least 4 steps from it and still connected by a way at least 2 steps longer.
int block_square(const Level *level, const int16_t *distance, GridSet *squares);

#ifdef __cplusplus
}
#endif
#endif
