// The percentile bootstrap over levels, many columns at once.
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "envs/rng.h"
#include "host/statistics.h"

// Sums of RESAMPLES × COLUMNS values stay in registers while all levels pass by. Pair is as wide as the least
// of our machines, so this needs no build per instruction set. Every sum runs in the order of levels.
enum { PAIR = 2, PANEL_PAIRS = 2, PANEL = PAIR * PANEL_PAIRS, GROUP = 4 };

typedef double Pair __attribute__((vector_size(PAIR * sizeof(double))));

// ---- Resampling ----

// packed(panel, level, PANEL): PANEL neighbouring columns of every level in one stretch, zeros beyond the
// last column.
static void pack(const double *values, int levels, int columns, Pair *packed) {
  double *out = (double *)packed;
  for (int panel = 0; panel < columns; panel += PANEL)
    for (int level = 0; level < levels; ++level)
      for (int c = panel; c < panel + PANEL; ++c)
        *out++ = c < columns ? values[(size_t)level * (size_t)columns + (size_t)c] : 0;
}

// weights(level, GROUP): how often each of GROUP resamples, from number `first` on, draws the level.
static void draw_weights(uint64_t seed, int first, int levels, double *weights) {
  memset(weights, 0, (size_t)levels * GROUP * sizeof *weights);
  for (int r = 0; r < GROUP; ++r) {
    Rng rng = rng_at(seed, rng_stream(RNG_BOOTSTRAP, 0, (uint32_t)(first + r)), 0);
    for (int i = 0; i < levels; ++i)
      weights[rng_below(&rng, (uint32_t)levels) * (size_t)GROUP + (size_t)r] += 1;
  }
}

// sums(GROUP, PANEL) = Σ_level weights(level, GROUP) · packed(level, PANEL)
static void sum_panel(const Pair *packed, const double *weights, int levels, double sums[GROUP][PANEL]) {
  Pair total[GROUP][PANEL_PAIRS] = {{{0}}};
  for (int level = 0; level < levels; ++level, packed += PANEL_PAIRS, weights += GROUP) {
    UNROLL
    for (int r = 0; r < GROUP; ++r) {
      const Pair weight = {weights[r], weights[r]};
      UNROLL
      for (int p = 0; p < PANEL_PAIRS; ++p) total[r][p] += weight * packed[p];
    }
  }
  memcpy(sums, total, sizeof total);
}

// Fills means(column, resample) for the resamples first … first + GROUP - 1, as far as there are that many.
static void group_means(const Pair *packed, const double *weights, int levels, int columns, int first,
                        int resamples, double *means) {
  double sums[GROUP][PANEL];
  for (int panel = 0; panel < columns; panel += PANEL, packed += (size_t)levels * PANEL_PAIRS) {
    sum_panel(packed, weights, levels, sums);
    for (int r = 0; r < GROUP && first + r < resamples; ++r)
      for (int c = 0; c < PANEL && panel + c < columns; ++c)
        means[(size_t)(panel + c) * (size_t)resamples + (size_t)(first + r)] = sums[r][c] / levels;
  }
}

// A NaN would spread to every resample of its column, drawn or not.
static Status check_values(const double *values, int levels, int columns, int resamples) {
  if (levels < 1 || columns < 1 || resamples < 2)
    return status_fail(STATUS_USAGE, "nothing to bootstrap: %d levels, %d columns, %d resamples", levels,
                       columns, resamples);
  for (size_t i = 0; i < (size_t)levels * (size_t)columns; ++i)
    if (!isfinite(values[i]))
      return status_fail(STATUS_DATA, "level %zu has a value that is not a number", i / (size_t)columns);
  return STATUS_OK;
}

Status statistics_resample_means(const double *values, int levels, int columns, int resamples, uint64_t seed,
                                 double *means) {
  TRY(check_values(values, levels, columns, resamples));
  const size_t panels = ((size_t)columns + PANEL - 1) / PANEL;
  Pair *packed = (Pair *)malloc(panels * (size_t)levels * PANEL * sizeof(double));
  double *weights = (double *)malloc((size_t)levels * GROUP * sizeof *weights);
  if (packed && weights) {
    pack(values, levels, columns, packed);
    for (int first = 0; first < resamples; first += GROUP) {
      draw_weights(seed, first, levels, weights);
      group_means(packed, weights, levels, columns, first, resamples, means);
    }
  }
  const bool good = packed && weights;
  free(packed);
  free(weights);
  return good ? STATUS_OK : status_fail(STATUS_MEMORY, "no memory to bootstrap %d columns", columns);
}

