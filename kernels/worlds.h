// Worlds that step by themselves: where they stand, what levels they draw from, and what they show at each
// step.
#ifndef MESAGRID_KERNELS_WORLDS_H
#define MESAGRID_KERNELS_WORLDS_H

#include <stddef.h>
#include <stdint.h>

#include "envs/catalogue.h"
#include "envs/lane.h"
#include "envs/maze_lane.h"
#include "envs/view.h"
#include "kernels/status.h"

enum {
  WORLDS_MAX = 1 << 24,  // as many as a stream of random numbers tells apart
  WORLDS_BLOCK = 64,     // worlds that a thread of the CPU steps together: a few tiles, their levels cached
  WORLDS_POOL_MAX = 1 << 22,  // levels
  WORLDS_GOAL_SHIFT = 16,     // of the goal beside the start
};

// What worlds are made from. Everything that follows is a pure function of it and of the actions.
typedef struct WorldsSpec {
  EnvSpec env;
  uint64_t seed;
  int count;  // N worlds, 1 … WORLDS_MAX
  int pool;   // levels drawn once, of which each episode takes one at random; 0: each episode draws its own
  View view;
} WorldsSpec;

// What is kept of LANE_TILE worlds. The level and the rest of the state follow from the episode's number.
typedef struct WorldTile {
  uint32_t position[LANE_TILE];    // y * 32 + x
  uint32_t left[LANE_TILE];        // steps until truncation, >= 1
  uint32_t episode[LANE_TILE];     // number of the present episode: as many have ended
  uint32_t terminated[LANE_TILE];  // of these, how many at the goal
} WorldTile;

// Levels lie in memory as records of `words` numbers: walls(rows), start and goal, limit, padding up to whole
// cache lines, and the strips that views are read from (envs/view.h).
typedef struct WorldRecords {
  int rows;         // of the largest board
  int start_goal;   // index of: position of the start | position of the goal << 16
  int limit;        // index of: steps until truncation
  int strips;       // index of the first strip
  int strip_words;  // numbers of one strip
  int words;        // numbers of one record
  int count;  // the pool's, or two a world: the present episode's at episode % 2, the next one's beside it
} WorldRecords;

typedef struct Worlds {
  WorldsSpec spec;
  WorldRecords records;
  uint64_t step;     // steps that every world has made
  uint32_t *record;  // (records.count, records.words)
  WorldTile *tile;   // (worlds_tiles)
} Worlds;

typedef struct WorldsTotals {
  int64_t steps, episodes, terminated;
  int64_t reward;  // hundredths
} WorldsTotals;

// What a step ended, one byte a world; the reward is 100 hundredths where it terminated, −1 elsewhere.
typedef enum SimOutcome { SIM_GOES_ON = 0, SIM_TERMINATED = 1, SIM_TRUNCATED = 2 } SimOutcome;

// Work for all worlds. What is written at a step is what the agent sees after it: where the episode ended,
// the beginning of the next one. A job of no steps writes what is seen now, into slot 0.
typedef struct SimJob {
  Worlds worlds;
  int steps;               // T
  const uint8_t *actions;  // (T, N), of which the two lowest bits count; NULL: random ones
  uint8_t *observation;    // (slots, N, view_bytes); step t writes slot t % slots; NULL: none
  uint8_t *outcome;        // (slots, N), a SimOutcome each; NULL: none
  int slots;
} SimJob;

// Tiles in memory: whole blocks, so that the last worlds are stepped but never shown.
static inline HD int worlds_tiles(int count) {
  return (count + WORLDS_BLOCK - 1) / WORLDS_BLOCK * (WORLDS_BLOCK / LANE_TILE);
}

// Writes a level as a record, the strips last.
static inline HD void worlds_write_record(const WorldsSpec *spec, const WorldRecords *records,
                                          const Level *level, uint32_t *record) {
  const int width = level->grid.width;
  for (int y = 0; y < records->rows; ++y) record[y] = level->grid.wall[y];
  record[records->start_goal] = position_of(level->start, width) | position_of(level->goal, width)
                                                                       << WORLDS_GOAL_SHIFT;
  record[records->limit] = (uint32_t)env_step_limit(&spec->env, level);
#ifndef __CUDA_ARCH__
  if (records->strip_words > 0)
    view_cut_strips(&spec->view, records->rows, record, (uint64_t *)(void *)(record + records->strips));
#endif
}

#ifdef __cplusplus
extern "C" {
#endif

// How records are laid out for a spec; without strips where views are cut from rows (GPU).
WorldRecords worlds_records(const WorldsSpec *spec, bool with_strips);

// STATUS_USAGE with a sentence where a number is out of range.
Status worlds_check(const WorldsSpec *spec);

// Draws the levels and puts every world at the start of its episode 0. Owned by the caller until
// worlds_free().
Status worlds_create(const WorldsSpec *spec, Worlds *worlds);
void worlds_free(Worlds *worlds);

// The record that a world's episode takes place on.
uint32_t worlds_record_of(const Worlds *worlds, uint32_t world, uint32_t episode);

// Sums over all worlds.
WorldsTotals worlds_totals(const Worlds *worlds);

#ifdef __cplusplus
}
#endif
#endif
