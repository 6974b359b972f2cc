// Writes one line per update, and takes back what a resumed run will write again.
#include "host/metrics_log.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 4096 };  // some hundred metrics

static const size_t file_limit = (size_t)1 << 30;  // bytes

// ---- Lines ----

// Calls `visit` with each whole line, parsed, and its bytes, newline included.
typedef Status (*LineVisitor)(void *context, json_t *line, const char *bytes, size_t size);

// Parses one line and hands it on; a failure names the file and the line.
static Status visit_line(const char *path, int number, const char *bytes, size_t size, LineVisitor visit,
                         void *context) {
  json_error_t error;
  json_t *line = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &error);
  Status status = STATUS_OK;
  if (!line && !*error.text)
    status = status_fail(STATUS_MEMORY, "%s:%d: no memory for a line of metrics", path, number);
  else if (!line)
    status = status_fail(STATUS_DATA, "%s:%d: not a line of metrics: %s", path, number, error.text);
  else if (!json_is_integer(json_object_get(line, "update")))
    status =
        status_fail(STATUS_DATA, "%s:%d: not a line of metrics: it has no integer \"update\"", path, number);
  else
    status = visit(context, line, bytes, size);
  json_decref(line);
  return status;
}

// What follows the last newline is a torn line, and is left out.
static Status visit_lines(const char *path, const char *text, size_t size, LineVisitor visit, void *context) {
  const char *const end = text + size;
  int number = 1;
  for (const char *newline; (newline = (const char *)memchr(text, '\n', (size_t)(end - text))); ++number) {
    const size_t length = (size_t)(newline - text) + 1;
    TRY(visit_line(path, number, text, length, visit, context));
    text += length;
  }
  return STATUS_OK;
}

// ---- Cutting back ----

// The lines to keep, gathered at the front of the text they come from.
typedef struct Kept {
  char *bytes;
  size_t size;
  int64_t last_update;
} Kept;

// Moves the line to the front unless the resumed run will write it again.
static Status keep_line(void *context, json_t *line, const char *bytes, size_t size) {
  Kept *kept = (Kept *)context;
  if (json_integer_value(json_object_get(line, "update")) > kept->last_update) return STATUS_OK;
  memmove(kept->bytes + kept->size, bytes, size);
  kept->size += size;
  return STATUS_OK;
}

// Writes only if there is something to cut, so that a resume of a finished run touches nothing.
static Status cut_back(const char *path, int64_t resume_update) {
  void *bytes;
  size_t size;
  TRY(files_read(path, &bytes, &size, file_limit));
  Kept kept = {(char *)bytes, 0, resume_update};
  Status status = visit_lines(path, (const char *)bytes, size, keep_line, &kept);
  if (status == STATUS_OK && kept.size != size) status = files_write_atomic(path, bytes, kept.size, false);
  free(bytes);
  return status;
}

Status metrics_log_open(const char *path, int64_t resume_update, MetricsLog *log) {
  log->appender.descriptor = -1;
  if (resume_update < 0)
    TRY(files_write_atomic(path, "", 0, false));  // whatever it holds, damaged or not
  else if (files_exists(path))
    TRY(cut_back(path, resume_update));
  return files_append_open(path, &log->appender);
}

// ---- Writing ----

// 9 significant digits bring every float back. A language setting of the surrounding program may print a
// comma.
static int print_number(char *text, size_t size, float number) {
  if (!isfinite(number)) return snprintf(text, size, "null");
  if (number == 0) return snprintf(text, size, signbit(number) ? "-0.0" : "0");  // JSON's integer -0 is 0
  const int used = snprintf(text, size, "%.9g", (double)number);
  char *comma = used > 0 && (size_t)used < size ? strchr(text, ',') : NULL;
  if (comma) *comma = '.';
  return used;
}

// Names that JSON needs no escape for. "update" is taken.
static bool name_is_plain(const char *name) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./";
  return *name && strspn(name, plain) == strlen(name) && strcmp(name, "update") != 0;
}

// Writes `, "name": value`; returns the bytes this takes, as snprintf does.
static int print_metric(char *text, size_t size, const Metric *metric) {
  if (metric->is_integer) return snprintf(text, size, ", \"%s\": %" PRId64, metric->name, metric->integer);
  char number[32];
  print_number(number, sizeof number, metric->number);
  return snprintf(text, size, ", \"%s\": %s", metric->name, number);
}

Status metrics_log_append(MetricsLog *log, int64_t update, const Metric *metrics, int count) {
  char line[LINE_BYTES];
  size_t used = (size_t)snprintf(line, sizeof line, "{\"update\": %" PRId64, update);
  for (int i = 0; i < count && used < sizeof line; ++i) {
    if (!name_is_plain(metrics[i].name))
      return status_fail(STATUS_USAGE, "\"%s\" cannot name a metric", metrics[i].name);
    used += (size_t)print_metric(line + used, sizeof line - used, &metrics[i]);
  }
  if (used + 2 > sizeof line)
    return status_fail(STATUS_USAGE, "%d metrics do not fit into a line of %d bytes", count, LINE_BYTES);
  line[used++] = '}';
  line[used++] = '\n';
  return files_append(&log->appender, line, used);
}

Status metrics_log_sync(MetricsLog *log) {
  return files_append_sync(&log->appender);
}

void metrics_log_close(MetricsLog *log) {
  files_append_close(&log->appender);
}

// ---- Reading ----

// A LineVisitor that keeps all lines.
static Status gather_line(void *context, json_t *line, const char *bytes, size_t size) {
  (void)bytes, (void)size;
  if (json_array_append((json_t *)context, line) != 0)
    return status_fail(STATUS_MEMORY, "no memory for metrics");
  return STATUS_OK;
}

Status metrics_log_read(const char *path, json_t **lines) {
  void *bytes;
  size_t size;
  *lines = NULL;
  TRY(files_read(path, &bytes, &size, file_limit));
  json_t *gathered = json_array();
  const Status status = gathered ? visit_lines(path, (const char *)bytes, size, gather_line, gathered)
                                 : status_fail(STATUS_MEMORY, "no memory for metrics");
  free(bytes);
  if (status == STATUS_OK)
    *lines = gathered;
  else
    json_decref(gathered);
  return status;
}
