// Gathers the trials' results into a table, a CSV file and JSON.
#include "host/results.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/evaluate.h"
#include "host/evaluation_set.h"
#include "host/files.h"
#include "host/statistics.h"
#include "host/trial_result.h"

// Ticks at which solve rates are told beside the best: few and many, as the headline figures compare.
static const int shown_ticks[] = {8, 24};
enum { SHOWN_TICKS = sizeof shown_ticks / sizeof *shown_ticks, CELL_BYTES = 64 };

// The number at result.worlds.ID.FIELD…; NaN where there is none.
static double world_number(const json_t *result, const char *id, const char *field, const char *part) {
  const json_t *value = json_object_get(json_object_get(json_object_get(result, "worlds"), id), field);
  if (part) value = json_object_get(value, part);
  return json_is_number(value) ? json_number_value(value) : NAN;
}

// Solve rate after `ticks` ticks; NaN where the longest thought is shorter.
static double world_solve(const json_t *result, const char *id, int ticks) {
  const json_t *solve = json_object_get(json_object_get(json_object_get(result, "worlds"), id), "solve");
  return (size_t)ticks <= json_array_size(solve) ? json_number_value(json_array_get(solve, (size_t)ticks - 1))
                                                 : NAN;
}

static void csv_number(FILE *file, double value) {
  if (isnan(value)) {
    fputc(',', file);
  } else {
    fprintf(file, ",%.5g", value);
  }
}

static void csv_head(FILE *file, const EvalSets *sets) {
  int keys;
  const KeyInfo *const key = config_keys(&keys);
  fputs("trial", file);
  for (int k = 0; k < keys; ++k) fprintf(file, ",%s", key[k].name);
  fputs(",status,updates,env_steps", file);
  for (int w = 0; w < sets->count; ++w) {
    const char *const id = sets->world[w].id;
    fprintf(file, ",%s.best,%s.best_lo,%s.best_hi,%s.best_ticks,%s.ticks95", id, id, id, id, id);
    for (int i = 0; i < SHOWN_TICKS; ++i) fprintf(file, ",%s.at_%d", id, shown_ticks[i]);
    fprintf(file, ",%s.gain,%s.gain_lo,%s.gain_hi", id, id, id);
  }
  fputc('\n', file);
}

static void csv_row(FILE *file, const EvalSets *sets, const Trial *trial, const json_t *result) {
  int keys;
  const KeyInfo *const key = config_keys(&keys);
  fprintf(file, "\"%s\"", trial->name);
  for (int k = 0; k < keys; ++k) {
    char text[CONFIG_TEXT_BYTES];
    config_get_text(&trial->config, &key[k], text, sizeof text);
    fprintf(file, strchr(text, ',') ? ",\"%s\"" : ",%s", text);
  }
  fprintf(file, ",%s", json_string_value(json_object_get(result, "status")));
  fprintf(file, ",%lld,%lld", (long long)json_integer_value(json_object_get(result, "updates")),
          (long long)json_integer_value(json_object_get(result, "env_steps")));
  for (int w = 0; w < sets->count; ++w) {
    const char *const id = sets->world[w].id;
    csv_number(file, world_number(result, id, "best", "value"));
    csv_number(file, world_number(result, id, "best", "lo"));
    csv_number(file, world_number(result, id, "best", "hi"));
    csv_number(file, world_number(result, id, "best_ticks", NULL));
    csv_number(file, world_number(result, id, "ticks95", NULL));
    for (int i = 0; i < SHOWN_TICKS; ++i) csv_number(file, world_solve(result, id, shown_ticks[i]));
    csv_number(file, world_number(result, id, "gain", "value"));
    csv_number(file, world_number(result, id, "gain", "lo"));
    csv_number(file, world_number(result, id, "gain", "hi"));
  }
  fputc('\n', file);
}

static Status csv_rows(FILE *file, const char *directory, const Plan *plan, const EvalSets *sets) {
  csv_head(file, sets);
  for (int t = 0; t < plan->trial_count; ++t) {
    json_t *result;
    TRY(trial_result_read(directory, plan->trials[t].name, &result));
    csv_row(file, sets, &plan->trials[t], result);
    json_decref(result);
  }
  return STATUS_OK;
}

Status results_write_csv(const char *directory, const Plan *plan, const EvalSets *sets) {
  char path[FILES_PATH_BYTES + 16];
  char *text = NULL;
  size_t size = 0;
  snprintf(path, sizeof path, "%s/results.csv", directory);
  FILE *memory = open_memstream(&text, &size);
  if (!memory) return status_fail(STATUS_MEMORY, "no memory to write %s", path);
  Status status = csv_rows(memory, directory, plan, sets);
  if (fclose(memory) != 0 && status == STATUS_OK)
    status = status_fail(STATUS_MEMORY, "no memory to write %s", path);
  if (status == STATUS_OK) status = files_write_atomic(path, text, size, false);
  free(text);
  return status;
}

