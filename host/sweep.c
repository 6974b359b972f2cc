// Runs a sweep: here the data's whole way can be read, with no arithmetic in it.
#include "host/sweep.h"

#include <stdlib.h>
#include <string.h>

#include "host/files.h"
#include "host/report/report_data.h"
#include "host/results.h"
#include "host/trial_result.h"

enum { SWEEP_FILE_LIMIT = 4 << 20 };

// The first line in which two texts differ, for the message.
static void first_difference(const char *a, const char *b, char *line, size_t size) {
  size_t start = 0;
  for (size_t i = 0; a[i] && a[i] == b[i]; ++i)
    if (a[i] == '\n') start = i + 1;
  snprintf(line, size, "%.*s", (int)strcspn(b + start, "\n"), b + start);
}

// Writes the resolved sweep, or checks that the one there is the same.
static Status settle_plan(const char *directory, const Plan *plan) {
  char path[FILES_PATH_BYTES + 16], difference[128];
  char *text = NULL;
  void *there = NULL;
  size_t size = 0, there_size = 0;
  snprintf(path, sizeof path, "%s/sweep.yaml", directory);
  FILE *memory = open_memstream(&text, &size);
  if (!memory) return status_fail(STATUS_MEMORY, "no memory to write %s", path);
  plan_write_yaml(memory, plan);
  Status status = fclose(memory) == 0 ? STATUS_OK : status_fail(STATUS_MEMORY, "no memory to write %s", path);
  if (status == STATUS_OK && files_exists(path)) {
    status = files_read(path, &there, &there_size, SWEEP_FILE_LIMIT);
    if (status == STATUS_OK && (there_size != size || memcmp(there, text, size) != 0)) {
      first_difference(there, text, difference, sizeof difference);
      status = status_fail(
          STATUS_USAGE,
          "%s holds another sweep (this one differs first in '%s'); choose another directory with "
          "--out, another name with name=NAME, or remove it",
          directory, difference);
    }
  } else if (status == STATUS_OK) {
    status = files_write_atomic(path, text, size, false);
  }
  free(text);
  free(there);
  return status;
}

// Puts the levels that this configuration is evaluated on into `sets`, unless they are there already.
static Status draw_levels(const Config *config, EvalSets *sets) {
  if (eval_sets_serve(sets, config)) return STATUS_OK;
  eval_sets_free(sets);
  return eval_sets_create(config, sets);
}

// Sums up the work of all trials. Draws all their levels, so that a world without held-out levels is refused
// before anything is made or trained.
static Status measure_work(const Plan *plan, EvalSets *sets, double *work) {
  *work = 0;
  for (int t = 0; t < plan->trial_count; ++t) {
    const Config *const config = &plan->trials[t].config;
    TRY(draw_levels(config, sets));
    *work += train_work(config) + trial_result_work(config, sets);
  }
  return STATUS_OK;
}

// Evaluates every trial on the levels of its configuration; trials that share them stand together in the
// plan.
static Status evaluate_all(const char *directory, const Plan *plan, EvalSets *sets,
                           const RunOptions *options) {
  progress_phase(options->progress, "baselines");
  TRY(draw_levels(&plan->trials[0].config, sets));
  TRY(trial_result_baselines(directory, sets, plan->trials[0].config.eval_ticks, options));
  for (int t = 0; t < plan->trial_count; ++t) {
    const Trial *const trial = &plan->trials[t];
    TRY(draw_levels(&trial->config, sets));
    progress_phase(options->progress, "evaluating %s (%d of %d)", trial->name, t + 1, plan->trial_count);
    TRY(trial_result_make(directory, plan, trial, sets, options));
  }
  return STATUS_OK;
}

// plan → cohorts → training → evaluation → results → report.
static Status run_stations(const char *directory, const Plan *plan, EvalSets *sets, const RunOptions *options,
                           json_t **results) {
  TRY(settle_plan(directory, plan));
  TRY(files_remove_stale_temporaries(directory));
  for (int c = 0; c < plan->cohort_count; ++c) {
    progress_phase(options->progress, "training cohort %d of %d", c + 1, plan->cohort_count);
    TRY(train_cohort(directory, plan, c, options));
  }
  TRY(evaluate_all(directory, plan, sets, options));
  // The page and the table speak of the first setting's worlds.
  TRY(draw_levels(&plan->trials[0].config, sets));
  TRY(results_write_csv(directory, plan, sets));
  progress_phase(options->progress, "report");
  TRY(report_make(directory, plan, sets, options->phases));
  return results_json(directory, plan, sets, results);
}

static Status run_locked(const char *directory, const Plan *plan, EvalSets *sets, const RunOptions *options,
                         json_t **results) {
  FilesLock lock;
  TRY(files_make_directories(directory));
  TRY(files_lock(directory, &lock));
  const Status status = run_stations(directory, plan, sets, options, results);
  files_unlock(&lock);
  return status;
}

Status sweep_run(const char *directory, const Plan *plan, const RunOptions *options, json_t **results) {
  EvalSets sets = {.count = 0};
  double work;
  Status status = measure_work(plan, &sets, &work);
  if (status == STATUS_OK) {
    progress_start(options->progress, work, options->progress->quiet);
    status = run_locked(directory, plan, &sets, options, results);
    progress_end(options->progress);
  }
  eval_sets_free(&sets);
  return status;
}

Status sweep_report(const char *directory, const RunOptions *options) {
  char path[FILES_PATH_BYTES + 16];
  EvalSets sets = {.count = 0};
  Plan plan;
  snprintf(path, sizeof path, "%s/sweep.yaml", directory);
  TRY(plan_read(path, 0, NULL, &plan));
  Status status = eval_sets_create(&plan.trials[0].config, &sets);
  if (status == STATUS_OK) status = report_make(directory, &plan, &sets, options->phases);
  eval_sets_free(&sets);
  plan_free(&plan);
  return status;
}
