// The held-out levels of an evaluation: a world of test and selection levels each, made once and shared by
// all subjects.
#ifndef MESAGRID_HOST_EVALUATION_SET_H
#define MESAGRID_HOST_EVALUATION_SET_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "envs/env.h"
#include "host/config.h"
#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { EVAL_WORLDS_MAX = 6, EVAL_ID_BYTES = 16, EVAL_TITLE_BYTES = 48 };

typedef enum EvalRole {
  EVAL_TRAINING,  // the largest size of training, its loops and blocks
  EVAL_LARGER,    // the same on larger grids
  EVAL_OFF_AXIS,  // the training size with other walls
} EvalRole;

// Levels of one size and one split, with what the oracle knows of them.
typedef struct EvalSet {
  uint64_t seed;      // eval.seed
  uint32_t number;    // of this set among all: the episode that its levels are drawn with
  int size;           // side of the grid [squares]
  int count;          // levels
  Level *levels;      // (count)
  int16_t *distance;  // (count, size * size): steps to the goal, -1 where there is no way
} EvalSet;

// One world: everything that is reported of it is measured on `test`; what is chosen for it, on `select`.
typedef struct EvalWorld {
  char id[EVAL_ID_BYTES];        // key in results: "9x9", "trees"
  char title[EVAL_TITLE_BYTES];  // for people, UTF-8: "9×9, 10 % loops"
  EvalRole role;
  const char *size_key;  // the knob that its size comes from, for messages
  EnvSpec spec;          // sizes, loops and blocks; the split is each set's own
  bool measures_demand;  // ticks by distance are told for this world: the first larger one
  EvalSet test, select;
} EvalWorld;

typedef struct EvalSets {
  int count;
  EvalWorld world[EVAL_WORLDS_MAX];  // (count), the training world first
} EvalSets;

// Draws all levels that a configuration asks for: eval.levels test levels at the training size and at
// eval.far_size, eval.levels_apart elsewhere (eval.farther_size; trees, 30 % loops and 25 % random blocks at
// the training size) and for selection. Sizes that are not larger than the ones before are left out.
// STATUS_USAGE, naming the knob, where a size has no held-out levels. The caller frees with eval_sets_free;
// after a failure there is nothing to free.
Status eval_sets_create(const Config *config, EvalSets *sets);

// Whether these sets are just those that eval_sets_create would draw for this configuration.
bool eval_sets_serve(const EvalSets *sets, const Config *config);

// The same without the levels, for who only counts them: never to be freed.
void eval_sets_outline(const Config *config, EvalSets *sets);

// Makes the sets, zeroed before their first use, those of this configuration, unless they are already.
Status eval_sets_draw(const Config *config, EvalSets *sets);

// Frees and zeroes; a zeroed object is fine.
void eval_sets_free(EvalSets *sets);

// Draws the levels of one set, whose seed, number, size and count are there already, from a specification of
// that size. STATUS_USAGE, naming the knob that the size comes from, where its split has too few levels. The
// caller frees, after a failure too.
Status eval_set_draw(const EnvSpec *spec, const char *size_key, EvalSet *set);
void eval_set_free(EvalSet *set);

// The world in which agents were trained; the one whose demand is measured, which is the same world where no
// larger one is asked for.
const EvalWorld *eval_sets_training(const EvalSets *sets);
const EvalWorld *eval_sets_demand(const EvalSets *sets);

// The worlds as the report lists them: [{id, title, size, levels, role}]. The caller's; NULL without memory.
json_t *eval_sets_describe(const EvalSets *sets);

#ifdef __cplusplus
}
#endif
#endif
