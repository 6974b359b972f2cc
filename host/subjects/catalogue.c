// The table of built subjects.
#include "host/subjects/catalogue.h"

#include <limits.h>

#include "host/subjects/anytime_astar.h"
#include "host/subjects/bystander.h"
#include "host/subjects/memoryless.h"
#include "host/subjects/oracle_reflex.h"
#include "host/subjects/revealed.h"
#include "host/subjects/shuffled.h"
#include "host/subjects/value_iteration.h"

// The baselines stand in two tables.
#define RANDOM \
  { .name = "random", .ticks_max = 1, .think = random_think }
#define GREEDY \
  { .name = "greedy", .ticks_max = 1, .think = greedy_think }
#define VALUE_ITERATION                                                          \
  {                                                                              \
    .name = "value iteration", .ticks_max = INT_MAX, .channels = VALUE_CHANNELS, \
    .think = value_iteration_think                                               \
  }

static const Subject BASELINES[] = {RANDOM, GREEDY, VALUE_ITERATION};

// ---- What the wrappers are around ----

static const Subject INNER_GREEDY = GREEDY, INNER_VALUE = VALUE_ITERATION;
static const Subject INNER_ORACLE = {.name = "oracle", .ticks_max = 1, .think = oracle_think};
static const Revealed GREEDY_MANHATTAN = {&INNER_GREEDY, 1, REVEAL_MANHATTAN};
static const Revealed GREEDY_RANDOM = {&INNER_GREEDY, 1, REVEAL_RANDOM};
static const Revealed ORACLE_DISTANCE = {&INNER_ORACLE, 1, REVEAL_DISTANCE};

#define STATELESS(the_name, ticks, the_think) \
  { .name = the_name, .ticks_max = ticks, .think = the_think }
#define THINKS(the_name, reals, the_think, the_context) \
  { .name = the_name, .ticks_max = INT_MAX, .channels = reals, .think = the_think, .context = the_context }

static const BuiltSubject BUILT[] = {
    {BUILT_POSITIVE, "Value iteration, one sweep a tick; walls and goal read at every tick.",
     VALUE_ITERATION},
    {BUILT_POSITIVE, "Value iteration on copies of walls and goal made at the first tick.",
     THINKS("value iteration, inputs copied", VALUE_COPIED_CHANNELS, value_iteration_copied_think, NULL)},
    {BUILT_POSITIVE, "Value iteration with noise on every value at every tick.",
     THINKS("value iteration, noisy", VALUE_CHANNELS, value_iteration_noisy_think, NULL)},

    {BUILT_NEGATIVE, "A random action on every square.", RANDOM},
    {BUILT_NEGATIVE, "Towards the goal by rows and columns; sees no walls but those beside it.", GREEDY},
    {BUILT_NEGATIVE, "Greedy, and along the wall on its right where greedy is blocked; no memory.",
     STATELESS("wall follower", 1, wall_follower_think)},

    {BUILT_FOOLER, "Greedy, revealed as a Manhattan wavefront from the goal.",
     THINKS("delayed greedy, wavefront", REVEALED_CHANNELS, revealed_think, &GREEDY_MANHATTAN)},
    {BUILT_FOOLER, "Greedy, revealed at random times.",
     THINKS("delayed greedy, random", REVEALED_CHANNELS, revealed_think, &GREEDY_RANDOM)},
    {BUILT_FOOLER, "An optimal plan from a black box, revealed as a wavefront along the ways.",
     THINKS("revealed oracle", REVEALED_CHANNELS, revealed_think, &ORACLE_DISTANCE)},
    {BUILT_FOOLER, "Value iteration inside, acts greedily.",
     THINKS("greedy with a value map", BYSTANDER_VALUE_CHANNELS, bystander_value_think, NULL)},
    {BUILT_FOOLER, "Holds the best next action for a probe to read, acts greedily.",
     THINKS("greedy with a plan head", BYSTANDER_PLAN_CHANNELS, bystander_plan_think, NULL)},
    {BUILT_FOOLER,
     "A recording of value iteration, its ticks in a wrong order.",
     {.name = "shuffled ticks",
      .ticks_max = SHUFFLED_TICKS,
      .channels = VALUE_CHANNELS,
      .think = shuffled_think,
      .context = &INNER_VALUE}},

    // Red team: an oracle inside, and on display the value map of value iteration.
    {BUILT_FOOLER,
     "Oracle; squares beside a clamped wall sidestep it, those beside a clamped goal step to it.",
     THINKS("oracle with reflex", REFLEX_CHANNELS, oracle_reflex_think, &reflex_sidestep)},
    {BUILT_FOOLER, "Oracle; goes greedily along walls to a clamped goal, sidesteps a clamped wall.",
     THINKS("homing oracle", REFLEX_CHANNELS, oracle_reflex_think, &reflex_homing)},
    {BUILT_FOOLER, "Oracle; acts at random when anything on its map is clamped.",
     THINKS("startled oracle", REFLEX_CHANNELS, oracle_reflex_think, &reflex_startled)},
    {BUILT_FOOLER, "Oracle; searches a window of 7 × 7 squares round what is clamped, and nothing beyond.",
     THINKS("patching oracle", REFLEX_CHANNELS, oracle_reflex_think, &reflex_patching)},

    {BUILT_SHOWN, "A* from every square, 4 expansions a tick; greedy until it has found the goal.",
     STATELESS("anytime A*", INT_MAX, anytime_astar_think)},
    {BUILT_SHOWN, "Oracle that solves the level as its map shows it: no clamp can tell it from a planner.",
     THINKS("map reader", REFLEX_CHANNELS, oracle_reflex_think, &reflex_map_reader)},
};

const BuiltSubject *subjects_built(int *count) {
  *count = sizeof BUILT / sizeof *BUILT;
  return BUILT;
}

const char *built_kind_name(BuiltKind kind) {
  static const char *const names[] = {"positive", "negative", "fooler", "shown"};
  return names[kind];
}

const Subject *subject_baselines(int *count) {
  *count = sizeof BASELINES / sizeof *BASELINES;
  return BASELINES;
}
