// Gathers axes, settings, trials, learning curves, example mazes and knobs for the page.
#include "host/report/report_data.h"

#include <jansson.h>
#include <string.h>

#include "host/checkpoint.h"
#include "host/evaluate.h"
#include "host/evaluate_maze.h"
#include "host/files.h"
#include "host/metrics_log.h"
#include "host/report/report.h"
#include "host/report/report_phases.h"
#include "host/trial_result.h"

enum {
  MAZES = 2,           // example levels per world that the page shows
  MAZE_TICKS = 64,     // plans of these first ticks
  CURVE_POINTS = 150,  // of a learning curve
  PATH_BYTES = FILES_PATH_BYTES + PLAN_TRIAL_NAME_BYTES + 32,
};

static json_t *axes_json(const Plan *plan) {
  json_t *const axes = json_array();
  for (int a = 0; a < plan->axis_count; ++a) {
    json_t *const values = json_array();
    for (int v = 0; v < plan->axes[a].count; ++v)
      json_array_append_new(values, json_string(plan->axes[a].values[v]));
    json_array_append_new(axes, json_pack("{s:s, s:o}", "key", plan->axes[a].key->name, "values", values));
  }
  return axes;
}

static json_t *settings_json(const Plan *plan) {
  json_t *const settings = json_array();
  for (int s = 0; s < plan->setting_count; ++s) {
    json_t *const trials = json_array(), *const values = json_object();
    for (int t = 0; t < plan->trial_count; ++t)
      if (plan->trials[t].setting == s) json_array_append_new(trials, json_integer(t));
    for (int a = 0; a < plan->axis_count; ++a) {
      char text[CONFIG_TEXT_BYTES];
      config_get_text(&plan->settings[s].config, plan->axes[a].key, text, sizeof text);
      json_object_set_new(values, plan->axes[a].key->name, json_string(text));
    }
    json_array_append_new(settings, json_pack("{s:s, s:o, s:o}", "label", plan->settings[s].label, "values",
                                              values, "trials", trials));
  }
  return settings;
}

// Learning curves from the metrics log: each point the mean of as many lines as it takes to have few points.
static Status learning_json(const char *path, json_t **learning) {
  static const char *const names[] = {"return", "solved", "entropy"};
  json_t *lines;
  TRY(metrics_log_read(path, &lines));
  const size_t count = json_array_size(lines), step = count / CURVE_POINTS + 1;
  *learning = json_object();
  json_object_set_new(*learning, "update", json_array());
  for (size_t n = 0; n < sizeof names / sizeof *names; ++n)
    json_object_set_new(*learning, names[n], json_array());
  for (size_t first = 0; first < count; first += step) {
    const size_t end = first + step < count ? first + step : count;
    json_array_append(json_object_get(*learning, "update"),
                      json_object_get(json_array_get(lines, end - 1), "update"));
    for (size_t n = 0; n < sizeof names / sizeof *names; ++n) {
      double sum = 0;
      for (size_t i = first; i < end; ++i)
        sum += json_number_value(json_object_get(json_array_get(lines, i), names[n]));
      json_array_append_new(json_object_get(*learning, names[n]),
                            evaluate_number(sum / (double)(end - first)));
    }
  }
  json_decref(lines);
  return STATUS_OK;
}

// What the probe of a trial found, where it was probed.
static Status add_probe(const char *directory, const char *name, json_t *trial) {
  char path[PATH_BYTES];
  json_t *agent;
  snprintf(path, sizeof path, "%s/%s/probe.json", directory, name);
  if (!files_exists(path)) return STATUS_OK;
  TRY(json_file_read(path, &agent));
  json_object_set_new(trial, "probe", report_probe(agent));
  json_decref(agent);
  return STATUS_OK;
}

static Status trials_json(const char *directory, const Plan *plan, json_t *trials) {
  for (int t = 0; t < plan->trial_count; ++t) {
    char path[PATH_BYTES];
    json_t *result, *learning;
    snprintf(path, sizeof path, "%s/%s/metrics.jsonl", directory, plan->trials[t].name);
    TRY(trial_result_read(directory, plan->trials[t].name, &result));
    json_object_set_new(result, "name", json_string(plan->trials[t].name));
    json_array_append_new(trials, result);
    TRY(add_probe(directory, plan->trials[t].name, result));
    if (!files_exists(path)) continue;  // a budget of no updates
    TRY(learning_json(path, &learning));
    json_object_set_new(result, "learning", learning);
  }
  return STATUS_OK;
}

