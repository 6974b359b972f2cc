// The loop over levels that subjects share, and the subject of a trained agent.
#include "host/subject.h"

#include <limits.h>
#include <omp.h>
#include <stdlib.h>

#include "kernels/device.h"

enum { ALIGNMENT = 64 };  // bytes: the widest vector

Status subject_each_level(const Subject *subject, const SubjectBatch *batch, SubjectLevel *visit,
                          size_t scratch_bytes) {
  const int threads = omp_get_max_threads();
  const size_t each = (scratch_bytes + ALIGNMENT) / ALIGNMENT * ALIGNMENT;
  char *scratch = aligned_alloc(ALIGNMENT, each * (size_t)threads);
  if (!scratch) return status_fail(STATUS_MEMORY, "no memory for %s to think in", subject->name);
#pragma omp parallel for schedule(dynamic) num_threads(threads)
  for (int level = 0; level < batch->count; ++level)
    visit(subject, batch, level, scratch + each * (size_t)omp_get_thread_num());
  free(scratch);
  return STATUS_OK;
}

// ---- Trained agents ----

static TraceJob job_of(const Subject *subject, const SubjectBatch *batch) {
  const SubjectAgent *agent = subject->context;
  return (TraceJob){.shape = agent->shape,
                    .parameters = agent->parameters,
                    .levels = batch->levels,
                    .count = batch->count,
                    .ticks = batch->ticks,
                    .plan = batch->plan,
                    .plan_stride = batch->stride,
                    .state = batch->state,
                    .state_stride = batch->stride,
                    .outputs = batch->outputs,
                    .edits = batch->edits,
                    .level_edits = batch->level_edits,
                    .edit_values = batch->edit_values,
                    .edit_rows = batch->edit_rows,
                    .later = batch->later,
                    .later_from = batch->later_from};
}

static void agent_level(const Subject *subject, const SubjectBatch *batch, int level, void *scratch) {
  const SubjectAgent *agent = subject->context;
  const TraceJob job = job_of(subject, batch);
  agent->phases->trace(&job, level, scratch);
}

static Status agent_think(const Subject *subject, const SubjectBatch *batch) {
  const SubjectAgent *agent = subject->context;
  const TraceJob job = job_of(subject, batch);
  if (agent->gpu) return device_trace(&job, *agent->gpu);
  return subject_each_level(subject, batch, agent_level, trace_bytes(&agent->shape, batch->stride));
}

Subject subject_agent(const SubjectAgent *agent, const char *name) {
  const int layers = agent->shape.layers;
  return (Subject){.name = name,
                   .ticks_max = layers > 0 ? layers : INT_MAX,
                   .channels = agent->shape.channels,
                   .is_feed_forward = layers > 0,
                   .think = agent_think,
                   .context = agent};
}
