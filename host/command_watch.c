// `mesagrid watch`: shows how an agent's plan forms, tick by tick, and where it then walks.
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host/cli.h"
#include "host/evaluate_maze.h"
#include "host/level_file.h"
#include "host/open_trial.h"
#include "host/text.h"
#include "host/watch.h"

enum {
  TICKS_MAX = 1000,
  TICKS_USUAL_MAX = 128,
  DELAY_MAX_MS = 60000,
  INDEX_MAX = 999999999,
  SHOWN_BYTES = 200,
  EXAMPLES = 64,  // levels among which one worth seeing is looked for
};

static const CliOption OPTIONS[] = {
    {"--level", "FILE",
     "levels, as mesagrid levels writes them; left out, those the trial is evaluated on, larger "
     "than any it was trained on",
     NULL},
    {"--index", "N", "which of them, from 0; left out, the first, or a held-out one with a long way", NULL},
    {"--ticks", "K", "inner ticks, 1 to 1000; left out, twice the most of its training, at most 128", NULL},
    {"--delay", "MS", "between two pictures, 0 to 60000 [milliseconds]", "120"},
    {"--plain", NULL, "pictures one after another, without colours; so it is too where no terminal listens",
     NULL},
};

const CliCommand about_watch = {
    .name = "watch",
    .arguments = "TRIAL_DIR",
    .summary = "watch a trained agent's plan form, tick by tick, and the walk that follows",
    .description =
        "An arrow on a square is what the agent would do there: its plan. Squares from which the plan leads\n"
        "to the goal G are green, others red; in plain text their arrows are whole (↑) or dashed (⇡). A "
        "plan\n"
        "that spreads from the goal outward as ticks pass is the trace of a search; one that never changes "
        "is\n"
        "a reflex. Then the agent @ walks from its start.\n"
        "Plain text shows only the ticks whose plan changed, and the last.\n"
        "\n"
        "examples:\n"
        "  mesagrid watch runs/quickstart/ticks=8-24,seed=1\n"
        "  mesagrid watch runs/quickstart/ticks=8-24,seed=1 --level mazes.txt --index 3 --ticks 64 --delay "
        "50\n",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof *OPTIONS,
    .arguments_min = 1,
    .arguments_max = 1,
};

// What was asked for.
typedef struct Request {
  const char *directory, *level_path;  // level_path NULL: a held-out level
  long index, ticks, delay_ms;         // index -1 and ticks 0: not given
  bool plain;
} Request;

static Status read_request(const CliGiven *given, Request *request) {
  *request = (Request){.directory = given->positional[0],
                       .level_path = cli_value(&about_watch, given, "--level"),
                       .index = -1,
                       .plain = cli_value(&about_watch, given, "--plain") != NULL};
  TRY(cli_integer(&about_watch, given, "--index", 0, INDEX_MAX, &request->index));
  TRY(cli_integer(&about_watch, given, "--ticks", 1, TICKS_MAX, &request->ticks));
  return cli_integer(&about_watch, given, "--delay", 0, DELAY_MAX_MS, &request->delay_ms);
}

// ---- The level ----

// The level to show and what to call it.
typedef struct Scene {
  Level level;
  char title[SHOWN_BYTES];
} Scene;

static Status scene_from_file(const Request *request, Scene *scene) {
  NamedLevel *levels;
  int count;
  Status status = STATUS_OK;
  TRY(level_file_read(request->level_path, &levels, &count));
  const long index = request->index < 0 ? 0 : request->index;
  if (index < count) {
    scene->level = levels[index].level;
    text_printable(levels[index].name, scene->title, sizeof scene->title);
  } else {
    status = status_fail(STATUS_USAGE, "%s: it holds %d level%s, numbered from 0; there is no --index %ld",
                         request->level_path, count, count == 1 ? "" : "s", index);
  }
  level_file_free(levels);
  return status;
}

