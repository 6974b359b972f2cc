// Phase `learn`: advantages, the loss, and its gradient back through heads and ticks, for one shard of one
// agent.
#ifndef MESAGRID_KERNELS_LEARN_H
#define MESAGRID_KERNELS_LEARN_H

#include "envs/oracle.h"
#include "kernels/think.h"

// One walker's episode, backwards: each step's loss gradients, and the walker's stats.
HD_INLINE void learn_episode(const PopulationShape *shape, const AgentSpec *spec, int walker,
                             const LevelTape *t) {
  const LossCoefficients loss = spec->loss;
  const int steps_max = shape->limit * shape->size_max;
  const int16_t *square = t->square + walker * (steps_max + 1);
  const int16_t *reward = t->reward + walker * steps_max;
  const uint8_t *action = t->action + walker * steps_max;
  real *d_step = t->d_step + walker * steps_max * HEAD_OUTPUTS;
  WalkerRecord *const end = &t->walker[walker];
  UpdateStats stats = {0, 0, 0, 0, 0, 0, 0, 0, 0};
  real next_value = end->terminated ? REAL(0.0) : t->outputs[square[end->steps] * HEAD_STRIDE + HEAD_VALUE];
  real advantage = 0;
  for (int step = end->steps - 1; step >= 0; --step) {
    const Policy *policy = &t->policy[square[step]];
    const real value = t->outputs[square[step] * HEAD_STRIDE + HEAD_VALUE];
    advantage = gae_step(&loss, (real)REWARD_UNIT * (real)reward[step], value, next_value, advantage);
    const real target = advantage + value;
    stats.loss +=
        policy_loss(&loss, policy, value, action[step], advantage, target, d_step + step * HEAD_OUTPUTS);
    stats.entropy += policy->entropy;
    stats.value_error = real_fma(advantage, advantage, stats.value_error);
    stats.reward += reward[step];
    next_value = value;
  }
  stats.episodes = 1;
  stats.steps = end->steps;
  stats.solved = end->terminated;
  end->stats = stats;
}

// d_outputs(:, output) ← the sum of its steps' gradients, walker by walker: two may have stood on one square.
// Its share of the padding becomes zero.
HD_INLINE void learn_gather(const PopulationShape *shape, int output, const LevelTape *t) {
  const int steps_max = shape->limit * shape->size_max, squares = grid_squares(&t->record->level.grid);
  for (int i = 0; i < squares; ++i)
    for (int column = output; column < HEAD_STRIDE; column += HEAD_OUTPUTS)
      t->d_outputs[i * HEAD_STRIDE + column] = 0;
  for (int w = 0; w < shape->walkers; ++w) {
    const int16_t *square = t->square + w * (steps_max + 1);
    const real *d_step = t->d_step + w * steps_max * HEAD_OUTPUTS + output;
    for (int step = t->walker[w].steps - 1; step >= 0; --step)
      t->d_outputs[square[step] * HEAD_STRIDE + output] += d_step[step * HEAD_OUTPUTS];
  }
}

// The stats of a level: its walkers', in order.
HD_INLINE void learn_level_stats(const PopulationShape *shape, const LevelTape *t) {
  UpdateStats stats = {0, 0, 0, 0, 0, 0, 0, 0, 0};
  for (int w = 0; w < shape->walkers; ++w) stats_add(&stats, &t->walker[w].stats);
  stats.ticks = t->record->ticks;
  t->record->stats = stats;
}

// Learns a level's plan from the oracle: the mean loss over the squares that have a way, and the level's
// stats.
HD_INLINE void learn_from_oracle(const AgentSpec *spec, const LevelTape *t) {
  const Level *level = &t->record->level;
  LossCoefficients loss = spec->loss;
  int squares = 0;
  UpdateStats stats = {0, 0, 0, 0, 0, 0, 0, 0, 0};
  for (int i = 0; i < grid_squares(&level->grid) * HEAD_STRIDE; ++i) t->d_outputs[i] = 0;
  for (int square = 0; square < grid_squares(&level->grid); ++square) squares += t->distance[square] > 0;
  loss.scale = spec->loss.scale / (real)squares;
  for (int square = 0; square < grid_squares(&level->grid); ++square) {
    const uint32_t best = oracle_best_actions(level, t->distance, square);
    if (best == 0) continue;
    const real *logits = t->outputs + square * HEAD_STRIDE;
    const Policy *policy = &t->policy[square];
    stats.loss += imitation_loss(&loss, policy, best, t->d_outputs + square * HEAD_STRIDE);
    stats.entropy += policy->entropy;
    stats.steps += 1;
    stats.solved += best >> policy_greedy(logits) & 1;
  }
  stats.episodes = stats.steps;
  stats.ticks = t->record->ticks;
  t->record->stats = stats;
}

