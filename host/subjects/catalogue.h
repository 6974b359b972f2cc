// The catalogue of built subjects: what calibrates the probes, and what stands beside every agent.
//
// Foolers around a trained net are made by subject_revealed and subject_shuffled (host/subjects/revealed.h,
// shuffled.h).
#ifndef MESAGRID_HOST_SUBJECTS_CATALOGUE_H
#define MESAGRID_HOST_SUBJECTS_CATALOGUE_H

#include "host/subject.h"

#ifdef __cplusplus
extern "C" {
#endif

// What the score should say of it.
typedef enum BuiltKind {
  BUILT_POSITIVE,  // it searches
  BUILT_NEGATIVE,  // it does not, and does not pretend
  BUILT_FOOLER,    // it does not, and pretends
  BUILT_SHOWN,     // measured beside the others; nothing is claimed
} BuiltKind;

typedef struct BuiltSubject {
  BuiltKind kind;
  const char *about;  // one plain sentence
  Subject subject;
} BuiltSubject;

// All of them; constant. *count receives how many.
const BuiltSubject *subjects_built(int *count);

// "positive", "negative", "fooler", "shown".
const char *built_kind_name(BuiltKind kind);

// The baselines that stand beside every agent in an evaluation: "random", "greedy", "value iteration".
// Constant; *count receives how many.
const Subject *subject_baselines(int *count);

#ifdef __cplusplus
}
#endif
#endif
