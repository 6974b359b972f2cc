// Checks intervals and tests against known values, brute force and simulated coverage.
#include <gtest/gtest.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

#include "envs/rng.h"
#include "host/statistics.h"

namespace {

// Numbers for test data, from a stream that no resample uses.
class Draws {
 public:
  explicit Draws(uint64_t seed) : rng_(rng_at(seed, rng_stream(RNG_PROBE, 0, 0), 0)) {}
  double Unit() { return rng_unit(&rng_); }
  uint32_t Below(uint32_t n) { return rng_below(&rng_, n); }

 private:
  Rng rng_;
};

std::vector<double> UnitValues(size_t count, uint64_t seed) {
  Draws draws(seed);
  std::vector<double> values(count);
  for (double &value : values) value = draws.Unit();
  return values;
}

void ExpectSame(const Interval &left, const Interval &right) {
  EXPECT_EQ(left.value, right.value);
  EXPECT_EQ(left.lo, right.lo);
  EXPECT_EQ(left.hi, right.hi);
}

// ---- The bootstrap ----

TEST(Bootstrap, ResamplesAreTheOnesThatTheGeneratorNames) {
  const int levels = 37, resamples = 10;
  const std::vector<double> values = UnitValues(levels, 1);
  std::vector<double> means(resamples);
  ASSERT_EQ(statistics_resample_means(values.data(), levels, 1, resamples, 5, 0, means.data()), STATUS_OK);
  for (int r = 0; r < resamples; ++r) {
    Rng rng = rng_at(5, rng_stream(RNG_BOOTSTRAP, 0, static_cast<uint32_t>(r)), 0);
    double sum = 0;
    for (int i = 0; i < levels; ++i) sum += values[rng_below(&rng, levels)];
    EXPECT_NEAR(means[r], sum / levels, 1e-14) << r;
  }
}

TEST(Bootstrap, ColumnsGetTheIntervalsTheyGetAlone) {
  for (int columns : {1, 3, 4, 7, 9}) {
    const int levels = 50;
    const std::vector<double> values = UnitValues(static_cast<size_t>(levels * columns), 2);
    std::vector<Interval> intervals(static_cast<size_t>(columns));
    ASSERT_EQ(statistics_bootstrap_means(values.data(), levels, columns, 201, 3, intervals.data()),
              STATUS_OK);
    for (int c = 0; c < columns; ++c) {
      std::vector<double> column;
      for (int level = 0; level < levels; ++level) column.push_back(values[level * columns + c]);
      Interval alone;
      ASSERT_EQ(statistics_bootstrap_mean(column.data(), levels, 201, 3, &alone), STATUS_OK);
      ExpectSame(intervals[c], alone);
    }
  }
}

TEST(Bootstrap, ManyColumnsGetTheSameBitsOnAnyNumberOfThreads) {
  const int levels = 40, columns = 37, resamples = 101;
  const std::vector<double> values = UnitValues(static_cast<size_t>(levels) * columns, 9);
  std::vector<double> means[3];
  for (int threads : {1, 2, 3}) {
    std::vector<double> &mean = means[threads - 1];
    mean.resize(static_cast<size_t>(columns) * resamples);
    omp_set_num_threads(threads);
    ASSERT_EQ(statistics_resample_means(values.data(), levels, columns, resamples, 5, 2, mean.data()),
              STATUS_OK);
  }
  EXPECT_EQ(means[0], means[1]);
  EXPECT_EQ(means[0], means[2]);
}

TEST(Bootstrap, OfAnotherSetDrawsOtherLevels) {
  const std::vector<double> values = UnitValues(40, 9);
  std::vector<double> one(50), other(50);
  ASSERT_EQ(statistics_resample_means(values.data(), 40, 1, 50, 5, 1, one.data()), STATUS_OK);
  ASSERT_EQ(statistics_resample_means(values.data(), 40, 1, 50, 5, 2, other.data()), STATUS_OK);
  EXPECT_NE(one, other);
}

TEST(Bootstrap, GivesTheSameBitsAgainAndOthersForAnotherSeed) {
  const std::vector<double> values = UnitValues(100, 4);
  Interval first, second, other;
  ASSERT_EQ(statistics_bootstrap_mean(values.data(), 100, 500, 1, &first), STATUS_OK);
  ASSERT_EQ(statistics_bootstrap_mean(values.data(), 100, 500, 1, &second), STATUS_OK);
  ASSERT_EQ(statistics_bootstrap_mean(values.data(), 100, 500, 2, &other), STATUS_OK);
  ExpectSame(first, second);
  EXPECT_NE(first.lo, other.lo);
}

TEST(Bootstrap, OfEqualValuesHasNoWidth) {
  const std::vector<double> values(20, 0.25);
  Interval interval;
  ASSERT_EQ(statistics_bootstrap_mean(values.data(), 20, 100, 1, &interval), STATUS_OK);
  ExpectSame(interval, {0.25, 0.25, 0.25});
}

TEST(Bootstrap, AgreesWithTheNormalWidthOnManyLevels) {
  const int levels = 2000;
  const std::vector<double> values = UnitValues(levels, 6);
  Interval interval;
  ASSERT_EQ(statistics_bootstrap_mean(values.data(), levels, STATISTICS_RESAMPLES, 1, &interval), STATUS_OK);
  const double half = 1.959964 * std::sqrt(1.0 / 12 / levels);
  EXPECT_NEAR(interval.hi - interval.lo, 2 * half, 0.1 * half);
  EXPECT_NEAR(interval.value, 0.5, 3 * half);
}

// Solve shares of levels: half of them solved, the others in part, so the mean is 3/4. 2,000 data sets are
// columns of 20 tables, each with resamples of its own.
TEST(Bootstrap, CoversTheMeanOftenEnough) {
  const int tables = 20, columns = 100, levels = 200, resamples = 1000;
  int covered = 0;
  for (int table = 0; table < tables; ++table) {
    Draws draws(static_cast<uint64_t>(100 + table));
    std::vector<double> values(static_cast<size_t>(levels) * columns);
    for (double &value : values) value = draws.Below(2) ? 1 : draws.Unit();
    std::vector<Interval> intervals(columns);
    ASSERT_EQ(statistics_bootstrap_means(values.data(), levels, columns, resamples,
                                         static_cast<uint64_t>(table), intervals.data()),
              STATUS_OK);
    for (const Interval &interval : intervals) covered += interval.lo <= 0.75 && 0.75 <= interval.hi;
  }
  EXPECT_GE(covered, 2000 * 0.93);
  EXPECT_LE(covered, 2000 * 0.97);
}

TEST(Bootstrap, OfADifferenceIsPaired) {
  const int count = 200;
  std::vector<double> left = UnitValues(count, 7), right = left;
  for (double &value : left) value += 0.125;
  Interval interval;
  ASSERT_EQ(statistics_bootstrap_difference(left.data(), right.data(), count, 200, 1, &interval), STATUS_OK);
  EXPECT_NEAR(interval.value, 0.125, 1e-12);
  EXPECT_NEAR(interval.lo, 0.125, 1e-12);  // unpaired, it would be some .1 wide
  EXPECT_NEAR(interval.hi, 0.125, 1e-12);
}

TEST(Bootstrap, OfARatioDividesSums) {
  const std::vector<double> numerators = {1, 0, 6, 2}, denominators = {2, 0, 8, 4};
  Interval interval;
  ASSERT_EQ(statistics_bootstrap_ratio(numerators.data(), denominators.data(), 4, 500, 1, &interval),
            STATUS_OK);
  EXPECT_NEAR(interval.value, 9.0 / 14, 1e-12);
  EXPECT_NEAR(interval.lo, 0.5, 0.02);   // resamples without the third level
  EXPECT_NEAR(interval.hi, 0.75, 0.02);  // resamples of the third level only
}

TEST(Bootstrap, LeavesOutResamplesWithNothingToDivideBy) {
  const std::vector<double> numerators = {0, 1}, denominators = {0, 2};
  Interval interval;
  ASSERT_EQ(statistics_bootstrap_ratio(numerators.data(), denominators.data(), 2, 100, 1, &interval),
            STATUS_OK);
  ExpectSame(interval, {0.5, 0.5, 0.5});
}

TEST(Bootstrap, RefusesNothingAndNoNumbers) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Interval interval;
  EXPECT_EQ(statistics_bootstrap_mean(&nan, 0, 100, 1, &interval), STATUS_USAGE);
  EXPECT_EQ(statistics_bootstrap_ratio(&nan, &nan, 0, 100, 1, &interval), STATUS_USAGE);
  EXPECT_EQ(statistics_bootstrap_difference(&nan, &nan, 0, 100, 1, &interval), STATUS_USAGE);
  EXPECT_EQ(statistics_bootstrap_mean(&nan, 1, 100, 1, &interval), STATUS_DATA);
}

