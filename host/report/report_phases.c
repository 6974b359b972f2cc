// Counts labels by setting and compares scores between settings.
#include "host/report/report_phases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/evaluate.h"
#include "host/probe_score.h"
#include "host/statistics.h"

// Of the permutation test, where there are too many permutations to try them all.
enum { PERMUTATION_SEED = 1 };

// ---- One probe ----

// The values of an object of estimates.
static json_t *values_of(const json_t *estimates) {
  json_t *const values = json_object();
  const char *key;
  json_t *estimate;
  json_object_foreach((json_t *)estimates, key, estimate) {
    const json_t *const value = json_object_get(estimate, "value");
    json_object_set_new(values, key, json_is_number(value) ? json_copy((json_t *)value) : json_null());
  }
  return values;
}

json_t *report_probe(const json_t *agent) {
  static const char *const kept[] = {"label", "S", "S_lo", "S_hi"};
  json_t *const probe = json_object();
  for (size_t k = 0; k < sizeof kept / sizeof *kept; ++k) {
    json_t *const value = json_object_get(agent, kept[k]);
    json_object_set_new(probe, kept[k], value ? json_copy(value) : json_null());
  }
  json_object_set_new(probe, "families", values_of(json_object_get(agent, "families")));
  json_object_set_new(probe, "metrics", values_of(json_object_get(agent, "metrics")));
  return probe;
}

// ---- Settings ----

// What the seeds of one setting gave.
typedef struct PhaseSetting {
  int seeds;                 // probed
  int labels[PROBE_LABELS];  // of them
  int scores;                // that have an S
  double *score;             // (scores)
} PhaseSetting;

static void add_probe(PhaseSetting *setting, const json_t *probe) {
  const char *const label = json_string_value(json_object_get(probe, "label"));
  const json_t *const score = json_object_get(probe, "S");
  setting->seeds++;
  for (int l = 0; l < PROBE_LABELS; ++l)
    setting->labels[l] += label && strcmp(label, probe_label_name((ProbeLabel)l)) == 0;
  if (json_is_number(score)) setting->score[setting->scores++] = json_number_value(score);
}

static json_t *likelihood_of(const PhaseSetting *setting, int number) {
  json_t *const labels = json_object();
  for (int l = 0; l < PROBE_LABELS; ++l) {
    const Interval share = statistics_wilson(setting->labels[l], setting->seeds);
    json_object_set_new(labels, probe_label_name((ProbeLabel)l),
                        json_pack("{s:i, s:o, s:o}", "count", setting->labels[l], "lo",
                                  evaluate_number(share.lo), "hi", evaluate_number(share.hi)));
  }
  return json_pack("{s:i, s:i, s:o}", "setting", number, "seeds", setting->seeds, "labels", labels);
}

static double mean_score(const PhaseSetting *setting) {
  double sum = 0;
  for (int i = 0; i < setting->scores; ++i) sum += setting->score[i];
  return setting->scores ? sum / setting->scores : NAN;
}

// p(count) of each setting against the first; NaN for the first and where either has no score.
static Status compare_all(const PhaseSetting *settings, int count, double *p) {
  const PhaseSetting *const first = &settings[0];
  for (int s = 0; s < count; ++s) {
    const PhaseSetting *const one = &settings[s];
    p[s] = NAN;
    if (s == 0 || !first->scores || !one->scores) continue;
    TRY(statistics_permutation(first->score, first->scores, one->score, one->scores, PERMUTATION_SEED,
                               &p[s]));
  }
  return STATUS_OK;
}

// adjusted(count) of those p(count) that are numbers; `scratch` holds 2 * count.
static void adjust(const double *p, int count, double *scratch, double *adjusted) {
  int known = 0;
  for (int s = 0; s < count; ++s)
    if (!isnan(p[s])) scratch[known++] = p[s];
  statistics_holm(scratch, known, scratch + count);
  for (int s = 0, k = 0; s < count; ++s) adjusted[s] = isnan(p[s]) ? NAN : scratch[count + k++];
}

static json_t *comparison_of(const PhaseSetting *settings, int number, double p, double adjusted) {
  const double difference = mean_score(&settings[number]) - mean_score(&settings[0]);
  return json_pack("{s:i, s:o, s:o, s:o}", "setting", number, "difference", evaluate_number(difference), "p",
                   evaluate_number(p), "p_holm", evaluate_number(adjusted));
}

// `numbers` holds 4 * count.
static Status phases_json(const PhaseSetting *settings, int count, double *numbers, json_t **phases) {
  double *const p = numbers, *const adjusted = numbers + count;
  TRY(compare_all(settings, count, p));
  adjust(p, count, numbers + 2 * count, adjusted);
  json_t *const likelihood = json_array(), *const comparisons = json_array();
  for (int s = 0; s < count; ++s) {
    if (settings[s].seeds) json_array_append_new(likelihood, likelihood_of(&settings[s], s));
    if (s > 0) json_array_append_new(comparisons, comparison_of(settings, s, p[s], adjusted[s]));
  }
  *phases = json_pack("{s:o, s:o}", "likelihood", likelihood, "comparisons", comparisons);
  return *phases ? STATUS_OK : status_fail(STATUS_MEMORY, "no memory for the phase diagram");
}

// `scores` holds a number of each trial for each setting.
static void gather(const json_t *trials, int count, PhaseSetting *settings, double *scores) {
  size_t t;
  json_t *trial;
  for (int s = 0; s < count; ++s) settings[s].score = scores + (size_t)s * json_array_size(trials);
  json_array_foreach(trials, t, trial) {
    const json_t *const probe = json_object_get(trial, "probe");
    const json_int_t s = json_integer_value(json_object_get(trial, "setting"));
    if (json_is_object(probe) && s >= 0 && s < count) add_probe(&settings[s], probe);
  }
}

Status report_phases(int settings, const json_t *trials, json_t **phases) {
  const size_t count = (size_t)settings;
  PhaseSetting *const found = calloc(count + 1, sizeof *found);
  double *const numbers = malloc((count * (4 + json_array_size(trials)) + 1) * sizeof *numbers);
  Status status = STATUS_OK;
  *phases = NULL;
  if (found && numbers) {
    gather(trials, settings, found, numbers + 4 * count);
    status = phases_json(found, settings, numbers, phases);
  } else {
    status = status_fail(STATUS_MEMORY, "no memory for the phase diagram");
  }
  free(found);
  free(numbers);
  return status;
}
