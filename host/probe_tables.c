// Tables of a probe: they are allocated, appended and freed here, for every probe alike.
#include <stdlib.h>
#include <string.h>

#include "host/probes/probe.h"

Status probe_add_table(ProbeTables *tables, ProbeSet set, int levels, int columns) {
  if (tables->count >= PROBE_TABLES_MAX)
    return status_fail(STATUS_USAGE, "a probe has at most %d tables", PROBE_TABLES_MAX);
  if (levels < 1 || columns < 1)
    return status_fail(STATUS_USAGE, "a probe's table needs levels and columns, not %d x %d", levels,
                       columns);
  double *values = calloc((size_t)levels * (size_t)columns, sizeof *values);
  if (!values) return status_fail(STATUS_MEMORY, "no memory for %d x %d numbers of a probe", levels, columns);
  tables->table[tables->count++] = (ProbeTable){set, levels, columns, values};
  return STATUS_OK;
}

void probe_free_tables(ProbeTables *tables) {
  for (int t = 0; t < tables->count; ++t) free(tables->table[t].values);
  memset(tables, 0, sizeof *tables);
}