// Appends the plans of one trial on one level, unless the trial diverged or failed.
static Status add_plans(const char *directory, const json_t *result, int t, const EvalSet *set, int number,
                        const Phases *phases, json_t *maze) {
  const char *const name = json_string_value(json_object_get(result, "name"));
  const char *const ending = json_string_value(json_object_get(result, "status"));
  char path[PATH_BYTES];
  TrainedAgent agent;
  json_t *plans = NULL;
  if (!name || !ending || strcmp(ending, "done") != 0) return STATUS_OK;
  snprintf(path, sizeof path, "%s/%s", directory, name);
  TRY(trained_agent_load(path, &agent));
  const SubjectAgent context = {.phases = phases, .shape = agent.shape, .parameters = agent.parameters};
  const Subject subject = subject_agent(&context, name);
  const Status status = evaluate_maze_plans(&subject, set, number, t, MAZE_TICKS, &plans);
  trained_agent_free(&agent);
  if (plans) json_array_append_new(json_object_get(maze, "plans"), plans);
  return status;
}

// Example levels of one world, with the plans of the first seed of every setting.
static Status world_mazes(const char *directory, const Plan *plan, const json_t *trials,
                          const EvalWorld *world, const Phases *phases, json_t *mazes) {
  for (int m = 0; m < MAZES; ++m) {
    const int number = evaluate_example(&world->test, m);
    json_t *maze;
    TRY(evaluate_maze(world, number, &maze));
    json_array_append_new(mazes, maze);
    for (int s = 0, t = 0; s < plan->setting_count; ++s) {
      while (plan->trials[t].setting != s) ++t;
      TRY(add_plans(directory, json_array_get(trials, (size_t)t), t, &world->test, number, phases, maze));
    }
  }
  return STATUS_OK;
}

static json_t *config_json(const Plan *plan) {
  int count;
  const KeyInfo *const keys = config_keys(&count);
  json_t *const rows = json_array();
  for (int k = 0; k < count; ++k) {
    char text[CONFIG_TEXT_BYTES];
    bool swept = strcmp(keys[k].name, "seed") == 0;
    for (int a = 0; a < plan->axis_count; ++a) swept = swept || plan->axes[a].key == &keys[k];
    config_get_text(&plan->base, &keys[k], text, sizeof text);
    json_array_append_new(rows, json_pack("[s, s, s]", keys[k].name, swept ? "swept" : text, keys[k].help));
  }
  return rows;
}

static json_t *reproduce_json(const Plan *plan) {
  char command[2 * PLAN_NAME_BYTES + 64];
  snprintf(command, sizeof command, "mesagrid sweep runs/%s/sweep.yaml --out runs/%s-again", plan->name,
           plan->name);
  return json_pack("[s]", command);
}

static Status gather(const char *directory, const Plan *plan, const EvalSets *sets, const Phases *phases,
                     json_t *data) {
  char path[PATH_BYTES];
  json_t *baselines, *diagram, *const trials = json_array(), *const mazes = json_array();
  json_object_set_new(data, "name", json_string(plan->name));
  json_object_set_new(data, "version", json_string(MESAGRID_VERSION));
  json_object_set_new(data, "axes", axes_json(plan));
  json_object_set_new(data, "settings", settings_json(plan));
  json_object_set_new(data, "worlds", eval_sets_describe(sets));
  json_object_set_new(data, "config", config_json(plan));
  json_object_set_new(data, "reproduce", reproduce_json(plan));
  json_object_set_new(data, "trials", trials);
  json_object_set_new(data, "mazes", mazes);
  TRY(trials_json(directory, plan, trials));
  TRY(report_phases(plan->setting_count, trials, &diagram));
  json_object_set_new(data, "phases", diagram);
  snprintf(path, sizeof path, "%s/baselines.json", directory);
  TRY(json_file_read(path, &baselines));
  json_object_set_new(data, "baselines", baselines);
  TRY(world_mazes(directory, plan, trials, eval_sets_demand(sets), phases, mazes));
  if (eval_sets_training(sets) == eval_sets_demand(sets)) return STATUS_OK;
  return world_mazes(directory, plan, trials, eval_sets_training(sets), phases, mazes);
}

Status report_make(const char *directory, const Plan *plan, const EvalSets *sets, const Phases *phases) {
  char path[PATH_BYTES];
  json_t *const data = json_object();
  snprintf(path, sizeof path, "%s/report.html", directory);
  Status status =
      data ? gather(directory, plan, sets, phases, data) : status_fail(STATUS_MEMORY, "no memory to report");
  if (status == STATUS_OK) status = report_write(path, data);
  json_decref(data);
  return status;
}
