// Lays out the worlds of an evaluation and draws their levels.
#include "host/evaluation_set.h"

#include <stdlib.h>
#include <string.h>

#include "envs/catalogue.h"
#include "envs/oracle.h"

// Off-axis worlds: the gate of the search score asks for trees, more loops, and no maze at all.
static const float OFF_AXIS_LOOPS = 0.3f, OFF_AXIS_BLOCKS = 0.25f;

// ---- Which worlds there are ----

// "10 % loops", "trees", "25 % random blocks"
static void describe_walls(const EnvSpec *spec, char *text, size_t size) {
  if (spec->blocks > 0)
    snprintf(text, size, "%.3g %% random blocks", 100.0 * (double)spec->blocks);
  else if (spec->loops > 0)
    snprintf(text, size, "%.3g %% loops", 100.0 * (double)spec->loops);
  else
    snprintf(text, size, "trees");
}

// "9×9, 10 % loops"
static void describe_world(const EnvSpec *spec, char *text, size_t size) {
  char walls[32];
  describe_walls(spec, walls, sizeof walls);
  snprintf(text, size, "%d×%d, %s", spec->size_hi, spec->size_hi, walls);
}

// Appends a world without its levels. NULL as its id gives "SIZExSIZE".
static EvalWorld *add_world(EvalSets *sets, EvalRole role, const char *id, const EnvSpec *spec,
                            const char *size_key) {
  EvalWorld *world = &sets->world[sets->count++];
  const int size = spec->size_hi;
  memset(world, 0, sizeof *world);
  world->role = role;
  world->spec = *spec;
  world->size_key = size_key;
  world->test.size = world->select.size = size;
  if (id)
    snprintf(world->id, sizeof world->id, "%s", id);
  else
    snprintf(world->id, sizeof world->id, "%dx%d", size, size);
  describe_world(spec, world->title, sizeof world->title);
  return world;
}

// A world like that of training on a larger grid, unless one that large is there already.
static void add_larger(EvalSets *sets, int size, const char *size_key, int levels) {
  const EvalWorld *before = &sets->world[sets->count - 1];
  if (size <= before->spec.size_hi) return;
  EnvSpec spec = before->spec;
  spec.size_lo = spec.size_hi = size;
  EvalWorld *world = add_world(sets, EVAL_LARGER, NULL, &spec, size_key);
  world->test.count = levels;
  world->measures_demand = before->role == EVAL_TRAINING;
}

static void add_off_axis(EvalSets *sets, const char *id, float loops, float blocks, int levels) {
  EnvSpec spec = sets->world[0].spec;
  spec.loops = loops;
  spec.blocks = blocks;
  add_world(sets, EVAL_OFF_AXIS, id, &spec, sets->world[0].size_key)->test.count = levels;
}

// Everything but the levels themselves.
static void lay_out(const Config *config, EvalSets *sets) {
  const int size = config->env_sizes.hi;
  const EnvSpec spec = {.kind = config->env_kind,
                        .size_lo = size,
                        .size_hi = size,
                        .loops = (float)config->env_loops,
                        .blocks = (float)config->env_blocks,
                        .limit = config->env_limit,
                        .split = SPLIT_TEST};
  const int apart = config->eval_levels_apart;
  sets->count = 0;
  add_world(sets, EVAL_TRAINING, NULL, &spec, "env.sizes")->test.count = config->eval_levels;
  add_larger(sets, config->eval_far_size, "eval.far_size", config->eval_levels);
  add_larger(sets, config->eval_farther_size, "eval.farther_size", apart);
  sets->world[0].measures_demand = sets->count == 1;
  add_off_axis(sets, "trees", 0, 0, apart);
  add_off_axis(sets, "loops", OFF_AXIS_LOOPS, 0, apart);
  add_off_axis(sets, "blocks", 0, OFF_AXIS_BLOCKS, apart);
  for (int w = 0; w < sets->count; ++w) {
    EvalWorld *world = &sets->world[w];
    world->select.count = apart;
    world->test.seed = world->select.seed = (uint64_t)config->eval_seed;
    world->test.number = 2 * (uint32_t)w;
    world->select.number = 2 * (uint32_t)w + 1;
  }
}

// ---- Their levels ----

