// Progress: a bar with ETA and env steps per second on a terminal, plain lines otherwise; always on standard
// error.
#ifndef MESAGRID_HOST_PROGRESS_H
#define MESAGRID_HOST_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct Progress {
  double total, done;     // work, in any unit that is proportional to time
  double start_done;      // work that was there before this process: resumed
  double start, printed;  // seconds of the monotonic clock
  int64_t env_steps;      // taken by this process
  bool terminal, quiet;
  int pipe;       // of a worker: to the sweep that draws (host/worker_lines.h); 0: this process draws
  char what[96];  // "training ticks 8–24 (cohort 3 of 3)"
} Progress;

// Seconds of the monotonic clock.
double progress_now(void);

// Starts the clock. A terminal is recognized by isatty(); `quiet` prints warnings only.
void progress_start(Progress *progress, double total, bool quiet);

// The same in a worker: everything goes into the pipe, and the sweep shows it.
void progress_start_worker(Progress *progress, int pipe, bool quiet);

// Says what is going on from now on.
void progress_phase(Progress *progress, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Adds work; prints if it is time to. Any thread may call it.
void progress_add(Progress *progress, double work, int64_t env_steps);

// Adds work that an earlier process did: it counts as done, not for the speed.
void progress_skip(Progress *progress, double work);

// Prints a line of its own, bar or no bar. Any thread may call it.
void progress_note(Progress *progress, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Clears the bar; tells the sweep the last of it.
void progress_end(Progress *progress);

#ifdef __cplusplus
}
#endif
#endif
