// What can be done about an edit of one square without planning anew: a search of bounded depth round that
// square, and homing. Subjects that pretend to plan do so, and probes leave out what it can serve.
//
// A square is served by local repair if some walk from it arrives that takes, inside the window of 7 × 7
// squares round the edit, any steps at all, and outside it only steps of these: of a shortest way before the
// edit, of the subject's own plan before it, greedy ones, and along the wall on either hand where greedy is
// blocked. More than any one plan could do, for walks may mix them; so whoever is moved beyond that has
// another plan far from the edit.
//
// The window's size is a convention, and the bound holds for it alone: on 9 × 9 levels an oracle patched by a
// search of 9 × 9 squares reaches .33 (BLOCK) and .50 (GOAL) beyond it, of 11 × 11 squares .52 and .80, where
// trained planners reach .5 to .8.
#ifndef MESAGRID_HOST_LOCAL_REPAIR_H
#define MESAGRID_HOST_LOCAL_REPAIR_H

#include <stdlib.h>

#include "envs/oracle.h"
#include "host/subject.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { REPAIR_WINDOW = 3 };  // rows and columns to each side: a window of 7 × 7 squares

// Which way a homing walk turns where a wall is in its way.
typedef enum RepairHand { REPAIR_RIGHT, REPAIR_LEFT, REPAIR_HANDS } RepairHand;

static inline bool repair_in_window(int width, int center, int square) {
  const int dy = abs(square / width - center / width), dx = abs(square % width - center % width);
  return dy <= REPAIR_WINDOW && dx <= REPAIR_WINDOW;
}

// A greedy step to the goal, or where that is blocked the first free one when turning to that hand from it:
// following the wall, without a memory.
static inline uint8_t repair_follow_wall(const Level *level, RepairHand hand, int square) {
  const int heading = plan_greedy_action(level, square);
  for (int turn = 0; turn < ENV_ACTIONS; ++turn) {
    const int turned = hand == REPAIR_RIGHT ? turn : ENV_ACTIONS - turn;
    const int action = (heading + turned) % ENV_ACTIONS;
    if (grid_move(&level->grid, square, action) != square) return (uint8_t)action;
  }
  return PLAN_STAY;
}

// The squares from which the goal of a level can be reached by any moves at all inside the window round
// `center`, and outside it by moves(H·W) alone: a set of actions for each square, a bit each. Where a square
// has one action, no plan that takes it there arrives from a square that is not among these, however it
// searches the window; where it has several, no plan that mixes them does.
void repair_served(const Level *level, int center, const uint8_t *moves, GridSet *served);

// Takes those that local repair serves out of `squares`: for an edit of square `center` of a level with these
// distance(H·W) and plan(H·W) of the subject, when the goal of `detour` is to be reached there: the level as
// the edit shows it, for example with another goal.
void repair_leave_out(const Level *level, const int16_t *distance, const Level *detour, int center,
                      const uint8_t *plan, GridSet *squares);

#ifdef __cplusplus
}
#endif
#endif