// A level that the trial's own evaluation uses; as few of the others are drawn as can be.
static Status scene_held_out(const Request *request, const Config *config, Scene *scene) {
  Config few = *config;
  EvalSets sets;
  if (request->index >= config->eval_levels)
    return status_fail(STATUS_USAGE,
                       "%s: it is evaluated on %d levels, numbered from 0; there is no --index %ld",
                       request->directory, config->eval_levels, request->index);
  few.eval_levels_apart = 1;
  if (request->index >= 0)
    few.eval_levels = (int)request->index + 1;
  else if (few.eval_levels > EXAMPLES)
    few.eval_levels = EXAMPLES;
  TRY(eval_sets_create(&few, &sets));
  const EvalWorld *world = eval_sets_demand(&sets);
  const int number = request->index >= 0 ? (int)request->index : evaluate_example(&world->test, 0);
  scene->level = world->test.levels[number];
  snprintf(scene->title, sizeof scene->title, "held-out level %d of %s", number, world->title);
  eval_sets_free(&sets);
  return STATUS_OK;
}

// ---- The film ----

// Whether pictures can be drawn in place. A terminal that cannot is told why not.
static bool can_play(const Request *request, const Level *level) {
  const char *terminal = getenv("TERM"), *no_colour = getenv("NO_COLOR");
  struct winsize window = {0};
  int rows, columns;
  if (request->plain || !isatty(STDOUT_FILENO) || !terminal || strcmp(terminal, "dumb") == 0) return false;
  if (no_colour && no_colour[0] != '\0') return false;
  watch_extent(level, &rows, &columns);
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_row == 0)
    return true;  // its size is not told
  if (window.ws_row >= rows && window.ws_col >= columns) return true;
  cli_note("the window has %d rows and %d columns, this level needs %d and %d to be drawn in place",
           window.ws_row, window.ws_col, rows, columns);
  return false;
}

static Status show(const Request *request, const OpenTrial *trial, const Scene *scene, uint8_t *plan) {
  const int squares = grid_squares(&scene->level.grid);
  const SubjectBatch batch = {
      .levels = &scene->level, .count = 1, .ticks = (int)request->ticks, .stride = squares, .plan = plan};
  const WatchFilm film = {.level = &scene->level,
                          .env_kind = trial->agent.config.env_kind,
                          .ticks = (int)request->ticks,
                          .plan = plan,
                          .delay_ms = (int)request->delay_ms};
  TRY(trial->subject.think(&trial->subject, &batch));
  printf("%s, agent.ticks [%d, %d]\n", scene->title, trial->agent.config.agent_ticks.lo,
         trial->agent.config.agent_ticks.hi);
  return can_play(request, &scene->level) ? watch_play(&film, stdout) : watch_print(&film, stdout);
}

static Status think_and_show(Request *request, const OpenTrial *trial) {
  const Config *config = &trial->agent.config;
  Scene scene;
  if (request->level_path)
    TRY(scene_from_file(request, &scene));
  else
    TRY(scene_held_out(request, config, &scene));
  const int usual = 2 * config->agent_ticks.hi;
  if (request->ticks == 0) request->ticks = usual < TICKS_USUAL_MAX ? usual : TICKS_USUAL_MAX;
  uint8_t *plan = calloc((size_t)request->ticks, (size_t)grid_squares(&scene.level.grid));
  if (!plan) return status_fail(STATUS_MEMORY, "no memory for plans of %ld ticks", request->ticks);
  const Status status = show(request, trial, &scene, plan);
  free(plan);
  return status;
}

static Status watch_given(const CliGiven *given) {
  Request request;
  OpenTrial trial;
  TRY(read_request(given, &request));
  TRY(open_trial(request.directory, &trial));
  const Status status = think_and_show(&request, &trial);
  open_trial_close(&trial);
  return status;
}

Status command_watch(int argc, char **argv) {
  CliGiven given;
  TRY(cli_parse(&about_watch, argc, argv, &given));
  const Status status = given.help ? STATUS_OK : watch_given(&given);
  cli_release(&given);
  return status;
}
