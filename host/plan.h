// Plan: a sweep file with the command line's changes, resolved into trials, settings and cohorts.
#ifndef MESAGRID_HOST_PLAN_H
#define MESAGRID_HOST_PLAN_H

#include <stdint.h>
#include <stdio.h>

#include "host/config.h"
#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  PLAN_NAME_BYTES = 64,
  PLAN_TRIAL_NAME_BYTES = 240,  // with its zero; a directory's name may have 255 bytes
  PLAN_TRIALS_MAX = 100000,
};

// One swept knob.
typedef struct PlanAxis {
  const KeyInfo *key;
  char short_name[CONFIG_TEXT_BYTES];  // "ticks", or "agent.ticks" where two axes share the last part
  int count;
  char (*values)[CONFIG_TEXT_BYTES];  // (count) canonical texts, in the order of the file
} PlanAxis;

// One configuration with one seed.
typedef struct Trial {
  Config config;
  char name[PLAN_TRIAL_NAME_BYTES];  // of its directory: "ticks=8-24,seed=1"; unique in the plan
  int setting;                       // 0 … setting_count - 1
  int cohort;                        // 0 … cohort_count - 1
} Trial;

// One point of the grid: all its trials differ in the seed only.
typedef struct Setting {
  Config config;                      // with the first seed
  char label[PLAN_TRIAL_NAME_BYTES];  // for people, UTF-8: "ticks 8–24"; the plan's name where there are no
                                      // axes
} Setting;

typedef struct Plan {
  char name[PLAN_NAME_BYTES];  // letters, digits, - and _
  Config base;                 // what the axes and seeds vary
  int axis_count;
  PlanAxis *axes;  // (axis_count), the last varies fastest
  int seed_count;
  int64_t *seeds;  // (seed_count)
  int setting_count;
  Setting *settings;  // (setting_count), in grid order
  int trial_count;
  Trial *trials;     // (trial_count): setting by setting, seed by seed
  int cohort_count;  // trials with equal SHAPE knobs share one, numbered by first appearance
} Plan;

// Reads a sweep file, applies overrides ("key=value", the value in YAML's flow form; a key of a knob, "name",
// "seeds" or "axes.KNOB") and resolves the grid. An override of a swept knob replaces its axis. The caller
// frees the plan with plan_free; after a failure there is nothing to free.
Status plan_read(const char *path, int override_count, char *const *overrides, Plan *plan);

// The same for `size` bytes of sweep text: `origin` stands in errors, and its stem is the default name.
Status plan_read_text(const char *text, size_t size, const char *origin, int override_count,
                      char *const *overrides, Plan *plan);

// The last step of reading: fills settings, trials and cohorts, so far empty, from name, base, axes and
// seeds. After a failure the plan can be freed.
Status plan_resolve(Plan *plan, const char *origin);

// The resolved sweep as a sweep file: reading it gives the same plan. ferror() of the file tells a write
// error.
void plan_write_yaml(FILE *file, const Plan *plan);

// Frees what the plan owns and zeroes it; a zeroed plan is fine.
void plan_free(Plan *plan);

#ifdef __cplusplus
}
#endif
#endif
