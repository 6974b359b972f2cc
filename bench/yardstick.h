// The yardstick: a maze stepper as plain C writes it, to measure the product against.
#ifndef MESAGRID_BENCH_YARDSTICK_H
#define MESAGRID_BENCH_YARDSTICK_H

#include <stdint.h>

#include "envs/env.h"
#include "kernels/status.h"

typedef struct Yardstick Yardstick;

// `worlds` mazes on a pool of `pool` levels with an 11 × 11 window, of the same kind of levels as `env`
// draws.
Status yardstick_create(const EnvSpec *env, int worlds, int pool, Yardstick **yardstick);
void yardstick_free(Yardstick *yardstick);

// Steps every world once under random actions and writes its window: 121 bytes a world, resets included.
void yardstick_step(Yardstick *yardstick);

// Episodes that ended so far, and those that ended at the goal.
void yardstick_totals(const Yardstick *yardstick, int64_t *episodes, int64_t *terminated);

#endif
