// Evaluates trials and baselines world by world and keeps what is finished.
#include "host/trial_result.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "host/checkpoint.h"
#include "host/evaluate.h"
#include "host/files.h"
#include "host/subjects/catalogue.h"

enum { RESULT_LIMIT = 64 << 20 };  // largest result file that is read [bytes]

Status json_file_read(const char *path, json_t **json) {
  void *bytes;
  size_t size;
  json_error_t error;
  TRY(files_read(path, &bytes, &size, RESULT_LIMIT));
  *json = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &error);
  free(bytes);
  if (!*json) return status_fail(STATUS_DATA, "%s:%d: %s", path, error.line, error.text);
  return STATUS_OK;
}

Status json_file_write(const char *path, const json_t *json) {
  char *const text = json_dumps(json, EVALUATE_JSON_FLAGS | JSON_COMPACT);
  if (!text) return status_fail(STATUS_MEMORY, "no memory to write %s", path);
  const Status status = files_write_atomic(path, text, strlen(text), false);
  free(text);
  return status;
}

double trial_result_work(const Config *config, const EvalSets *sets) {
  double cells = 0;  // thinking costs a third of learning a tick; heads and scores as much as half of that
  for (int w = 0; w < sets->count; ++w) {
    const double side = sets->world[w].test.size - 2;
    cells += side * side * (sets->world[w].test.count + sets->world[w].select.count);
  }
  return 0.5 * cells * config->eval_ticks * config->agent_channels * config->agent_channels;
}

// The finished worlds of a log of lines {"world": id, "result": {…}}. A kill in the middle of a write leaves
// a torn last line: it is cut away, so that the next line does not grow on it.
static Status read_finished(const char *path, json_t *worlds) {
  void *bytes;
  size_t size;
  if (!files_exists(path)) return STATUS_OK;
  TRY(files_read(path, &bytes, &size, RESULT_LIMIT));
  size_t whole = size;
  while (whole > 0 && ((const char *)bytes)[whole - 1] != '\n') --whole;
  const Status status = whole < size ? files_write_atomic(path, bytes, whole, false) : STATUS_OK;
  for (const char *line = bytes, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
    json_t *const entry = json_loadb(line, (size_t)(end - line), 0, NULL);
    const char *const id = json_string_value(json_object_get(entry, "world"));
    if (id) json_object_set(worlds, id, json_object_get(entry, "result"));
    json_decref(entry);
  }
  free(bytes);
  return status;
}

static Status append_finished(FilesAppender *log, const char *id, json_t *result) {
  json_t *const entry = json_pack("{s:s, s:O}", "world", id, "result", result);
  char *const text = entry ? json_dumps(entry, EVALUATE_JSON_FLAGS | JSON_COMPACT) : NULL;
  Status status = text ? STATUS_OK : status_fail(STATUS_MEMORY, "no memory for an evaluation");
  if (status == STATUS_OK) {
    const size_t size = strlen(text);
    text[size] = '\n';  // the terminator's place: the line is written by its length
    status = files_append(log, text, size + 1);
  }
  free(text);
  json_decref(entry);
  return status;
}

// Evaluates a subject in every world that is not finished yet. *worlds is the caller's.
static Status evaluate_worlds(const Subject *subject, const char *log_path, const EvalSets *sets, double work,
                              int ticks, const RunOptions *options, json_t **worlds) {
  FilesAppender log;
  *worlds = json_object();
  if (!*worlds) return status_fail(STATUS_MEMORY, "no memory for an evaluation");
  TRY(read_finished(log_path, *worlds));
  TRY(files_append_open(log_path, &log));
  Status status = STATUS_OK;
  for (int w = 0; w < sets->count && status == STATUS_OK; ++w) {
    const EvalWorld *const world = &sets->world[w];
    json_t *result = NULL;
    if (run_is_stopped(options))
      status = status_fail(STATUS_INTERRUPTED, "interrupted; the same command goes on from here");
    if (status == STATUS_OK && !json_object_get(*worlds, world->id)) {
      status = evaluate_world(subject, world, ticks, &result);
      if (status == STATUS_OK) status = append_finished(&log, world->id, result);
      if (status == STATUS_OK) json_object_set(*worlds, world->id, result);
      json_decref(result);
    }
    progress_add(options->progress, work / sets->count, 0);
  }
  files_append_close(&log);
  return status;
}

// The swept knobs of a trial as {key: canonical text}.
static json_t *swept_values(const Plan *plan, const Config *config) {
  json_t *const values = json_object();
  for (int a = 0; a < plan->axis_count; ++a) {
    char text[CONFIG_TEXT_BYTES];
    config_get_text(config, plan->axes[a].key, text, sizeof text);
    json_object_set_new(values, plan->axes[a].key->name, json_string(text));
  }
  return values;
}

// Of a trial that ended well, unless `failure` says why it did not.
static json_t *result_head(const Plan *plan, const Trial *trial, const AgentProgress *progress,
                           const char *failure) {
  const bool diverged = progress->status == AGENT_DIVERGED && !failure;
  const char *const status = failure ? "failed" : diverged ? "diverged" : "done";
  return json_pack("{s:s, s:I, s:i, s:o, s:s, s:s?, s:I, s:I}", "trial", trial->name, "seed",
                   (json_int_t)trial->config.seed, "setting", trial->setting, "values",
                   swept_values(plan, &trial->config), "status", status, "reason",
                   diverged ? "a gradient was not finite" : failure, "updates", (json_int_t)progress->update,
                   "env_steps", (json_int_t)progress->env_steps);
}

