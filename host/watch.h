// A plan forming on a level and the walk that it leads to, for the eyes: as pictures in a terminal or as
// plain text.
#ifndef MESAGRID_HOST_WATCH_H
#define MESAGRID_HOST_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "envs/env.h"
#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

// What is shown.
typedef struct WatchFilm {
  const Level *level;
  int env_kind;
  int ticks;            // K
  const uint8_t *plan;  // (ticks, squares): the action on each square after tick k + 1; walls hold anything
  int delay_ms;         // between two pictures, on a terminal
} WatchFilm;

// One picture. Every square is two columns wide, so that squares look square.
typedef struct WatchPicture {
  const Level *level;
  const uint8_t *plan;    // (squares)
  const int16_t *walked;  // (GRID_SQUARES): plan_walk() of it
  const GridSet *trail;   // squares that were walked over; NULL: the plan alone
  int agent;              // the agent's square; -1: not drawn
  bool trail_only;        // no arrows off the trail
} WatchPicture;

// The arrows of the plan, U+2191 and the like; squares from which it reaches the goal are green. `line_end`
// closes each row.
void watch_draw_colour(FILE *file, const WatchPicture *picture, const char *line_end);

// The same without escape codes: arrows are dashed, U+21E1 and the like, where the plan does not reach the
// goal.
void watch_draw_plain(FILE *file, const WatchPicture *picture);

// Prints a picture of each tick whose plan differs from the one before, of the last tick, and of the walk.
Status watch_print(const WatchFilm *film, FILE *file);

// Plays all ticks and the walk in place, on a terminal. SIGINT, SIGTERM and SIGHUP end it with
// STATUS_INTERRUPTED and leave the terminal as it was.
Status watch_play(const WatchFilm *film, FILE *file);

// Rows and columns that watch_play() needs for a level.
void watch_extent(const Level *level, int *rows, int *columns);

#ifdef __cplusplus
}
#endif
#endif