// The loss of all levels of the shard: by walkers, then by outputs.
HD_INLINE void learn_losses(const Block *block, const PopulationShape *shape, const AgentSpec *spec,
                            int levels, void *tape) {
  if (shape->walkers == 0) {
    BLOCK_FOR(block, n, levels) {
      const LevelTape t = tape_at(shape, tape, n);
      learn_from_oracle(spec, &t);
    }
    return;
  }
  BLOCK_FOR(block, item, levels * shape->walkers) {
    const LevelTape t = tape_at(shape, tape, item / shape->walkers);
    learn_episode(shape, spec, item % shape->walkers, &t);
  }
  BLOCK_FOR(block, item, levels * HEAD_OUTPUTS) {
    const LevelTape t = tape_at(shape, tape, item / HEAD_OUTPUTS);
    learn_gather(shape, item % HEAD_OUTPUTS, &t);
    if (item % HEAD_OUTPUTS == 0) learn_level_stats(shape, &t);
  }
}

// Back from d_outputs through the heads and all ticks of one level; adds to `gradient`. g: the scratch; where
// it has `x`, the states that the weights' gradients read are copied there.
HD_INLINE void learn_level_backward(const Block *block, const AgentLayout *layout, const real *transposed,
                                    const LevelTape *t, MguBackward g, real *gradient) {
  const Level *level = &t->record->level;
  const Interior interior = interior_of(level->grid.height, level->grid.width);
  const int stride = layout->core.stride, ticks = t->record->ticks, squares = grid_squares(&level->grid);
  const int plane = squares * stride, gates = interior.count * MGU_HALVES * stride;
  const int pre = squares * MGU_HALVES * stride,
            batch = mgu_is_untied(layout->core) ? 1 : mgu_batch(interior);
  real *const first_pre = g.pre, *const first_x = g.x;
  fill_zero(block, g.state, plane);
  fill_zero(block, g.drive, gates);
  fill_border(block, &level->grid, g.pre, MGU_HALVES * stride, batch, (size_t)pre);
  if (first_x) fill_border(block, &level->grid, g.x, stride, batch, (size_t)plane);
  heads_backward(block, layout->heads, transposed + layout->heads_transposed, interior,
                 t->state + ticks * plane, t->d_outputs, g.state, gradient);
  for (int last = ticks - 1; last >= 0; last -= batch) {
    const real *const turned = transposed + mgu_layer_transposed(layout->core, last);
    real *const sum = gradient + mgu_layer(layout->core, last);
    ConvPlanes planes = {0, first_x ? plane : -plane, pre};
    for (int k = last; k >= 0 && planes.count < batch; --k, ++planes.count) {
      g.pre = first_pre + planes.count * pre;
      if (first_x) g.x = first_x + planes.count * plane;
      mgu_tick_backward(block, layout->core, turned, interior, t->state + k * plane, t->gates + k * gates,
                        &g);
    }
    mgu_weight_backward(block, layout->core, interior, planes, first_x ? first_x : t->state + last * plane,
                        first_pre, sum);
    // Tied ticks share what the level adds: its gradient is their sum.
    if (mgu_is_untied(layout->core) || last < batch)
      mgu_drive_backward(block, layout->core, level, t->distance, interior, g.drive, sum);
    if (mgu_is_untied(layout->core)) fill_zero(block, g.drive, gates);
  }
}

// One block: agent p, shard `shard`. Reads the tape that `rollout` left; writes the shard's gradient and
// stats. `near` says what is copied into `memory`, laid out by learn_near(); with planes only if the rollout
// had them.
HD_INLINE void learn_block(const Block *block, const Population *population, int p, int shard, void *tape,
                           int near, void *memory) {
  const PopulationShape shape = population->shape;
  const AgentLayout layout = population->layout;
  const real *transposed = population->transposed + (size_t)p * layout.transposed;
  real *gradient = population->gradient + ((size_t)p * shape.shards + shard) * layout.reals;
  const int levels = shape.levels / shape.shards;
  const TapeScratch scratch = tape_scratch_at(&shape, tape);
  size_t bytes;
  const LearnNear close = learn_near(&layout, near_room(shape.size_max), near, (char *)memory, &bytes);
  if (near & NEAR_WEIGHTS) near_copy(block, transposed, layout.transposed, close.transposed);
  learn_losses(block, &shape, &population->spec[p], levels, tape);
  fill_zero(block, gradient, layout.reals);
  for (int n = 0; n < levels; ++n) {
    const LevelTape t = tape_at(&shape, tape, n);
    learn_level_backward(block, &layout, near & NEAR_WEIGHTS ? close.transposed : transposed, &t,
                         near & NEAR_PLANES ? close.backward : scratch.backward, gradient);
  }
  BLOCK_FOR(block, once, 1) {
    UpdateStats sum = {0, 0, 0, 0, 0, 0, 0, 0, 0};
    for (int n = once; n < levels; ++n) stats_add(&sum, &tape_at(&shape, tape, n).record->stats);
    population->stats[p * shape.shards + shard] = sum;
  }
}

#endif
