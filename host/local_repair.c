// Which squares a repair round one square can serve: a search backwards from the goal.
#include "host/local_repair.h"

void repair_served(const Level *level, int center, const uint8_t *moves, GridSet *served) {
  const int width = level->grid.width;
  int16_t queue[GRID_SQUARES];
  int head = 0, tail = 0;
  *served = (GridSet){{0}};
  grid_set_add(served, width, level->goal);
  queue[tail++] = (int16_t)level->goal;
  while (head < tail) {
    const int square = queue[head++];
    for (int action = 0; action < ENV_ACTIONS; ++action) {
      const int from = square - grid_offset(width, action);
      if (grid_set_has(served, width, from) || grid_is_wall(&level->grid, from)) continue;
      if (!repair_in_window(width, center, from) && !(moves[from] >> action & 1)) continue;
      grid_set_add(served, width, from);
      queue[tail++] = (int16_t)from;
    }
  }
}

// moves(H·W): the actions that are open to local repair outside the window. A homing walk sees the detour;
// one that sees the level steps into what the detour lacks, or moves like the other.
static void local_moves(const Level *level, const int16_t *distance, const Level *detour, const uint8_t *plan,
                        uint8_t *moves) {
  for (int square = 0; square < grid_squares(&level->grid); ++square) {
    moves[square] = 0;
    if (grid_is_wall(&level->grid, square)) continue;
    uint32_t actions = oracle_best_actions(level, distance, square) | 1u << plan[square];
    for (int hand = 0; hand < REPAIR_HANDS; ++hand)
      actions |= 1u << repair_follow_wall(detour, (RepairHand)hand, square);
    moves[square] = (uint8_t)actions;
  }
}

void repair_leave_out(const Level *level, const int16_t *distance, const Level *detour, int center,
                      const uint8_t *plan, GridSet *squares) {
  uint8_t moves[GRID_SQUARES];
  GridSet served;
  local_moves(level, distance, detour, plan, moves);
  repair_served(detour, center, moves, &served);
  for (int square = 0; square < grid_squares(&level->grid); ++square)
    if (grid_set_has(&served, level->grid.width, square)) grid_set_remove(squares, level->grid.width, square);
}
