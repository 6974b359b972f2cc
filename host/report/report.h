// The report: writes one HTML page that holds its data, its charts and its scripts, and works with no
// network.
#ifndef MESAGRID_HOST_REPORT_REPORT_H
#define MESAGRID_HOST_REPORT_REPORT_H

#include <jansson.h>

#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

// Writes the page for `data` to `path`. The file appears whole or not at all: it is written beside its place,
// as PATH.part, and renamed. `data` stays the caller's. Fails with STATUS_IO, naming the file.
//
// What the page reads (null wherever a thing was not measured; a rate is a share, 0 … 1):
//   name, version, title
//   axes       [{key, values: [text]}]                    none, one or more
//   settings   [{label, values: {key: value}, trials: [index of trials]}]
//   worlds     [{id, title, size, levels, role: "training" | "larger" | "off-axis"}]
//   trials     [{name, seed, setting, status: "done" | "diverged" | "failed", reason, env_steps,
//   train_seconds,
//                learning: {update: [], return: [], solved: [], entropy: []},
//                worlds: {id: {solve: [128], spl, optimal, lo, hi, best_ticks, best: {value, lo, hi}}},
//                gain: {id: {value, lo, hi, from_ticks, to_ticks, mcnemar_p}},
//                demand: {distance: [], ticks: []}}]
//   baselines  [{name, worlds: {id: {solve: [1 or 128]}}}]
//   mazes      [{world, size, rows: [text], goal: [y, x], start: [y, x],
//                plans: [{trial, ticks: [], plan: [size * size of U R D L #], reach: [size * size of 0 1]}]}]
//   config     [[key, value, help]]
//   reproduce  [command]
// Entry k of a list of 128 is the value after k + 1 ticks.
Status report_write(const char *path, const json_t *data);

#ifdef __cplusplus
}
#endif
#endif
