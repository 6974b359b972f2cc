// The extra "hysteresis", shown and never scored; what it measures stands in extra_hysteresis.c.
#ifndef MESAGRID_HOST_PROBES_EXTRA_HYSTERESIS_H
#define MESAGRID_HOST_PROBES_EXTRA_HYSTERESIS_H

#include "host/probes/probe.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const ProbeExtra EXTRA_HYSTERESIS;

#ifdef __cplusplus
}
#endif
#endif
