// Phase `learn`: advantages, the loss, and its gradient back through heads and ticks, for one shard of one
// agent.
#ifndef MESAGRID_KERNELS_LEARN_H
#define MESAGRID_KERNELS_LEARN_H

#include "kernels/think.h"

// One walker's episode, backwards: adds its loss gradients to d_outputs and its sums to stats.
HD_INLINE void learn_episode(const PopulationShape *shape, const AgentSpec *spec, int walker,
                             const LevelTape *t, UpdateStats *stats) {
  const LossCoefficients loss = spec->loss;
  const int steps_max = shape->limit * shape->size_max;
  const int16_t *square = t->square + walker * (steps_max + 1);
  const int16_t *reward = t->reward + walker * steps_max;
  const uint8_t *action = t->action + walker * steps_max;
  const WalkerRecord end = t->walker[walker];
  real next_value = end.terminated ? REAL(0.0) : t->outputs[square[end.steps] * HEAD_STRIDE + HEAD_VALUE];
  real advantage = 0;
  for (int step = end.steps - 1; step >= 0; --step) {
    const Policy *policy = &t->policy[square[step]];
    const real value = t->outputs[square[step] * HEAD_STRIDE + HEAD_VALUE];
    advantage = gae_step(&loss, (real)REWARD_UNIT * (real)reward[step], value, next_value, advantage);
    const real target = advantage + value;
    stats->loss += policy_loss(&loss, policy, value, action[step], advantage, target,
                               t->d_outputs + square[step] * HEAD_STRIDE);
    stats->entropy += policy->entropy;
    stats->value_error = real_fma(advantage, advantage, stats->value_error);
    stats->reward += reward[step];
    next_value = value;
  }
  stats->episodes += 1;
  stats->steps += end.steps;
  stats->solved += end.terminated;
}

// All walkers of one level, in order: two may have stood on the same square.
HD_INLINE void learn_level_loss(const PopulationShape *shape, const AgentSpec *spec, const LevelTape *t) {
  const UpdateStats zero = {0, 0, 0, 0, 0, 0, 0, 0, 0};
  const int outputs = grid_squares(&t->record->level.grid) * HEAD_STRIDE;
  UpdateStats stats = zero;
  for (int i = 0; i < outputs; ++i) t->d_outputs[i] = 0;
  for (int w = 0; w < shape->walkers; ++w) learn_episode(shape, spec, w, t, &stats);
  stats.ticks = t->record->ticks;
  t->record->stats = stats;
}

// Back from d_outputs through the heads and all ticks of one level; adds to `gradient`.
HD_INLINE void learn_level_backward(const Block *block, const AgentLayout *layout, const real *transposed,
                                    const LevelTape *t, const TapeScratch *scratch, real *gradient) {
  const Level *level = &t->record->level;
  const Interior interior = interior_of(level->grid.height, level->grid.width);
  const int stride = layout->core.stride, ticks = t->record->ticks, squares = grid_squares(&level->grid);
  const int plane = squares * stride, gates = interior.count * MGU_HALVES * stride;
  const int pre = squares * MGU_HALVES * stride, batch = mgu_batch(interior);
  MguBackward g = scratch->backward;
  fill_zero(block, g.state, plane);
  fill_zero(block, g.drive, gates);
  fill_border(block, &level->grid, g.pre, MGU_HALVES * stride, batch, (size_t)pre);
  heads_backward(block, layout->heads, transposed + layout->heads_transposed, interior,
                 t->state + ticks * plane, t->d_outputs, g.state, gradient);
  for (int last = ticks - 1; last >= 0; last -= batch) {
    ConvPlanes planes = {0, -plane, pre};
    for (int k = last; k >= 0 && planes.count < batch; --k, ++planes.count) {
      g.pre = scratch->backward.pre + planes.count * pre;
      mgu_tick_backward(block, layout->core, transposed, interior, t->state + k * plane, t->gates + k * gates,
                        &g);
    }
    mgu_weight_backward(block, layout->core, interior, planes, t->state + last * plane, scratch->backward.pre,
                        gradient);
  }
  mgu_drive_backward(block, layout->core, level, interior, g.drive, gradient);
}

// One block: agent p, shard `shard`. Reads the tape that `rollout` left; writes the shard's gradient and
// stats.
HD_INLINE void learn_block(const Block *block, const Population *population, int p, int shard, void *tape) {
  const PopulationShape shape = population->shape;
  const AgentLayout layout = population->layout;
  const AgentSpec *spec = &population->spec[p];
  const real *transposed = population->transposed + (size_t)p * layout.transposed;
  real *gradient = population->gradient + ((size_t)p * shape.shards + shard) * layout.reals;
  const int levels = shape.levels / shape.shards;
  const TapeScratch scratch = tape_scratch_at(&shape, tape);
  BLOCK_FOR(block, n, levels) {
    const LevelTape t = tape_at(&shape, tape, n);
    learn_level_loss(&shape, spec, &t);
  }
  fill_zero(block, gradient, layout.reals);
  for (int n = 0; n < levels; ++n) {
    const LevelTape t = tape_at(&shape, tape, n);
    learn_level_backward(block, &layout, transposed, &t, &scratch, gradient);
  }
  BLOCK_FOR(block, once, 1) {
    UpdateStats sum = {0, 0, 0, 0, 0, 0, 0, 0, 0};
    for (int n = once; n < levels; ++n) stats_add(&sum, &tape_at(&shape, tape, n).record->stats);
    population->stats[p * shape.shards + shard] = sum;
  }
}

#endif
