// RESIDUAL asks whether a subject solves what no feed-forward net taught by the oracle does.
#ifndef MESAGRID_HOST_PROBES_RESIDUAL_H
#define MESAGRID_HOST_PROBES_RESIDUAL_H

#include "host/probes/probe.h"

#ifdef __cplusplus
extern "C" {
#endif

// NaN where there are no students. A feed-forward net is its own student: 0.
extern const Probe PROBE_RESIDUAL;

#ifdef __cplusplus
}
#endif
#endif
