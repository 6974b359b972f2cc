// Starts workers for chunks, listens to them, and judges how they ended.
#include "host/crew.h"

#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/child.h"
#include "host/trial_result.h"
#include "host/worker_lines.h"

enum {
  POLL_MILLISECONDS = 100,  // after which a signal that came just before the wait is seen
  ATTEMPTS = 2,             // workers that a chunk gets
  MESSAGE_BYTES = 1024,
  WORDS = 24,  // of a worker's command line
};

static const double memory_share = 0.9;  // of what is free: drivers and others need some

typedef struct Worker {
  Child child;
  int job;
  bool told;  // to stop
  bool open;  // its pipe
  WorkerLines lines;
  double done, skipped;  // work that it has reported
  int64_t env_steps;
  bool said_end;  // with `status` and `message`
  Status status;
  char message[MESSAGE_BYTES];
  Progress *progress;
} Worker;

typedef struct Round {
  const Crew *crew;
  const char *directory;
  const Plan *plan;
  const Chunks *chunks;
  int lock;
  const RunOptions *options;
  int *attempts;           // (chunks->count): workers that a chunk has got
  int next;                // first chunk that has got none
  int retry[DEVICES_MAX];  // (retries): chunks whose worker failed and that wait for another
  int retries;
  int started;                  // workers
  Worker workers[DEVICES_MAX];  // (crew->count)
  Status status;                // anything but STATUS_OK: all are to end
  char message[MESSAGE_BYTES];
} Round;

// ---- Places ----

void crew_create(const Gpus *gpus, int jobs, int threads, size_t memory_limit, Crew *crew) {
  const int devices = gpus->count > 0 ? gpus->count : 1;
  *crew = (Crew){.program = CHILD_THIS_PROGRAM, .count = jobs > 0 ? jobs : devices};
  const int sharing = (crew->count + devices - 1) / devices;  // places on one device, at most
  size_t least = gpus->count > 0 ? gpus->gpu[0].memory_free : devices_memory_available();
  for (int i = 0; i < crew->count; ++i) {
    const Gpu *const gpu = gpus->count > 0 ? &gpus->gpu[i % devices] : NULL;
    const int share = threads / crew->count + (i < threads % crew->count);
    crew->places[i] = (CrewPlace){.gpu = gpu ? gpu->index : CREW_CPU, .threads = share > 0 ? share : 1};
    if (gpu && gpu->memory_free < least) least = gpu->memory_free;
  }
  least = (size_t)(memory_share * (double)least);
  if (memory_limit > 0 && (least == 0 || memory_limit < least)) least = memory_limit;
  crew->memory = least / (size_t)sharing;
}

ChunkLimits crew_limits(const Crew *crew) {
  const bool on_cpu = crew->places[0].gpu == CREW_CPU;
  return (ChunkLimits){.places = crew->count,
                       .memory = crew->memory,
                       .bytes = on_cpu ? chunk_bytes_cpu : chunk_bytes_gpu,
                       .threads = crew->places[0].threads,
                       .what = on_cpu ? "a worker on the CPU" : "a worker on the GPU"};
}

// ---- Listening ----

// Adds what a worker has done since it last said so.
static void hear_work(Worker *worker, double done, double skipped, long long env_steps) {
  progress_skip(worker->progress, skipped - worker->skipped);
  progress_add(worker->progress, done - skipped - (worker->done - worker->skipped),
               env_steps - worker->env_steps);
  worker->done = done;
  worker->skipped = skipped;
  worker->env_steps = env_steps;
}

static void hear_line(void *context, const char *word, const char *text) {
  Worker *const worker = context;
  double done, skipped;
  long long env_steps;
  int status, used = 0;
  if (strcmp(word, "phase") == 0) {
    progress_phase(worker->progress, "%s", text);
  } else if (strcmp(word, "note") == 0) {
    progress_note(worker->progress, "%s", text);
  } else if (strcmp(word, "done") == 0) {
    const bool whole = sscanf(text, "%lf %lf %lld%n", &done, &skipped, &env_steps, &used) == 3 && !text[used];
    if (whole && isfinite(done) && isfinite(skipped)) hear_work(worker, done, skipped, env_steps);
  } else if (strcmp(word, "end") == 0 && sscanf(text, "%d %n", &status, &used) == 1 && used > 0 &&
             status >= STATUS_OK && status <= STATUS_INTERRUPTED) {
    worker->said_end = true;
    worker->status = (Status)status;
    snprintf(worker->message, sizeof worker->message, "%s", text + used);
  }
}

// Waits a moment for any worker to say something.
static void listen(Round *round) {
  struct pollfd wait[DEVICES_MAX];
  for (int i = 0; i < round->crew->count; ++i)
    wait[i] =
        (struct pollfd){.fd = round->workers[i].open ? round->workers[i].child.pipe : -1, .events = POLLIN};
  if (poll(wait, (nfds_t)round->crew->count, POLL_MILLISECONDS) <= 0) return;
  for (int i = 0; i < round->crew->count; ++i) {
    Worker *const worker = &round->workers[i];
    if (worker->open && wait[i].revents)
      worker->open = worker_lines_read(&worker->lines, worker->child.pipe, hear_line, worker);
  }
}

// ---- Starting and stopping ----

// The chunk that is to be trained next, failed ones first; −1 if none waits.
static int next_job(Round *round) {
  if (round->retries > 0) return round->retry[--round->retries];
  return round->next < round->chunks->count ? round->next++ : -1;
}

