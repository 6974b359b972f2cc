// Recordings in a wrong order.
#include "host/subjects/shuffled.h"

#include <stdlib.h>
#include <string.h>

#include "host/subjects/built.h"

// Levels recorded at a time, which bounds the memory: 128 ticks of 16 channels on 31 × 31 squares are 8 MB.
enum { RECORDED_LEVELS = 8 };

// A recording of some levels; each array as in SubjectBatch, for SHUFFLED_TICKS ticks.
typedef struct Recording {
  uint8_t *plan;
  real *state, *outputs;
} Recording;

// What a thought is handed.
typedef struct Tapes {
  int order[SHUFFLED_TICKS];
  int channels;
  Recording now, later;
} Tapes;

void shuffled_order(int *order) {
  Rng rng = rng_at(0, rng_stream(RNG_BASELINE, 0, 0), (uint64_t)1 << 48);
  for (int k = 0; k < SHUFFLED_TICKS; ++k) order[k] = k + 1;
  for (int k = SHUFFLED_TICKS - 1; k > 0; --k) {
    const int other = (int)rng_below(&rng, (uint32_t)k + 1), held = order[k];
    order[k] = order[other];
    order[other] = held;
  }
}

static void recording_free(Recording *recording) {
  free(recording->plan);
  free(recording->state);
  free(recording->outputs);
}

static Status record(const Subject *inner, const SubjectBatch *batch, const Level *levels,
                     Recording *recording) {
  const size_t places = (size_t)batch->count * SHUFFLED_TICKS * (size_t)batch->stride;
  recording->plan = calloc(places, 1);
  recording->state = calloc(places * (size_t)inner->channels + 1, sizeof(real));
  recording->outputs = calloc(places * HEAD_OUTPUTS, sizeof(real));
  if (!recording->plan || !recording->state || !recording->outputs)
    return status_fail(STATUS_MEMORY, "no memory to record %s", inner->name);
  const SubjectBatch question = {.levels = levels,
                                 .count = batch->count,
                                 .first = batch->first,
                                 .set = batch->set,
                                 .seed = batch->seed,
                                 .ticks = SHUFFLED_TICKS,
                                 .stride = batch->stride,
                                 .plan = recording->plan,
                                 .state = inner->channels ? recording->state : NULL,
                                 .outputs = recording->outputs};
  return inner->think(inner, &question);
}

// ---- The replay ----

// First square of the recorded tick that is shown now.
static size_t recorded_at(const BuiltThought *thought) {
  const Tapes *tapes = thought->data;
  const int k = thought->tick < SHUFFLED_TICKS ? thought->tick : SHUFFLED_TICKS;
  return ((size_t)thought->level * SHUFFLED_TICKS + (size_t)tapes->order[k - 1] - 1) *
         (size_t)thought->batch->stride;
}

static void tick(const BuiltThought *thought, const real *before, real *after) {
  const Tapes *tapes = thought->data;
  const Recording *tape = thought->sees_later ? &tapes->later : &tapes->now;
  const size_t channels = (size_t)tapes->channels;
  (void)before;
  memcpy(after, tape->state + recorded_at(thought) * channels,
         (size_t)thought->squares * channels * sizeof *after);
}

static void decide(const BuiltThought *thought, const real *state, uint8_t *plan, real *value) {
  const Tapes *tapes = thought->data;
  const Recording *tape = thought->sees_later ? &tapes->later : &tapes->now;
  const size_t at = recorded_at(thought);
  (void)state;
  memcpy(plan, tape->plan + at, (size_t)thought->squares);
  for (int square = 0; value && square < thought->squares; ++square)
    value[square] = tape->outputs[(at + (size_t)square) * HEAD_OUTPUTS + HEAD_VALUE];
}

// A few levels of a batch.
static Status replay(const Subject *subject, const SubjectBatch *batch) {
  static const BuiltRules rules = {0, NULL, tick, decide};
  const Subject *inner = subject->context;
  Tapes tapes = {.channels = inner->channels};
  shuffled_order(tapes.order);
  Status status = record(inner, batch, batch->levels, &tapes.now);
  if (status == STATUS_OK && batch->later) status = record(inner, batch, batch->later, &tapes.later);
  if (status == STATUS_OK) status = built_think(subject, batch, &rules, &tapes);
  recording_free(&tapes.now);
  recording_free(&tapes.later);
  return status;
}

Status shuffled_think(const Subject *subject, const SubjectBatch *batch) {
  const size_t row = (size_t)batch->ticks * (size_t)batch->stride;
  for (int from = 0; from < batch->count; from += RECORDED_LEVELS) {
    const int left = batch->count - from;
    const size_t at = (size_t)from * row;
    SubjectBatch part = *batch;
    part.levels += from;
    part.count = left < RECORDED_LEVELS ? left : RECORDED_LEVELS;
    part.first += from;
    part.plan += at;
    if (batch->state) part.state += at * (size_t)subject->channels;
    if (batch->outputs) part.outputs += at * HEAD_OUTPUTS;
    if (batch->level_edits) part.edits += (size_t)from * (size_t)batch->level_edits;
    if (batch->later) part.later += from;
    TRY(replay(subject, &part));
  }
  return STATUS_OK;
}

Subject subject_shuffled(const Subject *inner, const char *name) {
  return (Subject){.name = name,
                   .ticks_max = SHUFFLED_TICKS,
                   .channels = inner->channels,
                   .think = shuffled_think,
                   .context = inner};
}
