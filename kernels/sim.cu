// The GPU's `sim`: the kernels around sim_cta(), and worlds that live on a GPU.
#include <cuda_runtime.h>
#include <stdlib.h>

#include "kernels/sim_cta.h"
#include "kernels/stepping.h"

// Threads of a CTA: few, so that its barriers hold few others up; and CTAs that an SM has registers for.
enum { SIM_THREADS = WORLDS_BLOCK, SIM_CTAS = 12 };

enum SimShown { SHOWN_NONE, SHOWN_ELEVEN, SHOWN_ANY };

// One kernel for each kind of view: a side that the compiler knows keeps the observation in registers. Fresh
// levels have kernels of their own, so that drawing them costs the others no registers.
template <SimShown shown, bool fresh>
static __global__ void __launch_bounds__(SIM_THREADS, SIM_CTAS)
    sim_kernel(const __grid_constant__ SimJob given, SimScratch *scratch) {
  extern __shared__ uint32_t memory[];
  const Block block = {0};
  SimJob job = given;
  View view = given.worlds.spec.view;
  job.actions = nullptr;
  if (shown == SHOWN_NONE) view.kind = VIEW_NONE, view.pack = VIEW_BITS, view.side = 1, job.outcome = nullptr;
  if (shown == SHOWN_ELEVEN) view.kind = VIEW_WINDOW, view.pack = VIEW_BITS, view.side = 11;
  const SimShared shared = {memory, memory + 2 * job.worlds.records.rows * SIM_THREADS,
                            sim_cta_stride(&view)};
  const SimCta cta = {
      &block,      &job,  &view, scratch, fresh, shown == SHOWN_ELEVEN, (int)blockIdx.x * SIM_THREADS,
      SIM_THREADS, shared};
  sim_cta(&cta);
}

typedef void SimKernel(SimJob, SimScratch *);

static SimKernel *kernel_for(const SimJob *job) {
  const View *view = &job->worlds.spec.view;
  const bool fresh = job->worlds.spec.pool == 0;
  if (!job->observation) return fresh ? sim_kernel<SHOWN_NONE, true> : sim_kernel<SHOWN_NONE, false>;
  if (sim_cta_is_direct(view))
    return fresh ? sim_kernel<SHOWN_ELEVEN, true> : sim_kernel<SHOWN_ELEVEN, false>;
  return fresh ? sim_kernel<SHOWN_ANY, true> : sim_kernel<SHOWN_ANY, false>;
}

struct SteppingCuda {
  SimJob job;  // pointers are the device's
  SimScratch *scratch;
  int device;
  cudaEvent_t begun, ended;
};

static Status check(cudaError_t error, const char *what) {
  if (error == cudaSuccess) return STATUS_OK;
  const Status status = error == cudaErrorMemoryAllocation ? STATUS_MEMORY : STATUS_DEVICE;
  return status_fail(status, "cuda: %s: %s", what, cudaGetErrorString(error));
}

// How a record lies on the device differs from the host's only by the strips, which come last and are left
// out.
static Status upload_records(const Worlds *from, Worlds *to) {
  const size_t words = (size_t)to->records.words * sizeof(uint32_t);
  const size_t host_words = (size_t)from->records.words * sizeof(uint32_t), count = (size_t)to->records.count;
  TRY(check(cudaMalloc(&to->record, count * words), "memory for the levels"));
  return check(
      cudaMemcpy2D(to->record, words, from->record, host_words, words, count, cudaMemcpyHostToDevice),
      "copying the levels");
}

static Status upload(const Worlds *worlds, int slots, bool outcomes, SteppingCuda *s) {
  const WorldsSpec *spec = &worlds->spec;
  const size_t tiles = (size_t)worlds_tiles(spec->count),
               rows = (size_t)(slots > 0 ? slots : 1) * (size_t)spec->count;
  Worlds *to = &s->job.worlds;
  *to = *worlds;
  to->record = nullptr, to->tile = nullptr;
  to->records = worlds_records(spec, false);
  s->job.slots = slots > 0 ? slots : 1;
  TRY(check(cudaSetDevice(s->device), "choosing the GPU"));
  TRY(check(cudaEventCreate(&s->begun), "making an event"));
  TRY(check(cudaEventCreate(&s->ended), "making an event"));
  TRY(upload_records(worlds, to));
  TRY(check(cudaMalloc(&to->tile, tiles * sizeof(WorldTile)), "memory for the worlds"));
  TRY(check(cudaMemcpy(to->tile, worlds->tile, tiles * sizeof(WorldTile), cudaMemcpyHostToDevice),
            "copying worlds"));
  if (spec->pool == 0)
    TRY(check(cudaMalloc(&s->scratch, tiles * LANE_TILE * sizeof(SimScratch)), "memory to draw levels in"));
  if (slots > 0 && spec->view.kind != VIEW_NONE)
    TRY(check(cudaMalloc(&s->job.observation, rows * (size_t)view_bytes(&spec->view)),
              "memory for observations"));
  if (outcomes) TRY(check(cudaMalloc(&s->job.outcome, rows), "memory for outcomes"));
  return STATUS_OK;
}

