// The extra "linear", shown and never scored; what it measures stands in extra_linear.c.
#ifndef MESAGRID_HOST_PROBES_EXTRA_LINEAR_H
#define MESAGRID_HOST_PROBES_EXTRA_LINEAR_H

#include "host/probes/probe.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const ProbeExtra EXTRA_LINEAR;

#ifdef __cplusplus
}
#endif
#endif
