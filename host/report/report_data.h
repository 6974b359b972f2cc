// The report's data: gathered from a sweep's directory into the JSON that the page reads.
#ifndef MESAGRID_HOST_REPORT_REPORT_DATA_H
#define MESAGRID_HOST_REPORT_REPORT_DATA_H

#include "host/evaluation_set.h"
#include "host/plan.h"
#include "kernels/phases.h"

#ifdef __cplusplus
extern "C" {
#endif

// Writes DIRECTORY/report.html from the results of a finished sweep. `sets` are those of the first trial.
Status report_make(const char *directory, const Plan *plan, const EvalSets *sets, const Phases *phases);

#ifdef __cplusplus
}
#endif
#endif
