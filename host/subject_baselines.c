// Baselines as subjects: random, greedy, and value iteration.
#include <limits.h>
#include <string.h>

#include "envs/oracle.h"
#include "host/subject.h"

// Plans of what does not think are the same after every tick.
static void repeat_plan(const SubjectBatch *batch, int level) {
  const uint8_t *first = subject_plan(batch, level, 0);
  for (int k = 1; k < batch->ticks; ++k) memcpy(subject_plan(batch, level, k), first, (size_t)batch->stride);
}

static void random_level(const Subject *subject, const SubjectBatch *batch, int level, void *scratch) {
  (void)subject, (void)scratch;
  Rng rng = rng_at(batch->seed, rng_stream(RNG_BASELINE, (uint32_t)(batch->first + level), batch->set), 0);
  plan_random(&batch->levels[level], &rng, subject_plan(batch, level, 0));
  repeat_plan(batch, level);
}

static void greedy_level(const Subject *subject, const SubjectBatch *batch, int level, void *scratch) {
  (void)subject, (void)scratch;
  plan_greedy(&batch->levels[level], subject_plan(batch, level, 0));
  repeat_plan(batch, level);
}

// After k sweeps exactly the squares within k steps know their distance (oracle_value_sweep), and the next
// square on a best way knows its own too. So tick k is the final plan where the distance is at most k; no
// sweep has to be made.
static void value_level(const Subject *subject, const SubjectBatch *batch, int level, void *scratch) {
  (void)subject;
  const Level *world = &batch->levels[level];
  uint8_t *final_plan = scratch;  // (GRID_SQUARES)
  int16_t distance[GRID_SQUARES];
  oracle_distances(world, distance);
  plan_decode(world, distance, final_plan);
  for (int k = 0; k < batch->ticks; ++k) {
    uint8_t *plan = subject_plan(batch, level, k);
    for (int square = 0; square < grid_squares(&world->grid); ++square) {
      const bool known = distance[square] > 0 && distance[square] <= k + 1;
      plan[square] = known ? final_plan[square] : PLAN_STAY;
    }
  }
}

static Status random_think(const Subject *subject, const SubjectBatch *batch) {
  return subject_each_level(subject, batch, random_level, 0);
}

static Status greedy_think(const Subject *subject, const SubjectBatch *batch) {
  return subject_each_level(subject, batch, greedy_level, 0);
}

static Status value_think(const Subject *subject, const SubjectBatch *batch) {
  return subject_each_level(subject, batch, value_level, GRID_SQUARES);
}

static const Subject BASELINES[] = {
    {.name = "random", .ticks_max = 1, .think = random_think},
    {.name = "greedy", .ticks_max = 1, .think = greedy_think},
    {.name = "value iteration", .ticks_max = INT_MAX, .think = value_think},
};

const Subject *subject_baselines(int *count) {
  *count = sizeof BASELINES / sizeof *BASELINES;
  return BASELINES;
}
