// Translates the user's knobs into what the kernels read.
#include "host/cohort.h"

#include <math.h>

// Nominal steps of one walker: what the loss is divided by, with levels and walkers, in the setting that is
// known to work. Where the oracle teaches, the loss is the mean over a level's squares, times this: a scale
// that the norm's bound is felt by large gradients alone.
enum { NOMINAL_STEPS = 8 };
static const double ORACLE_SCALE = 20;

AgentShape cohort_agent_shape(const Config *config) {
  return (AgentShape){.core = config->agent_core,
                      .channels = config->agent_channels,
                      .layers = config->agent_weights == WEIGHTS_UNTIED ? config->agent_ticks.hi : 0,
                      .distance = config->agent_distance == DISTANCE_SHOWN};
}

int cohort_ticks_max(const Plan *plan, int cohort) {
  int most = 1;
  for (int t = 0; t < plan->trial_count; ++t) {
    const int ticks = plan->trials[t].config.agent_ticks.hi;
    if (plan->trials[t].cohort == cohort && ticks > most) most = ticks;
  }
  return most;
}

PopulationShape cohort_shape(const Config *config, int agents, int ticks_max) {
  AgentShape agent = cohort_agent_shape(config);
  if (agent.layers > 0) agent.layers = ticks_max;
  return (PopulationShape){
      .agent = agent,
      .agents = agents,
      .levels = config->train_levels,
      .walkers = config->train_teacher == TEACHER_ORACLE ? 0 : config->train_walkers,
      .shards = config->train_shards,
      .size_max = config->env_sizes.hi,
      .limit = config->env_limit,
      .ticks_max = ticks_max,
  };
}

EnvSpec cohort_env_spec(const Config *config, int size_lo, int size_hi, Split split) {
  return (EnvSpec){
      .kind = config->env_kind,
      .size_lo = size_lo,
      .size_hi = size_hi,
      .loops = (float)config->env_loops,
      .blocks = (float)config->env_blocks,
      .limit = config->env_limit,
      .split = split,
  };
}

// The drop for the last `fraction` of the updates.
static RateDrop rate_drop(const Config *config, double fraction, double learning_rate) {
  const int64_t update = (int64_t)ceil((double)config->train_updates * (1 - fraction));
  return (RateDrop){fraction > 0 ? update : INT64_MAX, (real)learning_rate};
}

AgentSpec cohort_agent_spec(const Config *config) {
  const double each = config->train_teacher == TEACHER_ORACLE ? 1 / ORACLE_SCALE
                                                              : (double)config->train_walkers * NOMINAL_STEPS;
  return (AgentSpec){
      .seed = (uint64_t)config->seed,
      .env = cohort_env_spec(config, config->env_sizes.lo, config->env_sizes.hi, SPLIT_TRAIN),
      .distinct = (uint32_t)config->env_distinct,
      .ticks_lo = config->agent_ticks.lo,
      .ticks_hi = config->agent_ticks.hi,
      .loss =
          {
              .gamma = (real)config->train_gamma,
              .gae_lambda = (real)config->train_gae_lambda,
              .ent_coef = (real)config->train_ent_coef,
              .vf_coef = (real)config->train_vf_coef,
              .scale = (real)(1.0 / (config->train_levels * each)),
          },
      .adam =
          {
              .learning_rate = (real)config->train_learning_rate,
              .beta1 = (real)config->train_adam_beta1,
              .beta2 = (real)config->train_adam_beta2,
              .eps = (real)config->train_adam_eps,
              .max_grad_norm = (real)config->train_max_grad_norm,
          },
      .drop = {rate_drop(config, config->train_final_fraction, config->train_final_learning_rate),
               rate_drop(config, config->train_last_fraction, config->train_last_learning_rate)},
      .updates = config->train_updates,
      .steps = config->train_steps,
  };
}
