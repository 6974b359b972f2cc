// Writes a page from a file of its data, for the tests that open pages in a browser.
//
// usage: report_page sweep|agent DATA.json PAGE.html
#include <stdio.h>
#include <string.h>

#include "host/report/report.h"

int main(int count, char **arguments) {
  json_error_t error;
  if (count != 4) return fprintf(stderr, "usage: report_page sweep|agent DATA.json PAGE.html\n"), 2;
  json_t *const data = json_load_file(arguments[2], JSON_DECODE_ANY, &error);
  if (!data) return fprintf(stderr, "%s: %s\n", arguments[2], error.text), 1;
  Status (*const write)(const char *, const json_t *) =
      strcmp(arguments[1], "agent") == 0 ? report_write_agent : report_write;
  const Status status = write(arguments[3], data);
  if (status != STATUS_OK) fprintf(stderr, "%s\n", status_message());
  json_decref(data);
  return status == STATUS_OK ? 0 : 1;
}