TEST(PercentileInterval, InterpolatesBetweenNeighbours) {
  std::vector<double> draws;
  for (int i = 100; i >= 0; --i) draws.push_back(i);
  ExpectSame(statistics_percentile_interval(7, draws.data(), 101), {7, 2.5, 97.5});
}

// ---- Student's t ----

TEST(StudentT, QuantilesAreTheTabulatedOnes) {
  const struct {
    int df;
    double quantile;
  } table[] = {{1, 12.706204736},  {2, 4.302652730},   {3, 3.182446305},  {4, 2.776445105},
               {5, 2.570581836},   {9, 2.262157163},   {10, 2.228138852}, {29, 2.045229642},
               {100, 1.983971519}, {1000, 1.962339081}};
  for (const auto &row : table) EXPECT_NEAR(statistics_t_quantile(row.df), row.quantile, 1e-8) << row.df;
  EXPECT_NEAR(statistics_t_quantile(2000000000), 1.959963985, 1e-8);
  EXPECT_TRUE(std::isnan(statistics_t_quantile(0)));
}

TEST(StudentT, QuantilesFallWithoutAJump) {
  for (int df = 1; df < 1200; ++df) EXPECT_GT(statistics_t_quantile(df), statistics_t_quantile(df + 1)) << df;
}

