// Checkpoints: one agent's weights, moments and progress as a safetensors file, whole at every moment.
#ifndef MESAGRID_HOST_CHECKPOINT_H
#define MESAGRID_HOST_CHECKPOINT_H

#include "host/config.h"
#include "kernels/population.h"

#ifdef __cplusplus
extern "C" {
#endif

// Writes DIRECTORY/checkpoint.safetensors and keeps the one before it. `tally` is what happened since the
// last line of the metrics log. The bytes depend on configuration and progress alone: no time, path, host or
// thread count.
Status checkpoint_save(const char *directory, const Config *config, const Population *population, int p,
                       const UpdateStats *tally);

// What loading a checkpoint found.
typedef struct CheckpointFound {
  bool found;          // false: there is none, the agent is untouched
  char warning[1024];  // "" or a sentence: the newest file was damaged and set aside, the previous one was
                       // taken
} CheckpointFound;

// Puts agent p of a started population where the newest good checkpoint stands. STATUS_DATA if the files are
// there but all damaged, or made by another configuration.
Status checkpoint_load(const char *directory, const Config *config, Population *population, int p,
                       UpdateStats *tally, CheckpointFound *found);

// A trained agent alone, to be evaluated.
typedef struct TrainedAgent {
  Config config;
  AgentShape shape;
  AgentProgress progress;
  real *parameters;  // flat vector of agent_layout(shape); owned
} TrainedAgent;

// Reads DIRECTORY/config.yaml and its checkpoint. The caller frees with trained_agent_free(). Never writes.
Status trained_agent_load(const char *directory, TrainedAgent *agent);
void trained_agent_free(TrainedAgent *agent);

#ifdef __cplusplus
}
#endif
#endif
