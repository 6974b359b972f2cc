// The actor-critic loss of one step, its gradients, and the generalized advantages that weigh it.
#ifndef MESAGRID_KERNELS_POLICY_LOSS_H
#define MESAGRID_KERNELS_POLICY_LOSS_H

#include "kernels/heads.h"

// Coefficients as CleanRL names them.
typedef struct LossCoefficients {
  real gamma, gae_lambda, ent_coef, vf_coef;
  real scale;  // of every step's loss: 1 / (levels · walkers · 8)
} LossCoefficients;

// Â_t = δ_t + γ λ Â_{t+1} with δ_t = r_t + γ V_{t+1} − V_t (Schulman et al. 2016, arXiv 1506.02438). One step
// of the backward recursion; `next_value` is 0 after a terminal step and V(s_T) after a truncation.
HD_INLINE real gae_step(const LossCoefficients *k, real reward, real value, real next_value,
                        real next_advantage) {
  const real delta = real_fma(k->gamma, next_value, reward) - value;
  return real_fma(k->gamma * k->gae_lambda, next_advantage, delta);
}

// L = scale · (−log π(a) Â + vf_coef ½ (V − R)² − ent_coef H), Â and R held constant (Mnih et al. 2016, arXiv
// 1602.01783). Returns L; d_out(HEAD_OUTPUTS) ← ∂L/∂[logits | value].
HD_INLINE real policy_loss(const LossCoefficients *k, const Policy *policy, real value, int action,
                           real advantage, real target, real *d_out) {
  const real error = value - target;
  for (int a = 0; a < ENV_ACTIONS; ++a) {
    const real chosen = a == action ? REAL(1.0) : REAL(0.0), p = policy->probability[a];
    const real from_action = advantage * (p - chosen);
    const real from_entropy = k->ent_coef * p * (policy->log_probability[a] + policy->entropy);
    d_out[a] = k->scale * (from_action + from_entropy);
  }
  d_out[HEAD_VALUE] = k->scale * (k->vf_coef * error);
  const real actor = -policy->log_probability[action] * advantage;
  return k->scale * (actor + REAL(0.5) * k->vf_coef * error * error - k->ent_coef * policy->entropy);
}

// The oracle's lesson on a square: take any of the best actions (one bit each, at least one). L = −scale ·
// log Σ_best π, whose gradient by the logits is π less the policy among the best alone. Returns L;
// d_out(ENV_ACTIONS) ← ∂L/∂logits.
HD_INLINE real imitation_loss(const LossCoefficients *k, const Policy *policy, uint32_t best, real *d_out) {
  real top = policy->log_probability[bits_lowest(best)], among[ENV_ACTIONS], sum = 0;
  for (int a = 0; a < ENV_ACTIONS; ++a)
    if (best >> a & 1) top = real_max(policy->log_probability[a], top);
  for (int a = 0; a < ENV_ACTIONS; ++a) {
    among[a] = best >> a & 1 ? real_exp(policy->log_probability[a] - top) : REAL(0.0);
    sum += among[a];
  }
  for (int a = 0; a < ENV_ACTIONS; ++a) d_out[a] = k->scale * (policy->probability[a] - among[a] / sum);
  return k->scale * -(top + real_log(sum));
}

#endif
