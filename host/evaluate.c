// Measures one world and turns scores into JSON.
#include "host/evaluate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "host/json_parts.h"
#include "host/probes/thinking_gain.h"
#include "host/probes/tick_demand.h"
#include "host/scores.h"
#include "host/statistics.h"

static const double MOST = 0.95;  // share of the best solve at which ticks95 stands

// ---- JSON ----

json_t *evaluate_number(double value) {
  char text[32];
  if (!isfinite(value)) return json_null();
  snprintf(text, sizeof text, "%.*g", EVALUATE_DIGITS, value);
  return json_real(strtod(text, NULL));
}

static json_t *gain_json(const ThinkingGain *gain, bool *good) {
  json_t *object = parts_interval(gain->gain, good);
  parts_put(object, "from_ticks", json_integer(gain->from_ticks), good);
  parts_put(object, "to_ticks", json_integer(gain->to_ticks), good);
  parts_put(object, "mcnemar_p", evaluate_number(gain->mcnemar_p), good);
  return object;
}

static json_t *demand_json(const Scores *scores, bool *good) {
  TickDemand demand;
  json_t *object = json_object(), *distance = json_array(), *ticks = json_array();
  tick_demand(scores, &demand);
  for (int i = 0; i < demand.count; ++i) {
    parts_append(distance, json_integer(demand.distance[i]), good);
    parts_append(ticks, demand.ticks[i] > 0 ? json_integer(demand.ticks[i]) : json_null(), good);
  }
  parts_put(object, "distance", distance, good);
  parts_put(object, "ticks", ticks, good);
  return object;
}

// The mean over levels after each tick.
static json_t *means_json(const Scores *scores, const double *rates, bool *good) {
  json_t *array = json_array();
  for (int ticks = 1; ticks <= scores->ticks; ++ticks)
    parts_append(array, evaluate_number(scores_mean(scores, rates, ticks)), good);
  return array;
}

// ---- One world ----

// What is known of a subject in a world before it is written down.
typedef struct WorldResult {
  Scores scores;
  int best_ticks;
  Interval *solve;  // (ticks)
  ThinkingGain gain;
} WorldResult;

// Chooses on levels that nothing is reported on, so that the best is not the luckiest.
static Status choose_ticks(const Subject *subject, const EvalWorld *world, int ticks, int *best_ticks) {
  Scores scores;
  *best_ticks = 1;
  if (ticks == 1) return STATUS_OK;
  TRY(scores_measure(subject, &world->select, ticks, 0, &scores));
  *best_ticks = scores_best_ticks(&scores);
  scores_free(&scores);
  return STATUS_OK;
}

static Status measure(const Subject *subject, const EvalWorld *world, int ticks, WorldResult *result) {
  Scores *scores = &result->scores;
  const uint64_t seed = world->test.seed;
  TRY(scores_measure(subject, &world->test, ticks, 0, scores));
  TRY(choose_ticks(subject, world, scores->ticks, &result->best_ticks));
  result->solve = malloc((size_t)scores->ticks * sizeof *result->solve);
  if (!result->solve) return status_fail(STATUS_MEMORY, "no memory for the results of %s", world->title);
  TRY(statistics_bootstrap_means(scores->solve, scores->levels, scores->ticks, STATISTICS_RESAMPLES, seed,
                                 result->solve));
  return thinking_gain(scores, result->best_ticks, seed, &result->gain);
}

static json_t *result_json(const EvalWorld *world, const WorldResult *result, bool *good) {
  const Scores *scores = &result->scores;
  const int best = result->best_ticks;
  const bool thinks = scores->ticks > 1;
  json_t *object = json_object(), *lo = json_array(), *hi = json_array();
  for (int k = 0; k < scores->ticks; ++k) {
    parts_append(lo, evaluate_number(result->solve[k].lo), good);
    parts_append(hi, evaluate_number(result->solve[k].hi), good);
  }
  parts_put(object, "solve", means_json(scores, scores->solve, good), good);
  parts_put(object, "spl", means_json(scores, scores->spl, good), good);
  parts_put(object, "optimal", means_json(scores, scores->optimal, good), good);
  parts_put(object, "lo", lo, good);
  parts_put(object, "hi", hi, good);
  parts_put(object, "best_ticks", json_integer(best), good);
  parts_put(object, "best", parts_interval(result->solve[best - 1], good), good);
  parts_put(object, "ticks95", json_integer(scores_ticks_for(scores, best, MOST)), good);
  parts_put(object, "gain", thinks ? gain_json(&result->gain, good) : json_null(), good);
  parts_put(object, "demand", thinks && world->measures_demand ? demand_json(scores, good) : json_null(),
            good);
  return object;
}

Status evaluate_world(const Subject *subject, const EvalWorld *world, int ticks, json_t **result) {
  WorldResult measured = {.solve = NULL};
  bool good = true;
  Status status = measure(subject, world, ticks, &measured);
  if (status == STATUS_OK) {
    json_t *object = result_json(world, &measured, &good);
    status = parts_deliver(object, good, result);
  }
  free(measured.solve);
  scores_free(&measured.scores);
  return status;
}

// ---- All worlds ----

// Ticks95 of one world over the other's; NaN where either is not there.
static double demand_ratio(const json_t *larger, const json_t *training) {
  const json_t *more = json_object_get(larger, "ticks95"), *fewer = json_object_get(training, "ticks95");
  if (!more || !fewer || larger == training) return NAN;
  return (double)json_integer_value(more) / (double)json_integer_value(fewer);
}

static json_t *demand_summary(const EvalSets *sets, const json_t *worlds, bool *good) {
  const json_t *training = json_object_get(worlds, eval_sets_training(sets)->id);
  const json_t *larger = json_object_get(worlds, eval_sets_demand(sets)->id);
  const json_t *demand = json_object_get(larger, "demand");
  if (!json_is_object(demand)) return json_null();
  json_t *object = json_deep_copy(demand);
  parts_put(object, "ratio", evaluate_number(demand_ratio(larger, training)), good);
  return object;
}

Status evaluate_summary(const EvalSets *sets, const json_t *worlds, json_t **summary) {
  bool good = true;
  json_t *object = json_object(), *gains = json_object();
  for (int w = 0; w < sets->count; ++w) {
    const char *id = sets->world[w].id;
    const json_t *gain = json_object_get(json_object_get(worlds, id), "gain");
    if (json_is_object(gain)) parts_put(gains, id, json_deep_copy(gain), &good);
  }
  parts_put(object, "gain", gains, &good);
  parts_put(object, "demand", demand_summary(sets, worlds, &good), &good);
  return parts_deliver(object, good, summary);
}
