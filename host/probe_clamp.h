// The experiment that BLOCK and GOAL share: clamp the state of one square of a level to what the subject
// itself makes of another class of square, and see which squares' plans go another way.
//
// Each level is thought on four times: unedited, edited, and under two controls at the same square: a random
// direction as far from the mean free state as the edit is, and a free square's own state. From tick 2 to the
// last one the clamp stands; the input is untouched.
//
// The same experiment is read twice: over all squares that count, and over those of them that no local repair
// can serve (host/local_repair.h). An agent that holds a good plan, and on a clamp mends it there or homes,
// moves none of the latter; what does is a plan made anew.
#ifndef MESAGRID_HOST_PROBE_CLAMP_H
#define MESAGRID_HOST_PROBE_CLAMP_H

#include "host/probes/probe.h"

#ifdef __cplusplus
extern "C" {
#endif

// Where one level is edited, and what would show that the edit moved the plan.
typedef struct ClampPlace {
  int square;          // whose state is clamped; negative: this level has none and counts nothing
  int other;           // the free square whose states are the control; negative: the mean of free squares
  GridSet candidates;  // squares that count if the unedited plan allows it
  Level detour;        // a plan moved a square if, in this level, it walks from there to the goal
} ClampPlace;

// What tells one of these probes from the other.
typedef struct ClampSpec {
  ProbeSet set;
  // Chooses the place in level `number` of a set: a function of geometry and random draws alone.
  void (*place)(const EvalSet *set, int number, ClampPlace *place);
  // Mean states of the class that is written (ticks, C).
  const real *(*target)(const ProbeClasses *classes);
  // Whether a candidate counts only if its unedited plan arrives at the goal. In either case it must not
  // arrive by the detour already.
  bool arrives;
  bool needs_others;  // places name another square
} ClampSpec;

// Columns of a table, a row a level: squares that count, and of these the moved ones of each thought; then,
// from CLAMP_BEYOND on, the same of the squares beyond repair.
enum {
  CLAMP_COUNTED,
  CLAMP_EDIT,
  CLAMP_RANDOM,
  CLAMP_FREE,
  CLAMP_KINDS,
  CLAMP_BEYOND = CLAMP_KINDS,
  CLAMP_COLUMNS = 2 * CLAMP_KINDS,
};

Status clamp_measure(const ProbeContext *context, const ClampSpec *spec, ProbeTables *tables);

// Share of the edit above the stronger control, clipped to 0 … 1; 0 where nothing counted.
double clamp_value(const ProbeTables *tables, const double *const *means);

// The same over the squares beyond repair.
double clamp_reach(const ProbeTables *tables, const double *const *means);

// The level among the first ones where most squares count and most of these move; JSON null where no level
// has a place. Format: docs/probes.md, "Pictures".
Status clamp_picture(const ProbeContext *context, const ClampSpec *spec, json_t **picture);

#ifdef __cplusplus
}
#endif
#endif
