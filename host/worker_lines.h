// What a worker tells the sweep that started it, line by line through a pipe: "\nWORD TEXT\n". A line that is
// torn, too long or without meaning is dropped, and the next one is whole again.
#ifndef MESAGRID_HOST_WORKER_LINES_H
#define MESAGRID_HOST_WORKER_LINES_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// Longest line with its end; below PIPE_BUF, so that a line is written in one piece.
enum { WORKER_LINE_BYTES = 2048 };

// The words and the texts behind them:
//   done    WORK SKIPPED STEPS   work finished, the part of it by earlier processes, env steps; since its
//   start phase   TEXT                 what it does now note    TEXT                 to be shown end STATUS
//   TEXT          the last line: how it ended, and the sentence to a failure
void worker_line_send(int pipe, const char *word, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// The reading end.
typedef struct WorkerLines {
  char line[WORKER_LINE_BYTES];  // what has come of it
  size_t size;
  bool too_long;  // what comes is dropped up to the next newline
} WorkerLines;

typedef void WorkerLineVisit(void *context, const char *word, const char *text);

// Reads once and visits every line that became whole. False when the other end is closed.
bool worker_lines_read(WorkerLines *lines, int pipe, WorkerLineVisit *visit, void *context);

#ifdef __cplusplus
}
#endif
#endif