// Level `i` of a set and its distances; false where the split has none.
static bool draw_level(const EvalSet *set, const EnvSpec *spec, int i) {
  int16_t distance[GRID_SQUARES];
  const size_t squares = (size_t)set->size * (size_t)set->size;
  const bool found = env_generate(spec, set->seed, (uint32_t)i, set->number, &set->levels[i]);
  oracle_distances(&set->levels[i], distance);
  memcpy(set->distance + (size_t)i * squares, distance, squares * sizeof *distance);
  return found;
}

Status eval_set_draw(const EnvSpec *spec, const char *size_key, EvalSet *set) {
  char title[EVAL_TITLE_BYTES];
  describe_world(spec, title, sizeof title);
  const size_t count = (size_t)set->count, squares = (size_t)set->size * (size_t)set->size;
  set->levels = malloc(count * sizeof *set->levels);
  set->distance = malloc(count * squares * sizeof *set->distance);
  if (!set->levels || !set->distance)
    return status_fail(STATUS_MEMORY, "no memory for %d levels of %s", set->count, title);
  int missing = 0;
#pragma omp parallel for schedule(dynamic, 8) reduction(+ : missing)
  for (int i = 0; i < set->count; ++i) missing += !draw_level(set, spec, i);
  if (missing == 0) return STATUS_OK;
  return status_fail(STATUS_USAGE, "%s = %d is too small for an evaluation: %s has hardly any held-out level",
                     size_key, set->size, title);
}

void eval_set_free(EvalSet *set) {
  free(set->levels);
  free(set->distance);
  set->levels = NULL;
  set->distance = NULL;
}

static Status draw_set(const EvalWorld *world, Split split, EvalSet *set) {
  EnvSpec spec = world->spec;
  spec.split = split;
  return eval_set_draw(&spec, world->size_key, set);
}

Status eval_sets_create(const Config *config, EvalSets *sets) {
  Status status = STATUS_OK;
  lay_out(config, sets);
  for (int w = 0; status == STATUS_OK && w < sets->count; ++w) {
    EvalWorld *world = &sets->world[w];
    status = draw_set(world, SPLIT_TEST, &world->test);
    if (status == STATUS_OK) status = draw_set(world, SPLIT_SELECT, &world->select);
  }
  if (status != STATUS_OK) eval_sets_free(sets);
  return status;
}

void eval_sets_free(EvalSets *sets) {
  for (int w = 0; w < sets->count; ++w) {
    eval_set_free(&sets->world[w].test);
    eval_set_free(&sets->world[w].select);
  }
  memset(sets, 0, sizeof *sets);
}

// ---- What users ask of them ----

static bool same_set(const EvalSet *a, const EvalSet *b) {
  return a->seed == b->seed && a->number == b->number && a->size == b->size && a->count == b->count;
}

static bool same_world(const EvalWorld *a, const EvalWorld *b) {
  return a->spec.kind == b->spec.kind && a->spec.loops == b->spec.loops && a->spec.blocks == b->spec.blocks &&
         same_set(&a->test, &b->test) && same_set(&a->select, &b->select);
}

bool eval_sets_serve(const EvalSets *sets, const Config *config) {
  EvalSets wanted;
  lay_out(config, &wanted);
  if (wanted.count != sets->count) return false;
  for (int w = 0; w < sets->count; ++w)
    if (!same_world(&sets->world[w], &wanted.world[w])) return false;
  return true;
}

void eval_sets_outline(const Config *config, EvalSets *sets) {
  lay_out(config, sets);
}

Status eval_sets_draw(const Config *config, EvalSets *sets) {
  if (eval_sets_serve(sets, config)) return STATUS_OK;
  eval_sets_free(sets);
  return eval_sets_create(config, sets);
}

const EvalWorld *eval_sets_training(const EvalSets *sets) {
  return &sets->world[0];
}

const EvalWorld *eval_sets_demand(const EvalSets *sets) {
  int w = 0;
  while (!sets->world[w].measures_demand) ++w;
  return &sets->world[w];
}

json_t *eval_sets_describe(const EvalSets *sets) {
  static const char *const ROLES[] = {"training", "larger", "off-axis"};
  json_t *list = json_array();
  for (int w = 0; list && w < sets->count; ++w) {
    const EvalWorld *world = &sets->world[w];
    json_t *entry = json_pack("{s:s, s:s, s:i, s:i, s:s}", "id", world->id, "title", world->title, "size",
                              world->test.size, "levels", world->test.count, "role", ROLES[world->role]);
    if (json_array_append_new(list, entry) == 0) continue;
    json_decref(list);
    list = NULL;
  }
  return list;
}
