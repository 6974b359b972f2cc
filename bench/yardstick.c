// A maze stepper as plain C writes it: a byte a square, one world after the other, a window copied row by
// row.
#include "bench/yardstick.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "envs/catalogue.h"

// Squares of the window, and of the margin of walls around each board that spares the copy all questions.
enum { SIDE = 11, REACH = SIDE / 2, STRIDE = GRID_MAX + 2 * REACH, FREE = 0, WALL = 1, GOAL = 2 };

typedef struct Board {
  uint8_t square[STRIDE * STRIDE];  // the board's (y, x) is at (y + REACH) * stride + x + REACH
  int stride;                       // width with both margins
  int start, goal;                  // indices into `square`
  int limit;                        // steps
} Board;

typedef struct World {
  const Board *board;
  int agent, steps;
} World;

struct Yardstick {
  int count, pool;
  Board *board;
  World *world;
  uint8_t *window;  // (count, SIDE * SIDE)
  uint32_t random;
  int64_t episodes, terminated;
};

// Marsaglia 2003, "Xorshift RNGs".
static uint32_t draw(Yardstick *y) {
  y->random ^= y->random << 13;
  y->random ^= y->random >> 17;
  y->random ^= y->random << 5;
  return y->random;
}

static int place(const Board *board, const Grid *grid, int square) {
  return (square / grid->width + REACH) * board->stride + square % grid->width + REACH;
}

static void board_from_level(const EnvSpec *env, const Level *level, Board *board) {
  const Grid *grid = &level->grid;
  memset(board->square, WALL, sizeof board->square);
  board->stride = grid->width + 2 * REACH;
  for (int square = 0; square < grid_squares(grid); ++square)
    if (!grid_is_wall(grid, square)) board->square[place(board, grid, square)] = FREE;
  board->start = place(board, grid, level->start);
  board->goal = place(board, grid, level->goal);
  board->square[board->goal] = GOAL;
  board->limit = env_step_limit(env, level);
}

static void reset(Yardstick *y, World *world) {
  world->board = &y->board[draw(y) % (uint32_t)y->pool];
  world->agent = world->board->start;
  world->steps = 0;
}

static void step(Yardstick *y, World *world) {
  const Board *board = world->board;
  const int offset[ENV_ACTIONS] = {-board->stride, 1, board->stride, -1};
  const int next = world->agent + offset[draw(y) >> 30];
  if (board->square[next] != WALL) world->agent = next;
  ++world->steps;
  const bool terminated = world->agent == board->goal;
  if (!terminated && world->steps < board->limit) return;
  y->terminated += terminated;
  ++y->episodes;
  reset(y, world);
}

static void observe(const World *world, uint8_t *window) {
  const Board *board = world->board;
  const uint8_t *from = &board->square[world->agent - REACH * board->stride - REACH];
  for (int row = 0; row < SIDE; ++row) memcpy(window + row * SIDE, from + row * board->stride, SIDE);
}

Status yardstick_create(const EnvSpec *env, int worlds, int pool, Yardstick **yardstick) {
  Yardstick *const y = *yardstick = calloc(1, sizeof *y);
  if (!y) return status_fail(STATUS_MEMORY, "no memory for the yardstick");
  *y = (Yardstick){.count = worlds, .pool = pool, .random = 2463534242u};
  y->board = calloc((size_t)pool, sizeof *y->board);
  y->world = calloc((size_t)worlds, sizeof *y->world);
  y->window = calloc((size_t)worlds, SIDE * SIDE);
  if (!y->board || !y->world || !y->window)
    return status_fail(STATUS_MEMORY, "no memory for the yardstick's %d worlds and %d levels", worlds, pool);
  for (int i = 0; i < pool; ++i) {
    Level level;
    if (!env_generate(env, 1, (uint32_t)i, 0, &level))
      return status_fail(STATUS_USAGE, "the yardstick finds no level of this split");
    board_from_level(env, &level, &y->board[i]);
  }
  for (int i = 0; i < worlds; ++i) reset(y, &y->world[i]);
  return STATUS_OK;
}

void yardstick_free(Yardstick *y) {
  if (!y) return;
  free(y->board);
  free(y->world);
  free(y->window);
  free(y);
}

void yardstick_step(Yardstick *y) {
  for (int i = 0; i < y->count; ++i) {
    step(y, &y->world[i]);
    observe(&y->world[i], y->window + (size_t)i * SIDE * SIDE);
  }
}

void yardstick_totals(const Yardstick *y, int64_t *episodes, int64_t *terminated) {
  *episodes = y->episodes;
  *terminated = y->terminated;
}
