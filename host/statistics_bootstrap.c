// The percentile bootstrap over levels, many columns at once.
#include <math.h>
#include <omp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "envs/rng.h"
#include "host/statistics.h"

// Sums of GROUP resamples × PANEL columns stay in registers while all levels pass by; a panel stays in the
// first cache while the groups of a chunk pass by, so a table of thousands of columns is read once a chunk.
// Pair is as wide as the least of our machines, so this needs no build per instruction set. Every sum runs in
// the order of levels, and chunks share nothing, so threads never change a bit.
enum { PAIR = 2, PANEL_PAIRS = 2, PANEL = PAIR * PANEL_PAIRS, GROUP = 4, CHUNK_GROUPS = 8 };
enum { CHUNK = GROUP * CHUNK_GROUPS };  // resamples that one thread makes at a time

typedef double Pair __attribute__((vector_size(PAIR * sizeof(double))));

// What is resampled, and where the means go.
typedef struct Resampling {
  const Pair *packed;  // (panel, level, PANEL)
  int levels, columns, resamples;
  uint64_t seed;
  uint32_t set;
  double *means;  // (resample, column)
} Resampling;

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
static void draw_weights(const Resampling *job, int first, double *weights) {
  memset(weights, 0, (size_t)job->levels * GROUP * sizeof *weights);
  for (int r = 0; r < GROUP; ++r) {
    Rng rng = rng_at(job->seed, rng_stream(RNG_BOOTSTRAP, job->set, (uint32_t)(first + r)), 0);
    for (int i = 0; i < job->levels; ++i)
      weights[rng_below(&rng, (uint32_t)job->levels) * (size_t)GROUP + (size_t)r] += 1;
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

// Means of the columns from `panel` on for the resamples first … first + GROUP - 1, as far as there are that
// many of both.
static void panel_means(const Resampling *job, int panel, int first, const double *weights) {
  double sums[GROUP][PANEL];
  sum_panel(job->packed + (size_t)panel / PAIR * (size_t)job->levels, weights, job->levels, sums);
  for (int r = 0; r < GROUP && first + r < job->resamples; ++r)
    for (int c = 0; c < PANEL && panel + c < job->columns; ++c)
      job->means[(size_t)(first + r) * (size_t)job->columns + (size_t)(panel + c)] = sums[r][c] / job->levels;
}

// The resamples first … first + CHUNK - 1. weights(CHUNK_GROUPS, level, GROUP) is the thread's own.
static void chunk_means(const Resampling *job, int first, double *weights) {
  const size_t each = (size_t)job->levels * GROUP;
  const int left = job->resamples - first, count = left < CHUNK ? left : CHUNK;
  for (int r = 0; r < count; r += GROUP) draw_weights(job, first + r, weights + (size_t)(r / GROUP) * each);
  for (int panel = 0; panel < job->columns; panel += PANEL)
    for (int r = 0; r < count; r += GROUP)
      panel_means(job, panel, first + r, weights + (size_t)(r / GROUP) * each);
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
                                 uint32_t set, double *means) {
  TRY(check_values(values, levels, columns, resamples));
  const int chunks = (resamples + CHUNK - 1) / CHUNK, most = omp_get_max_threads();
  const int threads = chunks < most ? chunks : most;
  const size_t panels = ((size_t)columns + PANEL - 1) / PANEL, each = (size_t)levels * CHUNK;
  Pair *packed = (Pair *)malloc(panels * (size_t)levels * PANEL * sizeof(double));
  double *weights = (double *)malloc((size_t)threads * each * sizeof *weights);
  const bool good = packed && weights;
  if (good) {
    pack(values, levels, columns, packed);
    const Resampling job = {packed, levels, columns, resamples, seed, set, means};
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (int chunk = 0; chunk < chunks; ++chunk)
      chunk_means(&job, chunk * CHUNK, weights + (size_t)omp_get_thread_num() * each);
  }
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
  const size_t width = (size_t)columns, count = (size_t)resamples;
  double *means = (double *)malloc((width + 1) * count * sizeof *means);  // and a column in one stretch
  if (!means) return status_fail(STATUS_MEMORY, "no memory to bootstrap %d columns", columns);
  double *draws = means + width * count;
  const Status status = statistics_resample_means(values, levels, columns, resamples, seed, 0, means);
  for (int c = 0; status == STATUS_OK && c < columns; ++c) {
    for (size_t r = 0; r < count; ++r) draws[r] = means[r * width + (size_t)c];
    intervals[c] = statistics_percentile_interval(column_mean(values, levels, columns, c), draws, resamples);
  }
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

// The interval of the ratios of means(resample, 2) where the lower mean is not 0; means are overwritten.
static Interval ratio_interval(double value, double *means, int resamples) {
  int count = 0;
  for (int r = 0; r < resamples; ++r)
    if (means[2 * r + 1] != 0) means[count++] = means[2 * r] / means[2 * r + 1];
  return statistics_percentile_interval(value, means, count);
}

Status statistics_bootstrap_ratio(const double *numerators, const double *denominators, int count,
                                  int resamples, uint64_t seed, Interval *interval) {
  const size_t levels = count > 0 ? (size_t)count : 0, draws = resamples > 0 ? (size_t)resamples : 0;
  double *pairs = (double *)malloc((2 * levels + 1) * sizeof *pairs);  // (level, 2)
  double *means = (double *)malloc((2 * draws + 1) * sizeof *means);   // (resample, 2)
  Status status = STATUS_OK;
  if (!pairs || !means) status = status_fail(STATUS_MEMORY, "no memory to bootstrap a ratio");
  for (size_t i = 0; status == STATUS_OK && i < levels; ++i)
    pairs[2 * i] = numerators[i], pairs[2 * i + 1] = denominators[i];
  if (status == STATUS_OK) status = statistics_resample_means(pairs, count, 2, resamples, seed, 0, means);
  if (status == STATUS_OK) {
    const double lower = column_mean(pairs, count, 2, 1);
    const double value = lower != 0 ? column_mean(pairs, count, 2, 0) / lower : NAN;
    *interval = ratio_interval(value, means, resamples);
  }
  free(pairs);
  free(means);
  return status;
}
