// The loop over levels and ticks of built subjects.
#include "host/subjects/built.h"

#include <string.h>

// What `think_level` gets as the subject's context.
typedef struct BuiltJob {
  const BuiltRules *rules;
  const void *data;
} BuiltJob;

// Parts of a thread's scratch, multiples of 64 bytes.
typedef struct BuiltScratch {
  real *state[2];  // (GRID_SQUARES, C): before and after a tick
  real *value;     // (GRID_SQUARES)
  void *memory;    // the subject's
  size_t bytes;
} BuiltScratch;

static BuiltScratch scratch_parts(int channels, size_t memory_bytes, char *base) {
  const size_t value = GRID_SQUARES * sizeof(real), state = value * (size_t)channels;
  BuiltScratch parts = {.bytes = 2 * state + value + memory_bytes};
  if (!base) return parts;
  parts.state[0] = (real *)base;
  parts.state[1] = (real *)(base + state);
  parts.value = (real *)(base + 2 * state);
  parts.memory = base + 2 * state + value;
  return parts;
}

// Sets the squares whose clamps hold at this tick.
static void clamp(const BuiltThought *thought, int channels, real *state) {
  const SubjectBatch *batch = thought->batch;
  const TraceEdit *edit = batch->edits + (size_t)thought->level * (size_t)batch->level_edits;
  for (int i = 0; i < batch->level_edits; ++i, ++edit) {
    if (edit->square < 0 || thought->tick < edit->from || thought->tick >= edit->until) continue;
    const size_t row = (size_t)edit->row * (size_t)batch->ticks + (size_t)thought->tick - 1;
    memcpy(state + edit->square * channels, batch->edit_values + row * (size_t)channels,
           (size_t)channels * sizeof *state);
  }
}

// outputs(squares, HEAD_OUTPUTS) of one tick.
static void record_outputs(const uint8_t *plan, const real *value, int squares, real *outputs) {
  for (int square = 0; square < squares; ++square) {
    real *to = outputs + square * HEAD_OUTPUTS;
    for (int action = 0; action < ENV_ACTIONS; ++action) to[action] = plan[square] == action;
    to[HEAD_VALUE] = value[square];
  }
}

// Whether the subject sees another level from this tick on, which it did not at the one before.
static bool look(BuiltThought *thought) {
  const SubjectBatch *batch = thought->batch;
  const Level *before = thought->seen;
  thought->sees_later = batch->later && thought->tick >= batch->later_from;
  thought->seen = (thought->sees_later ? batch->later : batch->levels) + thought->level;
  return thought->seen != before;
}

static void think_level(const Subject *subject, const SubjectBatch *batch, int level, void *scratch) {
  const BuiltJob *job = subject->context;
  const int channels = subject->channels, squares = grid_squares(&batch->levels[level].grid);
  const BuiltScratch parts = scratch_parts(channels, job->rules->memory_bytes, scratch);
  const size_t reals = (size_t)squares * (size_t)channels;
  BuiltThought thought = {.batch = batch, .level = level, .squares = squares, .data = job->data};
  real *const value = batch->outputs ? parts.value : NULL;
  thought.memory = parts.memory;
  memset(parts.state[0], 0, reals * sizeof(real));
  for (int k = 0; k < batch->ticks; ++k) {
    const size_t at = ((size_t)level * (size_t)batch->ticks + (size_t)k) * (size_t)batch->stride;
    real *const state = parts.state[(k + 1) % 2];
    thought.tick = k + 1;
    if (look(&thought) && job->rules->begin) job->rules->begin(&thought);
    if (channels > 0) {
      job->rules->tick(&thought, parts.state[k % 2], state);
      clamp(&thought, channels, state);
      if (batch->state) memcpy(batch->state + at * (size_t)channels, state, reals * sizeof(real));
    }
    if (value) memset(value, 0, (size_t)squares * sizeof(real));
    job->rules->decide(&thought, state, batch->plan + at, value);
    if (value) record_outputs(batch->plan + at, value, squares, batch->outputs + at * HEAD_OUTPUTS);
  }
}

Status built_think(const Subject *subject, const SubjectBatch *batch, const BuiltRules *rules,
                   const void *data) {
  const BuiltJob job = {rules, data};
  Subject local = *subject;
  local.context = &job;
  return subject_each_level(&local, batch, think_level,
                            scratch_parts(subject->channels, rules->memory_bytes, NULL).bytes);
}
