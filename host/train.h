// Training: a chunk of a cohort as one batch, with metrics, checkpoints and resume.
#ifndef MESAGRID_HOST_TRAIN_H
#define MESAGRID_HOST_TRAIN_H

#include <signal.h>

#include "host/chunks.h"
#include "host/fault.h"
#include "host/plan.h"
#include "host/progress.h"
#include "kernels/phases.h"

#ifdef __cplusplus
extern "C" {
#endif

// How to run, whatever is run.
typedef struct RunOptions {
  const Phases *phases;
  int threads;
  const volatile sig_atomic_t *stop;  // non-zero: save everything and return STATUS_INTERRUPTED
  Progress *progress;
  const int *gpu;           // index of the GPU that trains and thinks; NULL: the CPU does
  Fault *fault;             // that tests order; NULL: none
  const struct Crew *crew;  // processes that train and evaluate (host/crew.h); NULL: this one does
} RunOptions;

// True once a signal has asked to stop. Atomic: the signal may come to any thread.
static inline bool run_is_stopped(const RunOptions *options) {
  return __atomic_load_n(options->stop, __ATOMIC_RELAXED) != 0;
}

// Work of one trial in the units of the progress bar.
double train_work(const Config *config);

// Trains the trials of one chunk to the end of their budgets, each in DIRECTORY/NAME: config.yaml,
// metrics.jsonl, checkpoint.safetensors. Trials that have checkpoints go on from them and say which update;
// finished ones are left alone. A diverged trial ends alone. A write that fails (disk full) is said and
// training goes on, but for the last checkpoint of a trial.
Status train_chunk(const char *directory, const Plan *plan, const Chunk *chunk, const RunOptions *options);

#ifdef __cplusplus
}
#endif
#endif
