// Lays out the sets of levels on which agents are probed, and draws them.
#include "host/probe_levels.h"

#include <string.h>

// Set numbers lie apart from those of an evaluation, so that no level is drawn for both by one key.
enum { FIRST_NUMBER = 1000 };

typedef enum Side { SIDE_TRAINING, SIDE_FAR, SIDE_FARTHER } Side;

// One set as docs/probes.md lists it. Walls: negative means those of training.
typedef struct Outline {
  const char *name;
  int levels;
  Side side;
  Split split;
  float loops, blocks;
} Outline;

static const Outline OUTLINES[PROBE_SETS] = {
    [PROBE_SELECT] = {"select", 200, SIDE_TRAINING, SPLIT_SELECT, -1, -1},
    [PROBE_CLASSES] = {"classes", 200, SIDE_TRAINING, SPLIT_SELECT, -1, -1},
    [PROBE_FLIPS] = {"flip", 300, SIDE_TRAINING, SPLIT_TEST, -1, -1},
    [PROBE_NEAR] = {"near", 600, SIDE_TRAINING, SPLIT_TEST, -1, -1},
    [PROBE_LOOPED] = {"looped", 300, SIDE_TRAINING, SPLIT_TEST, 0.3f, 0},
    [PROBE_FAR] = {"far", 600, SIDE_FAR, SPLIT_TEST, -1, -1},
    [PROBE_FARTHER] = {"farther", 120, SIDE_FARTHER, SPLIT_TEST, -1, -1},
    [PROBE_TREES] = {"trees", 200, SIDE_TRAINING, SPLIT_TEST, 0, 0},
    [PROBE_BLOCKS] = {"blocks", 200, SIDE_TRAINING, SPLIT_TEST, 0, 0.25f},
};

static const char *const SIZE_KEYS[] = {"env.sizes", "eval.far_size", "eval.farther_size"};

const char *probe_set_name(ProbeSet set) {
  return OUTLINES[set].name;
}

// A set and its specification without the levels. size(side): squares.
static void lay_out(const Config *config, ProbeSet which, int size, double scale, ProbeLevels *levels) {
  const Outline *outline = &OUTLINES[which];
  EnvSpec *spec = &levels->spec[which];
  EvalSet *set = &levels->set[which];
  const int count = (int)(scale * outline->levels + 0.5);
  *spec = (EnvSpec){.kind = config->env_kind,
                    .size_lo = size,
                    .size_hi = size,
                    .loops = outline->loops < 0 ? (float)config->env_loops : outline->loops,
                    .blocks = outline->blocks < 0 ? (float)config->env_blocks : outline->blocks,
                    .limit = config->env_limit,
                    .split = outline->split};
  *set = (EvalSet){.seed = (uint64_t)config->eval_seed,
                   .number = FIRST_NUMBER + (uint32_t)which,
                   .size = size,
                   .count = count < 2 ? 2 : count};
}

// TICK, FRONT and RESIDUAL compare sizes, which therefore have to grow.
static Status check_sizes(const int *size) {
  static const char *const BEFORE[] = {"", "the largest of env.sizes", "eval.far_size"};
  for (int side = SIDE_FAR; side <= SIDE_FARTHER; ++side)
    if (size[side] <= size[side - 1])
      return status_fail(STATUS_USAGE, "%s = %d is too small to probe with: it must be larger than %s, %d",
                         SIZE_KEYS[side], size[side], BEFORE[side], size[side - 1]);
  return STATUS_OK;
}

Status probe_levels_create(const Config *config, double scale, ProbeLevels *levels) {
  const int size[] = {config->env_sizes.hi, config->eval_far_size, config->eval_farther_size};
  memset(levels, 0, sizeof *levels);
  Status status = check_sizes(size);
  for (int which = 0; status == STATUS_OK && which < PROBE_SETS; ++which) {
    const Side side = OUTLINES[which].side;
    lay_out(config, (ProbeSet)which, size[side], scale, levels);
    status = eval_set_draw(&levels->spec[which], SIZE_KEYS[side], &levels->set[which]);
  }
  if (status != STATUS_OK) probe_levels_free(levels);
  return status;
}

void probe_levels_free(ProbeLevels *levels) {
  for (int which = 0; which < PROBE_SETS; ++which) eval_set_free(&levels->set[which]);
  memset(levels, 0, sizeof *levels);
}
