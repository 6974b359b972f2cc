// The instrument: everything that probing in one world needs besides a subject, and what it reads of one.
//
//   Instrument + Subject → Reading: metrics with intervals, score, gates, label (host/probe_score.h)
#ifndef MESAGRID_HOST_INSTRUMENT_H
#define MESAGRID_HOST_INSTRUMENT_H

#include "host/probe_estimate.h"
#include "host/probe_score.h"
#include "host/probes/catalogue.h"
#include "host/students.h"

#ifdef __cplusplus
extern "C" {
#endif

// A metric says something in a world only if the built planner reaches this there, and greedy, who plans
// nothing, stays far below.
#define INSTRUMENT_PLANNER 0.9
#define INSTRUMENT_GREEDY 0.4

typedef struct Instrument {
  Config config;  // whose env.* and eval.* knobs say what is probed on
  ProbeLevels levels;
  Students students;      // zeroed where solves were given
  StudentSolve solve;     // of the students
  StudentSolve fourfold;  // of students with four times the budget; no students: not asked for
  double greedy_solve;    // at the training size
  // What the built planner and greedy score on these levels, and what follows from it.
  double planner[PROBES], greedy[PROBES], planner_reach[PROBES];
  bool informative[PROBES];
  bool reaches[PROBES];  // the built planner's reach is as large: beyond repair there are squares to ask of
} Instrument;

// What is known of one subject.
typedef struct Reading {
  bool applies[PROBES];
  ProbeEstimate estimate[PROBES];
  ProbeScore score;
  double solve, off_axis[OFF_AXIS_WORLDS];
  int best_ticks, ticks95;
  double front_speed;    // squares a tick; NaN where there is no front
  double fourfold;       // RESIDUAL against students of four times the budget; NaN: not asked for
  ProbeContext context;  // as the probes saw it; its classes and scores are freed with the reading
} Reading;

// Draws the levels, trains or loads the students (host/students.h) and reads the built planner and greedy.
// `fourfold` asks for students of four times the budget too. The caller frees; after a failure there is
// nothing to free.
Status instrument_create(const Config *config, const char *cache, bool fourfold, const RunOptions *options,
                         Instrument *instrument);

// The same with levels and with what students solve as given, both taken over by the instrument: for tests of
// everything else.
Status instrument_create_given(const Config *config, const ProbeLevels *levels, const StudentSolve *solve,
                               Instrument *instrument);
void instrument_free(Instrument *instrument);

// Probes a subject; `agent` is the trained agent behind it or NULL. The same bits on any number of threads.
// The caller frees with reading_free(), after a failure too.
Status instrument_read(const Instrument *instrument, const Subject *subject, const SubjectAgent *agent,
                       Reading *reading);
void reading_free(Reading *reading);

#ifdef __cplusplus
}
#endif
#endif
