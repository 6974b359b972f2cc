// Families from metrics, the score from families, gates, and the label.
#include "host/probe_score.h"

#include <math.h>
#include <string.h>

// What labels ask of 95 % limits, besides SCORE_SEARCH.
static const double SEARCH_FAMILIES[PROBE_FAMILIES] = {0.3, 0.3, 0.3, 0.2};  // B, R, Z, I at least
static const double BOUNDED_CAUSATION = 0.5, BOUNDED_TICK = 0.1;             // at least; below
static const double REACTIVE_UPPER = 0.35, REACTIVE_SCORE_WITHOUT_I = 0.2;   // both below

// ---- Families ----

static bool counts(const ScoreMetric *metric) {
  return metric->applies && metric->informative && !isnan(metric->interval.value);
}

const ScoreMetric *probe_score_metric(const ScoreInput *input, const char *name) {
  for (int m = 0; m < input->count; ++m)
    if (counts(&input->metrics[m]) && strcmp(input->metrics[m].name, name) == 0) return &input->metrics[m];
  return NULL;
}

// A family: draws(PROBE_RESAMPLES) and interval of the mean of its metrics, or of their reaches where they
// have one; NaN where there is none.
static Interval family_mean(const ScoreInput *input, ProbeFamily family, bool reach, double *draws) {
  int metrics = 0;
  double value = 0;
  for (int r = 0; r < PROBE_RESAMPLES; ++r) draws[r] = 0;
  for (int m = 0; m < input->count; ++m) {
    const ScoreMetric *metric = &input->metrics[m];
    const double *const of_metric = reach ? metric->reach_draws : metric->draws;
    if (metric->family != family || !counts(metric) || !of_metric) continue;
    value += reach ? metric->reach.value : metric->interval.value;
    for (int r = 0; r < PROBE_RESAMPLES; ++r) draws[r] += of_metric[r];
    metrics += 1;
  }
  for (int r = 0; r < PROBE_RESAMPLES; ++r) draws[r] /= metrics;  // none: 0 / 0, a NaN
  return probe_interval(value / metrics, draws, PROBE_RESAMPLES);
}

// ---- The score ----

// The geometric mean of `families` numbers, each clipped to 0 … 1.
static double geometric_mean(const double *values, int families) {
  double product = 1;
  for (int f = 0; f < families; ++f) product *= probe_clip(values[f]);
  return families == 4 ? sqrt(sqrt(product)) : cbrt(product);
}

// The score of the first `families` families, from draws(family, PROBE_RESAMPLES).
static Interval score_of(const ProbeScore *score, double (*draws)[PROBE_RESAMPLES], int families) {
  double values[PROBE_FAMILIES], of_draws[PROBE_RESAMPLES];
  for (int f = 0; f < families; ++f) {
    if (score->counts_as_none[f]) return (Interval){0, 0, 0};
    values[f] = score->family[f].value;
  }
  for (int f = 0; f < families; ++f)
    if (isnan(values[f])) return (Interval){NAN, NAN, NAN};
  for (int r = 0; r < PROBE_RESAMPLES; ++r) {
    double draw[PROBE_FAMILIES];
    bool known = true;
    for (int f = 0; f < families; ++f) {
      draw[f] = draws[f][r];
      known &= !isnan(draw[f]);
    }
    of_draws[r] = known ? geometric_mean(draw, families) : NAN;
  }
  return probe_interval(geometric_mean(values, families), of_draws, PROBE_RESAMPLES);
}

// ---- Gates and labels ----

static void check_gates(const ScoreInput *input, ProbeScore *score) {
  score->is_competent = input->solve >= input->greedy + SCORE_COMPETENCE;
  score->carries_over = true;
  score->worst_world = OFF_AXIS_TREES;
  for (int w = 0; w < OFF_AXIS_WORLDS; ++w) {
    const double least = input->off_axis[score->worst_world];
    score->carries_over &= input->off_axis[w] >= SCORE_OFF_AXIS;
    if (!isnan(least) && !(input->off_axis[w] >= least)) score->worst_world = (OffAxis)w;
  }
}

