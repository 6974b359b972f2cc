// The extra "wave", shown and never scored; what it measures stands in extra_wave.c.
#ifndef MESAGRID_HOST_PROBES_EXTRA_WAVE_H
#define MESAGRID_HOST_PROBES_EXTRA_WAVE_H

#include "host/probes/probe.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const ProbeExtra EXTRA_WAVE;

#ifdef __cplusplus
}
#endif
#endif
