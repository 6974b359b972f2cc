// Levels as ASCII pictures: '#' wall, blank floor, '@' start, 'G' goal, '; name' above a level, blank lines
// between.
#ifndef MESAGRID_HOST_LEVEL_FILE_H
#define MESAGRID_HOST_LEVEL_FILE_H

#include <stddef.h>
#include <stdio.h>

#include "envs/env.h"
#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { LEVEL_NAME_MAX = 64 };  // bytes of a name, the closing zero included

typedef struct NamedLevel {
  char name[LEVEL_NAME_MAX];  // the last header line above the level, or "level N" counted from 1
  Level level;
} NamedLevel;

// Reads all levels of a file. *levels (count) belongs to the caller, who frees it with level_file_free; on
// failure it is NULL and *count 0. The sentence of a failure begins with path:line and, for a single square,
// :column.
Status level_file_read(const char *path, NamedLevel **levels, int *count);

// The same from memory: any bytes whatever, no closing zero needed. `origin` stands in sentences for the
// path.
Status level_text_parse(const char *text, size_t bytes, const char *origin, NamedLevel **levels, int *count);

// Writes one level, its header line first and an empty line last; what is written reads back as the same
// level. name must be one line of fewer than LEVEL_NAME_MAX bytes without blanks at its ends.
Status level_text_write(FILE *file, const Level *level, const char *name);

// Frees what the two readers gave; NULL is fine.
void level_file_free(NamedLevel *levels);

#ifdef __cplusplus
}
#endif
#endif
