// Shows the plans of all ticks and the walk, one after another.
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "envs/catalogue.h"
#include "envs/oracle.h"
#include "host/watch.h"

enum { MS_PER_SECOND = 1000, NS_PER_MS = 1000000, STATUS_ROWS = 2, CAPTION_BYTES = 160 };

static const char *const ACTION_LETTERS[] = {"U", "R", "D", "L", "?"};

// ---- What every picture says ----

static const uint8_t *plan_of(const WatchFilm *film, int k) {
  return film->plan + (size_t)k * (size_t)grid_squares(&film->level->grid);
}

// "tick 12 of 24: the plan reaches the goal from 87 % of the squares, 80 % of its steps are best"
static void caption(const WatchFilm *film, int k, const int16_t *walked, char *text) {
  int16_t distance[GRID_SQUARES];
  oracle_distances(film->level, distance);
  const PlanScore score = plan_score_walked(film->level, distance, plan_of(film, k), walked);
  snprintf(text, CAPTION_BYTES, "tick %d of %d: %3.0f %% of squares reach the goal, %3.0f %% of arrows are best", k + 1,
           film->ticks, 100.0 * score.solved / score.free, 100.0 * score.optimal / score.free);
}

// Whether tick k looks different from the one before it: walls and the goal hold anything.
static bool plan_changed(const WatchFilm *film, int k) {
  const Grid *grid = &film->level->grid;
  if (k == 0) return true;
  for (int square = 0; square < grid_squares(grid); ++square) {
    if (grid_is_wall(grid, square) || square == film->level->goal) continue;
    if (plan_of(film, k)[square] != plan_of(film, k - 1)[square]) return true;
  }
  return false;
}

// ---- The walk ----

// Where a walk stands. A fixed plan that comes to a square again goes round for ever.
typedef struct Walk {
  EnvState state;
  GridSet trail;  // squares it was on, the present one not yet
  bool arrived, goes_round;
  char actions[GRID_SQUARES + 1];  // a letter a step
} Walk;

static Walk walk_start(const WatchFilm *film) {
  Walk walk = {.state = {.agent = film->level->start}};
  return walk;
}

static bool walk_ended(const Walk *walk) {
  return walk->arrived || walk->goes_round;
}

static void walk_step(const WatchFilm *film, Walk *walk) {
  const Level *level = film->level;
  const int width = level->grid.width, square = walk->state.agent;
  const int action = plan_of(film, film->ticks - 1)[square];
  walk->trail.row[square / width] |= 1u << square % width;
  walk->actions[walk->state.step] = *ACTION_LETTERS[action < ENV_ACTIONS ? action : ENV_ACTIONS];
  if (action >= ENV_ACTIONS) {
    walk->goes_round = true;  // it knows no step: it stays for ever
    return;
  }
  walk->arrived = env_step(film->env_kind, level, GRID_SQUARES + 1, &walk->state, action).terminated;
  walk->goes_round = !walk->arrived && grid_set_has(&walk->trail, width, walk->state.agent);
}

static void walk_caption(const WatchFilm *film, const Walk *walk, char *text) {
  int16_t distance[GRID_SQUARES];
  oracle_distances(film->level, distance);
  const char *end = walk->arrived ? "at the goal" : walk->goes_round ? "it goes round for ever" : "on its way";
  snprintf(text, CAPTION_BYTES, "walk after %d ticks: step %d, %s; the shortest way has %d", film->ticks,
           walk->state.step, end, distance[film->level->start]);
}

// ---- Plain ----

static Status check_written(FILE *file) {
  return ferror(file) ? status_fail(STATUS_IO, "standard output: cannot write") : STATUS_OK;
}

static void print_tick(const WatchFilm *film, int k, FILE *file) {
  int16_t walked[GRID_SQUARES];
  char text[CAPTION_BYTES];
  plan_walk(film->level, plan_of(film, k), walked);
  caption(film, k, walked, text);
  fprintf(file, "%s\n", text);
  watch_draw_plain(file, &(WatchPicture){.level = film->level, .plan = plan_of(film, k), .walked = walked, .agent = -1});
  fputc('\n', file);
}

