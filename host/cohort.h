// Cohorts: how a resolved configuration becomes the shape and the specification of agents that train as one
// batch.
#ifndef MESAGRID_HOST_COHORT_H
#define MESAGRID_HOST_COHORT_H

#include "host/plan.h"
#include "kernels/population.h"

#ifdef __cplusplus
extern "C" {
#endif

// The shape that the SHAPE knobs ask for, for `agents` agents that think for at most `ticks_max` ticks.
// Untied nets of different depths share the deepest one's layout.
PopulationShape cohort_shape(const Config *config, int agents, int ticks_max);

// Most ticks of any of a plan's trials in this cohort.
int cohort_ticks_max(const Plan *plan, int cohort);

// The shape of an agent by itself.
AgentShape cohort_agent_shape(const Config *config);

// What the SCALAR knobs and the seed ask for.
AgentSpec cohort_agent_spec(const Config *config);

// The world of this configuration at one size and split.
EnvSpec cohort_env_spec(const Config *config, int size_lo, int size_hi, Split split);

#ifdef __cplusplus
}
#endif
#endif
