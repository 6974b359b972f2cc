// The contract of a probe: a question put to a subject, answered by numbers of each level, from whose means
// one metric follows. Probes know only this.
//
// That a metric is a function of column means is what gives every probe its interval, and the score its own,
// by one and the same bootstrap over levels (host/probe_estimate.h).
#ifndef MESAGRID_HOST_PROBES_PROBE_H
#define MESAGRID_HOST_PROBES_PROBE_H

#include <jansson.h>

#include "host/probe_levels.h"
#include "host/scores.h"
#include "host/subject.h"

#ifdef __cplusplus
extern "C" {
#endif

// What a metric is evidence of; the letters of the score.
typedef enum ProbeFamily {
  FAMILY_BEHAVIOUR,       // B
  FAMILY_REPRESENTATION,  // R
  FAMILY_CAUSATION,       // Z
  FAMILY_IRREDUCIBILITY,  // I
  PROBE_FAMILIES,
} ProbeFamily;

// Mean states of a subject at its own ticks, over the squares of the levels PROBE_CLASSES.
typedef struct ProbeClasses {
  int ticks, channels;
  real *wall, *free, *goal;  // (ticks, C): interior walls, free squares that are not the goal, goals
  real *deviation;           // (C): of the free squares' states after the last tick
} ProbeClasses;

// Solve rates of the feed-forward students on the same levels.
typedef struct StudentSolve {
  int students;     // D
  double *far;      // (levels of PROBE_FAR, D)
  double *farther;  // (levels of PROBE_FARTHER, D)
} StudentSolve;

// Who is asked, and what is known of it when a probe begins.
typedef struct ProbeContext {
  const Subject *subject;
  const SubjectAgent *agent;  // the subject's, where it is a trained agent; else NULL
  const ProbeLevels *levels;
  int ticks;                     // K: longest thought
  int best_ticks;                // N*: the tick with the best solve on PROBE_SELECT
  Scores near, far, farther;     // on PROBE_NEAR, PROBE_FAR, PROBE_FARTHER, for min(K, ticks_max) ticks
  ProbeClasses classes;          // of N* ticks; zeroed for a subject without a state
  const StudentSolve *students;  // NULL: there are none, and RESIDUAL cannot be asked
} ProbeContext;

enum { PROBE_TABLES_MAX = 2, PROBE_SHAPE_MAX = 2 };

// Numbers of every level of one set.
typedef struct ProbeTable {
  ProbeSet set;  // whose first `levels` levels the rows are
  int levels, columns;
  double *values;  // (levels, columns), finite; freed by who asked
} ProbeTable;

// What a probe found: one or two tables.
typedef struct ProbeTables {
  int count;
  ProbeTable table[PROBE_TABLES_MAX];
  int shape[PROBE_SHAPE_MAX];  // the probe's own notes on what its columns are, for value()
} ProbeTables;

typedef struct Probe {
  const char *name;  // "FLIP"
  ProbeFamily family;
  const char *question;  // one plain sentence
  bool clamps;           // needs a spatial state
  // Asks. The tables' values are the caller's to free, after a failure too.
  Status (*measure)(const ProbeContext *context, ProbeTables *tables);
  // The metric, 0 none … 1 perfect, from the means of the columns of each table (or of a resample of its
  // levels); NaN where nothing can be said.
  double (*value)(const ProbeTables *tables, const double *const *means);
  // What of the metric no local repair could serve (host/local_repair.h), likewise, on the same scale; NULL
  // where that is no question.
  double (*reach)(const ProbeTables *tables, const double *const *means);
  // The edit on one real level, before and after, for people; NULL where there is nothing to see. *picture is
  // the caller's (docs/probes.md, "Pictures").
  Status (*picture)(const ProbeContext *context, json_t **picture);
} Probe;

// What is shown beside the metrics and never scored.
typedef struct ProbeExtra {
  const char *name;                                                  // key in results: "replanning"
  const char *question;                                              // one plain sentence
  bool needs_state;                                                  // a spatial state
  bool needs_agent;                                                  // a trained agent's weights
  Status (*describe)(const ProbeContext *context, json_t **result);  // *result is the caller's
} ProbeExtra;

// Allocates a zeroed table of levels × columns and appends it.
Status probe_add_table(ProbeTables *tables, ProbeSet set, int levels, int columns);
void probe_free_tables(ProbeTables *tables);

// numerator / denominator, and `otherwise` where nothing was counted.
static inline double probe_share(double numerator, double denominator, double otherwise) {
  return denominator > 0 ? numerator / denominator : otherwise;
}

// The part of what was left to gain, above a control, that was gained; 0 where nothing was left.
static inline double probe_above(double value, double control) {
  return control < 1 ? (value - control) / (1 - control) : 0;
}

static inline double probe_clip(double value) {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}

#ifdef __cplusplus
}
#endif
#endif
