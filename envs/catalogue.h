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
static inline HD bool env_generate_in(const EnvSpec *spec, uint64_t seed, uint32_t env, uint32_t episode,
                                      EnvWork *work, Level *level) {
  switch (spec->kind) {
    case ENV_MAZE:
    default:
      return maze_generate(spec, seed, env, episode, work, level);
  }
}

// The same, with room of its own.
static inline HD bool env_generate(const EnvSpec *spec, uint64_t seed, uint32_t env, uint32_t episode,
                                   Level *level) {
  EnvWork work;
  return env_generate_in(spec, seed, env, episode, &work, level);
}

// The squares that the world allows to start from on this level; at least one.
static inline HD void env_starts(int kind, const Level *level, GridSet *starts) {
  switch (kind) {
    case ENV_MAZE:
    default:
      maze_starts(level, starts);
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
