// The held-out levels on which agents are probed, drawn once and shared by all subjects.
#ifndef MESAGRID_HOST_PROBE_LEVELS_H
#define MESAGRID_HOST_PROBE_LEVELS_H

#include "host/evaluation_set.h"

#ifdef __cplusplus
extern "C" {
#endif

// Sizes are those of the largest training level, of eval.far_size and of eval.farther_size; walls are those
// of training unless said.
typedef enum ProbeSet {
  PROBE_SELECT,   // 200, of the selection split: to choose N* on
  PROBE_CLASSES,  // 200, of the selection split: for mean states
  PROBE_FLIPS,    // 300
  PROBE_NEAR,     // 600: TICK, GOAL, the competence gate
  PROBE_LOOPED,   // 300, a maze with 30 % loops: BLOCK, and a part of the off-axis gate
  PROBE_FAR,      // 600, larger: TICK, FRONT, RESIDUAL
  PROBE_FARTHER,  // 120, still larger: RESIDUAL
  PROBE_TREES,    // 200: off-axis gate
  PROBE_BLOCKS,   // 200, 25 % random blocks: off-axis gate
  PROBE_SETS,
} ProbeSet;

typedef struct ProbeLevels {
  EvalSet set[PROBE_SETS];
  EnvSpec spec[PROBE_SETS];  // what each was drawn from
} ProbeLevels;

// "select", "classes", "flip" …
const char *probe_set_name(ProbeSet set);

// Draws all sets for a configuration, `scale` times as many levels of each as said above (1; less in tests;
// at least 2). STATUS_USAGE, naming the knob, where a size has no held-out levels or the sizes do not grow.
// The caller frees; after a failure there is nothing to free.
Status probe_levels_create(const Config *config, double scale, ProbeLevels *levels);
void probe_levels_free(ProbeLevels *levels);

#ifdef __cplusplus
}
#endif
#endif
