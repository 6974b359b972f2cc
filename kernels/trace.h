// Phase `trace`: thinks on given levels for up to K ticks and records the plan, and on request the state, of
// every tick.
#ifndef MESAGRID_KERNELS_TRACE_H
#define MESAGRID_KERNELS_TRACE_H

#include "envs/oracle.h"
#include "kernels/think.h"

// A clamp: at the end of ticks from … until − 1, counted from 1, the state of one square is set to a row of
// the job's edit values. Heads and later ticks read what was set.
typedef struct TraceEdit {
  int square;       // inside the border; negative: no edit
  int from, until;  // ticks, counted from 1
  int row;          // of edit_values
} TraceEdit;

// What to trace. One thought of `ticks` ticks serves every smaller number of ticks.
typedef struct TraceJob {
  AgentShape shape;
  const real *parameters;  // flat vector of agent_layout(shape)
  const Level *levels;     // (levels)
  int count;               // levels
  int ticks;               // K
  uint8_t *plan;     // (levels, ticks, GRID squares of plan_stride): greedy action of every interior square
  int plan_stride;   // squares reserved for each tick of each level
  real *state;       // (levels, ticks, state_stride · C) or NULL: (H, W, C) of each tick, unpadded channels
  int state_stride;  // squares reserved for each tick
  real *outputs;     // (levels, ticks, state_stride · HEAD_OUTPUTS) or NULL: logits and value
  const TraceEdit *edits;   // (levels, level_edits)
  int level_edits;          // clamps of each level; 0: none
  const real *edit_values;  // (edit_rows, ticks, C)
  int edit_rows;
  const Level *later;  // (levels) or NULL: what the agent sees from tick `later_from` on, of the same size
  int later_from;      // counted from 1
} TraceJob;

// Scratch of one block: drive, the states of even and odd ticks one after the other, outputs; the oracle's
// distances and its queue where the agent sees them.
typedef struct TraceScratch {
  real *drive, *states, *outputs;
  int16_t *distance, *queue;
} TraceScratch;

HD_INLINE TraceScratch trace_scratch(const AgentShape *shape, char *base, int squares, size_t *bytes) {
  const size_t plane = (size_t)squares * channel_stride(shape->channels),
               seen = shape->distance ? squares : 0;
  TraceScratch s;
  *bytes = 0;
  s.drive = (real *)tape_take(base, bytes, plane * MGU_HALVES, sizeof(real));
  s.states = (real *)tape_take(base, bytes, 2 * plane, sizeof(real));
  s.outputs = (real *)tape_take(base, bytes, (size_t)squares * HEAD_STRIDE, sizeof(real));
  s.distance = (int16_t *)tape_take(base, bytes, seen, sizeof *s.distance);
  s.queue = (int16_t *)tape_take(base, bytes, seen, sizeof *s.queue);
  return s;
}

// Copies what the job asks for out of tick k of level n.
HD_INLINE void trace_record(const Block *block, const TraceJob *job, int n, int k, Interior interior,
                            const real *state, const real *outputs) {
  const int channels = job->shape.channels, stride = channel_stride(channels);
  const size_t at = (size_t)n * job->ticks + k;
  BLOCK_FOR(block, cell, interior.count) {
    const int square = interior_square(interior, cell);
    job->plan[at * job->plan_stride + square] = (uint8_t)policy_greedy(outputs + square * HEAD_STRIDE);
    if (job->state) {
      real *to = job->state + (at * job->state_stride + square) * channels;
      for (int c = 0; c < channels; ++c) to[c] = state[square * stride + c];
    }
    if (job->outputs) {
      real *to = job->outputs + (at * job->state_stride + square) * HEAD_OUTPUTS;
      for (int j = 0; j < HEAD_OUTPUTS; ++j) to[j] = outputs[square * HEAD_STRIDE + j];
    }
  }
}

// Clamps what the job's edits ask for at the end of tick k, counted from 0; state (H, W, stride).
HD_INLINE void trace_clamp(const Block *block, const TraceJob *job, int n, int k, real *state) {
  const int channels = job->shape.channels, stride = channel_stride(channels);
  BLOCK_FOR(block, e, job->level_edits) {
    const TraceEdit *edit = &job->edits[(size_t)n * job->level_edits + e];
    if (edit->square >= 0 && k + 1 >= edit->from && k + 1 < edit->until) {
      const real *row = job->edit_values + ((size_t)edit->row * job->ticks + k) * channels;
      for (int c = 0; c < channels; ++c) state[edit->square * stride + c] = row[c];
    }
  }
}

// What tick k sees of level n: prepares drive (and the distances) where that is not what the tick before saw.
HD_INLINE void trace_look(const Block *block, const TraceJob *job, int n, int k, MguLayout core,
                          const real *weights, const TraceScratch *s) {
  const bool turns = job->later && k + 1 == job->later_from, first = k == 0 || turns;
  const Level *level = job->later && k + 1 >= job->later_from ? &job->later[n] : &job->levels[n];
  if (first && job->shape.distance) {
    BLOCK_FOR(block, once, 1) {
      (void)once;
      oracle_search_in(level, 0, s->queue, s->distance);
    }
  }
  if (first || mgu_is_untied(core)) mgu_drive(block, core, weights, level, s->distance, s->drive);
}

// One block: level `n` of the job. `memory`: trace_bytes(); on a GPU as near as it fits.
HD_INLINE void trace_block(const Block *block, const TraceJob *job, int n, void *memory) {
  const Level *level = &job->levels[n];
  const Interior interior = interior_of(level->grid.height, level->grid.width);
  const AgentLayout layout = agent_layout(job->shape);
  const int squares = grid_squares(&level->grid), plane = squares * layout.core.stride;
  size_t bytes;
  const TraceScratch s = trace_scratch(&job->shape, (char *)memory, squares, &bytes);
  MguTick tick = {s.drive, 0, 0, 0, 0};
  fill_zero(block, s.states, 2 * plane);
  for (int k = 0; k < job->ticks; ++k) {
    // A feed-forward net has thought after its last layer: its state stays as it is.
    if (!mgu_is_untied(layout.core) || k < layout.core.layers) {
      const real *const weights = job->parameters + mgu_layer(layout.core, k);
      tick.state = s.states + k % 2 * plane;
      tick.next = s.states + (k + 1) % 2 * plane;
      trace_look(block, job, n, k, layout.core, weights, &s);
      mgu_tick(block, layout.core, weights, interior, tick);
    }
    if (job->level_edits) trace_clamp(block, job, n, k, tick.next);
    heads_forward(block, layout.heads, job->parameters, interior, tick.next, s.outputs);
    trace_record(block, job, n, k, interior, tick.next, s.outputs);
  }
}

// Bytes of scratch that a block needs for levels of up to `squares` squares.
HD_INLINE size_t trace_bytes(const AgentShape *shape, int squares) {
  size_t bytes;
  trace_scratch(shape, 0, squares, &bytes);
  return bytes;
}

#endif
