// Translates the user's knobs into what the kernels read.
#include "host/cohort.h"

#include <math.h>

// Nominal steps of one walker: what the loss is divided by, with levels and walkers, in the setting that is
// known to work.
enum { NOMINAL_STEPS = 8 };

AgentShape cohort_agent_shape(const Config *config) {
  return (AgentShape){.core = config->agent_core, .channels = config->agent_channels};
}

PopulationShape cohort_shape(const Config *config, int agents) {
  return (PopulationShape){
      .agent = cohort_agent_shape(config),
      .agents = agents,
      .levels = config->train_levels,
      .walkers = config->train_walkers,
      .shards = config->train_shards,
      .size_max = config->env_sizes.hi,
      .limit = config->env_limit,
      .ticks_lo = config->agent_ticks.lo,
      .ticks_hi = config->agent_ticks.hi,
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

AgentSpec cohort_agent_spec(const Config *config) {
  const double steps = (double)config->train_levels * config->train_walkers * NOMINAL_STEPS;
  return (AgentSpec){
      .seed = (uint64_t)config->seed,
      .env = cohort_env_spec(config, config->env_sizes.lo, config->env_sizes.hi, SPLIT_TRAIN),
      .loss =
          {
              .gamma = (real)config->train_gamma,
              .gae_lambda = (real)config->train_gae_lambda,
              .ent_coef = (real)config->train_ent_coef,
              .vf_coef = (real)config->train_vf_coef,
              .scale = (real)(1.0 / steps),
          },
      .adam =
          {
              .learning_rate = (real)config->train_learning_rate,
              .beta1 = (real)config->train_adam_beta1,
              .beta2 = (real)config->train_adam_beta2,
              .eps = (real)config->train_adam_eps,
              .max_grad_norm = (real)config->train_max_grad_norm,
          },
      .final_learning_rate = (real)config->train_final_learning_rate,
      .final_update = (int64_t)ceil((double)config->train_updates * (1 - config->train_final_fraction)),
      .updates = config->train_updates,
      .steps = config->train_steps,
  };
}