double probe_score_asked(ProbeFamily family) {
  return SEARCH_FAMILIES[family];
}

// A missing family is less than all but 0, for a 0 settles the score whatever is missing; a local one is 0.
static ProbeFamily decisive_family(const ProbeScore *score) {
  ProbeFamily lowest = FAMILY_BEHAVIOUR;
  double least = INFINITY;
  for (int f = 0; f < PROBE_FAMILIES; ++f) {
    const double lo = score->is_local[f] ? 0 : score->family[f].lo;
    const double share = isnan(lo) ? 1e-9 : lo / SEARCH_FAMILIES[f];
    if (share >= least) continue;
    least = share;
    lowest = (ProbeFamily)f;
  }
  return lowest;
}

// No comparison with a NaN holds, so a label that needs what is missing is never given.
static bool is_search(const ProbeScore *score) {
  for (int f = 0; f < PROBE_FAMILIES; ++f)
    if (!(score->family[f].lo >= SEARCH_FAMILIES[f])) return false;
  return score->score.lo >= SCORE_SEARCH;
}

static bool is_bounded_depth(const ScoreInput *input, const ProbeScore *score) {
  const ScoreMetric *tick = probe_score_metric(input, "TICK");
  return score->is_competent && score->family[FAMILY_CAUSATION].lo >= BOUNDED_CAUSATION &&
         !score->is_local[FAMILY_CAUSATION] && tick && tick->interval.value < BOUNDED_TICK &&
         tick->interval.hi < BOUNDED_TICK;
}

// Without a state there is no causation to ask for, and behaviour speaks in its place.
static bool is_reactive(const ScoreInput *input, const ProbeScore *score) {
  const bool speaks = !isnan(score->family[FAMILY_CAUSATION].value) || input->has_state;
  const ProbeFamily witness = speaks ? FAMILY_CAUSATION : FAMILY_BEHAVIOUR;
  return score->family[witness].hi < REACTIVE_UPPER && score->score_without_I.hi < REACTIVE_SCORE_WITHOUT_I;
}

static ProbeLabel label_of(const ScoreInput *input, const ProbeScore *score) {
  if (is_search(score)) return score->carries_over ? LABEL_SEARCH : LABEL_AXIS_BOUND;
  if (is_bounded_depth(input, score)) return LABEL_BOUNDED_DEPTH;
  return is_reactive(input, score) ? LABEL_REACTIVE : LABEL_UNDECIDED;
}

void probe_score(const ScoreInput *input, ProbeScore *score) {
  double draws[PROBE_FAMILIES][PROBE_RESAMPLES], of_reach[PROBE_RESAMPLES];
  memset(score, 0, sizeof *score);
  for (int f = 0; f < PROBE_FAMILIES; ++f) {
    score->family[f] = family_mean(input, (ProbeFamily)f, false, draws[f]);
    score->reach[f] = family_mean(input, (ProbeFamily)f, true, of_reach);
    score->is_local[f] = score->reach[f].lo <= SCORE_FLOOR;
    score->counts_as_none[f] = score->is_local[f] || score->family[f].lo <= SCORE_FLOOR;
  }
  check_gates(input, score);
  score->score_without_I = score_of(score, draws, FAMILY_IRREDUCIBILITY);
  score->score = score->is_competent ? score_of(score, draws, PROBE_FAMILIES) : (Interval){0, 0, 0};
  score->decisive = decisive_family(score);
  score->label = label_of(input, score);
  probe_score_explain(input, score);
}

// ---- Names ----

const char *probe_label_name(ProbeLabel label) {
  static const char *const NAMES[PROBE_LABELS] = {"search", "axis-bound search", "bounded-depth planner",
                                                  "reactive", "undecided"};
  return NAMES[label];
}

const char *probe_family_name(ProbeFamily family) {
  static const char *const NAMES[PROBE_FAMILIES] = {"behaviour", "representation", "causation",
                                                    "irreducibility"};
  return NAMES[family];
}
