// The GPUs: which there are, and cohorts and traces on one of them.
#include <stdio.h>
#include <string.h>

#include "kernels/ahead.h"
#include "kernels/device.h"
#include "kernels/launch.cuh"

static Status cuda_failed(cudaError_t error, const char *what) {
  const Status status = error == cudaErrorMemoryAllocation ? STATUS_MEMORY : STATUS_DEVICE;
  return status_fail(status, "GPU: cannot %s: %s (%s)", what, cudaGetErrorString(error),
                     cudaGetErrorName(error));
}

// Checks a call of the CUDA runtime; `what` completes "cannot …".
#define CHECK(call, what)                                                      \
  do {                                                                         \
    const cudaError_t check_error_ = (call);                                   \
    if (check_error_ != cudaSuccess) return cuda_failed(check_error_, (what)); \
  } while (0)

Status device_count(int *count) {
  *count = 0;
  const cudaError_t error = cudaGetDeviceCount(count);
  if (error == cudaErrorInsufficientDriver || error == cudaErrorNoDevice)
    return status_fail(STATUS_DEVICE, "there is no GPU here, or its driver is older than CUDA %d.%d",
                       CUDART_VERSION / 1000, CUDART_VERSION % 1000 / 10);
  if (error != cudaSuccess) return cuda_failed(error, "count the GPUs");
  return *count > 0 ? STATUS_OK : status_fail(STATUS_DEVICE, "GPU: the driver knows of none");
}

Status device_info(int index, DeviceInfo *info) {
  cudaDeviceProp properties;
  memset(info, 0, sizeof *info);
  CHECK(cudaSetDevice(index), "choose it");
  CHECK(cudaGetDeviceProperties(&properties, index), "read its properties");
  CHECK(cudaMemGetInfo(&info->memory_free, &info->memory_total), "read its memory");
  snprintf(info->name, sizeof info->name, "%.*s", (int)sizeof info->name - 1, properties.name);
  info->major = properties.major;
  info->minor = properties.minor;
  info->multiprocessors = properties.multiProcessorCount;
  info->shared_per_block = properties.sharedMemPerBlockOptin;
  return STATUS_OK;
}

static Status shared_memory(int index, size_t *bytes) {
  int most;
  CHECK(cudaDeviceGetAttribute(&most, cudaDevAttrMaxSharedMemoryPerBlockOptin, index), "read its properties");
  *bytes = (size_t)most;
  return STATUS_OK;
}

// ---- Training ----

int near_choose(const PopulationShape *shape, size_t shared) {
  static const int choices[] = {NEAR_ALL, NEAR_PLANES};
  const AgentLayout layout = agent_layout(shape->agent);
  const NearRoom room = near_room(shape->size_max);
  for (int near : choices) {
    size_t think, learn;
    think_near(&layout, room, near, 0, &think);
    learn_near(&layout, room, near, 0, &learn);
    if (think <= shared && learn <= shared) return near;
  }
  return NEAR_NOTHING;
}

// A cohort that trains on a GPU.
typedef struct Training {
  CohortCuda cohort;
  cudaStream_t stream;
  cudaGraphExec_t update;    // all phases of one update; NULL until the first one was launched by hand
  char *slots[AHEAD_SLOTS];  // pinned copies of the population's head
  cudaEvent_t copied[AHEAD_SLOTS];
} Training;

static cudaError_t launch_update(const CohortCuda *cohort, cudaStream_t stream) {
  TRY_CUDA(rollout_cuda(cohort, stream));
  TRY_CUDA(learn_cuda(cohort, stream));
  return update_cuda(cohort, stream);
}

// Records one update as a graph, so that launching it costs the host one call.
static cudaError_t record_update(Training *training) {
  cudaGraph_t graph;
  TRY_CUDA(cudaStreamBeginCapture(training->stream, cudaStreamCaptureModeThreadLocal));
  const cudaError_t launched = launch_update(&training->cohort, training->stream);
  TRY_CUDA(cudaStreamEndCapture(training->stream, &graph));
  const cudaError_t made =
      launched == cudaSuccess ? cudaGraphInstantiate(&training->update, graph, 0) : launched;
  cudaGraphDestroy(graph);
  return made;
}

// The first update is launched by hand: that loads the kernels, which must not happen while a graph is
// recorded.
static cudaError_t start_updates(Training *training, int updates) {
  int made = 0;
  if (!training->update) {
    TRY_CUDA(launch_update(&training->cohort, training->stream));
    TRY_CUDA(record_update(training));
    made = 1;
  }
  for (; made < updates; ++made) TRY_CUDA(cudaGraphLaunch(training->update, training->stream));
  return cudaSuccess;
}

