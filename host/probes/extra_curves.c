// Extra "curves": solve, path efficiency and plan quality by tick, at the training size and on larger mazes.
//
// Plan quality by tick is how Bush et al. 2025 and the Looped Actor (2026) show that a plan is refined.
// It does not separate: a fooler whose finished answer is revealed square by square improves with every tick
// just the same, and raw thinking gain is no better.
#include "host/probes/extra_curves.h"

#include "host/evaluate.h"
#include "host/json_parts.h"

// The mean over levels of one rate after each tick.
static json_t *curve(const Scores *scores, const double *rates, bool *good) {
  json_t *array = json_array();
  for (int ticks = 1; ticks <= scores->ticks; ++ticks)
    parts_append(array, evaluate_number(scores_mean(scores, rates, ticks)), good);
  return array;
}

static json_t *curves_of(const Scores *scores, bool *good) {
  json_t *object = json_object();
  parts_put(object, "solve", curve(scores, scores->solve, good), good);
  parts_put(object, "spl", curve(scores, scores->spl, good), good);
  parts_put(object, "optimal", curve(scores, scores->optimal, good), good);
  return object;
}

static Status describe(const ProbeContext *context, json_t **result) {
  bool good = true;
  json_t *object = json_object();
  parts_put(object, "near", curves_of(&context->near, &good), &good);
  parts_put(object, "far", curves_of(&context->far, &good), &good);
  parts_put(object, "farther", curves_of(&context->farther, &good), &good);
  return parts_deliver(object, good, result);
}

const ProbeExtra EXTRA_CURVES = {
    .name = "curves",
    .question = "How good is the plan after each tick of thought, near and far?",
    .describe = describe,
};
