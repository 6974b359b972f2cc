// Evaluation of a subject: its results in one world as JSON, and what they say together.
#ifndef MESAGRID_HOST_EVALUATE_H
#define MESAGRID_HOST_EVALUATE_H

#include <jansson.h>

#include "host/evaluation_set.h"
#include "host/subject.h"
#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

// Results hold numbers of so many significant digits. Written with EVALUATE_JSON_FLAGS they read back as they
// were, so a resumed evaluation ends in the same bytes as one that never stopped.
enum { EVALUATE_DIGITS = 5, EVALUATE_JSON_FLAGS = JSON_REAL_PRECISION(EVALUATE_DIGITS) };

// Evaluates a subject in one world, thinking for up to `ticks` ticks. This is the unit of resuming: it needs
// nothing of other worlds and says the same whenever and on however many of OpenMP's threads it runs.
//
//   solve, spl, optimal  [K]     means over test levels after 1 … K ticks (host/scores.h); K is 1 for a
//   subject
//                                that does not think
//   lo, hi               [K]     limits of solve: percentile bootstrap over levels, the same draws for all
//   ticks best_ticks                   the ticks with the highest solve on the world's selection levels best
//   {value, lo, hi}  solve after best_ticks on the test levels ticks95                      the fewest ticks
//   with 95 % of best gain    {value, lo, hi, from_ticks, to_ticks, mcnemar_p} (host/probes/thinking_gain.h);
//   null for K = 1 demand  {distance: [], ticks: []}   (host/probes/tick_demand.h), null in `ticks` for
//   never; in the world
//                                whose demand is measured, and null in all others and for K = 1
//
// *result is the caller's to release with json_decref; untouched on failure.
Status evaluate_world(const Subject *subject, const EvalWorld *world, int ticks, json_t **result);

// What the results of several worlds, an object by id, say together; a world that is not there is left out.
//
//   gain    {id: the world's gain}
//   demand  the demand of the world that measures it, with `ratio`: its ticks95 over the training world's;
//   null
//           where that world is the training world, or either is not there
//
// *summary is the caller's to release.
Status evaluate_summary(const EvalSets *sets, const json_t *worlds, json_t **summary);

// A number as results hold it: rounded to EVALUATE_DIGITS, null where it is not finite; NULL without memory.
json_t *evaluate_number(double value);

#ifdef __cplusplus
}
#endif
#endif
