// A trial's result: its evaluation, world by world, resumable, ending in result.json.
#ifndef MESAGRID_HOST_TRIAL_RESULT_H
#define MESAGRID_HOST_TRIAL_RESULT_H

#include <jansson.h>
#include <stdbool.h>

#include "host/evaluation_set.h"
#include "host/plan.h"
#include "host/train.h"

#ifdef __cplusplus
extern "C" {
#endif

// Work of evaluating one trial, in the units of train_work().
double trial_result_work(const Config *config, const EvalSets *sets);

// True if the trial has a result that needs no second try: any but a failure.
bool trial_result_is_there(const char *directory, const Trial *trial);

// Evaluates the trained trial in DIRECTORY/NAME. Every finished world is kept in evaluation.jsonl, so that a
// killed evaluation repeats one world at most. A diverged trial gets a result without worlds. result.json
// holds no time, path or thread count.
Status trial_result_make(const char *directory, const Plan *plan, const Trial *trial, const EvalSets *sets,
                         const RunOptions *options);

// Writes the result.json of a trial that could not be finished, unless it has a result: status "failed", the
// reason, and how far its last checkpoint came. A new start tries it again.
Status trial_result_fail(const char *directory, const Plan *plan, const Trial *trial, const char *reason);

// Evaluates the baselines on the same levels, for up to `ticks` ticks, into DIRECTORY/baselines.json unless
// it is there.
Status trial_result_baselines(const char *directory, const EvalSets *sets, int ticks,
                              const RunOptions *options);

// Reads DIRECTORY/NAME/result.json; the caller releases it.
Status trial_result_read(const char *directory, const char *name, json_t **result);

// Reads and writes a JSON file; `json` is the caller's.
Status json_file_read(const char *path, json_t **json);
Status json_file_write(const char *path, const json_t *json);

#ifdef __cplusplus
}
#endif
#endif
