// Extra "linear": what a linear probe reads off the state of a square after N* ticks: how far the goal is,
// and which way to go.
//
// As Bush et al. 2025 probe their agents, with the same two kinds of baseline: the 3x3 patch of the
// observation around the square, and the state of an untrained net of the same shape. It does not separate:
// an agent that plans inside and acts greedily is read off at .99, and the probe follows what the value was
// trained for; so it is shown beside its baselines and not scored. Trained on the selection levels
// (PROBE_CLASSES and PROBE_SELECT), tested on levels that nothing was chosen on.
#include "host/probes/extra_linear.h"

#include <math.h>
#include <stdlib.h>

#include "envs/oracle.h"
#include "host/evaluate.h"
#include "host/json_parts.h"
#include "host/probe_extra.h"
#include "host/probe_fit.h"
#include "kernels/population.h"

enum {
  LEVELS = 200,                    // of PROBE_NEAR, to test on
  PATCH = 9 * OBSERVATION_PLANES,  // numbers: 3x3 squares
  RIDGES = 3,                      // tried for the distance
  UNTRAINED_SEED = 0x756e7472,     // the other seed: "untr"
};

static const double RIDGE[RIDGES] = {1e-6, 1e-3, 1e-1};  // in units of a column's variance
static const double RIDGE_ACTIONS = 1e-4;

typedef struct Reading {
  double distance_r2;
  FitActions actions;
} Reading;

// ---- From levels to tables ----

// Where the squares of a set's levels go: one row each, those of level n from first_row[n] on. A square has
// `numbers` features: its state after the last tick, or its patch.
typedef struct Collecting {
  const EvalSet *set;
  FitTable table;
  int numbers;
  int *first_row;  // (levels + 1)
} Collecting;

static void read_patch(const Level *level, int square, double *x) {
  const int width = level->grid.width;
  for (int j = 0; j < 9; ++j) {
    const int beside = square + (j / 3 - 1) * width + j % 3 - 1;
    x[2 * j] = grid_is_wall(&level->grid, beside);
    x[2 * j + 1] = beside == level->goal;
  }
}

// `thoughts`: NULL for patches. i: of its chunk, n: of the set.
static void collect_level(const Collecting *to, const ProbeThoughts *thoughts, int i, int n) {
  const Level *level = &to->set->levels[n];
  int16_t distance[GRID_SQUARES];
  int row = to->first_row[n];
  oracle_distances(level, distance);
  for (int square = 0; square < grid_squares(&level->grid); ++square) {
    if (distance[square] <= 0) continue;
    double *x = to->table.x + (size_t)row * (size_t)to->table.columns;
    if (thoughts) {
      const real *state = probe_thoughts_state(thoughts, i, thoughts->ticks - 1, square);
      for (int c = 0; c < to->numbers; ++c) x[c] = (double)state[c];
    } else {
      read_patch(level, square, x);
    }
    x[to->numbers] = 1;
    to->table.distance[row] = distance[square];
    to->table.best[row++] = (uint8_t)oracle_best_actions(level, distance, square);
  }
}

static void visit(const ProbeThoughts *thoughts, int i, void *context) {
  collect_level(context, thoughts, i, thoughts->first + i);
}

// Rows that a set's squares take.
static int count_squares(const EvalSet *set) {
  int count = 0;
  for (size_t i = 0; i < (size_t)set->count * (size_t)set->size * (size_t)set->size; ++i)
    count += set->distance[i] > 0;
  return count;
}

// Fills rows from the table's beginning.
static Status collect(const Subject *subject, const EvalSet *set, int ticks, FitTable table) {
  const size_t squares = (size_t)set->size * (size_t)set->size;
  Collecting to = {set, table, table.columns - 1, calloc((size_t)set->count + 1, sizeof(int))};
  if (!to.first_row) return status_fail(STATUS_MEMORY, "no memory for the squares of %d levels", set->count);
  for (int n = 0; n < set->count; ++n) {
    to.first_row[n + 1] = to.first_row[n];
    for (size_t i = 0; i < squares; ++i) to.first_row[n + 1] += set->distance[(size_t)n * squares + i] > 0;
  }
  const ExtraThought thought = {.subject = subject, .set = set, .ticks = ticks, .state = true};
  Status status = STATUS_OK;
  if (subject) status = extra_think(&thought, visit, &to);
  for (int n = 0; !subject && n < set->count; ++n) collect_level(&to, NULL, 0, n);
  free(to.first_row);
  return status;
}

// ---- Fits ----

