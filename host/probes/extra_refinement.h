// The extra "refinement", shown and never scored; what it measures stands in extra_refinement.c.
#ifndef MESAGRID_HOST_PROBES_EXTRA_REFINEMENT_H
#define MESAGRID_HOST_PROBES_EXTRA_REFINEMENT_H

#include "host/probes/probe.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const ProbeExtra EXTRA_REFINEMENT;

#ifdef __cplusplus
}
#endif
#endif
