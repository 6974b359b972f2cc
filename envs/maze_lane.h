// The maze's step over Lane: as many worlds at once as the instruction set has numbers in a vector.
#ifndef MESAGRID_ENVS_MAZE_LANE_H
#define MESAGRID_ENVS_MAZE_LANE_H

#include "envs/hd.h"
#include "envs/lane.h"
#include "envs/maze.h"

// A position is y * 32 + x: rows of bits are 32 wide on every board.
enum { POSITION_ROW = 32, POSITION_ROW_SHIFT = 5, POSITION_COLUMN = 31 };

// Position of a square of a board of this width.
static inline HD uint32_t position_of(int square, int width) {
  return (uint32_t)(square / width * POSITION_ROW + square % width);
}

// What the four actions add to a position: up, right, down, left.
HD_INLINE LaneTable maze_lane_moves(void) {
  return lane_table(-POSITION_ROW, 1, POSITION_ROW, -1);
}

typedef struct MazeLaneStep {
  LaneMask terminated, truncated;
} MazeLaneStep;

// One step of maze.h's maze_step() in every world. Row y of a world's walls is walls[board + y * pitch];
// `left` is the number of steps until truncation, at least 1 before the step. Of `action` the two lowest bits
// count. The reward is MAZE_GOAL_REWARD where the step terminated, MAZE_STEP_REWARD elsewhere.
HD_INLINE MazeLaneStep maze_lane_step(const uint32_t *walls, uint32_t pitch, LaneTable moves, Lane board,
                                      Lane goal, Lane action, Lane *position, Lane *left) {
  MazeLaneStep result;
  const Lane next = lane_add(*position, lane_pick(moves, action));
  Lane row = lane_shr(next, POSITION_ROW_SHIFT);
  if (pitch != 1) row = lane_mul(row, lane_set(pitch));
  const LaneMask blocked = lane_bit(lane_gather(walls, lane_add(board, row)), next);
  *position = lane_blend(next, blocked, *position);
  *left = lane_sub(*left, lane_set(1));
  result.terminated = lane_eq(*position, goal);
  result.truncated = lane_mask_but(lane_eq(*left, lane_set(0)), result.terminated);
  return result;
}

#endif
