// Sums squares over a window of distances, and takes the first tick at which half of them reach the goal.
#include "host/probes/tick_demand.h"

// Sum of row(D) around a distance. Row entry 0, the goal itself, counts nothing.
static int64_t window_sum(const Scores *scores, const int64_t *row, int distance) {
  int64_t sum = 0;
  for (int d = distance - TICK_DEMAND_REACH; d <= distance + TICK_DEMAND_REACH; ++d)
    if (d > 0 && d < scores->distances) sum += row[d];
  return sum;
}

static int first_tick(const Scores *scores, int distance, int64_t squares) {
  for (int k = 0; k < scores->ticks; ++k)
    if (2 * window_sum(scores, scores->reached + (size_t)k * (size_t)scores->distances, distance) >= squares)
      return k + 1;
  return 0;
}

void tick_demand(const Scores *scores, TickDemand *demand) {
  demand->count = 0;
  for (int d = 1; d < scores->distances; ++d) {
    const int64_t squares = window_sum(scores, scores->squares, d);
    if (squares < TICK_DEMAND_SQUARES) continue;
    demand->distance[demand->count] = d;
    demand->ticks[demand->count++] = first_tick(scores, d, squares);
  }
}