static Status evaluate_trial(const char *directory, const Plan *plan, const Trial *trial,
                             const TrainedAgent *agent, const EvalSets *sets, const RunOptions *options,
                             json_t **result) {
  const SubjectAgent context = {
      .phases = options->phases, .shape = agent->shape, .parameters = agent->parameters, .gpu = options->gpu};
  const Subject subject = subject_agent(&context, trial->name);
  char path[FILES_PATH_BYTES + 32];
  json_t *worlds = NULL, *summary = NULL;
  snprintf(path, sizeof path, "%s/%s/evaluation.jsonl", directory, trial->name);
  *result = result_head(plan, trial, &agent->progress, NULL);
  if (!*result) return status_fail(STATUS_MEMORY, "no memory for a result");
  Status status = STATUS_OK;
  if (agent->progress.status != AGENT_DIVERGED)
    status = evaluate_worlds(&subject, path, sets, trial_result_work(&trial->config, sets),
                             trial->config.eval_ticks, options, &worlds);
  if (status == STATUS_OK && worlds) status = evaluate_summary(sets, worlds, &summary);
  if (status == STATUS_OK && worlds) {
    json_object_set(*result, "worlds", worlds);
    json_object_update(*result, summary);
  }
  json_decref(worlds);
  json_decref(summary);
  return status;
}

// True if a result is there that needs no second try.
bool trial_result_is_there(const char *directory, const Trial *trial) {
  char path[FILES_PATH_BYTES + 64];
  json_t *result;
  snprintf(path, sizeof path, "%s/%s/result.json", directory, trial->name);
  if (!files_exists(path)) return false;
  if (json_file_read(path, &result) != STATUS_OK) return true;  // whoever needs it will say what is wrong
  const char *const status = json_string_value(json_object_get(result, "status"));
  const bool failed = status && strcmp(status, "failed") == 0;
  json_decref(result);
  return !failed;
}

Status trial_result_make(const char *directory, const Plan *plan, const Trial *trial, const EvalSets *sets,
                         const RunOptions *options) {
  char path[FILES_PATH_BYTES + 64], trial_directory[FILES_PATH_BYTES + 32];
  TrainedAgent agent;
  json_t *result = NULL;
  snprintf(trial_directory, sizeof trial_directory, "%s/%s", directory, trial->name);
  snprintf(path, sizeof path, "%s/result.json", trial_directory);
  TRY(trained_agent_load(trial_directory, &agent));
  Status status = evaluate_trial(directory, plan, trial, &agent, sets, options, &result);
  trained_agent_free(&agent);
  if (status == STATUS_OK) status = json_file_write(path, result);
  json_decref(result);
  return status;
}

Status trial_result_fail(const char *directory, const Plan *plan, const Trial *trial, const char *reason) {
  char path[FILES_PATH_BYTES + 64], trial_directory[FILES_PATH_BYTES + 32];
  TrainedAgent agent;
  AgentProgress progress = {.update = 0};
  snprintf(trial_directory, sizeof trial_directory, "%s/%s", directory, trial->name);
  snprintf(path, sizeof path, "%s/result.json", trial_directory);
  if (trial_result_is_there(directory, trial)) return STATUS_OK;
  TRY(files_make_directories(trial_directory));
  if (trained_agent_load(trial_directory, &agent) == STATUS_OK) {
    progress = agent.progress;
    trained_agent_free(&agent);
  }
  json_t *const result = result_head(plan, trial, &progress, reason);
  const Status status =
      result ? json_file_write(path, result) : status_fail(STATUS_MEMORY, "no memory for a result");
  json_decref(result);
  return status;
}

Status trial_result_baselines(const char *directory, const EvalSets *sets, int ticks,
                              const RunOptions *options) {
  char path[FILES_PATH_BYTES + 32];
  int count;
  const Subject *const baselines = subject_baselines(&count);
  snprintf(path, sizeof path, "%s/baselines.json", directory);
  if (files_exists(path)) return STATUS_OK;
  json_t *const all = json_array();
  Status status = all ? STATUS_OK : status_fail(STATUS_MEMORY, "no memory for baselines");
  for (int b = 0; b < count && status == STATUS_OK; ++b) {
    json_t *worlds = json_object();
    for (int w = 0; w < sets->count && status == STATUS_OK; ++w) {
      json_t *result = NULL;
      if (run_is_stopped(options))
        status = status_fail(STATUS_INTERRUPTED, "interrupted; the same command goes on from here");
      if (status == STATUS_OK) status = evaluate_world(&baselines[b], &sets->world[w], ticks, &result);
      if (status == STATUS_OK) json_object_set_new(worlds, sets->world[w].id, result);
    }
    json_array_append_new(all, json_pack("{s:s, s:o}", "name", baselines[b].name, "worlds", worlds));
  }
  if (status == STATUS_OK) status = json_file_write(path, all);
  json_decref(all);
  return status;
}

Status trial_result_read(const char *directory, const char *name, json_t **result) {
  char path[FILES_PATH_BYTES + 32];
  snprintf(path, sizeof path, "%s/%s/result.json", directory, name);
  return json_file_read(path, result);
}
