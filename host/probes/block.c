// Tells the agent's state, and not its input, that the square which most ways go through is a wall, and asks
// for the way round.
//
// 300 levels with 30 % loops. The square b is the free one, not the goal, whose loss makes most squares need
// a detour at least 2 steps longer; only squares at least 4 steps from b that stay connected are told, and
// the first of equals is taken; a level without such a square counts nothing. Plans are read after N* ticks.
// A square counts if its unedited plan walks to the goal through b. The edit clamps b's state to the mean
// wall state of each tick, from tick 2 to N*. A counted square is moved if the edited plan walks from it to
// the goal without b. Controls at b: a random direction of the same length from the mean free state, one a
// level; and the mean free state itself. Its reach is the same over the squares beyond local repair: over a
// quarter, in 88 of the levels.
#include "host/probes/block.h"

#include "envs/oracle.h"
#include "host/probe_clamp.h"

enum { STEPS_APART = 4, DETOUR = 2 };

static Level without(const Level *level, int square) {
  Level lost = *level;
  grid_set_wall(&lost.grid, square, true);
  return lost;
}

// The squares that the loss of `lost` re-routes.
static void rerouted(const Level *level, const int16_t *distance, int lost, GridSet *squares) {
  int16_t steps[GRID_SQUARES], longer[GRID_SQUARES];
  const Level rest = without(level, lost);
  Level from = *level;
  from.goal = lost;
  oracle_distances(&from, steps);
  oracle_distances(&rest, longer);
  *squares = (GridSet){{0}};
  for (int square = 0; square < grid_squares(&level->grid); ++square)
    if (distance[square] > 0 && steps[square] >= STEPS_APART && longer[square] >= distance[square] + DETOUR)
      grid_set_add(squares, level->grid.width, square);
}

int block_square(const Level *level, const int16_t *distance, GridSet *squares) {
  int best = -1, most = 0;
  *squares = (GridSet){{0}};
  for (int square = 0; square < grid_squares(&level->grid); ++square) {
    if (distance[square] <= 0) continue;
    GridSet here;
    rerouted(level, distance, square, &here);
    const int count = grid_set_count(&here);
    if (count <= most) continue;
    most = count;
    best = square;
    *squares = here;
  }
  return best;
}

static void block_place(const EvalSet *set, int number, ClampPlace *place) {
  const Level *level = &set->levels[number];
  const int16_t *distance = set->distance + (size_t)number * (size_t)set->size * (size_t)set->size;
  place->square = block_square(level, distance, &place->candidates);
  place->other = -1;
  place->detour = place->square < 0 ? *level : without(level, place->square);
}

static const real *wall_states(const ProbeClasses *classes) {
  return classes->wall;
}

static const ClampSpec BLOCK = {
    .set = PROBE_LOOPED, .place = block_place, .target = wall_states, .arrives = true};

static Status block_measure(const ProbeContext *context, ProbeTables *tables) {
  return clamp_measure(context, &BLOCK, tables);
}

static Status block_picture(const ProbeContext *context, json_t **picture) {
  return clamp_picture(context, &BLOCK, picture);
}

const Probe PROBE_BLOCK = {.name = "BLOCK",
                           .family = FAMILY_CAUSATION,
                           .question =
                               "When the state of a square on the way is made that of a wall, does the "
                               "plan go another way?",
                           .clamps = true,
                           .measure = block_measure,
                           .value = clamp_value,
                           .reach = clamp_reach,
                           .picture = block_picture};
