// Draws progress; one lock keeps lines of several threads apart.
#include "host/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "host/worker_lines.h"

enum { BAR_CELLS = 24, NOTE_BYTES = 1536 };

// Between two prints, or two lines to the sweep.
static const double terminal_seconds = 0.2, line_seconds = 5, worker_seconds = 0.1;

double progress_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void progress_start(Progress *progress, double total, bool quiet) {
  *progress = (Progress){.total = total, .quiet = quiet, .terminal = isatty(STDERR_FILENO)};
  progress->start = progress->printed = progress_now();
}

void progress_start_worker(Progress *progress, int pipe, bool quiet) {
  *progress = (Progress){.quiet = quiet, .pipe = pipe};
  progress->start = progress->printed = progress_now();
}

// Tells the sweep all that was done since this worker's start.
static void send_done(const Progress *progress) {
  worker_line_send(progress->pipe, "done", "%.17g %.17g %lld", progress->done, progress->start_done,
                   (long long)progress->env_steps);
}

// "45 s", "3 min 20 s", "2 h 5 min".
static void duration_text(double seconds, char *text, size_t size) {
  const long s = (long)(seconds + 0.5);
  if (s < 60) {
    snprintf(text, size, "%ld s", s);
  } else if (s < 3600) {
    snprintf(text, size, "%ld min %ld s", s / 60, s % 60);
  } else {
    snprintf(text, size, "%ld h %ld min", s / 3600, s / 60 % 60);
  }
}

static void count_text(double count, char *text, size_t size) {
  const char *const unit = count >= 1e9 ? "G" : count >= 1e6 ? "M" : count >= 1e3 ? "k" : "";
  const double scale = count >= 1e9 ? 1e9 : count >= 1e6 ? 1e6 : count >= 1e3 ? 1e3 : 1;
  snprintf(text, size, "%.3g %s", count / scale, unit);
}

static void clear_bar(const Progress *progress) {
  if (progress->terminal && !progress->quiet) fputs("\r\033[K", stderr);
}

static void draw(const Progress *progress) {
  if (progress->quiet) return;
  const double seconds = progress_now() - progress->start;
  const double share = progress->total > 0 ? progress->done / progress->total : 0;
  const double speed = seconds > 0 ? (progress->done - progress->start_done) / seconds : 0;
  char eta[32] = "…", rate[32] = "0 ", bar[BAR_CELLS + 1];
  if (speed > 0) duration_text((progress->total - progress->done) / speed, eta, sizeof eta);
  if (seconds > 0) count_text((double)progress->env_steps / seconds, rate, sizeof rate);
  const int cells = (int)(share * BAR_CELLS + 0.5);
  for (int i = 0; i < BAR_CELLS; ++i) bar[i] = i < cells ? '#' : '.';
  bar[BAR_CELLS] = '\0';
  if (progress->terminal) {
    fprintf(stderr, "\r\033[K[%s] %3.0f %%  ETA %s  %ssteps/s  %s", bar, 100 * share, eta, rate,
            progress->what);
  } else {
    fprintf(stderr, "%3.0f %%  ETA %s  %ssteps/s  %s\n", 100 * share, eta, rate, progress->what);
  }
  fflush(stderr);
}

// Draws if the last time is long enough ago; the lock is held.
static void draw_in_time(Progress *progress) {
  const double now = progress_now(), pause = progress->terminal ? terminal_seconds : line_seconds;
  if (now - progress->printed < (progress->pipe ? worker_seconds : pause)) return;
  progress->printed = now;
  if (progress->pipe) {
    send_done(progress);
  } else {
    draw(progress);
  }
}

void progress_phase(Progress *progress, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
#pragma omp critical(mesagrid_progress)
  {
    vsnprintf(progress->what, sizeof progress->what, format, arguments);
    if (progress->pipe) worker_line_send(progress->pipe, "phase", "%s", progress->what);
    if (progress->terminal) draw(progress);
  }
  va_end(arguments);
}

void progress_add(Progress *progress, double work, int64_t env_steps) {
#pragma omp critical(mesagrid_progress)
  {
    progress->done += work;
    progress->env_steps += env_steps;
    draw_in_time(progress);
  }
}

void progress_skip(Progress *progress, double work) {
#pragma omp critical(mesagrid_progress)
  {
    progress->done += work;
    progress->start_done += work;
  }
}

void progress_note(Progress *progress, const char *format, ...) {
  char note[NOTE_BYTES];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(note, sizeof note, format, arguments);
  va_end(arguments);
#pragma omp critical(mesagrid_progress)
  if (progress->pipe) {
    worker_line_send(progress->pipe, "note", "%s", note);
  } else {
    clear_bar(progress);
    fprintf(stderr, "%s\n", note);
  }
}

void progress_end(Progress *progress) {
  if (progress->pipe) send_done(progress);
  clear_bar(progress);
}
