// A population: P agents of one shape, everything they learn and remember, and the tape of one block's work.
#ifndef MESAGRID_KERNELS_POPULATION_H
#define MESAGRID_KERNELS_POPULATION_H

#include <stddef.h>
#include <stdint.h>

#include "envs/catalogue.h"
#include "kernels/adam.h"
#include "kernels/agent_catalogue.h"
#include "kernels/policy_loss.h"
#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

// What decides the sizes of buffers: equal for all agents of a cohort.
typedef struct PopulationShape {
  AgentShape agent;
  int agents;     // P
  int levels;     // N levels in one update of one agent
  int walkers;    // episodes per level; 0: nobody walks, the oracle's actions are what is learned
  int shards;     // blocks per agent; divides levels; decides the order of sums, so part of the result
  int size_max;   // largest level drawn
  int limit;      // time limit in multiples of the size
  int ticks_max;  // most ticks of any agent
} PopulationShape;

// A change of the learning rate.
typedef struct RateDrop {
  int64_t update;  // the first that uses it; INT64_MAX: none does
  real learning_rate;
} RateDrop;

enum { RATE_DROPS = 2 };

// What one agent is trained with; may differ inside a cohort.
typedef struct AgentSpec {
  uint64_t seed;
  EnvSpec env;
  uint32_t distinct;       // different levels to learn from; 0: no limit
  int ticks_lo, ticks_hi;  // K, uniform per level; at most the population's ticks_max
  LossCoefficients loss;
  AdamCoefficients adam;      // learning_rate is the one before the drops
  RateDrop drop[RATE_DROPS];  // in the order of time
  int64_t updates;            // budget
  int64_t steps;              // budget in env steps; 0: none
} AgentSpec;

typedef enum AgentStatus { AGENT_TRAINING, AGENT_DONE, AGENT_DIVERGED } AgentStatus;

// Where one agent's training stands; with parameters and moments all that a checkpoint holds.
typedef struct AgentProgress {
  int64_t update;     // updates made
  int64_t env_steps;  // steps taken in all
  AdamPowers powers;
  int status;  // AgentStatus
} AgentProgress;

// What happened in one update of one agent (or one shard or level of it, before they are summed).
typedef struct UpdateStats {
  int episodes, steps, solved;
  int reward;        // sum, in hundredths
  int ticks;         // sum over levels
  real loss;         // as policy_loss scales it
  real entropy;      // sum over steps [nats]
  real value_error;  // sum of squares over steps
  real grad_norm;    // before clipping; of whole updates only
} UpdateStats;

typedef struct Population {
  PopulationShape shape;
  AgentLayout layout;
  AgentSpec *spec;          // (P)
  AgentProgress *progress;  // (P)
  real *parameters;         // (P, layout.reals)
  real *moment1, *moment2;  // (P, layout.reals)
  UpdateStats *history;     // (P, POPULATION_HISTORY): of update u at u mod POPULATION_HISTORY
  size_t head;              // bytes of the arrays so far: all that whoever trains wants to know
  real *transposed;         // (P, layout.transposed): follows the parameters
  real *gradient;           // (P, shards, layout.reals)
  UpdateStats *stats;       // (P, shards)
  void *storage;            // one allocation holds them all
} Population;

enum { POPULATION_HISTORY = 16 };

// One level of a shard: what the rollout drew and did. Fixed size, at the head of its part of the tape.
typedef struct LevelRecord {
  Level level;
  EnvWork work;
  int ticks;
  UpdateStats stats;
} LevelRecord;

// One walker's episode.
typedef struct WalkerRecord {
  int steps;
  bool terminated;  // else truncated
  UpdateStats stats;
} WalkerRecord;

// Views into one level's part of a tape; S = size_max, I = (S − 2)².
typedef struct LevelTape {
  LevelRecord *record;
  WalkerRecord *walker;  // (walkers)
  int16_t *square;    // (walkers, limit · S + 1): where each step was taken, the last entry where it ended
  int16_t *reward;    // (walkers, limit · S): of each step, in hundredths
  uint8_t *action;    // (walkers, limit · S)
  real *d_step;       // (walkers, limit · S, HEAD_OUTPUTS): gradient of each step's loss by its outputs
  int16_t *distance;  // (S · S): the oracle's, where the agent sees them or learns from them; else no room
  int16_t *queue;     // (S · S): for the search that finds them
  real *state;        // (ticks_max + 1, H, W, stride)
  real *gates;        // (ticks_max, I, half, stride)
  real *outputs;      // (H, W, HEAD_STRIDE)
  Policy *policy;     // (H, W): of the free squares
  real *d_outputs;    // (H, W, HEAD_STRIDE)
} LevelTape;

// Scratch that the levels of a shard share.
typedef struct TapeScratch {
  real *drive;  // (I, half, stride)
  MguBackward backward;
} TapeScratch;

HD_INLINE size_t tape_align(size_t bytes) {
  return (bytes + 63) / 64 * 64;
}

// Carves `count` elements of `size` bytes off *at, 64-byte aligned; a NULL base only measures.
HD_INLINE void *tape_take(char *base, size_t *at, size_t count, size_t size) {
  char *const here = base ? base + *at : base;
  *at += tape_align(count * size);
  return here;
}

