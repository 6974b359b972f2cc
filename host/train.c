// Trains a chunk: start or resume every trial, let the schedule run, log and save after each update.
#include "host/train.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/checkpoint.h"
#include "host/cohort.h"
#include "host/files.h"
#include "host/metrics_log.h"
#include "kernels/device.h"
#include "kernels/schedule.h"

enum { LOG_UPDATES = 10 };  // updates that one line of the metrics log sums up

// Between two checkpoints of a trial: what a kill throws away against the share of time that saving takes.
static const double save_seconds_min = 0.1, save_seconds_max = 0.5, save_share = 0.02;

// One trial while it trains.
typedef struct TrialRun {
  const Trial *trial;
  char directory[FILES_PATH_BYTES];
  MetricsLog log;
  int64_t update, env_steps;  // that the tally and the log know of
  UpdateStats tally;          // since the last line of the log
  double saved;               // when the last checkpoint was begun [s]
  double save_cost;           // how long writing it took [s]
  bool finished;              // its last checkpoint is written
} TrialRun;

typedef struct Training {
  Population population;
  TrialRun *runs;  // (P)
  int count;
  const RunOptions *options;
} Training;

double train_work(const Config *config) {
  const double ticks =
      0.5 * (config->agent_ticks.lo + config->agent_ticks.hi) + 1;  // walking is worth about one
  double cells = 0;
  int sizes = 0;
  for (int s = config->env_sizes.lo; s <= config->env_sizes.hi; s += 2, ++sizes)
    cells += (double)(s - 2) * (s - 2);
  const double channels = config->agent_channels;
  return (double)config->train_updates * config->train_levels * ticks * cells / sizes * channels * channels;
}

static double update_work(const Config *config) {
  return train_work(config) / (config->train_updates > 0 ? config->train_updates : 1);
}

// Appends the tally as one line and empties it. Rates are means over the line's episodes or steps.
static Status write_line(TrialRun *run) {
  const UpdateStats *t = &run->tally;
  const float episodes = (float)(t->episodes > 0 ? t->episodes : 1),
              steps = (float)(t->steps > 0 ? t->steps : 1);
  const Metric metrics[] = {
      metric_integer("env_steps", run->env_steps),
      metric_integer("episodes", t->episodes),
      metric_number("return", REWARD_UNIT * (float)t->reward / episodes),
      metric_number("solved", (float)t->solved / episodes),
      metric_number("length", (float)t->steps / episodes),
      metric_number("loss", t->loss),
      metric_number("entropy", t->entropy / steps),
      metric_number("value_error", t->value_error / steps),
      metric_number("grad_norm", t->grad_norm),
  };
  const Status status =
      metrics_log_append(&run->log, run->update, metrics, (int)(sizeof metrics / sizeof *metrics));
  run->tally = (UpdateStats){.episodes = 0};
  return status;
}

static Status save(Training *training, int p) {
  TrialRun *run = &training->runs[p];
  run->saved = progress_now();
  TRY(metrics_log_sync(&run->log));
  const Status status =
      checkpoint_save(run->directory, &run->trial->config, &training->population, p, &run->tally);
  run->save_cost = progress_now() - run->saved;
  return status;
}

// The slower the disk and the more trials a thread has to save, the rarer.
static bool save_is_due(const Training *training, const TrialRun *run) {
  const double trials_per_thread = fmax(1, (double)training->count / training->options->threads);
  const double interval = run->save_cost * trials_per_thread / save_share;
  return progress_now() - run->saved >= fmin(fmax(interval, save_seconds_min), save_seconds_max);
}

// What one update added to the tally; the norm is that of the last update of a line.
static void add_update(TrialRun *run, const UpdateStats *stats) {
  stats_add(&run->tally, stats);
  run->tally.grad_norm = stats->grad_norm;
  run->env_steps += stats->steps;
  run->update += 1;
}

// Counts and logs the updates of agent p that are not in the log yet.
static Status log_updates(Training *training, int p) {
  TrialRun *run = &training->runs[p];
  const AgentProgress *progress = &training->population.progress[p];
  const UpdateStats *history = &training->population.history[(size_t)p * POPULATION_HISTORY];
  Status status = STATUS_OK;
  while (run->update < progress->update) {
    add_update(run, &history[run->update % POPULATION_HISTORY]);
    const bool last = progress->status != AGENT_TRAINING && run->update == progress->update;
    if (!last && run->update % LOG_UPDATES != 0) continue;
    const Status written = write_line(run);
    if (written != STATUS_OK) status = written;
  }
  // A trial that diverged leaves what it had gathered.
  if (progress->status == AGENT_DIVERGED && run->tally.episodes > 0) status = write_line(run);
  return status;
}

// After updates of agent p: counts, logs, saves, and looks whether to stop.
static Status after_update(void *context, int p) {
  Training *training = context;
  TrialRun *run = &training->runs[p];
  const AgentProgress *progress = &training->population.progress[p];
  const bool over = progress->status != AGENT_TRAINING, diverged = progress->status == AGENT_DIVERGED;
  const int64_t update = run->update, steps = run->env_steps;
  Status status = log_updates(training, p);
  const bool stop = run_is_stopped(training->options);
  if (status == STATUS_OK && (over || stop || save_is_due(training, run))) status = save(training, p);
  run->finished = over && status == STATUS_OK;
  if (status != STATUS_OK && !over)
    progress_note(training->options->progress, "warning: %s; training goes on", status_message());
  if (diverged)
    progress_note(training->options->progress, "%s diverged at update %" PRId64 ": a gradient was not finite",
                  run->trial->name, progress->update);
  progress_add(training->options->progress, (double)(run->update - update) * update_work(&run->trial->config),
               run->env_steps - steps);
  if (over && status != STATUS_OK) return status;
  if (training->options->fault) TRY(fault_count(training->options->fault, run->update - update));
  return stop ? status_fail(STATUS_INTERRUPTED, "interrupted; the same command goes on from here")
              : STATUS_OK;
}

