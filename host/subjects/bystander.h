// Foolers that plan inside and act greedily: nobody follows their plan.
#ifndef MESAGRID_HOST_SUBJECTS_BYSTANDER_H
#define MESAGRID_HOST_SUBJECTS_BYSTANDER_H

#include "envs/env.h"
#include "host/subject.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { BYSTANDER_VALUE_CHANNELS = 1, BYSTANDER_PLAN_CHANNELS = ENV_ACTIONS };

// State: the value map of value iteration, swept through the state, clamps and all. Acts greedily.
Status bystander_value_think(const Subject *subject, const SubjectBatch *batch);

// State: after tick k, on squares within k steps of the goal, which action is best, 1 for it and 0 for the
// others; a linear probe reads the plan off without error. A display: nothing reads it. Acts greedily.
Status bystander_plan_think(const Subject *subject, const SubjectBatch *batch);

#ifdef __cplusplus
}
#endif
#endif