// Whether levels come with the oracle's distances.
HD_INLINE bool population_knows_distances(const PopulationShape *shape) {
  return shape->agent.distance || shape->walkers == 0;
}

// Views of the level number `n` of a shard; *bytes receives the size of one level's part.
HD_INLINE LevelTape tape_level(const PopulationShape *shape, char *level_base, size_t *bytes) {
  const size_t squares = (size_t)shape->size_max * shape->size_max;
  const size_t cells = (size_t)(shape->size_max - 2) * (shape->size_max - 2);
  const size_t steps = (size_t)shape->limit * shape->size_max, walkers = shape->walkers;
  const size_t stride = channel_stride(shape->agent.channels);
  const size_t known = population_knows_distances(shape) ? squares : 0;
  LevelTape t;
  *bytes = 0;
  t.record = (LevelRecord *)tape_take(level_base, bytes, 1, sizeof *t.record);
  t.walker = (WalkerRecord *)tape_take(level_base, bytes, walkers, sizeof *t.walker);
  t.square = (int16_t *)tape_take(level_base, bytes, walkers * (steps + 1), sizeof *t.square);
  t.reward = (int16_t *)tape_take(level_base, bytes, walkers * steps, sizeof *t.reward);
  t.action = (uint8_t *)tape_take(level_base, bytes, walkers * steps, sizeof *t.action);
  t.d_step = (real *)tape_take(level_base, bytes, walkers * steps * HEAD_OUTPUTS, sizeof(real));
  t.distance = (int16_t *)tape_take(level_base, bytes, known, sizeof *t.distance);
  t.queue = (int16_t *)tape_take(level_base, bytes, known, sizeof *t.queue);
  t.state = (real *)tape_take(level_base, bytes, (shape->ticks_max + 1) * squares * stride, sizeof(real));
  t.gates =
      (real *)tape_take(level_base, bytes, shape->ticks_max * cells * MGU_HALVES * stride, sizeof(real));
  t.outputs = (real *)tape_take(level_base, bytes, squares * HEAD_STRIDE, sizeof(real));
  t.policy = (Policy *)tape_take(level_base, bytes, squares, sizeof *t.policy);
  t.d_outputs = (real *)tape_take(level_base, bytes, squares * HEAD_STRIDE, sizeof(real));
  return t;
}

HD_INLINE TapeScratch tape_scratch(const PopulationShape *shape, char *base, size_t *bytes) {
  const size_t squares = (size_t)shape->size_max * shape->size_max;
  const size_t cells = (size_t)(shape->size_max - 2) * (shape->size_max - 2);
  const size_t row = (size_t)MGU_HALVES * channel_stride(shape->agent.channels);
  TapeScratch s;
  *bytes = 0;
  s.drive = (real *)tape_take(base, bytes, cells * row, sizeof(real));
  s.backward.state = (real *)tape_take(base, bytes, squares * row / MGU_HALVES, sizeof(real));
  s.backward.pre = (real *)tape_take(base, bytes, mgu_batch_squares(squares) * row, sizeof(real));
  s.backward.drive = (real *)tape_take(base, bytes, cells * row, sizeof(real));
  s.backward.x = 0;
  return s;
}

HD_INLINE LevelTape tape_at(const PopulationShape *shape, void *tape, int n) {
  size_t bytes;
  tape_level(shape, 0, &bytes);
  return tape_level(shape, (char *)tape + (size_t)n * bytes, &bytes);
}

HD_INLINE TapeScratch tape_scratch_at(const PopulationShape *shape, void *tape) {
  size_t bytes;
  tape_level(shape, 0, &bytes);
  return tape_scratch(shape, (char *)tape + (size_t)(shape->levels / shape->shards) * bytes, &bytes);
}

// Bytes of the tape of one block.
HD_INLINE size_t tape_bytes(const PopulationShape *shape) {
  size_t level, scratch;
  tape_level(shape, 0, &level);
  tape_scratch(shape, 0, &scratch);
  return (size_t)(shape->levels / shape->shards) * level + scratch;
}

// Adds `part` to `sum`; called in logical order.
HD_INLINE void stats_add(UpdateStats *sum, const UpdateStats *part) {
  sum->episodes += part->episodes;
  sum->steps += part->steps;
  sum->solved += part->solved;
  sum->reward += part->reward;
  sum->ticks += part->ticks;
  sum->loss += part->loss;
  sum->entropy += part->entropy;
  sum->value_error += part->value_error;
}

// Bytes of a population's storage, and a population laid out over such storage, wherever it lies (64-byte
// aligned); what it holds is left alone.
size_t population_bytes(const PopulationShape *shape);
void population_place(PopulationShape shape, void *storage, Population *population);

// Allocates all buffers, zeroed. STATUS_MEMORY if there is too little; nothing to free then.
Status population_create(PopulationShape shape, Population *population);
void population_free(Population *population);

// Sets agent p to its start: the spec's seed decides the weights, drawn in the tensors' order.
void population_start(Population *population, int p, const AgentSpec *spec);

// Recomputes what follows from agent p's parameters, after they were loaded.
void population_refresh(Population *population, int p);

#ifdef __cplusplus
}
#endif
#endif
