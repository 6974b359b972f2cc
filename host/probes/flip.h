// FLIP: whether an agent's plan follows a change of one wall, wherever the change matters.
#ifndef MESAGRID_HOST_PROBES_FLIP_H
#define MESAGRID_HOST_PROBES_FLIP_H

#include "host/probes/probe.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { FLIP_TOGGLES = 8 };  // of each level

extern const Probe PROBE_FLIP;

// Draws up to FLIP_TOGGLES different cells of level `number` of a set, any inside the border but the goal and
// the squares beside it; returns how many, fewer only where there are no more.
int flip_cells(const EvalSet *set, int number, int *cells);

// The level with one cell toggled between wall and free.
Level flip_level(const Level *level, int cell);

// The squares that count for a toggle: their sets of optimal actions before and after have nothing in common.
void flip_counted(const Level *level, int cell, GridSet *counted);

#ifdef __cplusplus
}
#endif
#endif
