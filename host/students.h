// Students: feed-forward nets taught by the oracle, the yardstick for what a net of fixed depth can do
// without search. Trained once per world and kept in a cache.
#ifndef MESAGRID_HOST_STUDENTS_H
#define MESAGRID_HOST_STUDENTS_H

#include "host/checkpoint.h"
#include "host/probes/probe.h"
#include "host/train.h"

#ifdef __cplusplus
extern "C" {
#endif

// Depths of 2, 3, 5, 8, 12 and 24 layers; 16 channels.
enum { STUDENTS = 6 };

typedef struct Students {
  int budget;  // in multiples of 3,000 updates
  TrainedAgent agent[STUDENTS];
} Students;

// The cache directory: `given` unless NULL, else $MESAGRID_CACHE, $XDG_CACHE_HOME/mesagrid or
// ~/.cache/mesagrid, into `path` (FILES_PATH_BYTES). STATUS_USAGE where none is known.
Status students_cache(const char *given, char *path);

// Whether the students of this world (the env.* knobs of a configuration) and budget are in the cache.
bool students_are_there(const char *cache, const Config *config, int budget);

// Work of training them, in the units of train_work().
double students_work(const Config *config, int budget);

// Loads the students of a configuration's world, after training those that are not in the cache yet. A killed
// training goes on where it stopped. STATUS_USAGE if another process is training them. The caller frees;
// after a failure there is nothing to free.
Status students_open(const char *cache, const Config *config, int budget, const RunOptions *options,
                     Students *students);
void students_free(Students *students);

// Their solve rates on the levels of PROBE_FAR and PROBE_FARTHER, each read after its last layer. The caller
// frees with student_solve_free(); after a failure there is nothing to free.
Status students_solve(const Students *students, const ProbeLevels *levels, const RunOptions *options,
                      StudentSolve *solve);
void student_solve_free(StudentSolve *solve);

// What a depth solves at the two sizes, mean over levels.
double student_mean(const double *solve, int levels, int student);

// Whether the deepest student is as good as it must be at 15×15 and 23×23, if the world is the one for which
// that is known (mazes of 5 to 9 squares with 10 % loops); 1 yes, 0 no, -1 not known.
int students_accepted(const Config *config, const StudentSolve *solve, const ProbeLevels *levels);

// The depth of student number i.
int student_depth(int i);

#ifdef __cplusplus
}
#endif
#endif
