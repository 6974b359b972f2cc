// The worlds there are: a name and three functions each, behind switches that a whole block takes the same
// way.
#ifndef MESAGRID_ENVS_CATALOGUE_H
#define MESAGRID_ENVS_CATALOGUE_H

#include "envs/env.h"
#include "envs/maze.h"

// Adding a world: one file beside maze.h, one name here, one case in each switch.
typedef enum EnvKind { ENV_MAZE, ENV_KINDS } EnvKind;

// The name that configurations and reports use; "unknown" for a number that is no kind.
static inline const char *env_name(int kind) {
  return kind == ENV_MAZE ? "maze" : "unknown";
}

// Draws the level of (seed, env, episode), a pure function of these; false where the spec's split has no such
// level.
static inline HD bool env_generate(const EnvSpec *spec, uint64_t seed, uint32_t env, uint32_t episode,
                                   Level *level) {
  switch (spec->kind) {
    case ENV_MAZE:
    default:
      return maze_generate(spec, seed, env, episode, level);
  }
}

// A start uniform over those that the world allows on this level.
static inline HD int env_random_start(int kind, const Level *level, Rng *rng) {
  switch (kind) {
    case ENV_MAZE:
    default:
      return maze_random_start(level, rng);
  }
}

// Steps until truncation.
static inline HD int env_step_limit(const EnvSpec *spec, const Level *level) {
  switch (spec->kind) {
    case ENV_MAZE:
    default:
      return maze_step_limit(spec, level);
  }
}

// One step of one agent; `state` moves on even when the episode ends, so the caller resets it.
static inline HD StepResult env_step(int kind, const Level *level, int limit_steps, EnvState *state,
                                     int action) {
  switch (kind) {
    case ENV_MAZE:
    default:
      return maze_step(level, limit_steps, state, action);
  }
}

#endif
