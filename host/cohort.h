// Cohorts: how a resolved configuration becomes the shape and the specification of agents that train as one
// batch.
#ifndef MESAGRID_HOST_COHORT_H
#define MESAGRID_HOST_COHORT_H

#include "host/config.h"
#include "kernels/population.h"

#ifdef __cplusplus
extern "C" {
#endif

// The shape that the SHAPE knobs ask for, for `agents` agents.
PopulationShape cohort_shape(const Config *config, int agents);

// The agent's part of it.
AgentShape cohort_agent_shape(const Config *config);

// What the SCALAR knobs and the seed ask for.
AgentSpec cohort_agent_spec(const Config *config);

// The world of this configuration at one size and split.
EnvSpec cohort_env_spec(const Config *config, int size_lo, int size_hi, Split split);

#ifdef __cplusplus
}
#endif
#endif