// Mean over the seeds of one setting, with a t interval.
static json_t *seeds_interval(const double *values, int count) {
  const Interval interval = statistics_t_interval(values, count);
  return json_pack("{s:o, s:o, s:o, s:i}", "value", evaluate_number(interval.value), "lo",
                   evaluate_number(interval.lo), "hi", evaluate_number(interval.hi), "seeds", count);
}

// One world of one setting: {best, at_8, at_24, gain, ticks95}, each over seeds.
static json_t *setting_world(json_t **results, int count, const char *id, double *values) {
  json_t *const world = json_object();
  char name[16];
  for (int s = 0; s < count; ++s) values[s] = world_number(results[s], id, "best", "value");
  json_object_set_new(world, "best", seeds_interval(values, count));
  for (int i = 0; i < SHOWN_TICKS; ++i) {
    for (int s = 0; s < count; ++s) values[s] = world_solve(results[s], id, shown_ticks[i]);
    snprintf(name, sizeof name, "at_%d", shown_ticks[i]);
    json_object_set_new(world, name, seeds_interval(values, count));
  }
  for (int s = 0; s < count; ++s) values[s] = world_number(results[s], id, "gain", "value");
  json_object_set_new(world, "gain", seeds_interval(values, count));
  for (int s = 0; s < count; ++s) values[s] = world_number(results[s], id, "ticks95", NULL);
  json_object_set_new(world, "ticks95", seeds_interval(values, count));
  return world;
}

// Appends {trial, reason} of a trial that failed.
static void add_failed(const json_t *result, const char *name, json_t *failed) {
  const char *const status = json_string_value(json_object_get(result, "status"));
  if (status && strcmp(status, "failed") == 0)
    json_array_append_new(
        failed, json_pack("{s:s, s:O}", "trial", name, "reason", json_object_get(result, "reason")));
}

// The evaluated trials of a setting into results(plan->trial_count); returns how many. Diverged and failed
// ones have no worlds.
static Status setting_results(const char *directory, const Plan *plan, int setting, json_t **results,
                              int *count, json_t *failed) {
  *count = 0;
  for (int t = 0; t < plan->trial_count; ++t) {
    json_t *result;
    if (plan->trials[t].setting != setting) continue;
    TRY(trial_result_read(directory, plan->trials[t].name, &result));
    add_failed(result, plan->trials[t].name, failed);
    if (json_object_get(result, "worlds")) {
      results[(*count)++] = result;
    } else {
      json_decref(result);
    }
  }
  return STATUS_OK;
}

static Status add_settings(const char *directory, const Plan *plan, const EvalSets *sets, json_t *settings,
                           json_t *failed) {
  json_t **const results = calloc((size_t)plan->trial_count, sizeof *results);
  double *const values = calloc((size_t)plan->trial_count, sizeof *values);
  Status status = results && values ? STATUS_OK : status_fail(STATUS_MEMORY, "no memory for the results");
  for (int s = 0; s < plan->setting_count && status == STATUS_OK; ++s) {
    int count;
    status = setting_results(directory, plan, s, results, &count, failed);
    json_t *const worlds = json_object();
    for (int w = 0; w < sets->count && count > 0; ++w)
      json_object_set_new(worlds, sets->world[w].id,
                          setting_world(results, count, sets->world[w].id, values));
    for (int i = 0; i < count; ++i) json_decref(results[i]);
    json_array_append_new(settings, json_pack("{s:s, s:i, s:o}", "label", plan->settings[s].label,
                                              "evaluated", count, "worlds", worlds));
  }
  free(results);
  free(values);
  return status;
}

Status results_json(const char *directory, const Plan *plan, const EvalSets *sets, json_t **json) {
  char path[FILES_PATH_BYTES + 16];
  json_t *const settings = json_array(), *const failed = json_array();
  json_t *baselines = NULL;
  snprintf(path, sizeof path, "%s/baselines.json", directory);
  Status status = settings && failed ? STATUS_OK : status_fail(STATUS_MEMORY, "no memory for the results");
  if (status == STATUS_OK) status = add_settings(directory, plan, sets, settings, failed);
  if (status == STATUS_OK) status = json_file_read(path, &baselines);
  if (status == STATUS_OK)
    *json = json_pack("{s:s, s:s, s:s, s:s, s:i, s:O, s:O, s:O}", "name", plan->name, "directory", directory,
                      "training_world", eval_sets_training(sets)->id, "larger_world",
                      eval_sets_demand(sets)->id, "trials", plan->trial_count, "failed", failed, "settings",
                      settings, "baselines", baselines);
  json_decref(settings);
  json_decref(failed);
  json_decref(baselines);
  return status;
}

Status results_failure(const json_t *results) {
  const json_t *const failed = json_object_get(results, "failed"), *const first = json_array_get(failed, 0);
  const size_t count = json_array_size(failed);
  char more[32] = "";
  if (count == 0) return STATUS_OK;
  if (count > 1) snprintf(more, sizeof more, " and %zu more", count - 1);
  return status_fail(STATUS_DEVICE, "%zu of %d trials failed: %s%s: %s; the same command tries them again",
                     count, (int)json_integer_value(json_object_get(results, "trials")),
                     json_string_value(json_object_get(first, "trial")), more,
                     json_string_value(json_object_get(first, "reason")));
}
