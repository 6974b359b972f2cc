// The extra "curves", shown and never scored; what it measures stands in extra_curves.c.
#ifndef MESAGRID_HOST_PROBES_EXTRA_CURVES_H
#define MESAGRID_HOST_PROBES_EXTRA_CURVES_H

#include "host/probes/probe.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const ProbeExtra EXTRA_CURVES;

#ifdef __cplusplus
}
#endif
#endif