TEST(StudentT, IntervalOfThreeSeedsIsTheOneWorkedByHand) {
  const double values[] = {1, 2, 3};  // s = 1
  const Interval interval = statistics_t_interval(values, 3);
  EXPECT_EQ(interval.value, 2);
  EXPECT_NEAR(interval.hi - 2, 4.302652730 / std::sqrt(3.0), 1e-8);
  EXPECT_NEAR(2 - interval.lo, 4.302652730 / std::sqrt(3.0), 1e-8);
}

TEST(StudentT, OneSeedHasAMeanButNoInterval) {
  const double value = 3;
  const Interval interval = statistics_t_interval(&value, 1);
  EXPECT_EQ(interval.value, 3);
  EXPECT_TRUE(std::isnan(interval.lo) && std::isnan(interval.hi));
  EXPECT_TRUE(std::isnan(statistics_t_interval(&value, 0).value));
}

// ---- Proportions and pairs ----

TEST(Wilson, AgreesWithThePublishedExamples) {
  const Interval half = statistics_wilson(5, 10);
  EXPECT_NEAR(half.lo, 0.236593, 1e-6);
  EXPECT_NEAR(half.hi, 0.763407, 1e-6);
  const Interval newcombe = statistics_wilson(81, 263);  // Newcombe 1998, table I
  EXPECT_NEAR(newcombe.lo, 0.2553, 5e-5);
  EXPECT_NEAR(newcombe.hi, 0.3662, 5e-5);
}

TEST(Wilson, EndsAtZeroAndOneExactly) {
  EXPECT_EQ(statistics_wilson(0, 20).lo, 0);
  EXPECT_NEAR(statistics_wilson(0, 20).hi, 0.1611, 5e-5);
  EXPECT_EQ(statistics_wilson(20, 20).hi, 1);
  EXPECT_TRUE(std::isnan(statistics_wilson(0, 0).value));
}

// 2 · Σ C(n, k) / 2^n by Pascal's triangle.
double McnemarByPascal(int left, int right) {
  const int n = left + right;
  std::vector<double> row = {1};
  for (int i = 0; i < n; ++i) {
    std::vector<double> next(row.size() + 1, 0);
    for (size_t k = 0; k < row.size(); ++k) next[k] += row[k] / 2, next[k + 1] += row[k] / 2;
    row = next;
  }
  double tail = 0;
  for (int k = 0; k <= std::min(left, right); ++k) tail += row[k];
  return std::min(1.0, 2 * tail);
}

TEST(Mcnemar, AgreesWithPascalsTriangle) {
  for (int left = 0; left <= 30; ++left)
    for (int right = 0; right <= 30; ++right)
      EXPECT_NEAR(statistics_mcnemar(left, right), McnemarByPascal(left, right), 1e-12)
          << left << " " << right;
  EXPECT_NEAR(statistics_mcnemar(480, 520), McnemarByPascal(480, 520), 1e-9);
}

