// Thinks four times on each level of a set, clamping one square, and counts whose plan moved.
#include "host/probe_clamp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "envs/oracle.h"
#include "host/evaluate_maze.h"
#include "host/local_repair.h"
#include "host/probe_thoughts.h"

// Kinds of thoughts; the edited ones have the number of their column.
enum { UNEDITED = CLAMP_COUNTED };

enum {
  FIRST_TICK = 2,       // of a clamp, counted from 1
  UNIFORMS = 12,        // whose sum less 6 is nearly normal, with variance 1, on every machine alike
  PICTURE_LEVELS = 32,  // a picture is chosen among so many
};

// One experiment while it runs.
typedef struct Clamp {
  const ProbeContext *context;
  const ClampSpec *spec;
  ProbeThoughts thoughts;
  ClampPlace *places;  // (room)
  TraceEdit *edits;    // (room): one a level
  real *values;        // (room, ticks, C): row i is what level i of the chunk is clamped to
} Clamp;

static void clamp_free(Clamp *clamp) {
  probe_thoughts_free(&clamp->thoughts);
  free(clamp->places);
  free(clamp->edits);
  free(clamp->values);
}

// The caller frees, after a failure too.
static Status clamp_create(const ProbeContext *context, const ClampSpec *spec, const EvalSet *set,
                           bool with_state, Clamp *clamp) {
  const ProbeClasses *classes = &context->classes;
  *clamp = (Clamp){.context = context, .spec = spec};
  TRY(probe_thoughts_create(context->subject, set, context->best_ticks, CLAMP_KINDS, with_state,
                            &clamp->thoughts));
  const size_t room = (size_t)clamp->thoughts.room;
  clamp->places = malloc(room * sizeof *clamp->places);
  clamp->edits = malloc(room * sizeof *clamp->edits);
  clamp->values = malloc(room * (size_t)classes->ticks * (size_t)classes->channels * sizeof *clamp->values);
  if (clamp->places && clamp->edits && clamp->values) return STATUS_OK;
  return status_fail(STATUS_MEMORY, "no memory to clamp states of %d levels", (int)room);
}

// ---- What a square is clamped to ----

// direction(C): normal numbers, each scaled by its channel's deviation.
static void draw_direction(const Clamp *clamp, int number, double *direction) {
  const ProbeClasses *classes = &clamp->context->classes;
  Rng rng = probe_rng(clamp->thoughts.set, number, PROBE_DRAW_DIRECTION);
  for (int c = 0; c < classes->channels; ++c) {
    double normal = -UNIFORMS / 2;
    for (int u = 0; u < UNIFORMS; ++u) normal += (double)rng_unit(&rng);
    direction[c] = normal * (double)classes->deviation[c];
  }
}

// row(C) = free + direction, stretched to the length of target - free; free itself for a direction of no
// length.
static void set_random(const real *target, const real *free, const double *direction, int channels,
                       real *row) {
  double wanted = 0, length = 0;
  for (int c = 0; c < channels; ++c) {
    const double apart = (double)target[c] - (double)free[c];
    wanted += apart * apart;
    length += direction[c] * direction[c];
  }
  const double scale = length > 0 ? sqrt(wanted / length) : 0;
  for (int c = 0; c < channels; ++c) row[c] = (real)((double)free[c] + scale * direction[c]);
}

// What a free square's own state is after tick k + 1, as the control of level `i` has it.
static const real *free_state(const Clamp *clamp, int i, int k) {
  const ProbeClasses *classes = &clamp->context->classes;
  const int other = clamp->places[i].other;
  if (other < 0) return classes->free + (size_t)k * (size_t)classes->channels;
  return probe_thoughts_state(&clamp->thoughts, i, k, other);
}

// Row `i` of the values for one kind of thought. direction(C): room.
static void set_values(const Clamp *clamp, int kind, int i, double *direction) {
  const ProbeClasses *classes = &clamp->context->classes;
  const size_t channels = (size_t)classes->channels, ticks = (size_t)classes->ticks;
  const real *target = clamp->spec->target(classes), *free = classes->free;
  real *row = clamp->values + (size_t)i * ticks * channels;
  if (kind == CLAMP_RANDOM) draw_direction(clamp, clamp->thoughts.first + i, direction);
  for (int k = 0; k < classes->ticks; ++k, row += channels, target += channels, free += channels) {
    if (kind == CLAMP_RANDOM)
      set_random(target, free, direction, classes->channels, row);
    else
      memcpy(row, kind == CLAMP_EDIT ? target : free_state(clamp, i, k), channels * sizeof *row);
  }
}

// ---- Thinking ----

static void find_places(Clamp *clamp) {
  const ProbeThoughts *thoughts = &clamp->thoughts;
#pragma omp parallel for schedule(dynamic)
  for (int i = 0; i < thoughts->count; ++i) {
    ClampPlace *place = &clamp->places[i];
    clamp->spec->place(thoughts->set, thoughts->first + i, place);
    clamp->edits[i] = (TraceEdit){place->square, FIRST_TICK, thoughts->ticks + 1, i};
  }
}