static Status start_worker(Round *round, int place, int job) {
  const CrewPlace *const at = &round->crew->places[place];
  const Chunk *const chunk = &round->chunks->chunks[job];
  Worker *const worker = &round->workers[place];
  char numbers[5][24], device[24] = "cpu";
  const int values[5] = {chunk->cohort, chunk->first, chunk->count, at->threads, (int)getpid()};
  for (int i = 0; i < 5; ++i) snprintf(numbers[i], sizeof numbers[i], "%d", values[i]);
  if (at->gpu != CREW_CPU) snprintf(device, sizeof device, "cuda:%d", at->gpu);
  const char *words[WORDS] = {"mesagrid",  "worker",   "--cohort", numbers[0],
                              "--first",   numbers[1], "--count",  numbers[2],
                              "--threads", numbers[3], "--parent", numbers[4],
                              "--device",  device,     "--isa",    round->options->phases->name};
  int count = 16;
  if (round->options->progress->quiet) words[count++] = "--quiet";
  if (round->crew->fault && round->started < round->crew->fault_times) {
    words[count++] = "--fault";
    words[count++] = round->crew->fault;
  }
  words[count++] = "--";
  words[count++] = round->directory;
  *worker = (Worker){.job = job, .open = true, .progress = round->options->progress};
  union {
    const char **read;
    char **arguments;  // posix_spawn() does not write to them
  } argv = {words};
  round->started += 1;
  round->attempts[job] += 1;
  return child_start(round->crew->program, argv.arguments, round->lock, false, &worker->child);
}

// The first failure counts; an interruption only until a real one comes.
static void end_all(Round *round, Status status, const char *message) {
  if (round->status != STATUS_OK && round->status != STATUS_INTERRUPTED) return;
  if (round->status == STATUS_INTERRUPTED && status == STATUS_INTERRUPTED) return;
  round->status = status;
  snprintf(round->message, sizeof round->message, "%s", message);
}

// Gives every free place a chunk, or tells all workers to save and end.
static void start_or_stop(Round *round) {
  if (run_is_stopped(round->options))
    end_all(round, STATUS_INTERRUPTED, "interrupted; the same command goes on from here");
  for (int i = 0; i < round->crew->count; ++i) {
    Worker *const worker = &round->workers[i];
    if (worker->child.id != 0 && round->status != STATUS_OK && !worker->told) {
      kill(worker->child.id, SIGTERM);
      worker->told = true;
    }
    if (worker->child.id != 0 || round->status != STATUS_OK) continue;
    const int job = next_job(round);
    if (job < 0) continue;
    const Status status = start_worker(round, i, job);
    if (status != STATUS_OK) end_all(round, status, status_message());
  }
}

// ---- Judging ----

// Marks the trials of a chunk that have no result.
static Status mark_failed(Round *round, const Chunk *chunk, const char *reason) {
  const Trial **const trials = calloc((size_t)chunk->count, sizeof *trials);
  if (!trials) return status_fail(STATUS_MEMORY, "no memory for %d trials", chunk->count);
  chunk_trials(round->plan, chunk, trials);
  Status status = STATUS_OK;
  for (int i = 0; i < chunk->count && status == STATUS_OK; ++i)
    status = trial_result_fail(round->directory, round->plan, trials[i], reason);
  free(trials);
  return status;
}

// The device's failures: a new worker once, then the trials are given up.
static void judge_device(Round *round, Worker *worker, const char *reason) {
  const Chunk *const chunk = &round->chunks->chunks[worker->job];
  hear_work(worker, 0, 0, 0);  // the next worker counts what was saved
  if (round->attempts[worker->job] < ATTEMPTS) {
    progress_note(worker->progress, "warning: the worker of %d trial%s failed: %s; starting another",
                  chunk->count, chunk->count == 1 ? "" : "s", reason);
    round->retry[round->retries++] = worker->job;
    return;
  }
  progress_note(worker->progress, "warning: the second worker of %d trial%s failed too: %s; giving up on %s",
                chunk->count, chunk->count == 1 ? "" : "s", reason, chunk->count == 1 ? "it" : "them");
  const Status status = mark_failed(round, chunk, reason);
  if (status != STATUS_OK) end_all(round, status, status_message());
}

static void judge(Round *round, Worker *worker) {
  char how[128];
  child_wait(&worker->child, how, sizeof how);
  if (!worker->said_end) {
    worker->status = STATUS_DEVICE;
    snprintf(worker->message, sizeof worker->message, "%s", how);
  }
  if (worker->status != STATUS_OK && worker->status != STATUS_DEVICE)
    end_all(round, worker->status, worker->message);
  if (worker->status == STATUS_DEVICE && round->status == STATUS_OK && !run_is_stopped(round->options))
    judge_device(round, worker, worker->message);
}

static bool any_at_work(const Round *round) {
  bool any = false;
  for (int i = 0; i < round->crew->count; ++i) any = any || round->workers[i].child.id != 0;
  return any;
}

Status crew_run(const Crew *crew, const char *directory, const Plan *plan, const Chunks *chunks, int lock,
                const RunOptions *options) {
  Round *const round = calloc(1, sizeof *round);
  int *const attempts = calloc((size_t)chunks->count + 1, sizeof *attempts);
  Status status = STATUS_MEMORY;
  if (round && attempts) {
    *round = (Round){.crew = crew,
                     .directory = directory,
                     .plan = plan,
                     .chunks = chunks,
                     .lock = lock,
                     .options = options,
                     .attempts = attempts};
    signal(SIGCHLD, SIG_DFL);  // a parent that ignored it would keep us from learning how workers end
    for (start_or_stop(round); any_at_work(round); start_or_stop(round)) {
      listen(round);
      for (int i = 0; i < crew->count; ++i)
        if (round->workers[i].child.id != 0 && !round->workers[i].open) judge(round, &round->workers[i]);
    }
    status = round->status;
  }
  if (status != STATUS_OK)
    status = status_fail(status, "%s", round && attempts ? round->message : "no memory for the crew");
  free(attempts);
  free(round);
  return status;
}
