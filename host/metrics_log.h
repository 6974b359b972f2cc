// The metrics of a training run as JSON lines: appended while it trains, cut back when it resumes.
#ifndef MESAGRID_HOST_METRICS_LOG_H
#define MESAGRID_HOST_METRICS_LOG_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "host/files.h"
#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

// One metric of one update.
typedef struct Metric {
  const char *name;  // letters, digits and "_./"
  bool is_integer;
  int64_t integer;  // if is_integer
  float number;     // else; NaN and infinities, which JSON lacks, are written as null
} Metric;

static inline Metric metric_integer(const char *name, int64_t integer) {
  const Metric metric = {name, true, integer, 0};
  return metric;
}

static inline Metric metric_number(const char *name, float number) {
  const Metric metric = {name, false, 0, number};
  return metric;
}

// An open log. It holds no times, so that two runs of the same trial write the same bytes.
typedef struct MetricsLog {
  FilesAppender appender;
} MetricsLog;

// Opens the log to go on after `resume_update`: a torn last line and all lines of later updates are cut away,
// atomically. -1 starts afresh.
Status metrics_log_open(const char *path, int64_t resume_update, MetricsLog *log);

// Adds the line {"update": …, "name": …, …}. A failure (a full disk) leaves the log whole, without this line.
Status metrics_log_append(MetricsLog *log, int64_t update, const Metric *metrics, int count);

// Brings all lines to the disk. Before the checkpoint of an update is written, so that after a power cut the
// log never ends earlier than the checkpoint.
Status metrics_log_sync(MetricsLog *log);
void metrics_log_close(MetricsLog *log);

// All lines as an array of objects, which the caller releases with json_decref(). The run may be writing: a
// last line without its end is left out.
Status metrics_log_read(const char *path, json_t **lines);

#ifdef __cplusplus
}
#endif
#endif
