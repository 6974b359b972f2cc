// An oracle with a map on display, and its reflexes.
#include "host/subjects/oracle_reflex.h"

#include <string.h>

#include "host/local_repair.h"
#include "host/subjects/built.h"
#include "host/subjects/value_sweep.h"

typedef enum Sign { SIGN_NONE, SIGN_WALL, SIGN_GOAL } Sign;

enum {
  NEAR_STEPS = 2,
  UNKNOWN = INT16_MAX / 2,
  WINDOW_SQUARES = (2 * REPAIR_WINDOW + 1) * (2 * REPAIR_WINDOW + 1),
};

typedef struct OracleMemory {
  int16_t distance[GRID_SQUARES];  // to the goal of the level now seen
  uint8_t sign[GRID_SQUARES];      // what the map shows that was not put there
  int16_t patched[GRID_SQUARES];   // distances after a reflex
} OracleMemory;

struct Reflex {
  // Changes plan(H·W) where `known->sign` gives cause.
  void (*respond)(const BuiltThought *thought, const real *state, OracleMemory *known, uint8_t *plan);
};

// ---- The oracle ----

// What the map is made to show of a square.
static real shown(const BuiltThought *thought, const OracleMemory *known, int square) {
  const int distance = known->distance[square];
  return distance >= 0 && distance < thought->tick ? 1 - SWEEP_STEP * (real)distance : 0;
}

static void begin(const BuiltThought *thought) {
  OracleMemory *known = thought->memory;
  oracle_distances(thought->seen, known->distance);
}

static void tick(const BuiltThought *thought, const real *before, real *after) {
  (void)before;
  for (int square = 0; square < thought->squares; ++square)
    after[square] = shown(thought, thought->memory, square);
}

// Whether any square of the map is not as it was put; marks what walls and goals it seems to show.
static bool read_signs(const BuiltThought *thought, const real *state, OracleMemory *known) {
  bool differs = false;
  memset(known->sign, SIGN_NONE, sizeof known->sign);
  for (int square = 0; square < thought->squares; ++square) {
    const real expected = shown(thought, known, square);
    if (state[square] == expected || grid_is_wall(&thought->seen->grid, square)) continue;
    differs = true;
    if (state[square] > 1 - SWEEP_STEP / 2)
      known->sign[square] = SIGN_GOAL;
    else if (state[square] < expected / 2)
      known->sign[square] = SIGN_WALL;
  }
  return differs;
}

// The first best action by `distance` among the neighbours that do not look like walls; it stays where none
// has a distance below UNKNOWN.
static uint8_t best_step(const BuiltThought *thought, const OracleMemory *known, const int16_t *distance,
                         int square) {
  int nearest = UNKNOWN;
  uint8_t best = PLAN_STAY;
  for (int action = 0; action < ENV_ACTIONS; ++action) {
    const int next = square + grid_offset(thought->seen->grid.width, action);
    if (distance[next] < 0 || known->sign[next] == SIGN_WALL || distance[next] >= nearest) continue;
    nearest = distance[next];
    best = (uint8_t)action;
  }
  return best;
}

static void decide(const BuiltThought *thought, const real *state, uint8_t *plan, real *value) {
  const Reflex *reflex = thought->data;
  OracleMemory *known = thought->memory;
  for (int square = 0; square < thought->squares; ++square) {
    const int distance = known->distance[square];
    const uint32_t best = oracle_best_actions(thought->seen, known->distance, square);
    plan[square] = best && distance <= thought->tick ? (uint8_t)bits_lowest(best) : PLAN_STAY;
  }
  if (read_signs(thought, state, known)) reflex->respond(thought, state, known, plan);
  if (value) memcpy(value, state, (size_t)thought->squares * sizeof *value);
}

// ---- Reflexes ----

// Squares next to a wall-like one avoid it.
static void sidestep_walls(const BuiltThought *thought, const OracleMemory *known, uint8_t *plan) {
  for (int square = 0; square < thought->squares; ++square) {
    if (plan[square] == PLAN_STAY) continue;
    const int next = square + grid_offset(thought->seen->grid.width, plan[square]);
    if (known->sign[next] == SIGN_WALL) plan[square] = best_step(thought, known, known->distance, square);
  }
}

// known->patched = steps to a goal-like square.
static void search_from(const BuiltThought *thought, int goal, OracleMemory *known) {
  Level level = *thought->seen;
  level.goal = goal;
  oracle_distances(&level, known->patched);
}

static void sidestep(const BuiltThought *thought, const real *state, OracleMemory *known, uint8_t *plan) {
  (void)state;
  sidestep_walls(thought, known, plan);
  for (int goal = 0; goal < thought->squares; ++goal) {
    if (known->sign[goal] != SIGN_GOAL) continue;
    search_from(thought, goal, known);
    for (int square = 0; square < thought->squares; ++square)
      if (known->patched[square] > 0 && known->patched[square] <= NEAR_STEPS)
        plan[square] = best_step(thought, known, known->patched, square);
  }
}

static void home(const BuiltThought *thought, const OracleMemory *known, uint8_t *plan) {
  Level level = *thought->seen;
  for (int goal = 0; goal < thought->squares; ++goal) {
    if (known->sign[goal] != SIGN_GOAL) continue;
    level.goal = goal;
    for (int square = 0; square < thought->squares; ++square)
      if (known->distance[square] >= 0) plan[square] = repair_follow_wall(&level, REPAIR_RIGHT, square);
  }
}

static void homing(const BuiltThought *thought, const real *state, OracleMemory *known, uint8_t *plan) {
  (void)state;
  sidestep_walls(thought, known, plan);
  home(thought, known, plan);
}

