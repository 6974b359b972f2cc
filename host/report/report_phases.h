// The phase diagram's numbers: what a report keeps of each probe, how likely labels are, and who differs.
#ifndef MESAGRID_HOST_REPORT_REPORT_PHASES_H
#define MESAGRID_HOST_REPORT_REPORT_PHASES_H

#include <jansson.h>

#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

// What a sweep's report keeps of an agent's probe.json: {label, S, S_lo, S_hi, families: {key: value},
// metrics: {NAME: value}}, null where a thing is missing. NULL without memory; else the caller's.
json_t *report_probe(const json_t *agent);

// From trials [{setting, probe, …}] whose setting is 0 … settings - 1:
//   likelihood   [{setting, seeds: probed ones, labels: {each label: {count, lo, hi}}}] of every setting with
//                a probed seed; the limits are Wilson's for the share of those seeds
//   comparisons  [{setting, difference, p, p_holm}] of every setting but the first: its mean S less the
//                first's, the two-sided permutation test, and Holm's adjustment over the settings that could
//                be tested; null where either has no S
// *phases is the caller's.
Status report_phases(int settings, const json_t *trials, json_t **phases);

#ifdef __cplusplus
}
#endif
#endif
