// `mesagrid eval`: lets a trained agent walk the levels of a file and writes what it did.
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "envs/oracle.h"
#include "host/cli.h"
#include "host/evaluate_levels.h"
#include "host/open_trial.h"

enum { TICKS_MAX = 1000 };

static const CliOption OPTIONS[] = {
    {"--levels", "FILE", "the levels, as mesagrid levels writes them", NULL},
    {"--ticks", "K", "inner ticks before it acts, 1 to 1000; left out, the most that it was trained with",
     NULL},
    {"--out", "FILE", "where the lines go; - is standard output", "-"},
    {"--threads", "N", "left out, OMP_NUM_THREADS or all cores; the result is the same for any number", NULL},
    {"--json", NULL, "the summary as an object on standard output, not as a sentence on standard error",
     NULL},
};

const CliCommand about_eval = {
    .name = "eval",
    .arguments = "TRIAL_DIR --levels FILE",
    .summary = "let a trained agent walk the levels of a file",
    .description =
        "The agent thinks on each level for K ticks and then walks from the level's start as its plan says.\n"
        "Writes one line of JSON per level:\n"
        "  {\"level\": 0, \"name\": \"…\", \"solved\": true, \"steps\": 37, \"actions\": \"UURD…\"}\n"
        "U, R, D and L are up, right, down and left; a step into a wall counts and moves nothing. A walk "
        "that\n"
        "does not arrive is cut after 4 times the square of the level's longer side.\n"
        "The summary tells the share of levels solved, SPL (the mean of shortest over walked length, 0 "
        "where\n"
        "it failed) and the mean steps of those solved. The file is written whole or not at all.\n"
        "\n"
        "example:\n"
        "  mesagrid levels maze --size 15 --split test --count 100 --out mazes.txt\n"
        "  mesagrid eval runs/quickstart/ticks=8-24,seed=1 --levels mazes.txt --ticks 48 --out walks.jsonl\n",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof *OPTIONS,
    .arguments_min = 1,
    .arguments_max = 1,
};

// What was asked for.
typedef struct Request {
  const char *directory, *levels_path, *out;
  long ticks;  // 0: not given
  int threads;
  bool json;
} Request;

static Status read_request(const CliGiven *given, Request *request) {
  *request = (Request){.directory = given->positional[0],
                       .levels_path = cli_value(&about_eval, given, "--levels"),
                       .out = cli_value(&about_eval, given, "--out"),
                       .json = cli_value(&about_eval, given, "--json") != NULL};
  TRY(cli_require(&about_eval, given, "--levels"));
  TRY(cli_integer(&about_eval, given, "--ticks", 1, TICKS_MAX, &request->ticks));
  TRY(cli_threads(&about_eval, given, &request->threads));
  if (request->json && strcmp(request->out, "-") == 0)
    return status_fail(STATUS_USAGE,
                       "eval: --json prints the summary where the lines go; give them a file: --out FILE");
  return STATUS_OK;
}

// ---- Summary ----

typedef struct Summary {
  int levels, solved;
  int64_t steps;  // of the walks that arrived
  double spl;     // sum over levels (Anderson et al. 2018)
} Summary;

// Adds what one line says of its level.
static Status summary_add(const char *line, size_t bytes, const Level *level, Summary *summary) {
  int solved, steps;
  int16_t distance[GRID_SQUARES];
  json_t *walk = json_loadb(line, bytes, 0, NULL);
  const bool good = walk && json_unpack(walk, "{s:b, s:i}", "solved", &solved, "steps", &steps) == 0;
  json_decref(walk);
  if (!good) return status_fail(STATUS_DATA, "the walk on level %d cannot be read back", summary->levels);
  summary->levels += 1;
  if (!solved) return STATUS_OK;
  oracle_distances(level, distance);
  summary->solved += 1;
  summary->steps += steps;
  summary->spl += (double)distance[level->start] / steps;
  return STATUS_OK;
}

// Of all lines that were written.
static Status summarize(const CliOutput *output, const NamedLevel *levels, Summary *summary) {
  fflush(output->stream);
  for (const char *line = output->bytes, *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
    TRY(summary_add(line, (size_t)(end - line), &levels[summary->levels].level, summary));
  return STATUS_OK;
}

static Status print_summary(const Request *request, const Summary *summary) {
  const double levels = summary->levels, solve = summary->solved / levels, spl = summary->spl / levels;
  const double steps = summary->solved > 0 ? (double)summary->steps / summary->solved : 0;
  if (!request->json) {
    fprintf(stderr, "%d of %d levels solved (%.1f %%) after %ld ticks, SPL %.3f", summary->solved,
            summary->levels, 100 * solve, request->ticks, spl);
    if (summary->solved > 0) fprintf(stderr, ", %.1f steps", steps);
    fputc('\n', stderr);
    return STATUS_OK;
  }
  json_t *object = json_pack("{s:i, s:i, s:i, s:f, s:f}", "levels", summary->levels, "ticks",
                             (int)request->ticks, "solved", summary->solved, "solve", solve, "spl", spl);
  // A mean over nothing is not a number.
  json_t *mean = summary->solved > 0 ? json_real(steps) : json_null();
  if (!object || json_object_set_new(object, "mean_steps", mean) != 0)
    return status_fail(STATUS_MEMORY, "no memory for the summary");
  json_dumpf(object, stdout, JSON_REAL_PRECISION(6));
  putchar('\n');
  json_decref(object);
  return STATUS_OK;
}

// ---- The work ----

static Status walk_levels(const Request *request, const OpenTrial *trial, const NamedLevel *levels,
                          int count) {
  Summary summary = {0};
  CliOutput output;
  TRY(cli_output_open(request->out, &output));
  Status status = evaluate_levels(&trial->subject, trial->agent.config.env_kind, levels, count,
                                  (int)request->ticks, output.stream, request->out);
  if (status == STATUS_OK) status = summarize(&output, levels, &summary);
  TRY(cli_output_close(&output, status));
  return print_summary(request, &summary);
}

static Status eval_given(const CliGiven *given) {
  Request request;
  NamedLevel *levels;
  OpenTrial trial;
  int count;
  TRY(read_request(given, &request));
  TRY(level_file_read(request.levels_path, &levels, &count));
  Status status = open_trial(request.directory, &trial);
  if (status == STATUS_OK) {
    if (request.ticks == 0) request.ticks = trial.agent.config.agent_ticks.hi;
    status = walk_levels(&request, &trial, levels, count);
    open_trial_close(&trial);
  }
  level_file_free(levels);
  return status;
}

Status command_eval(int argc, char **argv) {
  CliGiven given;
  TRY(cli_parse(&about_eval, argc, argv, &given));
  const Status status = given.help ? STATUS_OK : eval_given(&given);
  cli_release(&given);
  return status;
}
