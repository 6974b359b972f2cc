// Writes and reads the lines between a worker and its sweep.
#include "host/worker_lines.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/text.h"

enum { READ_BYTES = 1 << 16, WORD_BYTES = 16 };

void worker_line_send(int pipe, const char *word, const char *format, ...) {
  char text[WORKER_LINE_BYTES], plain[WORKER_LINE_BYTES - WORD_BYTES], line[WORKER_LINE_BYTES + WORD_BYTES];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  // The newline before it ends whatever torn piece stands in the pipe.
  const int size = snprintf(line, sizeof line, "\n%s %s\n", word, text_printable(text, plain, sizeof plain));
  ssize_t written;
  do {
    written = write(pipe, line, (size_t)size);
  } while (written < 0 && errno == EINTR);
  // A sweep that is gone takes its workers with it: nothing to do about a broken pipe.
}

static void visit_line(const char *line, WorkerLineVisit *visit, void *context) {
  char word[WORD_BYTES];
  const size_t length = strcspn(line, " ");
  if (length == 0 || length >= sizeof word || line[length] == '\0') return;
  memcpy(word, line, length);
  word[length] = '\0';
  visit(context, word, line + length + 1);
}

static void take_byte(WorkerLines *lines, char byte, WorkerLineVisit *visit, void *context) {
  if (byte != '\n') {
    lines->too_long = lines->too_long || lines->size == sizeof lines->line - 1;
    if (!lines->too_long) lines->line[lines->size++] = byte;
    return;
  }
  lines->line[lines->size] = '\0';
  if (!lines->too_long) visit_line(lines->line, visit, context);
  lines->size = 0;
  lines->too_long = false;
}

bool worker_lines_read(WorkerLines *lines, int pipe, WorkerLineVisit *visit, void *context) {
  char bytes[READ_BYTES];
  const ssize_t got = read(pipe, bytes, sizeof bytes);
  for (ssize_t i = 0; i < got; ++i) take_byte(lines, bytes[i], visit, context);
  return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
}
