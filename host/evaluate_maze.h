// Levels with the plans that form on them tick by tick, for the report's interactive maze.
#ifndef MESAGRID_HOST_EVALUATE_MAZE_H
#define MESAGRID_HOST_EVALUATE_MAZE_H

#include <jansson.h>

#include "host/evaluation_set.h"
#include "host/subject.h"
#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

// The number of the level of a set to show as the nth example (from 0): the nth of those whose start is at
// least three halves of the grid's size away from the goal, so that a glance ahead does not solve them; where
// there are too few, simply the nth level of the set.
int evaluate_example(const EvalSet *set, int n);

// The walls of a level, a text of '#' and ' ' a row. The caller's; NULL without memory.
json_t *evaluate_maze_rows(const Level *level);

// A level for the report: {world, size, rows: [text], goal: [y, x], start: [y, x], plans: []}, the plans to
// be appended. *maze is the caller's.
Status evaluate_maze(const EvalWorld *world, int number, json_t **maze);

// A subject's plans on that level: {trial, ticks: [1 … ticks], plan: [text a tick], reach: [text a tick]}; a
// letter a square, U R D L or # for walls and where there is no action; 1 where the plan reaches the goal.
// *plans is the caller's.
Status evaluate_maze_plans(const Subject *subject, const EvalSet *set, int number, int trial, int ticks,
                           json_t **plans);

#ifdef __cplusplus
}
#endif
#endif
