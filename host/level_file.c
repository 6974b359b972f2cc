// Levels as ASCII pictures: reads them line by line, checks each level as it ends, and writes them back.
#include "host/level_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "envs/grid.h"

enum { SIZE_MIN = 3 };

// The level that is being read, and all that were.
typedef struct Parser {
  const char *origin;
  int line;                     // number of the current line, from 1
  char header[LEVEL_NAME_MAX];  // name for the next level; empty: none yet
  Level level;                  // rows seen so far in grid.height; goal and start are -1 until seen
  int first_line, start_line;   // lines of the level's first row and of its start
  NamedLevel *levels;           // (count), room for `capacity`
  int count, capacity;
} Parser;

// A height of zero says that no level has begun.
static void level_begin(Parser *parser) {
  parser->level.grid = grid_solid(0, 0);
  parser->level.goal = parser->level.start = -1;
}

// The bytes of a line without blanks, tabs and carriage returns at its end.
static int trimmed_length(const char *line, size_t bytes) {
  while (bytes > 0 && (line[bytes - 1] == ' ' || line[bytes - 1] == '\t' || line[bytes - 1] == '\r')) --bytes;
  // A longer line is an error whatever its length, so the number may stop at what an int holds.
  return bytes < 1 << 20 ? (int)bytes : 1 << 20;
}

// A header line: ";", blanks, the name. A later one replaces it, so that comments may stand above names.
static Status parse_header(Parser *parser, const char *line, int length) {
  int from = 1;
  while (from < length && (line[from] == ' ' || line[from] == '\t')) ++from;
  const int bytes = length - from;
  if (bytes >= LEVEL_NAME_MAX)
    return status_fail(STATUS_DATA, "%s:%d: name of %d bytes, at most %d fit", parser->origin, parser->line,
                       bytes, LEVEL_NAME_MAX - 1);
  // A zero would cut the name short for every reader after this one.
  if (memchr(line + from, 0, (size_t)bytes))
    return status_fail(STATUS_DATA, "%s:%d: name holds a zero byte", parser->origin, parser->line);
  memcpy(parser->header, line + from, (size_t)bytes);
  parser->header[bytes] = '\0';
  return STATUS_OK;
}

// Prints what can be printed as itself and all else as a number: a terminal must not obey a damaged file.
static Status unknown_character(const Parser *parser, char character, int x) {
  const unsigned char byte = (unsigned char)character;
  if (byte > ' ' && byte < 0x7f)
    return status_fail(STATUS_DATA, "%s:%d:%d: unknown character '%c'", parser->origin, parser->line, x + 1,
                       byte);
  return status_fail(STATUS_DATA, "%s:%d:%d: unknown character 0x%02x", parser->origin, parser->line, x + 1,
                     byte);
}

// One square of the row that is being read: (grid.height, x).
static Status parse_square(Parser *parser, char character, int x) {
  Level *level = &parser->level;
  const int square = level->grid.height * level->grid.width + x;
  if (character == '#') return STATUS_OK;  // the board begins solid
  if (character != ' ' && character != '@' && character != 'G')
    return unknown_character(parser, character, x);
  if (character == '@' && level->start >= 0)
    return status_fail(STATUS_DATA, "%s:%d:%d: a second start '@'", parser->origin, parser->line, x + 1);
  if (character == 'G' && level->goal >= 0)
    return status_fail(STATUS_DATA, "%s:%d:%d: a second goal 'G'", parser->origin, parser->line, x + 1);
  if (x == 0 || x == level->grid.width - 1 || level->grid.height == 0)
    return status_fail(STATUS_DATA, "%s:%d:%d: border not closed: no wall here", parser->origin, parser->line,
                       x + 1);
  if (character == '@') level->start = square, parser->start_line = parser->line;
  if (character == 'G') level->goal = square;
  grid_set_wall(&level->grid, square, false);
  return STATUS_OK;
}

// One row of squares. Its length is checked before any square is set, so no write leaves the board.
static Status parse_row(Parser *parser, const char *line, int length) {
  Grid *grid = &parser->level.grid;
  if (grid->height == 0) {
    parser->first_line = parser->line;
    grid->width = length;
  }
  if (length > GRID_MAX || grid->height == GRID_MAX)
    return status_fail(STATUS_DATA, "%s:%d: level is larger than %d x %d", parser->origin, parser->line,
                       GRID_MAX, GRID_MAX);
  if (length != grid->width)
    return status_fail(STATUS_DATA, "%s:%d: ragged row: %d squares, the level's first row has %d",
                       parser->origin, parser->line, length, grid->width);
  for (int x = 0; x < length; ++x) TRY(parse_square(parser, line[x], x));
  grid->height += 1;
  return STATUS_OK;
}

