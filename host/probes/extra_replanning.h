// The extra "replanning", shown and never scored; what it measures stands in extra_replanning.c.
#ifndef MESAGRID_HOST_PROBES_EXTRA_REPLANNING_H
#define MESAGRID_HOST_PROBES_EXTRA_REPLANNING_H

#include "host/probes/probe.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const ProbeExtra EXTRA_REPLANNING;

#ifdef __cplusplus
}
#endif
#endif
