// Two ways to share the work, the same bits from both: a queue of agents, or all threads on each agent's
// shards.
#include "kernels/schedule.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUEUE_UPDATES = 5 };  // updates for which a thread keeps an agent

typedef struct Schedule {
  Population *population;
  const Phases *phases;
  int threads;
  ScheduleUpdated updated;
  void *context;
  void **tape;  // (threads)
  bool *busy;   // (P): a thread has it
  Status status;
  char message[1024];
} Schedule;

static bool agent_active(const Schedule *s, int p) {
  return s->population->progress[p].status == AGENT_TRAINING;
}

static int count_active(const Schedule *s) {
  int active = 0;
  for (int p = 0; p < s->population->shape.agents; ++p) active += s->busy[p] || agent_active(s, p);
  return active;
}

// Keeps the first failure; the others end because of it.
static void schedule_failed(Schedule *s, Status status) {
#pragma omp critical(mesagrid_schedule)
  if (s->status == STATUS_OK) {
    s->status = status;
    snprintf(s->message, sizeof s->message, "%s", status_message());
  }
}

static Status schedule_status(Schedule *s) {
  Status status;
#pragma omp critical(mesagrid_schedule)
  status = s->status;
  return status;
}

// The free agent that is furthest behind, so that all end together; −1 when there are fewer agents than
// threads.
static int queue_take(Schedule *s) {
  int taken = -1;
#pragma omp critical(mesagrid_schedule)
  if (s->status == STATUS_OK && count_active(s) >= s->threads) {
    const AgentProgress *progress = s->population->progress;
    for (int p = 0; p < s->population->shape.agents; ++p) {
      if (s->busy[p] || !agent_active(s, p)) continue;
      if (taken < 0 || progress[p].update < progress[taken].update) taken = p;
    }
    if (taken >= 0) s->busy[taken] = true;
  }
  return taken;
}

static void queue_give_back(Schedule *s, int p) {
#pragma omp critical(mesagrid_schedule)
  s->busy[p] = false;
}

// One thread, whole agents: nothing to wait for.
static void queue_work(Schedule *s, void *tape) {
  const Population *population = s->population;
  for (int p = queue_take(s); p >= 0; p = queue_take(s)) {
    Status status = STATUS_OK;
    for (int u = 0; u < QUEUE_UPDATES && status == STATUS_OK && agent_active(s, p); ++u) {
      for (int shard = 0; shard < population->shape.shards; ++shard) {
        s->phases->rollout(population, p, shard, tape);
        s->phases->learn(population, p, shard, tape);
      }
      s->phases->update(population, p);
      status = s->updated(s->context, p);
    }
    if (status != STATUS_OK) schedule_failed(s, status);
    queue_give_back(s, p);
  }
}

// All threads on one update of every active agent, shard by shard; called inside a parallel region.
static void team_work(Schedule *s, void *tape) {
  const Population *population = s->population;
  const int agents = population->shape.agents, shards = population->shape.shards;
  while (schedule_status(s) == STATUS_OK && count_active(s) > 0) {
#pragma omp barrier
#pragma omp for schedule(dynamic)
    for (int block = 0; block < agents * shards; ++block) {
      if (!agent_active(s, block / shards)) continue;
      s->phases->rollout(population, block / shards, block % shards, tape);
      s->phases->learn(population, block / shards, block % shards, tape);
    }
#pragma omp for schedule(dynamic)
    for (int p = 0; p < agents; ++p) {
      if (!agent_active(s, p)) continue;
      s->phases->update(population, p);
      const Status status = s->updated(s->context, p);
      if (status != STATUS_OK) schedule_failed(s, status);
    }
  }
}

static Status allocate(Schedule *s) {
  const size_t bytes = tape_bytes(&s->population->shape);
  s->tape = calloc((size_t)s->threads, sizeof *s->tape);
  s->busy = calloc((size_t)s->population->shape.agents, sizeof *s->busy);
  bool complete = s->tape && s->busy;
  for (int t = 0; complete && t < s->threads; ++t) {
    s->tape[t] = aligned_alloc(64, tape_align(bytes));
    complete = s->tape[t] != NULL;
    if (complete) memset(s->tape[t], 0, bytes);
  }
  if (complete) return STATUS_OK;
  return status_fail(STATUS_MEMORY, "no memory for the tapes of %d threads (%zu MB each)", s->threads,
                     bytes >> 20);
}

static void release(Schedule *s) {
  for (int t = 0; s->tape && t < s->threads; ++t) free(s->tape[t]);
  free(s->tape);
  free(s->busy);
}

Status schedule_train(Population *population, const Phases *phases, int threads, ScheduleUpdated updated,
                      void *context) {
  Schedule s = {.population = population,
                .phases = phases,
                .threads = threads,
                .updated = updated,
                .context = context,
                .status = STATUS_OK};
  Status status = allocate(&s);
  if (status == STATUS_OK) {
#pragma omp parallel num_threads(threads)
    {
      void *const tape = s.tape[omp_get_thread_num()];
      queue_work(&s, tape);
#pragma omp barrier
      team_work(&s, tape);
    }
    if (s.status != STATUS_OK) status = status_fail(s.status, "%s", s.message);
  }
  release(&s);
  return status;
}
