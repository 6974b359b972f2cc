// Intervals and tests: bootstrap over levels, t over seeds, permutations, McNemar, Wilson, Holm. All
// intervals are 95 %.
#ifndef MESAGRID_HOST_STATISTICS_H
#define MESAGRID_HOST_STATISTICS_H

#include <stdint.h>

#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

// Resamples for a published interval; enough that another seed moves a limit by less than a tenth of its
// width.
enum { STATISTICS_RESAMPLES = 2000 };

// Splits that the permutation test tries at most.
enum { STATISTICS_SPLITS = 200000 };

typedef struct Interval {
  double value, lo, hi;  // NaN where there is nothing to say
} Interval;

// Means of bootstrap resamples (Efron 1979). values(level, column) are finite numbers, row-major;
// means(resample, column) is the caller's. Resample r draws the same levels for every column, so columns
// compare as pairs, and the draws depend on (seed, set, r, levels) alone, `set` < 2^24 being a number of the
// set of levels: any function of column means, of one table or of several, is bootstrapped by applying it per
// resample. Spread over OpenMP's threads, whose number never changes a bit.
Status statistics_resample_means(const double *values, int levels, int columns, int resamples, uint64_t seed,
                                 uint32_t set, double *means);

// The percentile interval of draws(count), which become reordered: from the 2.5th to the 97.5th percentile
// (linear between neighbours, as NumPy does). `value` is the estimate itself.
Interval statistics_percentile_interval(double value, double *draws, int count);

// The mean of values(count) over levels.
Status statistics_bootstrap_mean(const double *values, int count, int resamples, uint64_t seed,
                                 Interval *interval);

// The means of the columns of values(level, column), into intervals(column).
Status statistics_bootstrap_means(const double *values, int levels, int columns, int resamples, uint64_t seed,
                                  Interval *intervals);

// The mean of left - right, level by level (paired).
Status statistics_bootstrap_difference(const double *left, const double *right, int count, int resamples,
                                       uint64_t seed, Interval *interval);

// sum(numerators) / sum(denominators) over levels. A resample whose denominators sum to 0 is left out.
Status statistics_bootstrap_ratio(const double *numerators, const double *denominators, int count,
                                  int resamples, uint64_t seed, Interval *interval);

// Student's t interval of the mean of few values, seeds for instance: mean ± t · s / sqrt(count). Limits are
// NaN for fewer than two.
Interval statistics_t_interval(const double *values, int count);

// The 0.975 quantile of Student's t with df >= 1 degrees of freedom, to 1e-9.
double statistics_t_quantile(int df);

// Wilson's interval (1927) for a proportion.
Interval statistics_wilson(int64_t successes, int64_t trials);

// McNemar's exact two-sided p (1947): `only_left` pairs where only the left one succeeded, `only_right`
// likewise.
double statistics_mcnemar(int64_t only_left, int64_t only_right);

// The exact two-sided permutation test (Fisher 1935) of the difference of two groups' means, small ones as
// of seeds: *p receives the share of all splits of the pooled values into groups of these sizes whose means
// differ at least as much. Above STATISTICS_SPLITS splits it is estimated from as many drawn with `seed`, the
// real one counted among them. STATUS_USAGE for an empty group.
Status statistics_permutation(const double *left, int left_count, const double *right, int right_count,
                              uint64_t seed, double *p);

// Holm's step-down adjustment (1979) of p_values(count) into adjusted(count); the two must not overlap.
void statistics_holm(const double *p_values, int count, double *adjusted);

#ifdef __cplusplus
}
#endif
#endif
