// What the probed agents of a sweep say together, setting by setting.
#ifndef MESAGRID_HOST_PROBE_SETTINGS_H
#define MESAGRID_HOST_PROBE_SETTINGS_H

#include <jansson.h>
#include <stdio.h>

#include "host/plan.h"
#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

// From reports (host/probe_report.h) and the settings that they belong to, a list of numbers:
//   settings  [{label, seeds, S: {value, lo, hi}, metrics: {FLIP: {value, lo, hi} …}, labels: {search: count
//   …}}]
//             mean over seeds with its t interval, null where no seed has a value
//   phases    the likelihood of labels and the tests between settings (host/report/report_phases.h)
// *summary is the caller's.
Status probe_settings(const Plan *plan, const json_t *reports, const json_t *setting_numbers,
                      json_t **summary);

// Prints it as a table.
void probe_settings_print(const json_t *summary, FILE *out);

#ifdef __cplusplus
}
#endif
#endif
