// Writes a page: the embedded pieces in order, with the data between them.
#include "host/report/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// One embedded file, from template.S: its bytes lie in [begin, end).
typedef struct Piece {
  const char *begin, *end;
} Piece;

#define PIECE(name) extern const char report_##name[], report_##name##_end[];
PIECE(top)
PIECE(bottom)
PIECE(css)
PIECE(d3)
PIECE(js)
PIECE(sweep_html)
PIECE(sweep_js)
PIECE(agent_html)
PIECE(agent_js)
#undef PIECE
#define PIECE(name) ((Piece){report_##name, report_##name##_end})

static void write_piece(FILE *file, Piece piece) {
  fwrite(piece.begin, 1, (size_t)(piece.end - piece.begin), file);
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

// What to write where; `sections` and `script` are what a kind of page has of its own.
typedef struct Page {
  const char *path;
  Piece sections, script;
  const json_t *data;
} Page;

static int write_page(FILE *file, const Page *page) {
  fputs("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<style>\n", file);
  write_piece(file, PIECE(css));
  fputs("</style>\n", file);
  write_piece(file, PIECE(top));
  write_piece(file, page->sections);
  write_piece(file, PIECE(bottom));
  fputs("<script>", file);
  write_piece(file, PIECE(d3));
  fputs("</script>\n<script type=\"application/json\" id=\"data\">", file);
  const int failed = write_data(file, page->data);
  fputs("</script>\n<script>\n", file);
  write_piece(file, PIECE(js));
  write_piece(file, page->script);
  fputs("</script>\n</html>\n", file);
  return failed || ferror(file);
}

// Writes and closes `file`; the sentence names the place.
static Status fill_file(FILE *file, const Page *page) {
  const int failed = write_page(file, page);
  const int closed = fclose(file);
  if (failed || closed != 0)
    return status_fail(STATUS_IO, "%s: cannot write the report: %s", page->path,
                       errno ? strerror(errno) : "its data cannot be encoded");
  return STATUS_OK;
}

static Status write_beside(const Page *page, const char *part) {
  errno = 0;
  FILE *file = fopen(part, "wb");
  if (!file) return status_fail(STATUS_IO, "%s: cannot create the report: %s", page->path, strerror(errno));
  Status status = fill_file(file, page);
  if (status == STATUS_OK && rename(part, page->path) != 0)
    status = status_fail(STATUS_IO, "%s: cannot put the report in place: %s", page->path, strerror(errno));
  if (status != STATUS_OK) remove(part);
  return status;
}

static Status write_whole(const Page *page) {
  const size_t bytes = strlen(page->path) + sizeof ".part";
  char *part = malloc(bytes);
  if (!part) return status_fail(STATUS_MEMORY, "%s: no memory for the report", page->path);
  snprintf(part, bytes, "%s.part", page->path);
  const Status status = write_beside(page, part);
  free(part);
  return status;
}

Status report_write(const char *path, const json_t *data) {
  const Page page = {path, PIECE(sweep_html), PIECE(sweep_js), data};
  return write_whole(&page);
}

Status report_write_agent(const char *path, const json_t *probe) {
  const Page page = {path, PIECE(agent_html), PIECE(agent_js), probe};
  return write_whole(&page);
}