static Status think_edited(Clamp *clamp, int kind, double *direction) {
  ProbeThoughts *thoughts = &clamp->thoughts;
  SubjectBatch batch = probe_thoughts_batch(thoughts);
  for (int i = 0; i < thoughts->count; ++i)
    if (clamp->places[i].square >= 0) set_values(clamp, kind, i, direction);
  batch.edits = clamp->edits;
  batch.level_edits = 1;
  batch.edit_values = clamp->values;
  batch.edit_rows = thoughts->count;
  return probe_thoughts_think(thoughts, &batch, kind);
}

// Thinks the kinds below `kinds` on the chunk.
static Status think_chunk(Clamp *clamp, int kinds) {
  ProbeThoughts *thoughts = &clamp->thoughts;
  SubjectBatch batch = probe_thoughts_batch(thoughts);
  batch.state = thoughts->state;
  find_places(clamp);
  TRY(probe_thoughts_think(thoughts, &batch, UNEDITED));
  double *direction = malloc((size_t)clamp->context->classes.channels * sizeof *direction);
  if (!direction) return status_fail(STATUS_MEMORY, "no memory for a random direction");
  Status status = STATUS_OK;
  for (int kind = CLAMP_EDIT; status == STATUS_OK && kind < kinds; ++kind)
    status = think_edited(clamp, kind, direction);
  free(direction);
  return status;
}

// ---- Counting ----

// Takes from `squares` those from which the plan arrives (or, with false, does not) at the goal of a level.
static void keep(const Level *level, const uint8_t *plan, bool arriving, GridSet *squares) {
  int16_t walked[GRID_SQUARES];
  plan_walk(level, plan, walked);
  for (int square = 0; square < grid_squares(&level->grid); ++square)
    if ((walked[square] >= 0) != arriving) grid_set_remove(squares, level->grid.width, square);
}

// The squares of level `i` of the chunk that count.
static void counted_squares(const Clamp *clamp, int i, GridSet *counted) {
  const ProbeThoughts *thoughts = &clamp->thoughts;
  const ClampPlace *place = &clamp->places[i];
  const uint8_t *plan = probe_thoughts_plan(thoughts, UNEDITED, i);
  *counted = (GridSet){{0}};
  if (place->square < 0) return;
  *counted = place->candidates;
  keep(&place->detour, plan, false, counted);
  if (clamp->spec->arrives) keep(&thoughts->set->levels[thoughts->first + i], plan, true, counted);
}

// Of the squares that count, those that one kind of thought moved.
static void moved_squares(const Clamp *clamp, int i, int kind, const GridSet *counted, GridSet *moved) {
  *moved = *counted;
  if (grid_set_count(counted) > 0)
    keep(&clamp->places[i].detour, probe_thoughts_plan(&clamp->thoughts, kind, i), true, moved);
}

// Of the squares of level `i` that count, those beyond repair.
static void beyond_repair(const Clamp *clamp, int i, const GridSet *counted, GridSet *beyond) {
  const ProbeThoughts *thoughts = &clamp->thoughts;
  const ClampPlace *place = &clamp->places[i];
  const size_t number = (size_t)(thoughts->first + i);
  *beyond = *counted;
  if (grid_set_count(counted) > 0)
    repair_leave_out(&thoughts->set->levels[number],
                     thoughts->set->distance + number * (size_t)thoughts->squares, &place->detour,
                     place->square, probe_thoughts_plan(thoughts, UNEDITED, i), beyond);
}

// row(CLAMP_KINDS): how many squares count, and how many of these each thought moved.
static void count_moved(const Clamp *clamp, int i, const GridSet *counted, double *row) {
  GridSet moved;
  row[CLAMP_COUNTED] = grid_set_count(counted);
  for (int kind = CLAMP_EDIT; kind < CLAMP_KINDS; ++kind) {
    moved_squares(clamp, i, kind, counted, &moved);
    row[kind] = grid_set_count(&moved);
  }
}

static void count_chunk(const Clamp *clamp, double *rows) {
  const ProbeThoughts *thoughts = &clamp->thoughts;
#pragma omp parallel for schedule(dynamic)
  for (int i = 0; i < thoughts->count; ++i) {
    double *row = rows + (size_t)(thoughts->first + i) * CLAMP_COLUMNS;
    GridSet counted, beyond;
    counted_squares(clamp, i, &counted);
    beyond_repair(clamp, i, &counted, &beyond);
    count_moved(clamp, i, &counted, row);
    count_moved(clamp, i, &beyond, row + CLAMP_BEYOND);
  }
}

static Status measure_chunks(Clamp *clamp, double *rows) {
  while (probe_thoughts_next(&clamp->thoughts)) {
    TRY(think_chunk(clamp, CLAMP_KINDS));
    count_chunk(clamp, rows);
  }
  return STATUS_OK;
}

Status clamp_measure(const ProbeContext *context, const ClampSpec *spec, ProbeTables *tables) {
  const EvalSet *set = &context->levels->set[spec->set];
  TRY(probe_add_table(tables, spec->set, set->count, CLAMP_COLUMNS));
  Clamp clamp;
  Status status = clamp_create(context, spec, set, spec->needs_others, &clamp);
  if (status == STATUS_OK) status = measure_chunks(&clamp, tables->table[tables->count - 1].values);
  clamp_free(&clamp);
  return status;
}

