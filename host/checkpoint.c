// Writes and reads checkpoints: tensors without their padding, progress, tally, and the configuration's
// fingerprint.
#include "host/checkpoint.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host/cohort.h"
#include "host/files.h"
#include "host/safetensors.h"

static const char checkpoint_format[] = "mesagrid agent 1";

// The three vectors of an agent and what their tensors' names begin with.
enum { VECTORS = 3 };
static const char *const vector_prefix[VECTORS] = {"", "adam.m.", "adam.v."};

static real *agent_vector(const Population *population, int p, int vector) {
  real *const base[VECTORS] = {population->parameters, population->moment1, population->moment2};
  return base[vector] + (size_t)p * population->layout.reals;
}

// Progress and tally as plain numbers, in the order of the tensors below.
enum { COUNTS = 8, MEASURES = 6 };

static void progress_pack(const AgentProgress *progress, const UpdateStats *tally, uint64_t *counts,
                          float *measures) {
  const uint64_t c[COUNTS] = {(uint64_t)progress->update, (uint64_t)progress->env_steps,
                              (uint64_t)progress->status, (uint64_t)tally->episodes,
                              (uint64_t)tally->steps,     (uint64_t)tally->solved,
                              (uint64_t)tally->reward,    (uint64_t)tally->ticks};
  const float m[MEASURES] = {progress->powers.beta1, progress->powers.beta2, tally->loss,
                             tally->entropy,         tally->value_error,     tally->grad_norm};
  memcpy(counts, c, sizeof c);
  memcpy(measures, m, sizeof m);
}

static void progress_unpack(const uint64_t *c, const float *m, AgentProgress *progress, UpdateStats *tally) {
  *progress = (AgentProgress){(int64_t)c[0], (int64_t)c[1], {m[0], m[1]}, (int)c[2]};
  *tally = (UpdateStats){.episodes = (int)c[3],
                         .steps = (int)c[4],
                         .solved = (int)c[5],
                         .reward = (int)(int64_t)c[6],
                         .ticks = (int)c[7],
                         .loss = m[2],
                         .entropy = m[3],
                         .value_error = m[4],
                         .grad_norm = m[5]};
}

// Copies a tensor between the padded vector and a dense array.
static void tensor_copy(const TensorInfo *info, real *padded, real *dense, bool to_dense) {
  for (int row = 0; row < info->rows; ++row) {
    real *const a = padded + info->offset + (size_t)row * info->stride, *const b = dense +
                                                                                   (size_t)row * info->length;
    memcpy(to_dense ? b : a, to_dense ? a : b, (size_t)info->length * sizeof(real));
  }
}

static void tensor_name(const TensorInfo *info, int vector, char *name) {
  snprintf(name, TENSOR_NAME_BYTES, "%s%s", vector_prefix[vector], info->name);
}

static void fingerprint_text(const Config *config, char *text, size_t size) {
  snprintf(text, size, "%016" PRIx64, config_fingerprint(config));
}

// The tensors of an agent as it is by itself, where the population keeps them: its cohort may have room for
// more layers, which come after its own.
static TensorTable own_tensors(const Config *config, const Population *population) {
  const TensorTable room = agent_tensors(population->shape.agent);
  TensorTable own = agent_tensors(cohort_agent_shape(config));
  for (int t = 0; t < own.count; ++t) own.tensor[t].offset = room.tensor[t].offset;
  return own;
}

// Adds all tensors of agent p; `dense` (VECTORS, layout.reals) holds them until the file is written.
static Status add_tensors(TensorFile *file, const Config *config, const Population *population, int p,
                          real *dense) {
  const TensorTable table = own_tensors(config, population);
  for (int v = 0; v < VECTORS; ++v) {
    for (int t = 0; t < table.count; ++t) {
      const TensorInfo *info = &table.tensor[t];
      const int64_t shape[4] = {info->shape[0], info->shape[1], info->shape[2], info->shape[3]};
      char name[TENSOR_NAME_BYTES];
      tensor_name(info, v, name);
      tensor_copy(info, agent_vector(population, p, v), dense, true);
      TRY(safetensors_add(file, name, DTYPE_F32, info->rank, shape, dense));
      dense += (size_t)info->rows * info->length;
    }
  }
  return STATUS_OK;
}

static Status fill_file(TensorFile *file, const Config *config, const Population *population, int p,
                        real *dense, const uint64_t *counts, const float *measures) {
  const int64_t count_shape[1] = {COUNTS}, measure_shape[1] = {MEASURES};
  char fingerprint[32];
  fingerprint_text(config, fingerprint, sizeof fingerprint);
  TRY(safetensors_note(file, "format", checkpoint_format));
  TRY(safetensors_note(file, "config", fingerprint));
  TRY(add_tensors(file, config, population, p, dense));
  TRY(safetensors_add(file, "progress.counts", DTYPE_U64, 1, count_shape, counts));
  return safetensors_add(file, "progress.measures", DTYPE_F32, 1, measure_shape, measures);
}

static void checkpoint_path(const char *directory, char *path) {
  snprintf(path, FILES_PATH_BYTES, "%s/checkpoint.safetensors", directory);
}