TEST(Mcnemar, StaysAProbabilityAtTheExtremes) {
  EXPECT_EQ(statistics_mcnemar(0, 0), 1);
  EXPECT_EQ(statistics_mcnemar(7, 7), 1);
  EXPECT_EQ(statistics_mcnemar(0, 10), std::ldexp(1.0, -9));
  EXPECT_EQ(statistics_mcnemar(0, 100000), 0);
  EXPECT_GT(statistics_mcnemar(50000, 50000), 0.99);
}

double Permutation(const std::vector<double> &left, const std::vector<double> &right, uint64_t seed = 1) {
  double p = -1;
  EXPECT_EQ(statistics_permutation(left.data(), static_cast<int>(left.size()), right.data(),
                                   static_cast<int>(right.size()), seed, &p),
            STATUS_OK);
  return p;
}

TEST(Permutation, AgreesWithExamplesWorkedByHand) {
  EXPECT_NEAR(Permutation({1, 2, 3}, {4, 5, 6}), 2.0 / 20, 1e-15);
  // Sums of two of {1, 2, 3, 4} off their mean 5 by at least 1: 3, 4, 6 and 7, not the two that make 5.
  EXPECT_NEAR(Permutation({1, 3}, {2, 4}), 4.0 / 6, 1e-15);
  // Of three, the left one is off the mean 7/3 by 5/3 in one split only.
  EXPECT_NEAR(Permutation({4}, {1, 2}), 1.0 / 3, 1e-15);
  EXPECT_NEAR(Permutation({1, 2}, {4}), 1.0 / 3, 1e-15);
}

TEST(Permutation, CountsTiesInSpiteOfRounding) {
  EXPECT_EQ(Permutation({0.1, 0.7, 0.3}, {0.3, 0.1, 0.7}), 1);
  EXPECT_NEAR(Permutation({0.1, 0.1, 0.1}, {0.3, 0.3, 0.3}), 2.0 / 20, 1e-15);
}

TEST(Permutation, OfManyValuesIsDrawnAndComesNearTheExactOne) {
  std::vector<double> left, right;  // C(22, 11) = 705,432 splits
  for (int i = 0; i < 11; ++i) left.push_back(i), right.push_back(i + 3);
  const double p = Permutation(left, right);
  EXPECT_EQ(p, Permutation(left, right));
  EXPECT_NE(p, Permutation(left, right, 2));
  int at_least = 0;
  for (int mask = 0; mask < 1 << 22; ++mask) {
    if (__builtin_popcount(static_cast<unsigned>(mask)) != 11) continue;
    int sum = 0;
    for (int i = 0; i < 22; ++i)
      if (mask >> i & 1) sum += i < 11 ? i : i - 8;
    at_least += std::abs(2 * sum - 143) >= 33;  // the sums are 55 and 88
  }
  EXPECT_NEAR(p, at_least / 705432.0, 0.003);
}

TEST(Permutation, RefusesAnEmptyGroup) {
  const double value = 1;
  double p;
  EXPECT_EQ(statistics_permutation(&value, 1, &value, 0, 1, &p), STATUS_USAGE);
  EXPECT_EQ(statistics_permutation(&value, 0, &value, 1, 1, &p), STATUS_USAGE);
}

TEST(Holm, AgreesWithTheExampleWorkedByHand) {
  const double p_values[] = {0.01, 0.04, 0.03, 0.005};  // in order: 4·.005, 3·.01, 2·.03, 1·.04 raised to .06
  double adjusted[4];
  statistics_holm(p_values, 4, adjusted);
  EXPECT_NEAR(adjusted[0], 0.03, 1e-15);
  EXPECT_NEAR(adjusted[1], 0.06, 1e-15);
  EXPECT_NEAR(adjusted[2], 0.06, 1e-15);
  EXPECT_NEAR(adjusted[3], 0.02, 1e-15);
}

TEST(Holm, GivesTiesTheSameAndNeverPassesOne) {
  const double p_values[] = {0.5, 0.01, 0.01, 0.9};
  double adjusted[4];
  statistics_holm(p_values, 4, adjusted);
  EXPECT_NEAR(adjusted[1], 0.04, 1e-15);
  EXPECT_EQ(adjusted[1], adjusted[2]);
  EXPECT_EQ(adjusted[0], 1);
  EXPECT_EQ(adjusted[3], 1);
}

}  // namespace