// What can only be known when a level is complete.
static Status level_check(const Parser *parser) {
  const Level *level = &parser->level;
  const Grid *grid = &level->grid;
  if (grid->height < SIZE_MIN || grid->width < SIZE_MIN)
    return status_fail(STATUS_DATA, "%s:%d: level of %d x %d squares, at least %d x %d are needed",
                       parser->origin, parser->first_line, grid->height, grid->width, SIZE_MIN, SIZE_MIN);
  // The sides were checked row by row; which row is the bottom one is only known now.
  for (int x = 0; x < grid->width; ++x)
    if (!grid_is_wall(grid, (grid->height - 1) * grid->width + x))
      return status_fail(STATUS_DATA, "%s:%d:%d: border not closed: no wall here", parser->origin,
                         parser->first_line + grid->height - 1, x + 1);
  if (level->goal < 0)
    return status_fail(STATUS_DATA, "%s:%d: level has no goal 'G'", parser->origin, parser->first_line);
  if (level->start < 0)
    return status_fail(STATUS_DATA, "%s:%d: level has no start '@'", parser->origin, parser->first_line);
  GridSet reached;
  grid_component(grid, level->goal, &reached);
  if (!grid_set_has(&reached, grid->width, level->start))
    return status_fail(STATUS_DATA, "%s:%d: no way from the start to the goal", parser->origin,
                       parser->start_line);
  return STATUS_OK;
}

// Makes room for one level more.
static Status parser_reserve(Parser *parser) {
  if (parser->count < parser->capacity) return STATUS_OK;
  const int capacity = parser->capacity > 0 ? 2 * parser->capacity : 16;
  void *levels = realloc(parser->levels, (size_t)capacity * sizeof(NamedLevel));
  if (!levels) return status_fail(STATUS_MEMORY, "%s: no memory for %d levels", parser->origin, capacity);
  parser->levels = levels;
  parser->capacity = capacity;
  return STATUS_OK;
}

// Ends the level that is being read, if there is one.
static Status level_end(Parser *parser) {
  if (parser->level.grid.height == 0) return STATUS_OK;
  TRY(level_check(parser));
  TRY(parser_reserve(parser));
  NamedLevel *named = &parser->levels[parser->count++];
  memset(named, 0, sizeof *named);
  named->level = parser->level;
  if (parser->header[0])
    memcpy(named->name, parser->header, sizeof named->name);
  else
    snprintf(named->name, sizeof named->name, "level %d", parser->count);
  parser->header[0] = '\0';
  level_begin(parser);
  return STATUS_OK;
}

// Rows are what is neither empty nor a header; both of these end a level.
static Status parse_line(Parser *parser, const char *line, size_t bytes) {
  const int length = trimmed_length(line, bytes);
  if (length > 0 && line[0] != ';') return parse_row(parser, line, length);
  TRY(level_end(parser));
  return length > 0 ? parse_header(parser, line, length) : STATUS_OK;
}

// All lines, the last one with or without its line feed.
static Status parse_lines(Parser *parser, const char *text, size_t bytes) {
  size_t at = 0;
  while (at < bytes) {
    const char *end = memchr(text + at, '\n', bytes - at);
    const size_t length = end ? (size_t)(end - text) - at : bytes - at;
    parser->line += 1;
    TRY(parse_line(parser, text + at, length));
    at += length + 1;
  }
  TRY(level_end(parser));
  if (parser->count == 0) return status_fail(STATUS_DATA, "%s: holds no level", parser->origin);
  return STATUS_OK;
}

Status level_text_parse(const char *text, size_t bytes, const char *origin, NamedLevel **levels, int *count) {
  Parser parser = {.origin = origin};
  level_begin(&parser);
  const Status status = parse_lines(&parser, text, bytes);
  *levels = status == STATUS_OK ? parser.levels : NULL;
  *count = status == STATUS_OK ? parser.count : 0;
  if (status != STATUS_OK) free(parser.levels);
  return status;
}

// Reads to the end: *text (bytes) belongs to the caller, also after a failure.
static Status read_all(FILE *file, const char *path, char **text, size_t *bytes) {
  size_t capacity = 0;
  for (*bytes = 0; !feof(file);) {
    if (*bytes == capacity) {
      capacity = capacity > 0 ? 2 * capacity : 1 << 16;
      char *larger = realloc(*text, capacity);
      if (!larger) return status_fail(STATUS_MEMORY, "%s: no memory for %zu bytes", path, capacity);
      *text = larger;
    }
    *bytes += fread(*text + *bytes, 1, capacity - *bytes, file);
    if (ferror(file)) return status_fail(STATUS_IO, "%s: cannot read: %s", path, strerror(errno));
  }
  return STATUS_OK;
}

Status level_file_read(const char *path, NamedLevel **levels, int *count) {
  *levels = NULL;
  *count = 0;
  FILE *file = fopen(path, "rb");
  if (!file) return status_fail(STATUS_IO, "%s: cannot open: %s", path, strerror(errno));
  char *text = NULL;
  size_t bytes = 0;
  Status status = read_all(file, path, &text, &bytes);
  fclose(file);
  if (status == STATUS_OK) status = level_text_parse(text, bytes, path, levels, count);
  free(text);
  return status;
}

// A generated level never has its start on its goal, so one character a square is enough.
static char square_character(const Level *level, int square) {
  if (square == level->goal) return 'G';
  if (square == level->start) return '@';
  return grid_is_wall(&level->grid, square) ? '#' : ' ';
}

Status level_text_write(FILE *file, const Level *level, const char *name) {
  const Grid *grid = &level->grid;
  fprintf(file, "; %s\n", name);
  for (int y = 0; y < grid->height; ++y) {
    for (int x = 0; x < grid->width; ++x) fputc(square_character(level, y * grid->width + x), file);
    fputc('\n', file);
  }
  fputc('\n', file);
  return ferror(file) ? status_fail(STATUS_IO, "cannot write level '%s': %s", name, strerror(errno))
                      : STATUS_OK;
}

void level_file_free(NamedLevel *levels) {
  free(levels);
}