Status checkpoint_save(const char *directory, const Config *config, const Population *population, int p,
                       const UpdateStats *tally) {
  char path[FILES_PATH_BYTES];
  uint64_t counts[COUNTS];
  float measures[MEASURES];
  TensorFile file = {0};
  real *const dense = malloc(VECTORS * (size_t)population->layout.reals * sizeof(real));
  if (!dense) return status_fail(STATUS_MEMORY, "no memory to save a checkpoint");
  checkpoint_path(directory, path);
  progress_pack(&population->progress[p], tally, counts, measures);
  Status status = fill_file(&file, config, population, p, dense, counts, measures);
  if (status == STATUS_OK) status = safetensors_save(path, &file, true);
  safetensors_free(&file);
  free(dense);
  return status;
}

// Copies what a verified file holds into agent p.
static Status take_tensors(const TensorFile *file, const Config *config, const Population *population,
                           int p) {
  const TensorTable table = own_tensors(config, population);
  for (int v = 0; v < VECTORS; ++v) {
    for (int t = 0; t < table.count; ++t) {
      const TensorInfo *info = &table.tensor[t];
      const int64_t shape[4] = {info->shape[0], info->shape[1], info->shape[2], info->shape[3]};
      char name[TENSOR_NAME_BYTES];
      const Tensor *tensor;
      tensor_name(info, v, name);
      TRY(safetensors_require(file, name, DTYPE_F32, info->rank, shape, &tensor));
      union {
        const void *read;
        real *dense;
      } data = {tensor->data};
      tensor_copy(info, agent_vector(population, p, v), data.dense, false);
    }
  }
  return STATUS_OK;
}

static Status take_file(const TensorFile *file, const char *path, const Config *config,
                        Population *population, int p, UpdateStats *tally) {
  const int64_t count_shape[1] = {COUNTS}, measure_shape[1] = {MEASURES};
  const char *format = safetensors_find_note(file, "format"),
             *made_by = safetensors_find_note(file, "config");
  const Tensor *counts, *measures;
  char fingerprint[32];
  fingerprint_text(config, fingerprint, sizeof fingerprint);
  if (!format || strcmp(format, checkpoint_format) != 0)
    return status_fail(STATUS_DATA, "%s: not a checkpoint of this version", path);
  if (!made_by || strcmp(made_by, fingerprint) != 0)
    return status_fail(STATUS_DATA, "%s: made by another configuration than the config.yaml beside it", path);
  TRY(safetensors_require(file, "progress.counts", DTYPE_U64, 1, count_shape, &counts));
  TRY(safetensors_require(file, "progress.measures", DTYPE_F32, 1, measure_shape, &measures));
  TRY(take_tensors(file, config, population, p));
  progress_unpack(counts->data, measures->data, &population->progress[p], tally);
  population_refresh(population, p);
  return STATUS_OK;
}

static Status load_path(const char *path, const Config *config, Population *population, int p,
                        UpdateStats *tally) {
  TensorFile file;
  TRY(safetensors_load(path, &file));
  const Status status = take_file(&file, path, config, population, p, tally);
  safetensors_free(&file);
  return status;
}

Status checkpoint_load(const char *directory, const Config *config, Population *population, int p,
                       UpdateStats *tally, CheckpointFound *found) {
  char path[FILES_PATH_BYTES], previous[FILES_PATH_BYTES], damage[sizeof found->warning / 2];
  checkpoint_path(directory, path);
  files_previous_path(path, previous);
  *found = (CheckpointFound){.found = false};
  const bool newest_there = files_exists(path);
  if (newest_there) {
    const Status status = load_path(path, config, population, p, tally);
    if (status != STATUS_DATA || !files_exists(previous)) {
      found->found = status == STATUS_OK;
      return status;
    }
    snprintf(damage, sizeof damage, "%s", status_message());
  }
  if (!files_exists(previous)) return STATUS_OK;
  const Status status = load_path(previous, config, population, p, tally);
  if (status != STATUS_OK)
    return newest_there ? status_wrap(status, "%s; the one before it is no better", damage) : status;
  found->found = true;
  if (!newest_there) return STATUS_OK;
  snprintf(found->warning, sizeof found->warning, "%s; going on from the one before it", damage);
  return files_set_aside(path);
}

Status trained_agent_load(const char *directory, TrainedAgent *agent) {
  char path[FILES_PATH_BYTES], previous[FILES_PATH_BYTES];
  Population population;
  UpdateStats tally;
  memset(agent, 0, sizeof *agent);
  snprintf(path, sizeof path, "%s/config.yaml", directory);
  TRY(config_read_yaml(path, &agent->config));
  agent->shape = cohort_agent_shape(&agent->config);
  TRY(population_create(cohort_shape(&agent->config, 1, agent->config.agent_ticks.hi), &population));
  checkpoint_path(directory, path);
  files_previous_path(path, previous);
  const char *const source = files_exists(path) || !files_exists(previous) ? path : previous;
  const Status status = load_path(source, &agent->config, &population, 0, &tally);
  if (status == STATUS_OK) {
    const size_t bytes = (size_t)population.layout.reals * sizeof(real);
    agent->progress = population.progress[0];
    agent->parameters = aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (agent->parameters) memcpy(agent->parameters, population.parameters, bytes);
  }
  population_free(&population);
  if (status == STATUS_OK && !agent->parameters)
    return status_fail(STATUS_MEMORY, "no memory for an agent's weights");
  return status;
}

void trained_agent_free(TrainedAgent *agent) {
  free(agent->parameters);
  agent->parameters = NULL;
}
