// Value iteration through the state that it shows, one synchronous sweep a tick: the positive controls.
#ifndef MESAGRID_HOST_SUBJECTS_VALUE_ITERATION_H
#define MESAGRID_HOST_SUBJECTS_VALUE_ITERATION_H

#include "host/subject.h"

#ifdef __cplusplus
extern "C" {
#endif

// Channels of the states below: a value, and copies of the input before it.
enum { VALUE_CHANNELS = 1, VALUE_COPIED_CHANNELS = 3 };

// After tick k the squares fewer than k steps from the goal know their value, and those within k steps their
// way. State: the value (host/subjects/value_sweep.h). Walls and goal are read from the level at every tick.
Status value_iteration_think(const Subject *subject, const SubjectBatch *batch);

// State: wall, goal, value. The input is copied into it at the first tick and never seen again: later ticks
// read the copies, a clamped one too.
Status value_iteration_copied_think(const Subject *subject, const SubjectBatch *batch);

// Read at every tick, with noise on every known value at every tick: uniform within a sixteenth of a step.
Status value_iteration_noisy_think(const Subject *subject, const SubjectBatch *batch);

#ifdef __cplusplus
}
#endif
#endif
