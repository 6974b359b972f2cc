// Loads a trial's agent and says what is to know about it before it is used.
#include "host/open_trial.h"

#include <inttypes.h>

#include "host/cli.h"
#include "host/files.h"

// A directory of runs is the likeliest wrong one: its trials lie below it.
static Status check_directory(const char *directory) {
  char path[FILES_PATH_BYTES];
  const int used = snprintf(path, sizeof path, "%s/config.yaml", directory);
  if (used < 0 || (size_t)used >= sizeof path)
    return status_fail(STATUS_USAGE, "%s: the path is too long", directory);
  if (!files_exists(directory)) return status_fail(STATUS_IO, "%s: there is no such directory", directory);
  if (files_exists(path)) return STATUS_OK;
  return status_fail(STATUS_IO, "%s: not the directory of one trial, it has no config.yaml", directory);
}

static void note_progress(const char *directory, const TrainedAgent *agent) {
  const AgentProgress *progress = &agent->progress;
  if (progress->status == AGENT_DIVERGED)
    cli_note("%s: note: its training diverged after update %" PRId64 "; this is how it stood then", directory,
             progress->update);
  if (progress->status == AGENT_TRAINING)
    cli_note("%s: note: it is not trained to the end: update %" PRId64 " of %d", directory, progress->update,
             agent->config.train_updates);
}

Status open_trial_silently(const char *directory, OpenTrial *trial) {
  const Phases *phases;
  TRY(check_directory(directory));
  TRY(phases_choose(NULL, &phases));
  TRY(trained_agent_load(directory, &trial->agent));
  trial->parts =
      (SubjectAgent){.phases = phases, .shape = trial->agent.shape, .parameters = trial->agent.parameters};
  trial->subject = subject_agent(&trial->parts, directory);
  return STATUS_OK;
}

Status open_trial(const char *directory, OpenTrial *trial) {
  TRY(open_trial_silently(directory, trial));
  note_progress(directory, &trial->agent);
  return STATUS_OK;
}

void open_trial_close(OpenTrial *trial) {
  trained_agent_free(&trial->agent);
}
