// Pairs each level's solve at a few ticks with its solve at the best.
#include "host/probes/thinking_gain.h"

#include <stdlib.h>

Status thinking_gain(const Scores *scores, int best_ticks, uint64_t seed, ThinkingGain *gain) {
  const int from = scores->ticks < THINKING_GAIN_FROM ? scores->ticks : THINKING_GAIN_FROM;
  const size_t levels = (size_t)scores->levels, ticks = (size_t)scores->ticks;
  int64_t only_best = 0, only_from = 0;
  double *best = malloc(2 * levels * sizeof *best);  // (levels), and as many for the few ticks
  if (!best) return status_fail(STATUS_MEMORY, "no memory for the thinking gain");
  double *few = best + levels;
  for (size_t n = 0; n < levels; ++n) {
    const size_t at_best = n * ticks + (size_t)best_ticks - 1, at_from = n * ticks + (size_t)from - 1;
    best[n] = scores->solve[at_best];
    few[n] = scores->solve[at_from];
    only_best += scores->started[at_best] && !scores->started[at_from];
    only_from += scores->started[at_from] && !scores->started[at_best];
  }
  *gain = (ThinkingGain){.from_ticks = from, .to_ticks = best_ticks};
  gain->mcnemar_p = statistics_mcnemar(only_best, only_from);
  const Status status =
      statistics_bootstrap_difference(best, few, scores->levels, STATISTICS_RESAMPLES, seed, &gain->gain);
  free(best);
  return status;
}