// Chooses the ridge on the later part of `train`, then fits to all of it.
static Status read_distance(const FitTable *train, int split, const FitTable *test, double *weight,
                            double *r2) {
  const FitTable part = fit_table_part(train, 0, split), rest = fit_table_part(train, split, train->rows);
  double best = -INFINITY, ridge = RIDGE[0];
  for (int j = 0; j < RIDGES; ++j) {
    TRY(fit_ridge(&part, RIDGE[j], weight));
    const double here = fit_r2(&rest, weight);
    if (here <= best) continue;
    best = here;
    ridge = RIDGE[j];
  }
  TRY(fit_ridge(train, ridge, weight));
  *r2 = fit_r2(test, weight);
  return STATUS_OK;
}

static Status fit_tables(FitTable *train, int split, FitTable *test, Reading *reading) {
  TRY(fit_standardize(train, test));
  double *weight = calloc((size_t)ENV_ACTIONS * (size_t)train->columns, sizeof *weight);
  if (!weight) return status_fail(STATUS_MEMORY, "no memory for a linear probe");
  Status status = read_distance(train, split, test, weight, &reading->distance_r2);
  if (status == STATUS_OK) status = fit_logistic(train, RIDGE_ACTIONS, weight);
  if (status == STATUS_OK) reading->actions = fit_actions(test, weight);
  free(weight);
  return status;
}

// What can be read off `subject`, or, where it is NULL, off patches.
static Status read_subject(const ProbeContext *context, const Subject *subject, Reading *reading) {
  const EvalSet *sets = context->levels->set;
  const EvalSet shown = extra_part(&sets[PROBE_NEAR], LEVELS);
  const int columns = 1 + (subject ? subject->channels : PATCH), ticks = context->best_ticks;
  const int split = count_squares(&sets[PROBE_CLASSES]);
  FitTable train = {0}, test = {0};
  Status status = fit_table_create(split + count_squares(&sets[PROBE_SELECT]), columns, &train);
  if (status == STATUS_OK) status = fit_table_create(count_squares(&shown), columns, &test);
  if (status == STATUS_OK) status = collect(subject, &sets[PROBE_CLASSES], ticks, train);
  if (status == STATUS_OK)
    status = collect(subject, &sets[PROBE_SELECT], ticks, fit_table_part(&train, split, train.rows));
  if (status == STATUS_OK) status = collect(subject, &shown, ticks, test);
  if (status == STATUS_OK) status = fit_tables(&train, split, &test, reading);
  fit_table_free(&train);
  fit_table_free(&test);
  return status;
}

// Off a net of the agent's shape with its first, random weights.
static Status read_untrained(const ProbeContext *context, Reading *reading) {
  const PopulationShape shape = {.agent = context->agent->shape,
                                 .agents = 1,
                                 .levels = 1,
                                 .walkers = 1,
                                 .shards = 1,
                                 .size_max = context->levels->set[PROBE_NEAR].size,
                                 .limit = 1,
                                 .ticks_max = 1};
  const AgentSpec spec = {.seed = UNTRAINED_SEED};
  Population population;
  TRY(population_create(shape, &population));
  population_start(&population, 0, &spec);
  SubjectAgent agent = *context->agent;
  agent.parameters = population.parameters;
  const Subject subject = subject_agent(&agent, "untrained");
  const Status status = read_subject(context, &subject, reading);
  population_free(&population);
  return status;
}

// ---- JSON ----

static json_t *triple(double state, double patch, double untrained, bool *good) {
  json_t *object = json_object();
  parts_put(object, "state", evaluate_number(state), good);
  parts_put(object, "patch", evaluate_number(patch), good);
  parts_put(object, "untrained", evaluate_number(untrained), good);
  return object;
}

static Status describe(const ProbeContext *context, json_t **result) {
  Reading state, patch, untrained = {NAN, {NAN, NAN}};  // which results hold as null
  bool good = true;
  TRY(read_subject(context, context->subject, &state));
  TRY(read_subject(context, NULL, &patch));
  if (context->agent) TRY(read_untrained(context, &untrained));
  json_t *object = json_object();
  parts_put(object, "distance_r2", triple(state.distance_r2, patch.distance_r2, untrained.distance_r2, &good),
            &good);
  parts_put(object, "action_accuracy",
            triple(state.actions.accuracy, patch.actions.accuracy, untrained.actions.accuracy, &good), &good);
  parts_put(object, "action_f1",
            triple(state.actions.macro_f1, patch.actions.macro_f1, untrained.actions.macro_f1, &good), &good);
  return parts_deliver(object, good, result);
}

const ProbeExtra EXTRA_LINEAR = {
    .name = "linear",
    .question = "How much of the distance and of the way can be read off a square's state?",
    .needs_state = true,
    .describe = describe,
};