static void print_walk(const WatchFilm *film, FILE *file) {
  char text[CAPTION_BYTES];
  const uint8_t *plan = plan_of(film, film->ticks - 1);
  Walk walk = walk_start(film);
  while (!walk_ended(&walk)) walk_step(film, &walk);
  walk_caption(film, &walk, text);
  fprintf(file, "%s\n%s\n", text, walk.actions);
  watch_draw_plain(file, &(WatchPicture){.level = film->level,
                                         .plan = plan,
                                         .trail = &walk.trail,
                                         .agent = -1,
                                         .trail_only = true});
}

Status watch_print(const WatchFilm *film, FILE *file) {
  for (int k = 0; k < film->ticks; ++k)
    if (plan_changed(film, k) || k == film->ticks - 1) print_tick(film, k, file);
  print_walk(film, file);
  return check_written(file);
}

// ---- In place ----

static volatile sig_atomic_t stopped;

static void stop(int signal_number) {
  (void)signal_number;
  stopped = 1;
}

static const int STOP_SIGNALS[] = {SIGINT, SIGTERM, SIGHUP};
enum { STOP_SIGNAL_COUNT = sizeof STOP_SIGNALS / sizeof *STOP_SIGNALS };

// Without SA_RESTART a signal also ends the pause between two pictures.
static void signals_catch(struct sigaction *old) {
  struct sigaction action = {.sa_handler = stop};
  sigemptyset(&action.sa_mask);
  stopped = 0;
  for (int i = 0; i < STOP_SIGNAL_COUNT; ++i) sigaction(STOP_SIGNALS[i], &action, &old[i]);
}

static void signals_release(const struct sigaction *old) {
  for (int i = 0; i < STOP_SIGNAL_COUNT; ++i) sigaction(STOP_SIGNALS[i], &old[i], NULL);
}

static void pause_ms(int ms) {
  const struct timespec time = {.tv_sec = ms / MS_PER_SECOND, .tv_nsec = (long)(ms % MS_PER_SECOND) * NS_PER_MS};
  if (!stopped) nanosleep(&time, NULL);
}

void watch_extent(const Level *level, int *rows, int *columns) {
  const int widest = 2 * level->grid.width;
  *rows = level->grid.height + STATUS_ROWS;
  *columns = widest > CAPTION_COLUMNS ? widest : CAPTION_COLUMNS;
}

// Draws a picture over the last one and waits.
static void show(const WatchFilm *film, const WatchPicture *picture, const char *text, bool is_first, FILE *file) {
  if (!is_first) fprintf(file, "\x1b[%dA", film->level->grid.height + 1);
  fprintf(file, "\r%s\x1b[K\n", text);
  watch_draw_colour(file, picture, "\x1b[K\n");
  fflush(file);
  pause_ms(film->delay_ms);
}

static void play_ticks(const WatchFilm *film, FILE *file) {
  for (int k = 0; k < film->ticks && !stopped && !ferror(file); ++k) {
    int16_t walked[GRID_SQUARES];
    char text[CAPTION_BYTES];
    plan_walk(film->level, plan_of(film, k), walked);
    caption(film, k, walked, text);
    const WatchPicture picture = {.level = film->level, .plan = plan_of(film, k), .walked = walked, .agent = -1};
    show(film, &picture, text, k == 0, file);
  }
}

static void play_walk(const WatchFilm *film, FILE *file) {
  const uint8_t *plan = plan_of(film, film->ticks - 1);
  int16_t walked[GRID_SQUARES];
  char text[CAPTION_BYTES];
  plan_walk(film->level, plan, walked);
  Walk walk = walk_start(film);
  while (!stopped && !ferror(file)) {
    const WatchPicture picture = {
        .level = film->level, .plan = plan, .walked = walked, .trail = &walk.trail, .agent = walk.state.agent};
    walk_caption(film, &walk, text);
    show(film, &picture, text, false, file);
    if (walk_ended(&walk)) break;
    walk_step(film, &walk);
  }
}

Status watch_play(const WatchFilm *film, FILE *file) {
  struct sigaction old[STOP_SIGNAL_COUNT];
  signals_catch(old);
  fputs("\x1b[?25l", file);  // no cursor
  play_ticks(film, file);
  play_walk(film, file);
  fputs("\x1b[0m\x1b[?25h", file);
  fflush(file);
  signals_release(old);
  if (stopped) return status_fail(STATUS_INTERRUPTED, "%s", "");
  return check_written(file);
}
