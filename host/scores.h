// Scores: what a subject's plans are worth on a set of levels, level by level and tick by tick; metrics read
// them.
#ifndef MESAGRID_HOST_SCORES_H
#define MESAGRID_HOST_SCORES_H

#include <stddef.h>
#include <stdint.h>

#include "host/evaluation_set.h"
#include "host/subject.h"

#ifdef __cplusplus
extern "C" {
#endif

// Plans kept at a time, in bytes: large enough to feed all threads, small beside the machine's memory. Never
// changes a score.
enum { SCORES_BATCH_BYTES = 1 << 24 };

// The rates are shares of the free squares connected to the goal, the goal excluded (plan_score of
// envs/oracle.h).
typedef struct Scores {
  int levels, ticks;
  double *solve;     // (levels, ticks): squares from which the plan reaches the goal
  double *spl;       // (levels, ticks): the same, each weighted with shortest / walked length
  double *optimal;   // (levels, ticks): squares whose action shortens the way
  uint8_t *started;  // (levels, ticks): 1 where the plan reaches the goal from the level's own start
  int distances;     // D: longest way of any level, plus one
  int64_t *squares;  // (D): squares so many steps from the goal, over all levels; 0 of distance 0
  int64_t *reached;  // (ticks, D): of these, those from which the plan reaches the goal
  void *storage;     // one allocation holds them all
} Scores;

// Lets a subject think on every level for `ticks` ticks, or as many as make a difference to it, and scores
// each plan. The result is the same for any number of OpenMP's threads and any `batch_bytes` (0:
// SCORES_BATCH_BYTES). The caller frees with scores_free; after a failure there is nothing to free.
Status scores_measure(const Subject *subject, const EvalSet *set, int ticks, size_t batch_bytes,
                      Scores *scores);
void scores_free(Scores *scores);

// Mean over levels of rates(levels, ticks) after `ticks` ticks.
double scores_mean(const Scores *scores, const double *rates, int ticks);

// The fewest ticks with the highest mean solve.
int scores_best_ticks(const Scores *scores);

// The fewest ticks with at least `share` of the mean solve that `best_ticks` reaches.
int scores_ticks_for(const Scores *scores, int best_ticks, double share);

#ifdef __cplusplus
}
#endif
#endif
