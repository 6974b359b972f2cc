// FRONT asks how far the right part of a plan grows outwards from the goal, tick by tick.
#ifndef MESAGRID_HOST_PROBES_FRONT_H
#define MESAGRID_HOST_PROBES_FRONT_H

#include "host/probes/probe.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  FRONT_CAP = 39,                   // steps from the goal: a front that far is as far as one can be
  FRONT_DISTANCES = FRONT_CAP + 1,  // distances that are counted, 1 …; the last only for the window of three
  FRONT_SQUARES = 50,               // fewest squares in a window for a distance to be asked for at all
};

// The front as it moves.
typedef struct FrontWave {
  int reach;     // squares: how far a front can get on these levels, FRONT_CAP where they are large enough
  int ticks;     // T: nothing changes after this tick
  int radius;    // largest front of any tick [squares]
  int arrival;   // first tick with that front, counted from 1
  double speed;  // least-squares slope of the front from tick 1 to `arrival` [squares / tick]; NaN: one tick
} FrontWave;

// Columns of its table: squares at distance 1 … FRONT_DISTANCES, then for each tick those whose action is
// optimal. Ticks after the last change are left out.
extern const Probe PROBE_FRONT;

// The wave that lies in PROBE_FRONT's tables, for means of their columns. front(T) receives the front after
// every tick, or is NULL; T is at most the context's ticks.
FrontWave front_wave(const ProbeTables *tables, const double *means, int *front);

#ifdef __cplusplus
}
#endif
#endif
