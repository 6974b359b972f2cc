// `mesagrid levels`: draws levels and writes them as ASCII pictures or as JSON.
#include <jansson.h>
#include <string.h>

#include "envs/catalogue.h"
#include "envs/oracle.h"
#include "host/cli.h"
#include "host/level_file.h"
#include "host/text.h"

enum { COUNT_MAX = 1000000, SIZE_MIN = 5, LIMIT = 4 };

static const long SEED_MAX = 9007199254740991;  // 2^53 − 1, as for the knob `seed`

static const CliOption OPTIONS[] = {
    {"--size", "N", "side of the square grid, border included: odd, 5 to 31", "9"},
    {"--loops", "X", "share of the walls between two cells that are removed, 0 to 1; 0 leaves trees", "0.1"},
    {"--blocks", "X", "no maze: share of inner squares that are walls at random, 0 to 0.5; 0 is a maze", "0"},
    {"--count", "N", "levels to draw, 1 to 1000000", "10"},
    {"--seed", "N", "root of the random numbers; level n of a seed is the same whatever the count", "1"},
    {"--split", "SPLIT",
     "any, train (drawn in training), select or test (held out, to choose and to report on)", "any"},
    {"--out", "FILE", "where to write; - is standard output", "-"},
    {"--json", NULL, "an array of {name, rows, goal, start, shortest} instead of pictures", NULL},
};

const CliCommand about_levels = {
    .name = "levels",
    .arguments = "ENV",
    .summary = "draw levels as ASCII pictures",
    .description =
        "Writes levels of a world (mesagrid list envs) in the form that eval and watch read: '#' is a wall,\n"
        "a blank is floor, '@' the start, 'G' the goal, and a line '; name' stands above each level.\n"
        "In JSON, rows are such lines, goal and start are [row, column] from 0, and shortest is the length "
        "of\n"
        "the shortest way between them.\n"
        "\n"
        "examples:\n"
        "  mesagrid levels maze --size 15 --loops 0.1 --count 100 --seed 7 > mazes.txt\n"
        "  mesagrid levels maze --size 9 --split test --json --out held-out.json\n",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof *OPTIONS,
    .arguments_min = 1,
    .arguments_max = 1,
};

// What was asked for.
typedef struct Request {
  EnvSpec spec;
  long size, count, seed;
  const char *split;  // its name
  bool json;
} Request;

// ---- Arguments ----

static Status read_env(const char *name, int *kind) {
  char shown[64];
  CliNearest nearest = {.typed = name};
  for (*kind = 0; *kind < ENV_KINDS; ++*kind) {
    if (strcmp(name, env_name(*kind)) == 0) return STATUS_OK;
    cli_nearest_offer(&nearest, env_name(*kind));
  }
  const char *hint = nearest.sentence[0] != '\0' ? nearest.sentence : "; mesagrid list envs shows all";
  return status_fail(STATUS_USAGE, "levels: there is no world '%s'%s",
                     text_printable(name, shown, sizeof shown), hint);
}

static Status read_request(const CliGiven *given, Request *request) {
  double loops, blocks;
  int kind, split;
  TRY(read_env(given->positional[0], &kind));
  TRY(cli_integer(&about_levels, given, "--size", SIZE_MIN, GRID_MAX, &request->size));
  if (request->size % 2 == 0)
    return status_fail(STATUS_USAGE, "levels: --size is odd, %ld is not: cells and walls take turns",
                       request->size);
  TRY(cli_real(&about_levels, given, "--loops", 0, 1, &loops));
  TRY(cli_real(&about_levels, given, "--blocks", 0, 0.5, &blocks));
  TRY(cli_integer(&about_levels, given, "--count", 1, COUNT_MAX, &request->count));
  TRY(cli_integer(&about_levels, given, "--seed", 0, SEED_MAX, &request->seed));
  TRY(cli_choice(&about_levels, given, "--split", "any|train|select|test", &split));
  request->split = cli_value(&about_levels, given, "--split");
  request->json = cli_value(&about_levels, given, "--json") != NULL;
  request->spec = (EnvSpec){.kind = kind,
                            .size_lo = (int)request->size,
                            .size_hi = (int)request->size,
                            .loops = (float)loops,
                            .blocks = (float)blocks,
                            .limit = LIMIT,
                            .split = (Split)split};
  return STATUS_OK;
}

// ---- Output ----

// The rows of the picture, as level_text_write() draws them.
static json_t *rows_json(const Level *level) {
  json_t *rows = json_array();
  const int width = level->grid.width;
  for (int y = 0; y < level->grid.height; ++y) {
    char row[GRID_MAX];
    for (int x = 0; x < width; ++x) {
      const int square = y * width + x;
      row[x] = grid_is_wall(&level->grid, square) ? '#' : ' ';
      if (square == level->start) row[x] = '@';
      if (square == level->goal) row[x] = 'G';
    }
    json_array_append_new(rows, json_stringn(row, (size_t)width));
  }
  return rows;
}

static Status write_json(const Level *level, const char *name, FILE *stream) {
  const int width = level->grid.width;
  int16_t distance[GRID_SQUARES];
  oracle_distances(level, distance);
  json_t *object = json_pack("{s:s, s:o, s:[i, i], s:[i, i], s:i}", "name", name, "rows", rows_json(level),
                             "goal", level->goal / width, level->goal % width, "start", level->start / width,
                             level->start % width, "shortest", distance[level->start]);
  const bool good = object && json_dumpf(object, stream, JSON_INDENT(2)) == 0;
  json_decref(object);
  return good ? STATUS_OK : status_fail(STATUS_MEMORY, "no memory for level '%s' as JSON", name);
}

static Status write_level(const Request *request, long number, FILE *stream) {
  char name[LEVEL_NAME_MAX];
  Level level;
  if (!env_generate(&request->spec, (uint64_t)request->seed, (uint32_t)number, 0, &level))
    return status_fail(
        STATUS_USAGE,
        "levels: hardly any %ldx%ld level with these loops and blocks is of the split '%s'; take a "
        "larger --size",
        request->size, request->size, request->split);
  snprintf(name, sizeof name, "%s %ldx%ld seed %ld level %ld", env_name(request->spec.kind), request->size,
           request->size, request->seed, number);
  if (!request->json) return level_text_write(stream, &level, name);
  fputs(number == 0 ? "[\n" : ",\n", stream);
  return write_json(&level, name, stream);
}

static Status write_levels(const Request *request, FILE *stream) {
  for (long number = 0; number < request->count; ++number) TRY(write_level(request, number, stream));
  if (request->json) fputs("\n]\n", stream);
  return STATUS_OK;
}

static Status levels_given(const CliGiven *given) {
  Request request;
  CliOutput output;
  TRY(read_request(given, &request));
  TRY(cli_output_open(cli_value(&about_levels, given, "--out"), &output));
  return cli_output_close(&output, write_levels(&request, output.stream));
}

Status command_levels(int argc, char **argv) {
  CliGiven given;
  TRY(cli_parse(&about_levels, argc, argv, &given));
  const Status status = given.help ? STATUS_OK : levels_given(&given);
  cli_release(&given);
  return status;
}
