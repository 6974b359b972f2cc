// Phase `rollout`: draws the levels of one shard, thinks on each, and walks every walker to the end of its
// episode.
#ifndef MESAGRID_KERNELS_ROLLOUT_H
#define MESAGRID_KERNELS_ROLLOUT_H

#include "envs/oracle.h"
#include "kernels/think.h"

// The env that the levels of an agent with a limited number of them are drawn as: no update draws so many.
enum { ROLLOUT_DISTINCT_ENV = 0xffffff };

// Draws level `n` of this update: a new one, or one of the agent's few.
HD_INLINE void rollout_level(const AgentSpec *spec, int n, uint32_t update, LevelRecord *record) {
  uint32_t env = (uint32_t)n, episode = update;
  if (spec->distinct > 0) {
    Rng rng = rng_at(spec->seed, rng_stream(RNG_DISTINCT, (uint32_t)n, update), 0);
    env = ROLLOUT_DISTINCT_ENV;
    episode = rng_below(&rng, spec->distinct);
  }
  env_generate_in(&spec->env, spec->seed, env, episode, &record->work, &record->level);
}

// Draws level `n` of this update, its ticks and its walkers' starts.
HD_INLINE void rollout_draw(const PopulationShape *shape, const AgentSpec *spec, int n, uint32_t update,
                            const LevelTape *t) {
  LevelRecord *record = t->record;
  rollout_level(spec, n, update, record);
  if (population_knows_distances(shape)) oracle_search_in(&record->level, 0, t->queue, t->distance);
  Rng rng = rng_at(spec->seed, rng_stream(RNG_TICKS, (uint32_t)n, update), 0);
  record->ticks = spec->ticks_lo + (int)rng_below(&rng, (uint32_t)(spec->ticks_hi - spec->ticks_lo + 1));
  rng = rng_at(spec->seed, rng_stream(RNG_START, (uint32_t)n, update), 0);
  const int entries = shape->limit * shape->size_max + 1;
  GridSet *const starts = &record->work.set;
  env_starts(spec->env.kind, &record->level, starts);
  const uint32_t count = (uint32_t)grid_set_count(starts);
  for (int w = 0; w < shape->walkers; ++w)
    t->square[w * entries] =
        (int16_t)grid_set_nth(starts, record->level.grid.width, (int)rng_below(&rng, count));
}

// Walks one walker under the policy; its draws are a stream of their own.
HD_INLINE void rollout_walk(const PopulationShape *shape, const AgentSpec *spec, int n, uint32_t update,
                            int walker, const LevelTape *t) {
  const Level *level = &t->record->level;
  const int steps_max = shape->limit * shape->size_max;
  const int limit = env_step_limit(&spec->env, level);
  int16_t *square = t->square + walker * (steps_max + 1);
  int16_t *reward = t->reward + walker * steps_max;
  uint8_t *action = t->action + walker * steps_max;
  Rng rng = rng_at(spec->seed, rng_stream(RNG_ACTION, (uint32_t)n, update), (uint64_t)walker << 20);
  EnvState state = {square[0], 0};
  StepResult result = {0, false, false};
  while (!result.terminated && !result.truncated) {
    const int step = state.step;
    action[step] = (uint8_t)policy_sample(&t->policy[state.agent], rng_unit(&rng));
    result = env_step(spec->env.kind, level, limit, &state, action[step]);
    reward[step] = (int16_t)result.reward;
    square[state.step] = (int16_t)state.agent;
  }
  t->walker[walker].steps = state.step;
  t->walker[walker].terminated = result.terminated;
}

// The policy on every free square of a level: walkers and the loss look it up.
HD_INLINE void rollout_policy(const Block *block, const LevelTape *t) {
  const Grid *grid = &t->record->level.grid;
  BLOCK_FOR(block, square, grid_squares(grid)) {
    if (!grid_is_wall(grid, square)) t->policy[square] = policy_of(t->outputs + square * HEAD_STRIDE);
  }
}

// One block: agent p, shard `shard`. Fills the tape that `learn` reads. `near` says what is copied into
// `memory`, laid out by think_near().
HD_INLINE void rollout_block(const Block *block, const Population *population, int p, int shard, void *tape,
                             int near, void *memory) {
  const PopulationShape shape = population->shape;
  const AgentLayout layout = population->layout;
  const AgentSpec *spec = &population->spec[p];
  const real *parameters = population->parameters + (size_t)p * layout.reals;
  const uint32_t update = (uint32_t)population->progress[p].update;
  const int levels = shape.levels / shape.shards, first = shard * levels;
  const TapeScratch scratch = tape_scratch_at(&shape, tape);
  size_t bytes;
  const ThinkNear close = think_near(&layout, near_room(shape.size_max), near, (char *)memory, &bytes);
  if (near & NEAR_WEIGHTS) near_copy(block, parameters, layout.reals, close.parameters);
  BLOCK_FOR(block, n, levels) {
    const LevelTape t = tape_at(&shape, tape, n);
    rollout_draw(&shape, spec, first + n, update, &t);
  }
  for (int n = 0; n < levels; ++n) {
    const LevelTape t = tape_at(&shape, tape, n);
    think_on_tape(block, &layout, near & NEAR_WEIGHTS ? close.parameters : parameters, &t.record->level,
                  t.record->ticks, scratch.drive, near, &close, &t);
    rollout_policy(block, &t);
  }
  BLOCK_FOR(block, item, levels * shape.walkers) {
    const LevelTape t = tape_at(&shape, tape, item / shape.walkers);
    rollout_walk(&shape, spec, first + item / shape.walkers, update, item % shape.walkers, &t);
  }
}

#endif