static Status write_config(const TrialRun *run) {
  char path[FILES_PATH_BYTES + 16];
  char *text = NULL;
  size_t size = 0;
  snprintf(path, sizeof path, "%s/config.yaml", run->directory);
  FILE *memory = open_memstream(&text, &size);
  if (!memory) return status_fail(STATUS_MEMORY, "no memory to write %s", path);
  config_write_yaml(memory, &run->trial->config);
  Status status = fclose(memory) == 0 ? STATUS_OK : status_fail(STATUS_MEMORY, "no memory to write %s", path);
  if (status == STATUS_OK) status = files_write_atomic(path, text, size, false);
  free(text);
  return status;
}

// Puts agent p at its start or where its checkpoint stands.
static Status start_trial(Training *training, const char *directory, int p) {
  TrialRun *run = &training->runs[p];
  const Config *config = &run->trial->config;
  const AgentProgress *progress = &training->population.progress[p];
  CheckpointFound found;
  char path[FILES_PATH_BYTES + 16];
  if ((size_t)snprintf(run->directory, sizeof run->directory, "%s/%s", directory, run->trial->name) >=
      sizeof run->directory)
    return status_fail(STATUS_USAGE, "the path of %s/%s is too long", directory, run->trial->name);
  const AgentSpec spec = cohort_agent_spec(config);
  population_start(&training->population, p, &spec);
  TRY(files_make_directories(run->directory));
  TRY(files_remove_stale_temporaries(run->directory));
  TRY(write_config(run));
  TRY(checkpoint_load(run->directory, config, &training->population, p, &run->tally, &found));
  if (found.warning[0]) progress_note(training->options->progress, "warning: %s", found.warning);
  if (found.found && progress->status == AGENT_TRAINING && !training->options->progress->quiet)
    progress_note(training->options->progress, "%s goes on from update %" PRId64, run->trial->name,
                  progress->update);
  run->update = progress->update;
  run->env_steps = progress->env_steps;
  run->finished = found.found && progress->status != AGENT_TRAINING;
  if (!found.found && spec.updates == 0) training->population.progress[p].status = AGENT_DONE;
  progress_skip(training->options->progress,
                run->finished ? train_work(config) : update_work(config) * (double)progress->update);
  run->saved = progress_now();
  snprintf(path, sizeof path, "%s/metrics.jsonl", run->directory);
  if (run->finished) return STATUS_OK;
  TRY(metrics_log_open(path, found.found ? progress->update : -1, &run->log));
  return spec.updates == 0 ? save(training, p) : STATUS_OK;
}

static Status start_trials(Training *training, const char *directory, const Plan *plan, const Chunk *chunk) {
  const Trial **const trials = calloc((size_t)chunk->count, sizeof *trials);
  if (!trials) return status_fail(STATUS_MEMORY, "no memory for %d trials", chunk->count);
  Status status = STATUS_OK;
  chunk_trials(plan, chunk, trials);
  for (int p = 0; p < chunk->count && status == STATUS_OK; ++p) {
    training->runs[p].trial = trials[p];
    status = start_trial(training, directory, p);
  }
  free(trials);
  return status;
}

// After an interruption: brings every unfinished trial's last update to the disk, as many as it takes.
static Status save_all(Training *training) {
  Status status = status_fail(STATUS_INTERRUPTED, "interrupted; the same command goes on from here");
  for (int p = 0; p < training->count; ++p) {
    if (training->runs[p].finished) continue;
    const Status saved = save(training, p);
    if (saved != STATUS_OK) status = saved;
  }
  return status;
}

// All trials' updates, on the GPU or on the CPU's threads: the same bits.
static Status make_updates(Training *training) {
  const RunOptions *const options = training->options;
  int active = 0;
  for (int p = 0; p < training->count; ++p)
    active += training->population.progress[p].status == AGENT_TRAINING;
  if (active == 0) return STATUS_OK;  // a device need not wake for that
  if (options->gpu) return device_train(&training->population, *options->gpu, after_update, training);
  return schedule_train(&training->population, options->phases, options->threads, after_update, training);
}

Status train_chunk(const char *directory, const Plan *plan, const Chunk *chunk, const RunOptions *options) {
  Training training = {.options = options, .count = chunk->count};
  const Config *config = NULL;  // any of the cohort: they share their shape
  for (int t = 0; t < plan->trial_count && !config; ++t)
    if (plan->trials[t].cohort == chunk->cohort) config = &plan->trials[t].config;
  if (!config) return STATUS_OK;
  training.runs = calloc((size_t)training.count, sizeof *training.runs);
  if (!training.runs) return status_fail(STATUS_MEMORY, "no memory for %d trials", training.count);
  for (int p = 0; p < training.count; ++p) training.runs[p].log.appender.descriptor = -1;
  Status status = population_create(
      cohort_shape(config, training.count, cohort_ticks_max(plan, chunk->cohort)), &training.population);
  if (status == STATUS_OK) status = start_trials(&training, directory, plan, chunk);
  if (status == STATUS_OK) status = make_updates(&training);
  if (status == STATUS_INTERRUPTED) status = save_all(&training);
  for (int p = 0; p < training.count; ++p)
    if (training.runs[p].log.appender.descriptor >= 0) metrics_log_close(&training.runs[p].log);
  population_free(&training.population);
  free(training.runs);
  return status;
}
