// Means over seeds of what probes found.
#include "host/probe_settings.h"

#include <stdlib.h>
#include <string.h>

#include "host/json_parts.h"
#include "host/probe_score.h"
#include "host/probes/catalogue.h"
#include "host/report/report_phases.h"
#include "host/statistics.h"

// The reports of one setting.
typedef struct Seeds {
  int count;
  const json_t **report;  // (count)
  double *values;         // (count): room for one number each
} Seeds;

// Mean and t interval of those numbers that are there.
static json_t *mean_json(const Seeds *seeds, const json_t *(*find)(const json_t *report, const char *name),
                         const char *name, bool *good) {
  int known = 0;
  for (int i = 0; i < seeds->count; ++i) {
    const json_t *const number = find(seeds->report[i], name);
    if (json_is_number(number)) seeds->values[known++] = json_number_value(number);
  }
  if (known == 0) return json_null();
  return parts_interval(statistics_t_interval(seeds->values, known), good);
}

static const json_t *find_top(const json_t *report, const char *name) {
  return json_object_get(report, name);
}

static const json_t *find_metric(const json_t *report, const char *name) {
  return json_object_get(json_object_get(json_object_get(report, "metrics"), name), "value");
}

static json_t *labels_json(const Seeds *seeds, bool *good) {
  json_t *const labels = json_object();
  for (int l = 0; l < PROBE_LABELS; ++l) {
    const char *const name = probe_label_name((ProbeLabel)l);
    int count = 0;
    for (int i = 0; i < seeds->count; ++i) {
      const char *const label = json_string_value(json_object_get(seeds->report[i], "label"));
      count += label && strcmp(label, name) == 0;
    }
    if (count > 0) parts_put(labels, name, json_integer(count), good);
  }
  return labels;
}

static json_t *setting_json(const char *label, const Seeds *seeds, bool *good) {
  json_t *const object = json_object(), *const metrics = json_object();
  for (int i = 0; i < PROBES; ++i)
    parts_put(metrics, probes[i]->name, mean_json(seeds, find_metric, probes[i]->name, good), good);
  parts_put(object, "label", json_string(label), good);
  parts_put(object, "seeds", json_integer(seeds->count), good);
  parts_put(object, "S", mean_json(seeds, find_top, "S", good), good);
  parts_put(object, "metrics", metrics, good);
  parts_put(object, "labels", labels_json(seeds, good), good);
  return object;
}

// The reports whose setting this is.
static void gather(const json_t *reports, const json_t *setting_numbers, int setting, Seeds *seeds) {
  seeds->count = 0;
  for (size_t i = 0; i < json_array_size(reports); ++i)
    if (json_integer_value(json_array_get(setting_numbers, i)) == setting)
      seeds->report[seeds->count++] = json_array_get(reports, i);
}

// As report_phases takes them.
static json_t *trials_json(const json_t *reports, const json_t *setting_numbers, bool *good) {
  json_t *const trials = json_array();
  for (size_t i = 0; i < json_array_size(reports); ++i)
    parts_append(trials,
                 json_pack("{s:O, s:o}", "setting", json_array_get(setting_numbers, i), "probe",
                           report_probe(json_array_get(reports, i))),
                 good);
  return trials;
}

static Status summarize(const Plan *plan, const json_t *reports, const json_t *setting_numbers, Seeds *seeds,
                        json_t **summary) {
  bool good = true;
  json_t *const whole = json_object(), *const settings = json_array(), *phases = NULL;
  json_t *const trials = trials_json(reports, setting_numbers, &good);
  const Status status = report_phases(plan->setting_count, trials, &phases);
  json_decref(trials);
  for (int s = 0; s < plan->setting_count; ++s) {
    gather(reports, setting_numbers, s, seeds);
    parts_append(settings, setting_json(plan->settings[s].label, seeds, &good), &good);
  }
  parts_put(whole, "settings", settings, &good);
  if (status == STATUS_OK) parts_put(whole, "phases", phases, &good);
  if (status != STATUS_OK) {
    json_decref(whole);
    return status;
  }
  return parts_deliver(whole, good, summary);
}

Status probe_settings(const Plan *plan, const json_t *reports, const json_t *setting_numbers,
                      json_t **summary) {
  const size_t count = json_array_size(reports) + 1;
  Seeds seeds = {.report = calloc(count, sizeof *seeds.report),
                 .values = calloc(count, sizeof *seeds.values)};
  Status status =
      seeds.report && seeds.values ? STATUS_OK : status_fail(STATUS_MEMORY, "no memory for results");
  if (status == STATUS_OK) status = summarize(plan, reports, setting_numbers, &seeds, summary);
  free(seeds.report);
  free(seeds.values);
  return status;
}

// ---- The table ----

enum { LABEL_COLUMNS = 34 };

static void print_labels(const json_t *labels, FILE *out) {
  const char *name;
  json_t *count;
  bool first = true;
  json_object_foreach((json_t *)labels, name, count) {
    fprintf(out, "%s%d %s", first ? "  " : ", ", (int)json_integer_value(count), name);
    first = false;
  }
}

static void print_setting(const json_t *setting, FILE *out) {
  const json_t *const S = json_object_get(setting, "S");
  fprintf(out, "%-*s ", LABEL_COLUMNS, json_string_value(json_object_get(setting, "label")));
  if (json_is_number(json_object_get(S, "lo")))
    fprintf(out, "%4.2f [%5.2f, %4.2f]  ", json_number_value(json_object_get(S, "value")),
            json_number_value(json_object_get(S, "lo")), json_number_value(json_object_get(S, "hi")));
  else if (json_is_object(S))
    fprintf(out, "%4.2f %15s ", json_number_value(json_object_get(S, "value")), "");
  else
    fprintf(out, "%-20s ", "not known");
  for (int i = 0; i < PROBES; ++i) {
    const json_t *const metric = json_object_get(json_object_get(setting, "metrics"), probes[i]->name);
    if (json_is_object(metric))
      fprintf(out, "  %5.2f", json_number_value(json_object_get(metric, "value")));
    else
      fprintf(out, "  %5s", "–");
  }
  print_labels(json_object_get(setting, "labels"), out);
  fputc('\n', out);
}

void probe_settings_print(const json_t *summary, FILE *out) {
  const json_t *const settings = json_object_get(summary, "settings");
  fprintf(out, "\n%-*s %-20s", LABEL_COLUMNS, "setting, mean over seeds", "S, t interval");
  for (int i = 0; i < PROBES; ++i) fprintf(out, " %6.6s", probes[i]->name);
  fputs("  labels\n", out);
  for (size_t s = 0; s < json_array_size(settings); ++s) print_setting(json_array_get(settings, s), out);
}