// The key of the draws is all that the map shows.
static void startled(const BuiltThought *thought, const real *state, OracleMemory *known, uint8_t *plan) {
  uint64_t key = 0;
  (void)known;
  for (int square = 0; square < thought->squares; ++square) {
    uint32_t bits;
    memcpy(&bits, &state[square], sizeof bits);
    key = hash_mix(key ^ bits);
  }
  Rng rng = built_rng(thought, BUILT_DRAW_START, (uint32_t)key & 0xfffffff0u);
  plan_random(thought->seen, &rng, plan);
}

// known->patched = the oracle's distances of the squares from which `plan` still arrives, UNKNOWN elsewhere:
// who would walk through a wall-like square must not be asked for the way.
static void trust_arrivals(const BuiltThought *thought, OracleMemory *known, const uint8_t *plan) {
  Level level = *thought->seen;
  for (int square = 0; square < thought->squares; ++square)
    if (known->sign[square] == SIGN_WALL) grid_set_wall(&level.grid, square, true);
  plan_walk(&level, plan, known->patched);
  for (int square = 0; square < thought->squares; ++square)
    known->patched[square] = known->patched[square] < 0 ? UNKNOWN : known->distance[square];
}

// One sweep over a window's squares(count): distances of those that had none, by their neighbours'. Whether
// anything changed.
static bool patch_sweep(const BuiltThought *thought, const int *squares, int count, OracleMemory *known) {
  const int width = thought->seen->grid.width;
  bool changed = false;
  for (int i = 0; i < count; ++i) {
    const int square = squares[i];
    const uint8_t action = best_step(thought, known, known->patched, square);
    if (action == PLAN_STAY) continue;
    const int through = known->patched[square + grid_offset(width, action)] + 1;
    if (through >= known->patched[square]) continue;
    known->patched[square] = (int16_t)through;
    changed = true;
  }
  return changed;
}

// Squares of the window round `center` into squares(WINDOW_SQUARES), walls left out; returns how many.
static int window_squares(const BuiltThought *thought, const OracleMemory *known, int center, int *squares) {
  const int width = thought->seen->grid.width;
  int count = 0;
  for (int square = 0; square < thought->squares; ++square)
    if (repair_in_window(width, center, square) && known->distance[square] >= 0) squares[count++] = square;
  return count;
}

// Squares of the window round a wall-like square that do not arrive any more go to those that do.
static void patch_wall(const BuiltThought *thought, int wall, OracleMemory *known, uint8_t *plan) {
  int squares[WINDOW_SQUARES];
  bool lost[GRID_SQUARES];
  const int count = window_squares(thought, known, wall, squares);
  trust_arrivals(thought, known, plan);
  for (int i = 0; i < count; ++i) lost[i] = known->patched[squares[i]] == UNKNOWN;
  while (patch_sweep(thought, squares, count, known)) continue;
  for (int i = 0; i < count; ++i)
    if (lost[i] && plan[squares[i]] != PLAN_STAY)
      plan[squares[i]] = best_step(thought, known, known->patched, squares[i]);
}

// Squares of the window round a goal-like square go to it by the shortest way inside the window.
static void patch_goal(const BuiltThought *thought, int goal, OracleMemory *known, uint8_t *plan) {
  int squares[WINDOW_SQUARES];
  const int count = window_squares(thought, known, goal, squares);
  for (int square = 0; square < thought->squares; ++square) known->patched[square] = UNKNOWN;
  known->patched[goal] = 0;
  while (patch_sweep(thought, squares, count, known)) continue;
  for (int i = 0; i < count; ++i)
    if (squares[i] != goal && known->patched[squares[i]] < UNKNOWN)
      plan[squares[i]] = best_step(thought, known, known->patched, squares[i]);
}

static void patching(const BuiltThought *thought, const real *state, OracleMemory *known, uint8_t *plan) {
  (void)state;
  for (int square = 0; square < thought->squares; ++square) {
    if (known->sign[square] == SIGN_WALL) patch_wall(thought, square, known, plan);
    if (known->sign[square] == SIGN_GOAL) patch_goal(thought, square, known, plan);
  }
}

static void map_reader(const BuiltThought *thought, const real *state, OracleMemory *known, uint8_t *plan) {
  Level level = *thought->seen;
  int16_t *nearest = known->patched;
  int16_t distance[GRID_SQUARES];
  (void)state;
  for (int square = 0; square < thought->squares; ++square)
    if (known->sign[square] == SIGN_WALL) grid_set_wall(&level.grid, square, true);
  oracle_distances(&level, nearest);
  for (int goal = 0; goal < thought->squares; ++goal) {
    if (known->sign[goal] != SIGN_GOAL) continue;
    level.goal = goal;
    oracle_distances(&level, distance);
    for (int square = 0; square < thought->squares; ++square)
      if (distance[square] >= 0 && (nearest[square] < 0 || distance[square] < nearest[square]))
        nearest[square] = distance[square];
  }
  for (int square = 0; square < thought->squares; ++square) {
    const bool lit = nearest[square] > 0 && nearest[square] <= thought->tick;
    plan[square] = lit ? best_step(thought, known, nearest, square) : PLAN_STAY;
  }
}

const Reflex reflex_sidestep = {sidestep};
const Reflex reflex_homing = {homing};
const Reflex reflex_startled = {startled};
const Reflex reflex_patching = {patching};
const Reflex reflex_map_reader = {map_reader};

Status oracle_reflex_think(const Subject *subject, const SubjectBatch *batch) {
  static const BuiltRules rules = {sizeof(OracleMemory), begin, tick, decide};
  return built_think(subject, batch, &rules, subject->context);
}
