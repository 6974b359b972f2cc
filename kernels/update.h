// Phase `update`: sums the shards' gradients in order, clips the global norm, takes Adam's step, keeps the
// score.
#ifndef MESAGRID_KERNELS_UPDATE_H
#define MESAGRID_KERNELS_UPDATE_H

#include "kernels/population.h"

// Shard 0's gradient ← Σ shards, in order; scaled to a mean it already is.
HD_INLINE void update_reduce(const Block *block, const Population *population, int p) {
  const int reals = population->layout.reals, shards = population->shape.shards;
  real *gradient = population->gradient + (size_t)p * shards * reals;
  BLOCK_FOR(block, i, reals / VEC_WIDTH) {
    real *const first = gradient + i * VEC_WIDTH;
    Vec sum = vec_load(first);
    for (int s = 1; s < shards; ++s) sum = sum + vec_load(first + (size_t)s * reals);
    vec_store(first, sum);
  }
}

// Adds up the shards' stats, keeps them in the history, and moves the agent's progress on.
HD_INLINE void update_progress(const Population *population, int p, real norm, bool finite) {
  const AgentSpec *spec = &population->spec[p];
  AgentProgress *progress = &population->progress[p];
  UpdateStats sum = {0, 0, 0, 0, 0, 0, 0, 0, 0};
  for (int s = 0; s < population->shape.shards; ++s)
    stats_add(&sum, &population->stats[p * population->shape.shards + s]);
  sum.grad_norm = norm;
  population->history[(size_t)p * POPULATION_HISTORY + progress->update % POPULATION_HISTORY] = sum;
  if (!finite) {
    progress->status = AGENT_DIVERGED;  // before the update: the weights stay the last good ones
    return;
  }
  progress->update += 1;
  progress->env_steps += sum.steps;
  progress->powers.beta1 *= spec->adam.beta1;
  progress->powers.beta2 *= spec->adam.beta2;
  const bool out_of_steps = spec->steps > 0 && progress->env_steps >= spec->steps;
  if (progress->update >= spec->updates || out_of_steps) progress->status = AGENT_DONE;
}

// One block: agent p. `partial` (SUM_LANES) is scratch.
HD_INLINE void update_block(const Block *block, const Population *population, int p, real *partial) {
  const AgentSpec *spec = &population->spec[p];
  const AgentProgress *progress = &population->progress[p];
  const int reals = population->layout.reals;
  const size_t base = (size_t)p * reals;
  const real *gradient = population->gradient + base * population->shape.shards;
  update_reduce(block, population, p);
  sum_squares(block, gradient, reals, partial);
  const real norm = real_sqrt(sum_lanes(partial));
  const bool finite = real_is_finite(norm);
  AdamCoefficients adam = spec->adam;
  for (int d = 0; d < RATE_DROPS; ++d)
    if (progress->update >= spec->drop[d].update) adam.learning_rate = spec->drop[d].learning_rate;
  const AdamPowers powers = {progress->powers.beta1 * adam.beta1, progress->powers.beta2 * adam.beta2};
  // As PyTorch clips: scaled only where the norm is above the bound.
  const real clip = real_min(REAL(1.0), adam.max_grad_norm / (norm + REAL(1e-6)));
  BLOCK_FOR(block, i, finite ? reals : 0) {
    adam_step(&adam, &powers, gradient[i] * clip, population->parameters + base + i,
              population->moment1 + base + i, population->moment2 + base + i);
  }
  BLOCK_FOR(block, once, 1) {
    (void)once;
    update_progress(population, p, norm, finite);
  }
  agent_transpose(block, &population->layout, population->parameters + base,
                  population->transposed + (size_t)p * population->layout.transposed);
}

#endif
