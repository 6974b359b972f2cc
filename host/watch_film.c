// Shows the plans of all ticks and the walk, one after another.
#include <signal.h>
#include <sys/select.h>
#include <time.h>

#include "envs/catalogue.h"
#include "envs/oracle.h"
#include "host/watch.h"

// A picture's rows beside the level's: its caption, and the line on which the cursor ends up.
enum { CAPTION_ROWS = 2, SQUARE_COLUMNS = 2 };

enum { MS_PER_SECOND = 1000, NS_PER_MS = 1000000, CAPTION_BYTES = 160 };

static const char ACTION_LETTERS[] = "URDL";

// ---- What every picture says ----

static const uint8_t *plan_of(const WatchFilm *film, int k) {
  return film->plan + (size_t)k * (size_t)grid_squares(&film->level->grid);
}

// "tick 12 of 24:  87 % of squares reach the goal,  80 % of arrows are best"
static void caption(const WatchFilm *film, int k, const int16_t *walked, char *text) {
  int16_t distance[GRID_SQUARES];
  oracle_distances(film->level, distance);
  const PlanScore score = plan_score_walked(film->level, distance, plan_of(film, k), walked);
  snprintf(text, CAPTION_BYTES,
           "tick %d of %d: %3.0f %% of squares reach the goal, %3.0f %% of arrows are best", k + 1,
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

// On the start, no step taken.
static Walk walk_start(const WatchFilm *film) {
  Walk walk = {.state = {.agent = film->level->start}};
  return walk;
}

static bool walk_ended(const Walk *walk) {
  return walk->arrived || walk->goes_round;
}

// One step as the plan of the last tick says.
static void walk_step(const WatchFilm *film, Walk *walk) {
  const Level *level = film->level;
  const int width = level->grid.width, square = walk->state.agent;
  const int action = plan_of(film, film->ticks - 1)[square];
  walk->trail.row[square / width] |= 1u << square % width;
  walk->goes_round = action >= ENV_ACTIONS;  // it knows no step: it stays for ever
  if (walk->goes_round) return;
  walk->actions[walk->state.step] = ACTION_LETTERS[action];
  walk->arrived = env_step(film->env_kind, level, GRID_SQUARES + 1, &walk->state, action).terminated;
  walk->goes_round = !walk->arrived && grid_set_has(&walk->trail, width, walk->state.agent);
}

static void walk_caption(const WatchFilm *film, const Walk *walk, char *text) {
  int16_t distance[GRID_SQUARES];
  oracle_distances(film->level, distance);
  const char *end = walk->arrived ? ", at the goal" : walk->goes_round ? ", round and round" : "";
  snprintf(text, CAPTION_BYTES, "walk after %d ticks: step %d%s (shortest way: %d)", film->ticks,
           walk->state.step, end, distance[film->level->start]);
}

// ---- Plain ----

// Asked once, at the end: a stream keeps its error.
static Status check_written(FILE *file) {
  return ferror(file) ? status_fail(STATUS_IO, "standard output: cannot write") : STATUS_OK;
}

static void print_tick(const WatchFilm *film, int k, FILE *file) {
  int16_t walked[GRID_SQUARES];
  char text[CAPTION_BYTES];
  plan_walk(film->level, plan_of(film, k), walked);
  caption(film, k, walked, text);
  fprintf(file, "%s\n", text);
  watch_draw_plain(
      file, &(WatchPicture){.level = film->level, .plan = plan_of(film, k), .walked = walked, .agent = -1});
  fputc('\n', file);
}

static void print_walk(const WatchFilm *film, FILE *file) {
  char text[CAPTION_BYTES];
  const uint8_t *plan = plan_of(film, film->ticks - 1);
  Walk walk = walk_start(film);
  while (!walk_ended(&walk)) walk_step(film, &walk);
  walk_caption(film, &walk, text);
  fprintf(file, "%s\n%s\n", text, walk.actions);
  watch_draw_plain(
      file, &(WatchPicture){
                .level = film->level, .plan = plan, .trail = &walk.trail, .agent = -1, .trail_only = true});
}

Status watch_print(const WatchFilm *film, FILE *file) {
  for (int k = 0; k < film->ticks; ++k)
    if (plan_changed(film, k) || k == film->ticks - 1) print_tick(film, k, file);
  print_walk(film, file);
  return check_written(file);
}

// ---- In place ----

#define HIDE_CURSOR "\x1b[?25l"
#define SHOW_CURSOR "\x1b[?25h"
// A caption too long for the window is cut: a second line would shift all that follows.
#define NO_WRAP "\x1b[?7l"
#define WRAP "\x1b[?7h"
#define NO_COLOUR "\x1b[0m"

// On Ctrl-C a terminal may send the signal first and then drop what it has not shown yet. What is printed at
// once can be lost, and with it the cursor.
enum { CTRL_C_MS = 50 };

static volatile sig_atomic_t stopped;

static void stop(int signal_number) {
  (void)signal_number;
  stopped = 1;
}

static const int STOP_SIGNALS[] = {SIGINT, SIGTERM, SIGHUP};
enum { STOP_SIGNAL_COUNT = sizeof STOP_SIGNALS / sizeof *STOP_SIGNALS };

// What was in force before the pictures.
typedef struct Signals {
  struct sigaction action[STOP_SIGNAL_COUNT];
  sigset_t mask;
} Signals;

// From here on a signal waits until the next pause, which it ends: none falls between a check and a sleep.
static void signals_catch(Signals *old) {
  struct sigaction action = {.sa_handler = stop};
  sigset_t blocked;
  sigemptyset(&action.sa_mask);
  sigemptyset(&blocked);
  stopped = 0;
  for (int i = 0; i < STOP_SIGNAL_COUNT; ++i) {
    sigaction(STOP_SIGNALS[i], &action, &old->action[i]);
    sigaddset(&blocked, STOP_SIGNALS[i]);
  }
  sigprocmask(SIG_BLOCK, &blocked, &old->mask);
}

static void signals_release(const Signals *old) {
  sigprocmask(SIG_SETMASK, &old->mask, NULL);
  for (int i = 0; i < STOP_SIGNAL_COUNT; ++i) sigaction(STOP_SIGNALS[i], &old->action[i], NULL);
}

void watch_extent(const Level *level, int *rows, int *columns) {
  *rows = level->grid.height + CAPTION_ROWS;
  *columns = SQUARE_COLUMNS * level->grid.width;
}

// Sleeps, with the signals of `mask` held back.
static void pause_ms(int ms, const sigset_t *mask) {
  const struct timespec time = {.tv_sec = ms / MS_PER_SECOND,
                                .tv_nsec = (long)(ms % MS_PER_SECOND) * NS_PER_MS};
  pselect(0, NULL, NULL, NULL, &time, mask);
}

// Where a film plays.
typedef struct Screen {
  const WatchFilm *film;
  FILE *file;
  Signals before;
  bool is_drawn;  // a picture stands there, to be drawn over
} Screen;

static bool goes_on(const Screen *screen) {
  return !stopped && !ferror(screen->file);
}

// Draws a picture over the last one and waits.
static void show(Screen *screen, const WatchPicture *picture, const char *text) {
  if (screen->is_drawn) fprintf(screen->file, "\x1b[%dA", picture->level->grid.height + 1);
  fprintf(screen->file, "\r%s\x1b[K\n", text);
  watch_draw_colour(screen->file, picture, "\x1b[K\n");
  fflush(screen->file);
  screen->is_drawn = true;
  pause_ms(screen->film->delay_ms, &screen->before.mask);
}

static void play_ticks(Screen *screen) {
  const WatchFilm *film = screen->film;
  for (int k = 0; k < film->ticks && goes_on(screen); ++k) {
    int16_t walked[GRID_SQUARES];
    char text[CAPTION_BYTES];
    plan_walk(film->level, plan_of(film, k), walked);
    caption(film, k, walked, text);
    show(screen,
         &(WatchPicture){.level = film->level, .plan = plan_of(film, k), .walked = walked, .agent = -1},
         text);
  }
}

static void play_walk(Screen *screen) {
  const WatchFilm *film = screen->film;
  int16_t walked[GRID_SQUARES];
  char text[CAPTION_BYTES];
  Walk walk = walk_start(film);
  WatchPicture picture = {
      .level = film->level, .plan = plan_of(film, film->ticks - 1), .walked = walked, .trail = &walk.trail};
  plan_walk(film->level, picture.plan, walked);
  while (goes_on(screen)) {
    picture.agent = walk.state.agent;
    walk_caption(film, &walk, text);
    show(screen, &picture, text);
    if (walk_ended(&walk)) break;
    walk_step(film, &walk);
  }
}

Status watch_play(const WatchFilm *film, FILE *file) {
  Screen screen = {.film = film, .file = file};
  signals_catch(&screen.before);
  fputs(HIDE_CURSOR NO_WRAP, file);
  play_ticks(&screen);
  play_walk(&screen);
  if (stopped) pause_ms(CTRL_C_MS, NULL);
  fputs(NO_COLOUR WRAP SHOW_CURSOR, file);
  if (stopped) fputc('\n', file);  // the terminal has echoed ^C on this line
  fflush(file);
  signals_release(&screen.before);
  if (stopped) return status_fail(STATUS_INTERRUPTED, "%s", "");
  return check_written(file);
}
