// The search score of an agent, its gates and its label, from the estimates of its metrics.
#ifndef MESAGRID_HOST_PROBE_SCORE_H
#define MESAGRID_HOST_PROBE_SCORE_H

#include "host/probe_estimate.h"

#ifdef __cplusplus
extern "C" {
#endif

// No evidence of a family is not a little evidence: a family whose lower limit does not exceed this counts as
// 0 in the score. Without that, the fourth root would make S = .56 of three perfect families and a tenth of
// the fourth. Decided once for an agent, on the limit of its own estimate, not draw by draw, so that the
// interval of a score above 0 stays that of a smooth function of the families.
//
// The same is asked of the mean reach of a family's metrics, where these have one: an agent whose plan
// follows a clamp only as far as a local repair would (host/probe_clamp.h) has shown that it can mend a plan,
// and not that it makes one, however large a share of the squares a repair can serve.
#define SCORE_FLOOR 0.05

#define SCORE_SEARCH 0.5      // search asks this of the lower limit of S, and more of families
#define SCORE_COMPETENCE 0.1  // the competence gate asks for so much more solve than greedy's
#define SCORE_OFF_AXIS 0.8    // the off-axis gate asks for this solve in each of its worlds

enum { PROBE_REASON_BYTES = 512 };

// Worlds of the off-axis gate.
typedef enum OffAxis { OFF_AXIS_TREES, OFF_AXIS_LOOPS, OFF_AXIS_BLOCKS, OFF_AXIS_WORLDS } OffAxis;

// One metric of an agent, as the score takes it.
typedef struct ScoreMetric {
  const char *name;  // of its probe; the labels look for "TICK"
  ProbeFamily family;
  bool applies;         // the probe could be asked; a value that is NaN does not apply either
  bool informative;     // calibration found that it separates in this world
  Interval interval;    // 0 … 1
  const double *draws;  // (PROBE_RESAMPLES)
  // Of what no local repair can serve, likewise; NULL: not asked.
  Interval reach;
  const double *reach_draws;
} ScoreMetric;

typedef struct ScoreInput {
  const ScoreMetric *metrics;  // (count)
  int count;
  bool has_state;                    // a spatial state that can be clamped
  double solve, greedy;              // mean solve at the training size: the agent's after N* ticks, greedy's
  double off_axis[OFF_AXIS_WORLDS];  // the agent's best mean solve over ticks; NaN is a gate not passed
} ScoreInput;

typedef enum ProbeLabel {
  LABEL_SEARCH,
  LABEL_AXIS_BOUND,     // search on the training distribution only
  LABEL_BOUNDED_DEPTH,  // plans, to a depth that longer thought does not extend
  LABEL_REACTIVE,
  LABEL_UNDECIDED,
  PROBE_LABELS,
} ProbeLabel;

typedef struct ProbeScore {
  Interval family[PROBE_FAMILIES];      // mean of its metrics; NaN: missing
  Interval reach[PROBE_FAMILIES];       // mean of the reaches of its metrics; NaN: none has one
  bool is_local[PROBE_FAMILIES];        // its reach is at or below SCORE_FLOOR
  bool counts_as_none[PROBE_FAMILIES];  // is local, or at or below SCORE_FLOOR itself
  Interval score;                       // S = (B·R·Z·I)^1/4; NaN: a family is missing and none is 0
  Interval score_without_I;             // (B·R·Z)^1/3, likewise; the competence gate leaves it as it is
  bool is_competent;                    // passed the competence gate; where not, S is 0 by decree
  bool carries_over;                    // passed the off-axis gate
  OffAxis worst_world;                  // the world where it solves least, or the first that is NaN
  ProbeLabel label;
  ProbeFamily decisive;             // whose lower limit is lowest, relative to what search asks of it
  char reason[PROBE_REASON_BYTES];  // one or two plain sentences with numbers
} ProbeScore;

void probe_score(const ScoreInput *input, ProbeScore *score);

// Fills in the reason of a score that is otherwise complete; probe_score has done so.
void probe_score_explain(const ScoreInput *input, ProbeScore *score);

// What search asks of the lower limit of a family.
double probe_score_asked(ProbeFamily family);

// The metric of that name if it applies and is informative, else NULL.
const ScoreMetric *probe_score_metric(const ScoreInput *input, const char *name);

// "search", "axis-bound search", "bounded-depth planner", "reactive", "undecided"
const char *probe_label_name(ProbeLabel label);

// "behaviour", "representation", "causation", "irreducibility"
const char *probe_family_name(ProbeFamily family);

#ifdef __cplusplus
}
#endif
#endif
