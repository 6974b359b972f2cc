// Which probes there are, and which extras beside them.
#ifndef MESAGRID_HOST_PROBES_CATALOGUE_H
#define MESAGRID_HOST_PROBES_CATALOGUE_H

#include "host/probes/probe.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { PROBES = 6, PROBE_EXTRAS = 7 };

// In the order in which people read them. Adding a probe: one file beside flip.c and two lines in
// catalogue.c.
extern const Probe *const probes[PROBES];
extern const ProbeExtra *const probe_extras[PROBE_EXTRAS];

#ifdef __cplusplus
}
#endif
#endif
