// Mean states of a subject at walls, free squares and goals, tick by tick: what the probes write into a
// state.
#ifndef MESAGRID_HOST_PROBE_CLASSES_H
#define MESAGRID_HOST_PROBE_CLASSES_H

#include "host/probes/probe.h"

#ifdef __cplusplus
extern "C" {
#endif

// Lets a subject think for `ticks` ticks on the levels PROBE_CLASSES and takes means over all of their
// interior walls, free squares connected to the goal (the goal excluded), and goals. A class of which no
// level has a square stays zero, and so do all classes of a subject without a state. The result is the same
// for any number of threads. The caller frees, after a failure too.
Status probe_classes_measure(const Subject *subject, const ProbeLevels *levels, int ticks,
                             ProbeClasses *classes);
void probe_classes_free(ProbeClasses *classes);

#ifdef __cplusplus
}
#endif
#endif
