// Thinking gain: how much more a subject solves at its best number of ticks than at a few.
#ifndef MESAGRID_HOST_PROBES_THINKING_GAIN_H
#define MESAGRID_HOST_PROBES_THINKING_GAIN_H

#include "host/scores.h"
#include "host/statistics.h"

#ifdef __cplusplus
extern "C" {
#endif

// What the best is held against: as many ticks as a reactive agent may need to look around.
enum { THINKING_GAIN_FROM = 8 };

typedef struct ThinkingGain {
  int from_ticks;    // THINKING_GAIN_FROM, or the longest thought where that is shorter
  int to_ticks;      // the best, which may be fewer; then the gain is no gain from thinking longer
  Interval gain;     // of mean solve, from `from_ticks` to `to_ticks`: paired bootstrap over levels
  double mcnemar_p;  // of the level's own start, solved or not at the two: McNemar's exact test, two-sided
} ThinkingGain;

// best_ticks is to be chosen on other levels than these, or the gain flatters.
Status thinking_gain(const Scores *scores, int best_ticks, uint64_t seed, ThinkingGain *gain);

#ifdef __cplusplus
}
#endif
#endif
