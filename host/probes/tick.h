// TICK asks whether thinking longer solves larger levels.
#ifndef MESAGRID_HOST_PROBES_TICK_H
#define MESAGRID_HOST_PROBES_TICK_H

#include "host/probes/probe.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const Probe PROBE_TICK;

#ifdef __cplusplus
}
#endif
#endif
