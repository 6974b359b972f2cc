// Runs a sweep: here the data's whole way can be read, with no arithmetic in it.
#include "host/sweep.h"

#include <stdlib.h>
#include <string.h>

#include "host/crew.h"
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

// Sums up the work of all trials. Draws all their levels, so that a world without held-out levels is refused
// before anything is made or trained.
static Status measure_work(const Plan *plan, EvalSets *sets, double *work) {
  *work = 0;
  for (int t = 0; t < plan->trial_count; ++t) {
    const Config *const config = &plan->trials[t].config;
    TRY(eval_sets_draw(config, sets));
    *work += train_work(config) + trial_result_work(config, sets);
  }
  return STATUS_OK;
}

// Evaluates a trial unless that is done already; then no levels are drawn for it.
static Status evaluate_trial(const char *directory, const Plan *plan, const Trial *trial, EvalSets *sets,
                             const RunOptions *options) {
  EvalSets outline;
  if (trial_result_is_there(directory, trial)) {
    eval_sets_outline(&trial->config, &outline);
    progress_skip(options->progress, trial_result_work(&trial->config, &outline));
    return STATUS_OK;
  }
  progress_phase(options->progress, "evaluating %s (%d of %d)", trial->name, (int)(trial - plan->trials) + 1,
                 plan->trial_count);
  TRY(eval_sets_draw(&trial->config, sets));
  return trial_result_make(directory, plan, trial, sets, options);
}

// Evaluates a chunk's trials, each on the levels of its configuration.
static Status evaluate_chunk(const char *directory, const Plan *plan, const Trial *const *trials, int count,
                             const RunOptions *options) {
  EvalSets sets = {.count = 0};
  Status status = STATUS_OK;
  for (int i = 0; i < count && status == STATUS_OK; ++i)
    status = evaluate_trial(directory, plan, trials[i], &sets, options);
  eval_sets_free(&sets);
  return status;
}

// chunk → training → evaluation.
Status sweep_chunk(const char *directory, const Plan *plan, const Chunk *chunk, const RunOptions *options) {
  const Trial **const trials = calloc((size_t)chunk->count, sizeof *trials);
  if (!trials) return status_fail(STATUS_MEMORY, "no memory for %d trials", chunk->count);
  Status status = STATUS_OK;
  if (chunk_trials(plan, chunk, trials) < chunk->count)
    status = status_fail(STATUS_USAGE, "cohort %d has fewer than %d trials", chunk->cohort,
                         chunk->first + chunk->count);
  progress_phase(options->progress, "training cohort %d of %d", chunk->cohort + 1, plan->cohort_count);
  if (status == STATUS_OK) status = train_chunk(directory, plan, chunk, options);
  if (status == STATUS_OK) status = evaluate_chunk(directory, plan, trials, chunk->count, options);
  free(trials);
  return status;
}

// All chunks, by workers or, where there is no crew, here.
static Status run_chunks(const char *directory, const Plan *plan, const Chunks *chunks, const FilesLock *lock,
                         const RunOptions *options) {
  if (options->crew) return crew_run(options->crew, directory, plan, chunks, lock->descriptor, options);
  for (int c = 0; c < chunks->count; ++c) TRY(sweep_chunk(directory, plan, &chunks->chunks[c], options));
  return STATUS_OK;
}

// plan → chunks of cohorts → training and evaluation → baselines → results → report.
static Status run_stations(const char *directory, const Plan *plan, const Chunks *chunks, EvalSets *sets,
                           const FilesLock *lock, const RunOptions *options, json_t **results) {
  TRY(settle_plan(directory, plan));
  TRY(files_remove_stale_temporaries(directory));
  TRY(run_chunks(directory, plan, chunks, lock, options));
  // Baselines, the page and the table speak of the first setting's worlds.
  TRY(eval_sets_draw(&plan->trials[0].config, sets));
  progress_phase(options->progress, "baselines");
  TRY(trial_result_baselines(directory, sets, plan->trials[0].config.eval_ticks, options));
  TRY(results_write_csv(directory, plan, sets));
  progress_phase(options->progress, "report");
  TRY(report_make(directory, plan, sets, options->phases));
  return results_json(directory, plan, sets, results);
}

static Status run_locked(const char *directory, const Plan *plan, const Chunks *chunks, EvalSets *sets,
                         const RunOptions *options, json_t **results) {
  FilesLock lock;
  TRY(files_make_directories(directory));
  TRY(files_lock(directory, &lock));
  const Status status = run_stations(directory, plan, chunks, sets, &lock, options, results);
  files_unlock(&lock);
  return status;
}

// Divides the plan for the crew; without one, every cohort is a chunk.
static Status divide(const Plan *plan, const RunOptions *options, Chunks *chunks) {
  const ChunkLimits none = {.places = 1};
  const ChunkLimits limits = options->crew ? crew_limits(options->crew) : none;
  TRY(chunks_create(plan, &limits, chunks));
  if (chunks->split && !options->progress->quiet)
    progress_note(options->progress, "%d cohort%s in %d chunks, to fit into %.3g MB of memory each",
                  plan->cohort_count, plan->cohort_count == 1 ? " trains" : "s train", chunks->count,
                  (double)limits.memory / 1e6);
  return STATUS_OK;
}

Status sweep_run(const char *directory, const Plan *plan, const RunOptions *options, json_t **results) {
  EvalSets sets = {.count = 0};
  Chunks chunks = {.count = 0};
  double work;
  Status status = measure_work(plan, &sets, &work);
  if (status == STATUS_OK) progress_start(options->progress, work, options->progress->quiet);
  if (status == STATUS_OK) status = divide(plan, options, &chunks);
  if (status == STATUS_OK) {
    status = run_locked(directory, plan, &chunks, &sets, options, results);
    progress_end(options->progress);
  }
  chunks_free(&chunks);
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
