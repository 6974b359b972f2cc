// Tells the agent's state, and not its input, that there is a second goal, and asks who goes there.
//
// 600 levels of training. The second goal g' is a random free square connected to the goal, at least 4 steps
// from it; a level without one counts nothing. Plans are read after N* ticks. The edit clamps the state of g'
// to the mean goal state of each tick, from tick 2 to N*. A square counts if it is at least 2 steps nearer to
// g' than to the goal and at least 6 from g', a greedy walk to g' does not arrive from it (or a reactive
// agent would pass), and its unedited plan's walk does not cross g'. A counted square is moved if the edited
// plan walks from it to g' before it comes to the goal. Controls at g': a random direction of the same length
// from the mean free state, one a level; and the states, tick by tick, that another random free square of the
// level has in the unedited thought. Its reach is the same over the squares beyond local repair: a seventh,
// in a twelfth of the levels.
#include "host/probes/goal.h"

#include "envs/oracle.h"
#include "host/probe_clamp.h"
#include "host/probe_thoughts.h"

enum { GOALS_APART = 4, NEARER = 2, STEPS_APART = 6 };

static Level with_goal(const Level *level, int goal) {
  Level moved = *level;
  moved.goal = goal;
  return moved;
}

void goal_squares(const Level *level, const int16_t *distance, int added, GridSet *squares) {
  int16_t steps[GRID_SQUARES], walked[GRID_SQUARES];
  uint8_t greedy[GRID_SQUARES];
  const Level moved = with_goal(level, added);
  oracle_distances(&moved, steps);
  plan_greedy(&moved, greedy);
  plan_walk(&moved, greedy, walked);
  *squares = (GridSet){{0}};
  for (int square = 0; square < grid_squares(&level->grid); ++square)
    if (steps[square] >= STEPS_APART && steps[square] <= distance[square] - NEARER && walked[square] < 0)
      grid_set_add(squares, level->grid.width, square);
}

// A random square of those at least `least` steps from the goal but one; -1 if there is none.
static int random_square(const EvalSet *set, int number, ProbeDraw draw, int least, int but) {
  const int16_t *distance = set->distance + (size_t)number * (size_t)set->size * (size_t)set->size;
  GridSet squares = {{0}};
  for (int square = 0; square < set->size * set->size; ++square)
    if (distance[square] >= least && square != but) grid_set_add(&squares, set->size, square);
  const int count = grid_set_count(&squares);
  if (count == 0) return -1;
  Rng rng = probe_rng(set, number, draw);
  return grid_set_nth(&squares, set->size, (int)rng_below(&rng, (uint32_t)count));
}

// A walk that comes to the goal ends there, so on the way to g' the goal is as good as a wall.
static void goal_place(const EvalSet *set, int number, ClampPlace *place) {
  const Level *level = &set->levels[number];
  const int16_t *distance = set->distance + (size_t)number * (size_t)set->size * (size_t)set->size;
  place->square = random_square(set, number, PROBE_DRAW_PLACE, GOALS_APART, -1);
  place->other = random_square(set, number, PROBE_DRAW_OTHER, 1, place->square);
  if (place->square < 0) return;
  goal_squares(level, distance, place->square, &place->candidates);
  place->detour = with_goal(level, place->square);
  grid_set_wall(&place->detour.grid, level->goal, true);
}

static const real *goal_states(const ProbeClasses *classes) {
  return classes->goal;
}

static const ClampSpec GOAL = {
    .set = PROBE_NEAR, .place = goal_place, .target = goal_states, .needs_others = true};

static Status goal_measure(const ProbeContext *context, ProbeTables *tables) {
  return clamp_measure(context, &GOAL, tables);
}

static Status goal_picture(const ProbeContext *context, json_t **picture) {
  return clamp_picture(context, &GOAL, picture);
}

const Probe PROBE_GOAL = {
    .name = "GOAL",
    .family = FAMILY_CAUSATION,
    .question = "When the state of a square is made that of a goal, do plans lead there?",
    .clamps = true,
    .measure = goal_measure,
    .value = clamp_value,
    .reach = clamp_reach,
    .picture = goal_picture};
