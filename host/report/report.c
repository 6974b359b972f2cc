// Writes the report page: the embedded pieces in order, with the data between them.
#include "host/report/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// One embedded file, from template.S: its bytes lie in [begin, end).
#define PIECE(name) extern const char report_##name[], report_##name##_end[];
PIECE(html)
PIECE(css)
PIECE(d3)
PIECE(js)
#undef PIECE

static void write_piece(FILE *file, const char *begin, const char *end) {
  fwrite(begin, 1, (size_t)(end - begin), file);
}

// Inside a script element `</script` and `<!--` would end or change the script, whatever string they stand
// in. JSON has `<` only inside strings, so its escape is safe everywhere.
static int write_escaped(const char *text, size_t bytes, void *file) {
  for (size_t i = 0; i < bytes; i++) {
    if (text[i] == '<')
      fputs("\\u003c", file);
    else
      fputc(text[i], file);
  }
  return ferror((FILE *)file) ? -1 : 0;
}

static int write_data(FILE *file, const json_t *data) {
  // Six digits: twice what a pixel can show, and a rate of four digits is not written with seventeen.
  return json_dump_callback(data, write_escaped, file, JSON_COMPACT | JSON_REAL_PRECISION(6));
}

static int write_page(FILE *file, const json_t *data) {
  fputs("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<style>\n", file);
  write_piece(file, report_css, report_css_end);
  fputs("</style>\n", file);
  write_piece(file, report_html, report_html_end);
  fputs("<script>", file);
  write_piece(file, report_d3, report_d3_end);
  fputs("</script>\n<script type=\"application/json\" id=\"data\">", file);
  const int failed = write_data(file, data);
  fputs("</script>\n<script>\n", file);
  write_piece(file, report_js, report_js_end);
  fputs("</script>\n</html>\n", file);
  return failed || ferror(file);
}

// Writes and closes `file`; the sentence names the place.
static Status fill_file(FILE *file, const char *path, const json_t *data) {
  const int failed = write_page(file, data);
  const int closed = fclose(file);
  if (failed || closed != 0)
    return status_fail(STATUS_IO, "%s: cannot write the report: %s", path,
                       errno ? strerror(errno) : "its data cannot be encoded");
  return STATUS_OK;
}

static Status write_beside(const char *path, const char *part, const json_t *data) {
  errno = 0;
  FILE *file = fopen(part, "wb");
  if (!file) return status_fail(STATUS_IO, "%s: cannot create the report: %s", path, strerror(errno));
  Status status = fill_file(file, path, data);
  if (status == STATUS_OK && rename(part, path) != 0)
    status = status_fail(STATUS_IO, "%s: cannot put the report in place: %s", path, strerror(errno));
  if (status != STATUS_OK) remove(part);
  return status;
}

Status report_write(const char *path, const json_t *data) {
  const size_t bytes = strlen(path) + sizeof ".part";
  char *part = malloc(bytes);
  if (!part) return status_fail(STATUS_MEMORY, "%s: no memory for the report", path);
  snprintf(part, bytes, "%s.part", path);
  const Status status = write_beside(path, part, data);
  free(part);
  return status;
}