// ---- Percentiles ----

// Draws hold no NaN: check_values() saw to that.
static int compare_doubles(const void *left, const void *right) {
  const double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

// NumPy's default: share of the way from the first to the last.
static double percentile(const double *sorted, int count, double share) {
  const double place = share * (count - 1);
  const int below = (int)place, above = below + 1 < count ? below + 1 : below;
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

Interval statistics_percentile_interval(double value, double *draws, int count) {
  if (count < 1) return (Interval){value, NAN, NAN};
  qsort(draws, (size_t)count, sizeof *draws, compare_doubles);
  return (Interval){value, percentile(draws, count, 0.025), percentile(draws, count, 0.975)};
}

// ---- What is asked for most ----

// The estimate itself, summed in the order of levels.
static double column_mean(const double *values, int levels, int columns, int column) {
  double sum = 0;
  for (int level = 0; level < levels; ++level)
    sum += values[(size_t)level * (size_t)columns + (size_t)column];
  return sum / levels;
}

Status statistics_bootstrap_means(const double *values, int levels, int columns, int resamples, uint64_t seed,
                                  Interval *intervals) {
  TRY(check_values(values, levels, columns, resamples));
  double *means = (double *)malloc((size_t)columns * (size_t)resamples * sizeof *means);
  if (!means) return status_fail(STATUS_MEMORY, "no memory to bootstrap %d columns", columns);
  const Status status = statistics_resample_means(values, levels, columns, resamples, seed, means);
  for (int c = 0; status == STATUS_OK && c < columns; ++c)
    intervals[c] = statistics_percentile_interval(column_mean(values, levels, columns, c),
                                                  means + (size_t)c * (size_t)resamples, resamples);
  free(means);
  return status;
}

Status statistics_bootstrap_mean(const double *values, int count, int resamples, uint64_t seed,
                                 Interval *interval) {
  return statistics_bootstrap_means(values, count, 1, resamples, seed, interval);
}

Status statistics_bootstrap_difference(const double *left, const double *right, int count, int resamples,
                                       uint64_t seed, Interval *interval) {
  double *differences = (double *)malloc(((size_t)(count > 0 ? count : 0) + 1) * sizeof *differences);
  if (!differences) return status_fail(STATUS_MEMORY, "no memory for %d differences", count);
  for (int i = 0; i < count; ++i) differences[i] = left[i] - right[i];
  const Status status = statistics_bootstrap_mean(differences, count, resamples, seed, interval);
  free(differences);
  return status;
}

// The interval of upper(draw) / lower(draw), where lower is not 0; `upper` is overwritten.
static Interval ratio_interval(double value, double *upper, const double *lower, int resamples) {
  int count = 0;
  for (int r = 0; r < resamples; ++r)
    if (lower[r] != 0) upper[count++] = upper[r] / lower[r];
  return statistics_percentile_interval(value, upper, count);
}

Status statistics_bootstrap_ratio(const double *numerators, const double *denominators, int count,
                                  int resamples, uint64_t seed, Interval *interval) {
  const size_t levels = count > 0 ? (size_t)count : 0, draws = resamples > 0 ? (size_t)resamples : 0;
  double *pairs = (double *)malloc((2 * levels + 1) * sizeof *pairs);  // (level, 2)
  double *means = (double *)malloc((2 * draws + 1) * sizeof *means);   // (2, resample)
  Status status = STATUS_OK;
  if (!pairs || !means) status = status_fail(STATUS_MEMORY, "no memory to bootstrap a ratio");
  for (size_t i = 0; status == STATUS_OK && i < levels; ++i)
    pairs[2 * i] = numerators[i], pairs[2 * i + 1] = denominators[i];
  if (status == STATUS_OK) status = statistics_resample_means(pairs, count, 2, resamples, seed, means);
  if (status == STATUS_OK) {
    const double lower = column_mean(pairs, count, 2, 1);
    const double value = lower != 0 ? column_mean(pairs, count, 2, 0) / lower : NAN;
    *interval = ratio_interval(value, means, means + draws, resamples);
  }
  free(pairs);
  free(means);
  return status;
}