// mean(CLAMP_KINDS)
static double share_moved(const double *mean) {
  const double counted = mean[CLAMP_COUNTED];
  const double random = probe_share(mean[CLAMP_RANDOM], counted, 0);
  const double free = probe_share(mean[CLAMP_FREE], counted, 0);
  const double edit = probe_share(mean[CLAMP_EDIT], counted, 0);
  return probe_clip(probe_above(edit, random > free ? random : free));
}

double clamp_value(const ProbeTables *tables, const double *const *means) {
  (void)tables;
  return share_moved(means[0]);
}

double clamp_reach(const ProbeTables *tables, const double *const *means) {
  (void)tables;
  return share_moved(means[0] + CLAMP_BEYOND);
}

// ---- The picture ----

static char letter(const Level *level, int square, int action) {
  if (grid_is_wall(&level->grid, square)) return '#';
  return action < ENV_ACTIONS ? "URDL"[action] : ' ';
}

// One text a square of what the edit did: level `i` of the chunk.
typedef struct Drawing {
  char before[GRID_SQUARES + 1], after[GRID_SQUARES + 1];  // U R D L, '#', ' ' for staying
  char changed[GRID_SQUARES + 1];                          // '0' or '1', as the next two
  char counted[GRID_SQUARES + 1], moved[GRID_SQUARES + 1];
} Drawing;

static void draw(const Clamp *clamp, int i, Drawing *drawing) {
  const ProbeThoughts *thoughts = &clamp->thoughts;
  const Level *level = &thoughts->set->levels[thoughts->first + i];
  const uint8_t *plan = probe_thoughts_plan(thoughts, UNEDITED, i);
  const uint8_t *edited = probe_thoughts_plan(thoughts, CLAMP_EDIT, i);
  const int size = level->grid.width;
  GridSet counted, moved;
  counted_squares(clamp, i, &counted);
  moved_squares(clamp, i, CLAMP_EDIT, &counted, &moved);
  *drawing = (Drawing){{0}, {0}, {0}, {0}, {0}};
  for (int square = 0; square < thoughts->squares; ++square) {
    drawing->before[square] = letter(level, square, plan[square]);
    drawing->after[square] = letter(level, square, edited[square]);
    drawing->changed[square] =
        square != level->goal && drawing->before[square] != drawing->after[square] ? '1' : '0';
    drawing->counted[square] = grid_set_has(&counted, size, square) ? '1' : '0';
    drawing->moved[square] = grid_set_has(&moved, size, square) ? '1' : '0';
  }
}

static Status picture_of(const Clamp *clamp, int i, json_t **picture) {
  const Level *level = &clamp->thoughts.set->levels[clamp->thoughts.first + i];
  const int size = level->grid.width, square = clamp->places[i].square;
  Drawing drawing;
  draw(clamp, i, &drawing);
  *picture = json_pack("{s:i, s:o, s:[i, i], s:[i, i], s:i, s:i, s:s, s:s, s:s, s:s, s:s}", "size", size,
                       "rows", evaluate_maze_rows(level), "goal", level->goal / size, level->goal % size,
                       "edited", square / size, square % size, "from_tick", (int)FIRST_TICK, "ticks",
                       clamp->thoughts.ticks, "before", drawing.before, "after", drawing.after, "changed",
                       drawing.changed, "counted", drawing.counted, "moved", drawing.moved);
  return *picture ? STATUS_OK : status_fail(STATUS_MEMORY, "no memory for a picture");
}

// The level of the chunk with the most squares that count, moved ones twice; -1 where none has a place.
static int choose_level(const Clamp *clamp) {
  int best = -1, most = -1;
  for (int i = 0; i < clamp->thoughts.count; ++i) {
    GridSet counted, moved;
    if (clamp->places[i].square < 0) continue;
    counted_squares(clamp, i, &counted);
    moved_squares(clamp, i, CLAMP_EDIT, &counted, &moved);
    const int points = grid_set_count(&counted) + grid_set_count(&moved);
    if (points > most) most = points, best = i;
  }
  return best;
}

// The picture of the best level of the first chunk, thought on unedited and edited.
static Status picture_chunk(Clamp *clamp, json_t **picture) {
  probe_thoughts_next(&clamp->thoughts);
  TRY(think_chunk(clamp, CLAMP_EDIT + 1));
  const int best = choose_level(clamp);
  if (best >= 0) return picture_of(clamp, best, picture);
  *picture = json_null();
  return STATUS_OK;
}

Status clamp_picture(const ProbeContext *context, const ClampSpec *spec, json_t **picture) {
  EvalSet first = context->levels->set[spec->set];
  if (first.count > PICTURE_LEVELS) first.count = PICTURE_LEVELS;
  Clamp clamp;
  Status status = clamp_create(context, spec, &first, false, &clamp);
  if (status == STATUS_OK) status = picture_chunk(&clamp, picture);
  clamp_free(&clamp);
  return status;
}