static Status training_queue(void *self, int updates, int slot) {
  Training *training = (Training *)self;
  const Population *population = &training->cohort.population;
  CHECK(start_updates(training, updates), "start an update");
  CHECK(cudaMemcpyAsync(training->slots[slot], population->storage, population->head, cudaMemcpyDeviceToHost,
                        training->stream),
        "copy from it");
  CHECK(cudaEventRecord(training->copied[slot], training->stream), "record an event");
  return STATUS_OK;
}

static Status training_collect(void *self, int slot, Population *population) {
  Training *training = (Training *)self;
  CHECK(cudaEventSynchronize(training->copied[slot]), "train");
  memcpy(population->storage, training->slots[slot], population->head);
  return STATUS_OK;
}

// Copies what the host knows; gradients and stats are written before they are read.
static Status upload(const Population *host, const Population *device) {
  const size_t transposed = (size_t)host->shape.agents * host->layout.transposed * sizeof(real);
  CHECK(cudaMemcpy(device->storage, host->storage, host->head, cudaMemcpyHostToDevice), "copy to it");
  CHECK(cudaMemcpy(device->transposed, host->transposed, transposed, cudaMemcpyHostToDevice), "copy to it");
  return STATUS_OK;
}

static Status training_create(const Population *host, int index, Training *training) {
  CohortCuda *cohort = &training->cohort;
  const PopulationShape shape = host->shape;
  size_t shared = 0;
  void *storage;
  CHECK(cudaSetDevice(index), "choose it");
  TRY(shared_memory(index, &shared));
  cohort->near = near_choose(&shape, shared);
  cohort->tape_stride = tape_align(tape_bytes(&shape));
  CHECK(cudaMalloc(&storage, population_bytes(&shape)), "have memory for the agents");
  population_place(shape, storage, &cohort->population);
  CHECK(cudaMalloc(&cohort->tapes, (size_t)shape.agents * shape.shards * cohort->tape_stride),
        "have memory for the tapes");
  CHECK(cudaStreamCreateWithFlags(&training->stream, cudaStreamNonBlocking), "make a stream");
  for (int slot = 0; slot < AHEAD_SLOTS; ++slot) {
    CHECK(cudaMallocHost(&training->slots[slot], host->head), "have pinned memory");
    CHECK(cudaEventCreateWithFlags(&training->copied[slot], cudaEventBlockingSync | cudaEventDisableTiming),
          "make an event");
  }
  return upload(host, &cohort->population);
}

// Waits for what still runs. Errors do not matter any more.
static void training_free(Training *training) {
  if (training->stream) cudaStreamSynchronize(training->stream);
  if (training->update) cudaGraphExecDestroy(training->update);
  for (int slot = 0; slot < AHEAD_SLOTS; ++slot) {
    if (training->copied[slot]) cudaEventDestroy(training->copied[slot]);
    cudaFreeHost(training->slots[slot]);
  }
  if (training->stream) cudaStreamDestroy(training->stream);
  cudaFree(training->cohort.tapes);
  cudaFree(training->cohort.population.storage);
}

Status device_train(Population *population, int index, ScheduleUpdated updated, void *context) {
  Training training;
  memset(&training, 0, sizeof training);
  Status status = training_create(population, index, &training);
  const AheadMachine machine = {&training, training_queue, training_collect};
  if (status == STATUS_OK) status = ahead_train(&machine, population, updated, context);
  training_free(&training);
  for (int p = 0; p < population->shape.agents; ++p) population_refresh(population, p);
  return status;
}

// ---- Tracing ----

enum { TRACE_LEVELS = 4096 };  // in one launch

// A launch's buffers on the GPU.
typedef struct Tracing {
  TraceJob job;
  real *parameters;
  Level *levels, *later;
  TraceEdit *edits;
  real *edit_values;
  char *scratch;
  size_t scratch_stride, shared;
} Tracing;

// Bytes of each output for one level of a job; 0 where it is not asked for.
typedef struct TraceSizes {
  size_t plan, state, outputs;
} TraceSizes;

static TraceSizes trace_sizes(const TraceJob *job) {
  const size_t squares = (size_t)job->ticks * job->state_stride * sizeof(real);
  TraceSizes sizes;
  sizes.plan = (size_t)job->ticks * job->plan_stride;
  sizes.state = job->state ? squares * job->shape.channels : 0;
  sizes.outputs = job->outputs ? squares * HEAD_OUTPUTS : 0;
  return sizes;
}

// Memory for clamps and for the later levels, as far as the job has them; the clamps' values.
static Status tracing_edits(const TraceJob *job, int levels, Tracing *tracing) {
  const size_t values = (size_t)job->edit_rows * job->ticks * job->shape.channels * sizeof(real);
  if (job->later) {
    CHECK(cudaMalloc(&tracing->later, levels * sizeof *tracing->later), "have memory for levels");
    tracing->job.later = tracing->later;
  }
  if (job->level_edits == 0) return STATUS_OK;
  CHECK(cudaMalloc(&tracing->edits, levels * job->level_edits * sizeof *tracing->edits),
        "have memory for edits");
  CHECK(cudaMalloc(&tracing->edit_values, values), "have memory for edits");
  CHECK(cudaMemcpy(tracing->edit_values, job->edit_values, values, cudaMemcpyHostToDevice), "copy to it");
  tracing->job.edits = tracing->edits;
  tracing->job.edit_values = tracing->edit_values;
  return STATUS_OK;
}

