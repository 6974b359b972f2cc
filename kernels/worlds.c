// Allocates worlds, draws their pool of levels and sets them to their start.
#include "kernels/worlds.h"

#include <stdlib.h>
#include <string.h>

enum { RECORD_ALIGN = 16 };  // numbers of a cache line

static int round_up(int count, int unit) {
  return (count + unit - 1) / unit * unit;
}

WorldRecords worlds_records(const WorldsSpec *spec, bool with_strips) {
  WorldRecords r = {.rows = spec->env.size_hi};
  const View *view = &spec->view;
  const bool strips = with_strips && view->kind != VIEW_NONE;
  r.start_goal = r.rows;
  r.limit = r.rows + 1;
  r.strips = round_up(r.rows + 2, RECORD_ALIGN);
  r.strip_words = strips ? 2 * view_strip_words(view, r.rows) : 0;
  r.words = r.strips + (strips ? round_up(view_strips(view, r.rows) * r.strip_words, RECORD_ALIGN) : 0);
  r.count = spec->pool > 0 ? spec->pool : 2 * LANE_TILE * worlds_tiles(spec->count);
  return r;
}

static Status check_view(const WorldsSpec *spec) {
  const View *view = &spec->view;
  if (view->kind == VIEW_BOARD && view->side != spec->env.size_hi)
    return status_fail(STATUS_USAGE, "a view of the board is as large as the board: %d, not %d",
                       spec->env.size_hi, view->side);
  if (view->kind != VIEW_WINDOW || (view->side >= 3 && view->side <= GRID_MAX && view->side % 2 == 1))
    return STATUS_OK;
  return status_fail(STATUS_USAGE, "a window is an odd number of squares wide, from 3 to %d, not %d",
                     GRID_MAX, view->side);
}

Status worlds_check(const WorldsSpec *spec) {
  const EnvSpec *env = &spec->env;
  if (env->size_lo < 5 || env->size_hi > GRID_MAX || env->size_lo > env->size_hi || env->size_lo % 2 == 0 ||
      env->size_hi % 2 == 0)
    return status_fail(STATUS_USAGE, "sizes are odd numbers from 5 to %d, not %d to %d", GRID_MAX,
                       env->size_lo, env->size_hi);
  if (env->limit < 1 || env->limit > 1 << 20)
    return status_fail(STATUS_USAGE, "the limit is from 1 to %d grid sizes, not %d", 1 << 20, env->limit);
  if (spec->count < 1 || spec->count > WORLDS_MAX)
    return status_fail(STATUS_USAGE, "the number of worlds is from 1 to %d, not %d", WORLDS_MAX, spec->count);
  if (spec->pool < 0 || spec->pool > WORLDS_POOL_MAX)
    return status_fail(STATUS_USAGE, "the pool is from 0 to %d levels, not %d", WORLDS_POOL_MAX, spec->pool);
  TRY(check_view(spec));
  // Bytes within all records are 32-bit numbers, and indices of a gather are signed.
  const WorldRecords records = worlds_records(spec, true);
  const uint64_t bytes = (uint64_t)records.count * (uint64_t)records.words * sizeof(uint32_t);
  if (bytes > UINT32_MAX)
    return status_fail(STATUS_USAGE,
                       "the levels take %llu MB, more than 4095: fewer worlds, or a smaller pool",
                       (unsigned long long)(bytes >> 20));
  return STATUS_OK;
}

static Status draw_record(Worlds *worlds, uint32_t env, uint32_t episode, uint32_t record) {
  const WorldsSpec *spec = &worlds->spec;
  Level level;
  if (!env_generate(&spec->env, spec->seed, env, episode, &level))
    return status_fail(STATUS_USAGE, "these worlds have hardly any level of the split that was asked for");
  worlds_write_record(spec, &worlds->records, &level,
                      worlds->record + (size_t)record * (size_t)worlds->records.words);
  return STATUS_OK;
}

static Status draw_levels(Worlds *worlds) {
  const uint32_t count = (uint32_t)worlds->records.count;
  for (uint32_t record = 0; record < count; ++record) {
    if (worlds->spec.pool > 0)
      TRY(draw_record(worlds, record, 0, record));
    else
      TRY(draw_record(worlds, record / 2, record % 2, record));
  }
  return STATUS_OK;
}

uint32_t worlds_record_of(const Worlds *worlds, uint32_t world, uint32_t episode) {
  if (worlds->spec.pool == 0) return 2 * world + episode % 2;
  Rng rng = rng_at(worlds->spec.seed, rng_stream(RNG_SIM_POOL, world, episode), 0);
  return rng_below(&rng, (uint32_t)worlds->spec.pool);
}

static void start_world(Worlds *worlds, uint32_t world) {
  const WorldRecords *r = &worlds->records;
  const uint32_t *record = worlds->record + (size_t)worlds_record_of(worlds, world, 0) * (size_t)r->words;
  WorldTile *tile = &worlds->tile[world / LANE_TILE];
  tile->position[world % LANE_TILE] = record[r->start_goal] & ((1u << WORLDS_GOAL_SHIFT) - 1);
  tile->left[world % LANE_TILE] = record[r->limit];
}

static Status allocate(Worlds *worlds) {
  const size_t tiles = (size_t)worlds_tiles(worlds->spec.count);
  const size_t bytes = (size_t)worlds->records.count * (size_t)worlds->records.words * sizeof *worlds->record;
  worlds->record = aligned_alloc(64, bytes);
  worlds->tile = aligned_alloc(64, tiles * sizeof *worlds->tile);
  if (!worlds->record || !worlds->tile)
    return status_fail(STATUS_MEMORY, "no memory for %d worlds and %d levels", worlds->spec.count,
                       worlds->records.count);
  memset(worlds->tile, 0, tiles * sizeof *worlds->tile);
  return STATUS_OK;
}

Status worlds_create(const WorldsSpec *spec, Worlds *worlds) {
  memset(worlds, 0, sizeof *worlds);
  TRY(worlds_check(spec));
  worlds->spec = *spec;
  worlds->records = worlds_records(spec, true);
  Status status = allocate(worlds);
  if (status == STATUS_OK) status = draw_levels(worlds);
  if (status != STATUS_OK) {
    worlds_free(worlds);
    return status;
  }
  for (int world = 0; world < worlds_tiles(spec->count) * LANE_TILE; ++world)
    start_world(worlds, (uint32_t)world);
  return STATUS_OK;
}

void worlds_free(Worlds *worlds) {
  free(worlds->record);
  free(worlds->tile);
  memset(worlds, 0, sizeof *worlds);
}

WorldsTotals worlds_totals(const Worlds *worlds) {
  WorldsTotals totals = {.steps = (int64_t)worlds->step * worlds->spec.count};
  for (int world = 0; world < worlds->spec.count; ++world) {
    const WorldTile *tile = &worlds->tile[world / LANE_TILE];
    totals.episodes += tile->episode[world % LANE_TILE];
    totals.terminated += tile->terminated[world % LANE_TILE];
  }
  totals.reward = totals.steps * MAZE_STEP_REWARD + totals.terminated * (MAZE_GOAL_REWARD - MAZE_STEP_REWARD);
  return totals;
}
