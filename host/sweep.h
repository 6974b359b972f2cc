// Sweep: the whole way from a plan to its report, in one directory.
#ifndef MESAGRID_HOST_SWEEP_H
#define MESAGRID_HOST_SWEEP_H

#include <jansson.h>

#include "host/chunks.h"
#include "host/plan.h"
#include "host/train.h"

#ifdef __cplusplus
extern "C" {
#endif

// Trains, evaluates and reports a plan in `directory`. What is there already is not done again; an
// interrupted sweep goes on where it stopped. STATUS_USAGE if the directory holds another sweep or another
// process works in it. *results (host/results.h, results_json) is the caller's.
Status sweep_run(const char *directory, const Plan *plan, const RunOptions *options, json_t **results);

// Trains and evaluates one chunk in this process: what a worker does.
Status sweep_chunk(const char *directory, const Plan *plan, const Chunk *chunk, const RunOptions *options);

// Writes the report of a finished sweep anew, from its files alone.
Status sweep_report(const char *directory, const RunOptions *options);

#ifdef __cplusplus
}
#endif
#endif
