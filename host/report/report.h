// The report: writes one HTML page, of a sweep or of a probed agent, that holds its data, its charts and its
// scripts, and works with no network.
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
//                demand: {distance: [], ticks: []},
//                probe: {label, S, S_lo, S_hi, families: {…: value}, metrics: {FLIP: value …}}}]
//   phases     what host/report/report_phases.h makes of the probes; without any probe the section is hidden
//   baselines  [{name, worlds: {id: {solve: [1 or 128]}}}]
//   mazes      [{world, size, rows: [text], goal: [y, x], start: [y, x],
//                plans: [{trial, ticks: [], plan: [size * size of U R D L #], reach: [size * size of 0 1]}]}]
//   config     [[key, value, help]]
//   reproduce  [command]
// Entry k of a list of 128 is the value after k + 1 ticks.
// A trial with a probe links to NAME/probe.html beside the page.
Status report_write(const char *path, const json_t *data);

// Writes the page of a probed agent to `path`, whole or not at all, as report_write() does. `probe` stays the
// caller's; any part of it may be null or missing, and then the page does without.
//
// An estimate is {value, lo, hi}; squares are [y, x]; a map of a level is a text of size * size characters.
//   version, name, world, label, reason (one or two sentences)
//   label      "search" | "axis-bound search" | "bounded-depth planner" | "reactive" | "undecided"
//   S, S_lo, S_hi, S_without_I: estimate
//   families   {behaviour, representation, causation, irreducibility: estimate}
//   metrics    {FLIP, TICK, FRONT, BLOCK, GOAL, RESIDUAL: {value, lo, hi, family, question, applies,
//              informative, planner, reactive}}   the last two: built planner and greedy agent on the same
//              levels
//   gates      {competence: {solve, greedy, passed}, off_axis: {trees, loops, blocks, passed}}
//   best_ticks, ticks95, front_speed (squares a tick)
//   students   {accepted, depths: [], far: [solve], farther: [solve], fourfold: {I}}
//   missing    [sentence]
//   pictures   {BLOCK, GOAL: {size, rows: [text], goal, edited: square, from_tick, ticks,
//              before, after: map of U R D L #, changed, counted, moved: map of 0 1}}
//   settling   one of the `mazes` of report_write(), with this agent's plans
//   extras     shown, never scored:
//     curves       {near, far, farther: {solve: [], spl: [], optimal: []}}; entry k after k + 1 ticks
//     wave         {distances: [], ticks: [], p: [[share of optimal moves, a tick] a distance]}
//     refinement   {near, far}
//     hysteresis   {from: [tick], share: []}
//     linear       {distance_r2, action_accuracy, action_f1: {state, patch, untrained}}
//     description  {bits, weight_bits, pruned, solve, solve_full, raw_bits}
//     replanning   {world: {replanned, from_start, squares}, state: {recovered, undisturbed}}
Status report_write_agent(const char *path, const json_t *probe);

#ifdef __cplusplus
}
#endif
#endif
