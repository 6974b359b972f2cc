// What the extras of host/probes/ share: a visit to every level of a thought, draws of their own, walks to
// any square.
#ifndef MESAGRID_HOST_PROBE_EXTRA_H
#define MESAGRID_HOST_PROBE_EXTRA_H

#include <stdbool.h>

#include "host/evaluation_set.h"
#include "host/probe_thoughts.h"
#include "host/subject.h"

#ifdef __cplusplus
extern "C" {
#endif

// What an extra draws at random, as a ProbeDraw apart from those of the probes.
typedef enum ExtraDraw {
  EXTRA_DRAW_TOGGLE = 0x100,  // replanning: the square that changes in mid-thought
  EXTRA_DRAW_ERASE,           // replanning: the squares whose state is lost
} ExtraDraw;

// The first `levels` levels of a set, all where it has fewer; borrows, never to be freed.
EvalSet extra_part(const EvalSet *set, int levels);

// What a subject thinks on. Edits and `later` are those of SubjectBatch, for all levels of the set.
typedef struct ExtraThought {
  const Subject *subject;
  const EvalSet *set;
  int ticks;
  bool state;              // visits see the states too
  const TraceEdit *edits;  // (levels, level_edits)
  int level_edits;
  const real *edit_values;  // (edit_rows, ticks, C)
  int edit_rows;
  const Level *later;  // (levels) or NULL
  int later_from;
} ExtraThought;

// Called with level `i` of a chunk that was thought on. Several threads visit: each writes only what is the
// level's own.
typedef void ExtraVisit(const ProbeThoughts *thoughts, int i, void *context);

// Thinks on every level of the set and visits it.
Status extra_think(const ExtraThought *thought, ExtraVisit *visit, void *context);

// Level `i` of a chunk, and its plan (squares) after `ticks` ticks.
static inline const Level *extra_level(const ProbeThoughts *thoughts, int i) {
  return &thoughts->set->levels[thoughts->first + i];
}

static inline const uint8_t *extra_plan(const ProbeThoughts *thoughts, int i, int ticks) {
  const size_t tick = (size_t)i * (size_t)thoughts->ticks + (size_t)ticks - 1;
  return thoughts->plan + tick * (size_t)thoughts->squares;
}

// walked(GRID_SQUARES) = steps that a plan takes from each square to `target`, -1 where it never gets there;
// the goal ends a walk, so a way through it does not count.
void extra_walk_to(const Level *level, const uint8_t *plan, int target, int16_t *walked);

// The steps between two squares if there were no walls.
static inline int extra_apart(const Level *level, int a, int b) {
  const int width = level->grid.width, dy = a / width - b / width, dx = a % width - b % width;
  return (dy < 0 ? -dy : dy) + (dx < 0 ? -dx : dx);
}

#ifdef __cplusplus
}
#endif
#endif
