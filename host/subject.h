// Subject: whatever can be evaluated and probed. It thinks on levels, shows plan, state and value after every
// tick, and bears that parts of its state are clamped; trained agents and built ones stand behind this
// contract.
#ifndef MESAGRID_HOST_SUBJECT_H
#define MESAGRID_HOST_SUBJECT_H

#include <stddef.h>
#include <stdint.h>

#include "envs/env.h"
#include "kernels/phases.h"
#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

// In a plan: no action is known here, the walker stays. Plans hold it or an action of envs/env.h.
enum { PLAN_STAY = ENV_ACTIONS };

// What a subject is asked: to think on these levels for `ticks` ticks.
typedef struct SubjectBatch {
  const Level *levels;  // (count)
  int count;
  int first;      // number of levels[0] in the set that the batch is a part of
  uint32_t set;   // number of that set; with seed and the level's number the key of a subject's own draws
  uint64_t seed;  // the evaluation's
  int ticks;      // K
  int stride;     // squares reserved for one plan: at least those of the largest level
  uint8_t *plan;  // (count, ticks, stride): the action on each square after tick k + 1; walls hold anything
  real *state;    // (count, ticks, stride, channels) or NULL: the state after tick k + 1
  real *outputs;  // (count, ticks, stride, HEAD_OUTPUTS) or NULL: logits and value after tick k + 1
  // Clamps, of subjects with a state only (kernels/trace.h): at the end of a tick the state of a square is
  // set to a row of edit_values, and the plan of that tick is read after it.
  const TraceEdit *edits;   // (count, level_edits)
  int level_edits;          // of each level; 0: none
  const real *edit_values;  // (edit_rows, ticks, channels)
  int edit_rows;
  const Level *later;  // (count) or NULL: what the subject sees from tick `later_from` (counted from 1) on
  int later_from;
} SubjectBatch;

// One subject. `think` fills batch->plan, and state and outputs where they are asked for.
typedef struct Subject {
  const char *name;
  int ticks_max;         // its plan is the same from this tick on: 1 for what does not think
  int channels;          // C of its state of a square; 0: it has no spatial state to show or to clamp
  bool is_feed_forward;  // its ticks are layers with weights of their own
  Status (*think)(const struct Subject *subject, const SubjectBatch *batch);
  const void *context;  // of `think`; outlives the subject
} Subject;

// A trained agent. `parameters` is the flat vector of agent_layout(shape).
typedef struct SubjectAgent {
  const Phases *phases;
  AgentShape shape;
  const real *parameters;
  const int *gpu;  // index of the GPU that thinks; NULL: the CPU does
} SubjectAgent;

// The subject of a trained agent, which must outlive it.
Subject subject_agent(const SubjectAgent *agent, const char *name);

// ---- For those who write a subject ----

// Fills the plan of one level of a batch, with scratch of the thread's own.
typedef void SubjectLevel(const Subject *subject, const SubjectBatch *batch, int level, void *scratch);

// Calls `visit` for each level of a batch, spread over OpenMP's threads, whose number never changes a plan;
// each thread has `scratch_bytes` of its own, 64-byte aligned.
Status subject_each_level(const Subject *subject, const SubjectBatch *batch, SubjectLevel *visit,
                          size_t scratch_bytes);

// The plan (stride) of a level of the batch after tick k + 1.
static inline uint8_t *subject_plan(const SubjectBatch *batch, int level, int k) {
  return batch->plan + ((size_t)level * (size_t)batch->ticks + (size_t)k) * (size_t)batch->stride;
}

#ifdef __cplusplus
}
#endif
#endif
