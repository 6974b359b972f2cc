// Draws one plan on one level, square by square.
#include "envs/env.h"
#include "host/watch.h"

// What a square shows.
typedef enum Look {
  LOOK_WALL,
  LOOK_EMPTY,     // floor without an arrow
  LOOK_REACHING,  // an arrow that leads to the goal
  LOOK_STRAYING,  // one that does not
  LOOK_TRAIL,     // an arrow that was walked
  LOOK_AGENT,
  LOOK_GOAL,
} Look;

// Sixteen colours, which every terminal has; each on its own background, so that none is lost on light or
// dark.
static const char *const COLOURS[] = {
    [LOOK_WALL] = "\x1b[90m",         // grey
    [LOOK_EMPTY] = "",                //
    [LOOK_REACHING] = "\x1b[30;42m",  // black on green
    [LOOK_STRAYING] = "\x1b[31m",     // red
    [LOOK_TRAIL] = "\x1b[30;46m",     // black on cyan
    [LOOK_AGENT] = "\x1b[1;97;45m",   // white on magenta
    [LOOK_GOAL] = "\x1b[1;30;43m",    // black on yellow
};
static const char COLOUR_END[] = "\x1b[0m";

// By action: up, right, down, left; then a square without one.
static const char *const ARROWS[] = {"↑", "→", "↓", "←", "·"};
static const char *const DASHED_ARROWS[] = {"⇡", "⇢", "⇣", "⇠", "·"};

static Look look_of(const WatchPicture *picture, int square) {
  const Level *level = picture->level;
  const bool on_trail = picture->trail && grid_set_has(picture->trail, level->grid.width, square);
  if (square == picture->agent) return LOOK_AGENT;
  if (square == level->goal) return LOOK_GOAL;
  if (grid_is_wall(&level->grid, square)) return LOOK_WALL;
  if (on_trail) return LOOK_TRAIL;
  if (picture->trail_only) return LOOK_EMPTY;
  return picture->walked[square] >= 0 ? LOOK_REACHING : LOOK_STRAYING;
}

// The two columns of a square. The start is marked beside its arrow.
static void draw_square(FILE *file, const WatchPicture *picture, int square, Look look,
                        const char *const *arrows) {
  const int action = picture->plan[square] < ENV_ACTIONS ? picture->plan[square] : ENV_ACTIONS;
  switch (look) {
    case LOOK_WALL:
      fputs("██", file);
      return;
    case LOOK_AGENT:
      fputs("@ ", file);
      return;
    case LOOK_GOAL:
      fputs("G ", file);
      return;
    default:
      fputs(look == LOOK_EMPTY ? " " : arrows[action], file);
      fputc(square == picture->level->start ? '@' : ' ', file);
  }
}

void watch_draw_colour(FILE *file, const WatchPicture *picture, const char *line_end) {
  const Grid *grid = &picture->level->grid;
  for (int y = 0; y < grid->height; ++y) {
    for (int x = 0; x < grid->width; ++x) {
      const int square = y * grid->width + x;
      const Look look = look_of(picture, square);
      fputs(COLOURS[look], file);
      draw_square(file, picture, square, look, ARROWS);
      fputs(COLOUR_END, file);
    }
    fputs(line_end, file);
  }
}

void watch_draw_plain(FILE *file, const WatchPicture *picture) {
  const Grid *grid = &picture->level->grid;
  for (int y = 0; y < grid->height; ++y) {
    for (int x = 0; x < grid->width; ++x) {
      const int square = y * grid->width + x;
      const Look look = look_of(picture, square);
      draw_square(file, picture, square, look, look == LOOK_STRAYING ? DASHED_ARROWS : ARROWS);
    }
    fputc('\n', file);
  }
}
