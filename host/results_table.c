// The table in the terminal: a row a setting, then the baselines.
#include <math.h>
#include <string.h>

#include "host/results.h"

enum { LABEL_COLUMNS = 22, COLUMN_COLUMNS = 20 };

// Columns that a UTF-8 text takes on a terminal: its characters, as long as none is wide.
static int text_columns(const char *text) {
  int columns = 0;
  for (; *text; ++text) columns += (*text & 0xc0) != 0x80;
  return columns;
}

static void put_cell(FILE *out, const char *text, int columns) {
  fputs(text, out);
  for (int c = text_columns(text); c < columns; ++c) fputc(' ', out);
}

static double number_of(const json_t *object, const char *key) {
  const json_t *const value = json_object_get(object, key);
  return json_is_number(value) ? json_number_value(value) : NAN;
}

// ".87 [.80, .93]", or ".87" for one seed.
static void put_interval(FILE *out, const json_t *interval) {
  char text[64];
  const double value = number_of(interval, "value"), lo = number_of(interval, "lo"),
               hi = number_of(interval, "hi");
  if (isnan(value)) {
    snprintf(text, sizeof text, "–");
  } else if (isnan(lo)) {
    snprintf(text, sizeof text, "%.2f", value);
  } else {
    snprintf(text, sizeof text, "%.2f [%.2f, %.2f]", value, lo, hi);
  }
  put_cell(out, text, COLUMN_COLUMNS);
}

static void put_head(FILE *out, const char *near, const char *far) {
  const char *const shown[][2] = {{near, "best"},
                                  {far, "best"},
                                  {far, "after 8 ticks"},
                                  {far, "after 24 ticks"},
                                  {far, "gain from 8 ticks"}};
  put_cell(out, "share solved", LABEL_COLUMNS);
  for (size_t c = 0; c < sizeof shown / sizeof *shown; ++c) put_cell(out, shown[c][0], COLUMN_COLUMNS);
  fputc('\n', out);
  put_cell(out, "", LABEL_COLUMNS);
  for (size_t c = 0; c < sizeof shown / sizeof *shown; ++c) put_cell(out, shown[c][1], COLUMN_COLUMNS);
  fputc('\n', out);
}

static void put_setting(FILE *out, const char *near_id, const char *far_id, const json_t *setting) {
  const json_t *const worlds = json_object_get(setting, "worlds");
  const json_t *const near = json_object_get(worlds, near_id);
  const json_t *const far = json_object_get(worlds, far_id);
  put_cell(out, json_string_value(json_object_get(setting, "label")), LABEL_COLUMNS);
  put_interval(out, json_object_get(near, "best"));
  put_interval(out, json_object_get(far, "best"));
  put_interval(out, json_object_get(far, "at_8"));
  put_interval(out, json_object_get(far, "at_24"));
  put_interval(out, json_object_get(far, "gain"));
  fputc('\n', out);
}

static void put_share(FILE *out, double value) {
  char text[32] = "–";
  if (!isnan(value)) snprintf(text, sizeof text, "%.2f", value);
  put_cell(out, text, COLUMN_COLUMNS);
}

static void put_baseline(FILE *out, const char *near_id, const char *far_id, const json_t *baseline) {
  const json_t *const worlds = json_object_get(baseline, "worlds");
  const json_t *const near = json_object_get(worlds, near_id);
  const json_t *const far = json_object_get(worlds, far_id);
  const json_t *const solve = json_object_get(far, "solve");
  const size_t count = json_array_size(solve);
  put_cell(out, json_string_value(json_object_get(baseline, "name")), LABEL_COLUMNS);
  put_share(out, number_of(json_object_get(near, "best"), "value"));
  put_share(out, number_of(json_object_get(far, "best"), "value"));
  put_share(out, count >= 8 ? json_number_value(json_array_get(solve, 7)) : NAN);
  put_share(out, count >= 24 ? json_number_value(json_array_get(solve, 23)) : NAN);
  put_share(out, number_of(json_object_get(far, "gain"), "value"));
  fputc('\n', out);
}

void results_print_table(const json_t *results, FILE *out) {
  const char *const near = json_string_value(json_object_get(results, "training_world"));
  const char *const far = json_string_value(json_object_get(results, "larger_world"));
  size_t i;
  json_t *row;
  put_head(out, near, far);
  json_array_foreach(json_object_get(results, "settings"), i, row) put_setting(out, near, far, row);
  json_array_foreach(json_object_get(results, "baselines"), i, row) put_baseline(out, near, far, row);
  fputs(
      "Share of free squares from which the plan reaches the goal, on held-out levels: means over seeds, 95 "
      "% t "
      "intervals.\n",
      out);
}
