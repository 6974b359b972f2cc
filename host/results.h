// Results: what a finished sweep says, as one table for people and files for machines.
#ifndef MESAGRID_HOST_RESULTS_H
#define MESAGRID_HOST_RESULTS_H

#include <jansson.h>
#include <stdio.h>

#include "host/evaluation_set.h"
#include "host/plan.h"
#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

// Writes DIRECTORY/results.csv: a row a trial; a column a knob, then status, budget spent, and per world the
// best solve rate with its interval, its ticks, the fewest ticks with 95 % of it, the rates after 8 and 24
// ticks, the gain.
Status results_write_csv(const char *directory, const Plan *plan, const EvalSets *sets);

// Settings and baselines: {name, directory, training_world, larger_world, trials, failed: [{trial, reason}],
// settings: [{label, evaluated,
// worlds: {id: {best, at_8, at_24, gain, ticks95}}}], baselines: […]}; each number of a setting is {value,
// lo, hi, seeds}: the mean over seeds with its t interval. *json is the caller's.
Status results_json(const char *directory, const Plan *plan, const EvalSets *sets, json_t **json);

// STATUS_DEVICE with a sentence if results_json() tells of failed trials.
Status results_failure(const json_t *results);

// Prints what results_json() gave as a table.
void results_print_table(const json_t *results, FILE *out);

#ifdef __cplusplus
}
#endif
#endif
