// Phase `sim`: worlds step under random or given actions, many steps at a time, and show what they see.
#ifndef MESAGRID_KERNELS_SIM_H
#define MESAGRID_KERNELS_SIM_H

#include "envs/lane.h"
#include "envs/maze_lane.h"
#include "envs/rng_lane.h"
#include "kernels/worlds.h"

enum {
  SIM_ACTIONS_WORD = 16,   // actions of two bits in one random number
  SIM_ACTIONS_BLOCK = 64,  // in one block of Philox
};

// The part of the state that every step changes.
typedef struct SimLane {
  Lane position, goal, left;
  Lane board;     // where the level's walls begin
  Lane ends;      // episodes that ended since `episode` was brought up to date | of these at the goal << 16
  LaneMask used;  // the next episode, drawn ahead, has begun
} SimLane;

// The next episode, drawn ahead, so that a world that ends needs no branch.
typedef struct SimNext {
  Lane position, goal, left, board;
} SimNext;

// The rest: which worlds, and how far they are.
typedef struct SimCount {
  Lane world, episode, terminated;
} SimCount;

// Number of the record on which an episode takes place; worlds_record_of() over Lane.
HD_INLINE Lane sim_record(const Worlds *worlds, Lane world, Lane episode) {
  Lane word[4], record, low;
  if (worlds->spec.pool == 0) return lane_add(lane_add(world, world), lane_and(episode, lane_set(1)));
  rng_lane_block(worlds->spec.seed, rng_lane_stream(RNG_SIM_POOL, world), episode, 0, word);
  lane_mul_wide(word[0], (uint32_t)worlds->spec.pool, &record, &low);
  return record;
}

// Where an episode begins, read from its record. `board` is left to the caller.
HD_INLINE void sim_read_start(const Worlds *worlds, Lane record, SimNext *next) {
  const Lane at = lane_mul(record, lane_set((uint32_t)worlds->records.words));
  const Lane start_goal = lane_gather(worlds->record + worlds->records.start_goal, at);
  next->position = lane_and(start_goal, lane_set((1u << WORLDS_GOAL_SHIFT) - 1));
  next->goal = lane_shr(start_goal, WORLDS_GOAL_SHIFT);
  next->left = lane_gather(worlds->record + worlds->records.limit, at);
}

// Takes the worlds of `ended` to their next episode; it must not have been used.
HD_INLINE void sim_switch(SimLane *s, const SimNext *next, LaneMask ended) {
  s->position = lane_blend(s->position, ended, next->position);
  s->goal = lane_blend(s->goal, ended, next->goal);
  s->left = lane_blend(s->left, ended, next->left);
  s->board = lane_blend(s->board, ended, next->board);
  s->used = lane_mask_or(s->used, ended);
}

HD_INLINE void sim_count(SimLane *s, LaneMask terminated, LaneMask ended) {
  s->ends = lane_add_where(ended, s->ends, lane_set(1));
  s->ends = lane_add_where(terminated, s->ends, lane_set(1u << 16));
}

HD_INLINE Lane sim_outcome(LaneMask terminated, LaneMask truncated) {
  const Lane outcome = lane_blend(lane_set(SIM_GOES_ON), terminated, lane_set(SIM_TERMINATED));
  return lane_blend(outcome, truncated, lane_set(SIM_TRUNCATED));
}

// `ends` into the counts.
HD_INLINE void sim_settle(SimLane *s, SimCount *count) {
  count->episode = lane_add(count->episode, lane_and(s->ends, lane_set(0xffff)));
  count->terminated = lane_add(count->terminated, lane_shr(s->ends, 16));
  s->ends = lane_set(0);
}

// The views' numbers: where the strip's bits begin and what is marked in the view.
typedef struct SimSight {
  Lane byte, shift;  // the view's first bit within all records
  Lane goal, agent;  // their squares in the view; side² where it does not show the goal
} SimSight;

HD_INLINE Lane sim_square(const View *view, Lane y, Lane x) {
  return lane_add(lane_mul(y, lane_set((uint32_t)view->side)), x);
}

// Marks of a view whose upper left corner is at (top, left), and positions as numbers of its squares.
HD_INLINE void sim_sight_marks(const View *view, Lane position, Lane goal, SimSight *sight) {
  const int reach = view->kind == VIEW_WINDOW ? view->side / 2 : 0;
  const Lane column = lane_set(POSITION_COLUMN), last = lane_set((uint32_t)view->side - 1);
  const Lane y = lane_shr(position, POSITION_ROW_SHIFT), x = lane_and(position, column);
  Lane goal_y = lane_shr(goal, POSITION_ROW_SHIFT), goal_x = lane_and(goal, column);
  sight->agent = sim_square(view, y, x);
  if (view->kind == VIEW_WINDOW) {
    goal_y = lane_add(lane_sub(goal_y, y), lane_set((uint32_t)reach));
    goal_x = lane_add(lane_sub(goal_x, x), lane_set((uint32_t)reach));
  }
  const LaneMask shown = lane_mask_and(lane_le(goal_y, last), lane_le(goal_x, last));
  sight->goal = lane_blend(lane_set((uint32_t)view_squares(view)), shown, sim_square(view, goal_y, goal_x));
}

#endif