static Status tracing_create(const TraceJob *job, int index, int levels, Tracing *tracing) {
  const size_t reals = (size_t)agent_layout(job->shape).reals * sizeof(real);
  const TraceSizes sizes = trace_sizes(job);
  CHECK(cudaSetDevice(index), "choose it");
  TRY(shared_memory(index, &tracing->shared));
  tracing->job = *job;
  tracing->job.plan = NULL, tracing->job.state = tracing->job.outputs = NULL;
  CHECK(cudaMalloc(&tracing->parameters, reals), "have memory for an agent");
  CHECK(cudaMalloc(&tracing->levels, levels * sizeof *tracing->levels), "have memory for levels");
  CHECK(cudaMalloc(&tracing->job.plan, levels * sizes.plan), "have memory for plans");
  CHECK(cudaMemset(tracing->job.plan, 0, levels * sizes.plan), "clear its memory");
  if (job->state) {
    CHECK(cudaMalloc(&tracing->job.state, levels * sizes.state), "have memory for states");
    CHECK(cudaMemset(tracing->job.state, 0, levels * sizes.state), "clear its memory");
  }
  TRY(tracing_edits(job, levels, tracing));
  if (job->outputs) {
    CHECK(cudaMalloc(&tracing->job.outputs, levels * sizes.outputs), "have memory for outputs");
    CHECK(cudaMemset(tracing->job.outputs, 0, levels * sizes.outputs), "clear its memory");
  }
  CHECK(cudaMemcpy(tracing->parameters, job->parameters, reals, cudaMemcpyHostToDevice), "copy to it");
  tracing->job.parameters = tracing->parameters;
  tracing->job.levels = tracing->levels;
  tracing->scratch_stride = tape_align(trace_bytes(&job->shape, job->plan_stride));
  if (tracing->scratch_stride > tracing->shared) {
    CHECK(cudaMalloc(&tracing->scratch, levels * tracing->scratch_stride), "have memory for scratch");
  } else {
    tracing->shared = tracing->scratch_stride;
  }
  return STATUS_OK;
}

static void tracing_free(Tracing *tracing) {
  cudaFree(tracing->parameters);
  cudaFree(tracing->levels);
  cudaFree(tracing->later);
  cudaFree(tracing->edits);
  cudaFree(tracing->edit_values);
  cudaFree(tracing->job.plan);
  cudaFree(tracing->job.state);
  cudaFree(tracing->job.outputs);
  cudaFree(tracing->scratch);
}

// Traces levels [first, first + count) of the job and brings what it asks for to the host.
static Status trace_some(const TraceJob *job, int first, int count, Tracing *tracing) {
  const TraceSizes sizes = trace_sizes(job);
  tracing->job.count = count;
  CHECK(cudaMemcpy(tracing->levels, job->levels + first, count * sizeof *job->levels, cudaMemcpyHostToDevice),
        "copy to it");
  if (job->later)
    CHECK(cudaMemcpy(tracing->later, job->later + first, count * sizeof *job->later, cudaMemcpyHostToDevice),
          "copy to it");
  if (job->level_edits)
    CHECK(cudaMemcpy(tracing->edits, job->edits + first * job->level_edits,
                     count * job->level_edits * sizeof *job->edits, cudaMemcpyHostToDevice),
          "copy to it");
  CHECK(trace_cuda(&tracing->job, tracing->scratch, tracing->scratch_stride, tracing->shared, 0),
        "start a trace");
  CHECK(cudaMemcpy(job->plan + first * sizes.plan, tracing->job.plan, count * sizes.plan,
                   cudaMemcpyDeviceToHost),
        "trace");
  if (job->state)
    CHECK(cudaMemcpy((char *)job->state + first * sizes.state, tracing->job.state, count * sizes.state,
                     cudaMemcpyDeviceToHost),
          "copy from it");
  if (job->outputs)
    CHECK(cudaMemcpy((char *)job->outputs + first * sizes.outputs, tracing->job.outputs,
                     count * sizes.outputs, cudaMemcpyDeviceToHost),
          "copy from it");
  return STATUS_OK;
}

Status device_trace(const TraceJob *job, int index) {
  const int many = job->count < TRACE_LEVELS ? job->count : TRACE_LEVELS;
  Tracing tracing;
  memset(&tracing, 0, sizeof tracing);
  Status status = tracing_create(job, index, many, &tracing);
  for (int first = 0; status == STATUS_OK && first < job->count; first += many)
    status = trace_some(job, first, job->count - first < many ? job->count - first : many, &tracing);
  tracing_free(&tracing);
  return status;
}
