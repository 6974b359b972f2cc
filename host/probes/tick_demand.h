// Tick demand: how many ticks of thought it takes to find the way from so many steps off.
#ifndef MESAGRID_HOST_PROBES_TICK_DEMAND_H
#define MESAGRID_HOST_PROBES_TICK_DEMAND_H

#include "envs/grid.h"
#include "host/scores.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  TICK_DEMAND_REACH = 1,     // squares up to one step nearer or farther count too: a window of three
  TICK_DEMAND_SQUARES = 50,  // fewest squares in the window for a distance to be listed
};

typedef struct TickDemand {
  int count;
  int distance[GRID_SQUARES];  // (count): steps to the goal, rising
  int ticks[GRID_SQUARES];     // (count): fewest after which at least half of the squares reach it; 0: never
} TickDemand;

void tick_demand(const Scores *scores, TickDemand *demand);

#ifdef __cplusplus
}
#endif
#endif
