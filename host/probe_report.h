// Readings as JSON: what `mesagrid probe` and `mesagrid calibrate` write and print.
#ifndef MESAGRID_HOST_PROBE_REPORT_H
#define MESAGRID_HOST_PROBE_REPORT_H

#include <jansson.h>

#include "host/instrument.h"

#ifdef __cplusplus
extern "C" {
#endif

// What a reading says, as docs/probes.md lists it: label, S, families, metrics, gates, what is missing.
// *report is the caller's.
Status probe_report(const Instrument *instrument, const char *name, const Reading *reading, json_t **report);

// Adds what only people look at: the plan settling on a level, the edits on real levels, the extras.
Status probe_report_extras(const Reading *reading, json_t *report);

// Prints one line of a table: name, label, S and the families. A NULL report prints the head.
void probe_report_line(const char *name, const json_t *report, FILE *out);

#ifdef __cplusplus
}
#endif
#endif