Status stepping_cuda_create(const Worlds *worlds, int device, int slots, bool outcomes,
                            SteppingCuda **stepping) {
  SteppingCuda *const s = *stepping = static_cast<SteppingCuda *>(calloc(1, sizeof *s));
  if (!s) return status_fail(STATUS_MEMORY, "no memory for worlds on a GPU");
  s->device = device;
  const Status status = upload(worlds, slots, outcomes, s);
  if (status == STATUS_OK) return STATUS_OK;
  stepping_cuda_free(s);
  *stepping = nullptr;
  return status;
}

void stepping_cuda_free(SteppingCuda *s) {
  if (!s) return;
  cudaFree(s->job.worlds.record);
  cudaFree(s->job.worlds.tile);
  cudaFree(s->job.observation);
  cudaFree(s->job.outcome);
  cudaFree(s->scratch);
  if (s->begun) cudaEventDestroy(s->begun);
  if (s->ended) cudaEventDestroy(s->ended);
  free(s);
}

Status stepping_cuda_start(SteppingCuda *s, int steps) {
  const WorldsSpec *spec = &s->job.worlds.spec;
  const View none = {VIEW_NONE, VIEW_BITS, 1}, *view = s->job.observation ? &spec->view : &none;
  const int blocks = worlds_tiles(spec->count) * LANE_TILE / SIM_THREADS;
  const int shared = sim_cta_shared(s->job.worlds.records.rows, view, SIM_THREADS) * (int)sizeof(uint32_t);
  SimKernel *const kernel = kernel_for(&s->job);
  s->job.steps = steps;
  TRY(check(cudaSetDevice(s->device), "choosing the GPU"));
  TRY(check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, shared),
            "shared memory"));
  TRY(check(cudaEventRecord(s->begun), "recording an event"));
  kernel<<<blocks, SIM_THREADS, (size_t)shared>>>(s->job, s->scratch);
  TRY(check(cudaGetLastError(), "starting the steps"));
  TRY(check(cudaEventRecord(s->ended), "recording an event"));
  s->job.worlds.step += (uint64_t)steps;
  return STATUS_OK;
}

Status stepping_cuda_wait(SteppingCuda *s, double *seconds) {
  float milliseconds = 0;
  TRY(check(cudaEventSynchronize(s->ended), "stepping"));
  TRY(check(cudaEventElapsedTime(&milliseconds, s->begun, s->ended), "reading the time"));
  *seconds = milliseconds * 1e-3;
  return STATUS_OK;
}

Status stepping_cuda_download(SteppingCuda *s, Worlds *worlds, uint8_t *observation, uint8_t *outcome) {
  const WorldsSpec *spec = &worlds->spec;
  const size_t tiles = (size_t)worlds_tiles(spec->count) * sizeof(WorldTile);
  const size_t rows = (size_t)s->job.slots * (size_t)spec->count;
  worlds->step = s->job.worlds.step;
  TRY(check(cudaMemcpy(worlds->tile, s->job.worlds.tile, tiles, cudaMemcpyDeviceToHost),
            "copying worlds back"));
  if (observation && s->job.observation)
    TRY(check(cudaMemcpy(observation, s->job.observation, rows * (size_t)view_bytes(&spec->view),
                         cudaMemcpyDeviceToHost),
              "copying observations back"));
  if (outcome && s->job.outcome)
    TRY(check(cudaMemcpy(outcome, s->job.outcome, rows, cudaMemcpyDeviceToHost), "copying outcomes back"));
  return STATUS_OK;
}
