// The permutation test: how often chance alone would split the values as unequally.
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "envs/rng.h"
#include "host/statistics.h"

// The bootstrap's streams stay below: its sets have small numbers.
enum { PERMUTATION_STREAM = 0xffffff };

// Splits that differ as much in exact arithmetic must count in spite of rounding.
static const double TIE = 1e-9;

// Both groups, pooled, the smaller one first and called left, as deviations from the mean of all: the
// difference of the groups' means is then a constant times the left group's sum, and sums can be compared in
// its place.
typedef struct Pool {
  double *values;   // (count)
  int count, left;  // left: in the left group
  double observed;  // |sum| of the left group, less what counts as a tie
} Pool;

static Status pool_create(const double *left, int left_count, const double *right, int right_count,
                          Pool *pool) {
  if (left_count < 1 || right_count < 1)
    return status_fail(STATUS_USAGE, "a permutation test needs two groups, not %d and %d values", left_count,
                       right_count);
  *pool = (Pool){.count = left_count + right_count, .left = left_count};
  pool->values = malloc((size_t)pool->count * sizeof *pool->values);
  if (!pool->values) return status_fail(STATUS_MEMORY, "no memory to permute %d values", pool->count);
  double mean = 0, sum = 0, scale = 0;
  for (int i = 0; i < pool->count; ++i) {
    pool->values[i] = i < left_count ? left[i] : right[i - left_count];
    mean += pool->values[i] / pool->count;
  }
  for (int i = 0; i < pool->count; ++i) {
    pool->values[i] -= mean;
    scale += fabs(pool->values[i]);
    if (i < left_count) sum += pool->values[i];
  }
  pool->observed = fabs(sum) - TIE * scale;
  return STATUS_OK;
}

// C(count, left), or more than STATISTICS_SPLITS where it is more.
static int64_t split_count(const Pool *pool) {
  int64_t splits = 1;
  for (int i = 1; i <= pool->left && splits <= STATISTICS_SPLITS; ++i)
    splits = splits * (pool->count - pool->left + i) / i;
  return splits;
}

// Splits as unequal as the observed one among all that put `needed` of the values from `from` on into the
// left group, which sums to `sum` so far.
static int64_t count_unequal(const Pool *pool, int from, int needed, double sum) {
  if (needed == 0) return fabs(sum) >= pool->observed;
  int64_t unequal = 0;
  for (int i = from; i <= pool->count - needed; ++i)
    unequal += count_unequal(pool, i + 1, needed - 1, sum + pool->values[i]);
  return unequal;
}

// The left group's sum of a random split: each value joins with the chance that keeps all splits equally
// likely (selection sampling, Knuth 3.4.2 S).
static double random_sum(const Pool *pool, Rng *rng) {
  double sum = 0;
  int needed = pool->left;
  for (int i = 0; i < pool->count; ++i) {
    const bool joins = rng_below(rng, (uint32_t)(pool->count - i)) < (uint32_t)needed;
    if (!joins) continue;
    sum += pool->values[i];
    needed -= 1;
  }
  return sum;
}

// Counting the real split in keeps the test honest (Phipson & Smyth 2010).
static double estimate(const Pool *pool, uint64_t seed) {
  int unequal = 1;
  for (int split = 1; split < STATISTICS_SPLITS; ++split) {
    Rng rng = rng_at(seed, rng_stream(RNG_BOOTSTRAP, PERMUTATION_STREAM, (uint32_t)split), 0);
    unequal += fabs(random_sum(pool, &rng)) >= pool->observed;
  }
  return (double)unequal / STATISTICS_SPLITS;
}

Status statistics_permutation(const double *left, int left_count, const double *right, int right_count,
                              uint64_t seed, double *p) {
  Pool pool;
  if (left_count <= right_count)
    TRY(pool_create(left, left_count, right, right_count, &pool));
  else
    TRY(pool_create(right, right_count, left, left_count, &pool));
  const int64_t splits = split_count(&pool);
  if (splits <= STATISTICS_SPLITS)
    *p = (double)count_unequal(&pool, 0, pool.left, 0) / (double)splits;
  else
    *p = estimate(&pool, seed);
  free(pool.values);
  return STATUS_OK;
}
