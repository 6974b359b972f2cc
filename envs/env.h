// The contract of a world: what a level and a state are, and what a step returns. Implementations know only
// this.
#ifndef MESAGRID_ENVS_ENV_H
#define MESAGRID_ENVS_ENV_H

#include <stdbool.h>
#include <stdint.h>

#include "envs/grid.h"
#include "envs/hd.h"
#include "envs/rng.h"

enum { ENV_ACTIONS = 4 };  // A: up, right, down, left

typedef enum Split {
  SPLIT_ANY,     // no rule on the level's hash: for files and benchmarks
  SPLIT_TRAIN,   // hash mod 8 != 0
  SPLIT_SELECT,  // held out, to choose on: hash mod 8 == 0 and (hash / 8) mod 4 == 0
  SPLIT_TEST,    // held out, to report on: hash mod 8 == 0 and (hash / 8) mod 4 != 0
} Split;

// Whether a level with this symmetric hash (grid.h) is of a split: the splits are disjoint by construction.
static inline HD bool split_holds(Split split, uint64_t hash) {
  const bool held_out = hash % 8 == 0, select = hash / 8 % 4 == 0;
  switch (split) {
    case SPLIT_TRAIN:
      return !held_out;
    case SPLIT_SELECT:
      return held_out && select;
    case SPLIT_TEST:
      return held_out && !select;
    case SPLIT_ANY:
    default:
      return true;
  }
}

// What levels are drawn from. Sizes count the border and are odd.
typedef struct EnvSpec {
  int kind;              // an EnvKind of envs/catalogue.h
  int size_lo, size_hi;  // grid sizes, uniform over the odd numbers in [size_lo, size_hi], 5 … GRID_MAX
  float loops;           // share of walls between two cells that are removed, 0 … 1
  float blocks;          // > 0: no maze; each interior square is a wall with this probability, 0 … 0.5
  int limit;             // steps until truncation, as a multiple of the size
  Split split;
} EnvSpec;

// One level: a pure function of (seed, env, episode). Squares are numbered y * width + x.
typedef struct Level {
  Grid grid;
  int goal, start;  // squares; start is connected to the goal and differs from it
} Level;

// What drawing a level works in. The caller brings it, because a GPU's stack is slow memory.
typedef struct EnvWork {
  GridSet set;                                    // of squares
  uint64_t line[GRID_HASH_LINES];                 // for the hash
  uint16_t stack[GRID_MAX / 2 * (GRID_MAX / 2)];  // for a search: one entry a cell
} EnvWork;

// Where an agent stands. Positions are squares.
typedef struct EnvState {
  int agent;
  int step;  // steps taken so far
} EnvState;

typedef struct StepResult {
  int reward;       // in hundredths: the return is this times REWARD_UNIT
  bool terminated;  // the rules ended the episode
  bool truncated;   // the time limit ended it
} StepResult;

#define REWARD_UNIT 0.01f

#endif
