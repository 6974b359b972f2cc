// Checks what TICK, FRONT and RESIDUAL make of numbers worked by hand, and how metrics are resampled.
#include <gtest/gtest.h>
#include <omp.h>

#include <climits>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "envs/catalogue.h"
#include "envs/oracle.h"
#include "host/probe_estimate.h"
#include "host/probes/front.h"
#include "host/probes/residual.h"
#include "host/probes/tick.h"
#include "host/subjects/catalogue.h"

namespace {

using Row = std::vector<double>;

// value() of a probe for means worked by hand.
double ValueOf(const Probe &probe, const std::vector<Row> &means, int shape0 = 0, int shape1 = 0) {
  ProbeTables tables = {};
  const double *rows[PROBE_TABLES_MAX] = {};
  for (const Row &row : means) {
    tables.table[tables.count].columns = static_cast<int>(row.size());
    rows[tables.count++] = row.data();
  }
  tables.shape[0] = shape0;
  tables.shape[1] = shape1;
  return probe.value(&tables, rows);
}

// Who is asked by measure(): nobody thinks, the solve is given.
class Asked {
 public:
  Asked(bool is_feed_forward, int ticks_max) {
    subject_.is_feed_forward = is_feed_forward;
    subject_.ticks_max = ticks_max;
    context_.subject = &subject_;
    for (Scores *scores : {&context_.near, &context_.far, &context_.farther}) {
      scores->levels = 2;
      scores->ticks = 3;
      scores->solve = solve_;
    }
    context_.near.solve = near_;
  }
  const ProbeContext &Context() { return context_; }
  void Teach(int students, Row far, Row farther) {
    far_ = far, farther_ = farther;
    students_ = {students, far_.data(), farther_.data()};
    context_.students = &students_;
  }

 private:
  double near_[6] = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
  double solve_[6] = {0.1, 0.2, 0.3, 0.3, 0.6, 0.9};
  Subject subject_ = {};
  Row far_, farther_;
  StudentSolve students_ = {};
  ProbeContext context_ = {};
};

double Estimated(const Probe &probe, const ProbeContext &context) {
  static ProbeEstimate estimate;
  ProbeTables tables = {};
  EXPECT_EQ(probe.measure(&context, &tables), STATUS_OK);
  EXPECT_EQ(probe_estimate(&probe, &tables, 1, &estimate), STATUS_OK);
  probe_free_tables(&tables);
  return estimate.interval.value;
}

// ---- TICK ----

TEST(Tick, IsTheShareOfTheRestThatMoreTicksSolve) {
  // 95 % of the best .8 are .76, after 3 ticks; there the larger levels stand at .4, and rise to .7.
  EXPECT_NEAR(ValueOf(PROBE_TICK, {{0.2, 0.5, 0.77, 0.8}, {0.1, 0.3, 0.4, 0.7}}), 0.5, 1e-12);
}

TEST(Tick, CountsNoGainBeforeTheTicksThatSufficeAndNoLoss) {
  EXPECT_EQ(ValueOf(PROBE_TICK, {{0.2, 0.8, 0.8, 0.8}, {0.9, 0.5, 0.4, 0.3}}), 0);
  EXPECT_EQ(ValueOf(PROBE_TICK, {{0.2, 0.8}, {0.5, 1.0}}), 0);  // nothing is left to gain
}

TEST(Tick, TakesTheBestOfAllLaterTicks) {
  EXPECT_NEAR(ValueOf(PROBE_TICK, {{0.8, 0.1, 0.1}, {0.2, 0.6, 0.1}}), 0.5, 1e-12);
}

TEST(Tick, IsExactlyZeroWithoutThought) {
  EXPECT_EQ(Estimated(PROBE_TICK, Asked(true, INT_MAX).Context()), 0);
  EXPECT_EQ(Estimated(PROBE_TICK, Asked(false, 1).Context()), 0);
  // With it: one tick suffices, and the larger levels rise from .2 to .6.
  EXPECT_NEAR(Estimated(PROBE_TICK, Asked(false, INT_MAX).Context()), 0.5, 1e-12);
}

// ---- RESIDUAL ----

TEST(Residual, IsTheMeanOfBothSizesAboveTheBestStudent) {
  // (.6 - .5) / .5 and, below the best student's .3, nothing.
  EXPECT_NEAR(ValueOf(PROBE_RESIDUAL, {{0.3, 0.6, 0.4, 0.5}, {0.1, 0.2, 0.3, 0.25}}, 2, 2), 0.1, 1e-12);
  EXPECT_NEAR(ValueOf(PROBE_RESIDUAL, {{0.9, 0.5}, {0.7, 0.4}}, 1, 1), (0.8 + 0.5) / 2, 1e-12);
}

TEST(Residual, NeedsStudentsExceptForAFeedForwardNet) {
  EXPECT_TRUE(std::isnan(Estimated(PROBE_RESIDUAL, Asked(false, INT_MAX).Context())));
  EXPECT_EQ(Estimated(PROBE_RESIDUAL, Asked(true, INT_MAX).Context()), 0);
}

TEST(Residual, ReadsTheStudentsOfBothSets) {
  Asked asked(false, INT_MAX);                                 // .6 at best
  asked.Teach(2, {0.1, 0.1, 0.1, 0.3}, {0.8, 0.1, 0.8, 0.1});  // best .2 and .8
  EXPECT_NEAR(Estimated(PROBE_RESIDUAL, asked.Context()), 0.5 * 0.4 / 0.8, 1e-12);
}

// ---- FRONT ----

// Means with one square at every distance: each tick is right up to `right[k]` steps.
Row WaveOf(const std::vector<int> &right) {
  Row means(FRONT_DISTANCES, 1);
  for (int steps : right)
    for (int d = 1; d <= FRONT_DISTANCES; ++d) means.push_back(d <= steps);
  return means;
}

TEST(Front, EndsWhereAWindowOfThreeIsRightTooRarely) {
  // Right up to 5: at 5 the window of 4, 5 and 6 is right in two of three, so the front is 4.
  EXPECT_NEAR(ValueOf(PROBE_FRONT, {WaveOf({5, 10, 9})}, 3, FRONT_CAP), 9.0 / 39, 1e-12);
  EXPECT_EQ(ValueOf(PROBE_FRONT, {WaveOf({FRONT_DISTANCES})}, 1, FRONT_CAP), 1);
  EXPECT_EQ(ValueOf(PROBE_FRONT, {WaveOf({0})}, 1, FRONT_CAP), 0);
}

TEST(Front, NeedsEverySmallerDistance) {
  Row means = WaveOf({FRONT_DISTANCES});
  means[FRONT_DISTANCES + 7] = 0;  // distance 8: the windows of 7, 8 and 9 fail
  EXPECT_NEAR(ValueOf(PROBE_FRONT, {means}, 1, FRONT_CAP), 6.0 / 39, 1e-12);
}

TEST(Front, PoolsThreeDistances) {
  Row means = WaveOf({FRONT_DISTANCES});
  means[FRONT_DISTANCES + 7] = 0.5;  // two and a half of three squares
  EXPECT_EQ(ValueOf(PROBE_FRONT, {means}, 1, FRONT_CAP), 1);
}

TEST(Front, WaitsForFourOfFive) {
  Row means(2 * FRONT_DISTANCES, 5);
  for (int d = 0; d < FRONT_DISTANCES; ++d) means[FRONT_DISTANCES + d] = d < 20 ? 4 : 3.9;
  EXPECT_NEAR(ValueOf(PROBE_FRONT, {means}, 1, FRONT_CAP), 19.0 / 39, 1e-12);
}

TEST(Front, IsDividedByTheReachOfTheLevels) {
  EXPECT_EQ(ValueOf(PROBE_FRONT, {WaveOf({21})}, 1, 20), 1);
  EXPECT_EQ(ValueOf(PROBE_FRONT, {WaveOf({11})}, 1, 20), 0.5);
}

TEST(FrontWave, TellsRadiusArrivalAndSpeed) {
  ProbeTables tables = {};
  tables.shape[0] = 4;
  tables.shape[1] = FRONT_CAP;
  int front[4];
  const FrontWave wave = front_wave(&tables, WaveOf({5, 8, 11, 9}).data(), front);
  EXPECT_EQ(wave.radius, 10);
  EXPECT_EQ(wave.arrival, 3);
  EXPECT_NEAR(wave.speed, 3, 1e-12);
  const int expected[] = {4, 7, 10, 8};
  for (int k = 0; k < 4; ++k) EXPECT_EQ(front[k], expected[k]) << k;
  tables.shape[0] = 1;
  EXPECT_TRUE(std::isnan(front_wave(&tables, WaveOf({5}).data(), front).speed));
}

// Levels of 15 × 15 for a subject that really thinks.
class FrontOnLevels : public ::testing::Test {
 protected:
  enum { LEVELS = 60, SIZE = 15, SQUARES = SIZE * SIZE, TICKS = 64 };
  FrontOnLevels() : levels_(LEVELS), distance_(LEVELS * SQUARES) {
    EnvSpec spec = {};
    spec.size_lo = spec.size_hi = SIZE;
    spec.loops = 0.1f;
    spec.limit = 4;
    spec.split = SPLIT_TEST;
    for (int n = 0; n < LEVELS; ++n) {
      int16_t known[GRID_SQUARES];
      EXPECT_TRUE(env_generate(&spec, 1, static_cast<uint32_t>(n), 1, &levels_[n]));
      oracle_distances(&levels_[n], known);
      std::memcpy(&distance_[n * SQUARES], known, SQUARES * sizeof *known);
    }
    EvalSet &set = all_.set[PROBE_FAR];
    set.size = SIZE;
    set.count = LEVELS;
    set.levels = levels_.data();
    set.distance = distance_.data();
    context_.levels = &all_;
    context_.ticks = TICKS;
  }
  ProbeTables Measure(const char *name) {
    int count;
    const Subject *subjects = subject_baselines(&count);
    for (int i = 0; i < count; ++i)
      if (std::string(name) == subjects[i].name) context_.subject = &subjects[i];
    ProbeTables tables = {};
    EXPECT_EQ(PROBE_FRONT.measure(&context_, &tables), STATUS_OK);
    return tables;
  }
  std::vector<Level> levels_;
  std::vector<int16_t> distance_;
  ProbeLevels all_ = {};
  ProbeContext context_ = {};
};

TEST_F(FrontOnLevels, ValueIterationGrowsOneSquareATick) {
  ProbeTables tables = Measure("value iteration");
  static ProbeEstimate estimate;
  ASSERT_EQ(probe_estimate(&PROBE_FRONT, &tables, 1, &estimate), STATUS_OK);
  EXPECT_EQ(estimate.interval.value, 1);
  EXPECT_EQ(tables.shape[0], FRONT_DISTANCES);  // after as many sweeps nothing nearer changes
  Row means(static_cast<size_t>(tables.table[0].columns), 0);
  for (int n = 0; n < LEVELS; ++n)
    for (size_t c = 0; c < means.size(); ++c) means[c] += tables.table[0].values[n * means.size() + c];
  int front[TICKS];
  const FrontWave wave = front_wave(&tables, means.data(), front);
  EXPECT_NEAR(wave.speed, 1, 0.02);
  EXPECT_EQ(wave.radius, wave.reach);
  EXPECT_EQ(front[9], 9);  // ten sweeps know ten steps, and the window of the tenth needs the eleventh
  probe_free_tables(&tables);
}

TEST_F(FrontOnLevels, CountsEverySquareOnceAndOnlyOptimalActions) {
  ProbeTables tables = Measure("greedy");
  ASSERT_EQ(tables.table[0].columns, 2 * FRONT_DISTANCES);
  for (int n = 0; n < LEVELS; ++n) {
    uint8_t plan[GRID_SQUARES];
    int16_t known[GRID_SQUARES];
    oracle_distances(&levels_[n], known);
    plan_greedy(&levels_[n], plan);
    double squares[FRONT_DISTANCES] = {}, optimal[FRONT_DISTANCES] = {};
    for (int square = 0; square < SQUARES; ++square) {
      if (known[square] < 1 || known[square] > FRONT_DISTANCES) continue;
      squares[known[square] - 1] += 1;
      optimal[known[square] - 1] += oracle_best_actions(&levels_[n], known, square) >> plan[square] & 1;
    }
    const double *row = tables.table[0].values + n * 2 * FRONT_DISTANCES;
    for (int d = 0; d < FRONT_DISTANCES; ++d) {
      EXPECT_EQ(row[d], squares[d]);
      EXPECT_EQ(row[FRONT_DISTANCES + d], optimal[d]);
    }
  }
  probe_free_tables(&tables);
}

// ---- Estimates ----

double FirstMean(const ProbeTables *, const double *const *means) {
  return means[0][0];
}

double NanAboveHalf(const ProbeTables *, const double *const *means) {
  return means[0][0] > 0.5 ? NAN : means[0][0];
}

Probe Named(double (*value)(const ProbeTables *, const double *const *)) {
  Probe probe = {};
  probe.name = "EXAMPLE";
  probe.value = value;
  return probe;
}

// A table of 50 levels whose first column is the same whatever the columns.
ProbeTables Example(ProbeSet set, int columns) {
  ProbeTables tables = {};
  EXPECT_EQ(probe_add_table(&tables, set, 50, columns), STATUS_OK);
  for (int n = 0; n < 50; ++n)
    for (int c = 0; c < columns; ++c) tables.table[0].values[n * columns + c] = (n * (c + 1) * 7 % 50) / 49.0;
  return tables;
}

std::vector<double> DrawsOf(const Probe &probe, ProbeTables tables) {
  static ProbeEstimate estimate;
  EXPECT_EQ(probe_estimate(&probe, &tables, 3, &estimate), STATUS_OK);
  probe_free_tables(&tables);
  return std::vector<double>(estimate.draws, estimate.draws + PROBE_RESAMPLES);
}

TEST(ProbeEstimate, GivesTheSameBitsOnOneThreadAndOnTwo) {
  omp_set_num_threads(1);
  const std::vector<double> one = DrawsOf(Named(FirstMean), Example(PROBE_FAR, 9));
  omp_set_num_threads(2);
  EXPECT_EQ(one, DrawsOf(Named(FirstMean), Example(PROBE_FAR, 9)));
}

TEST(ProbeEstimate, DrawsTheSameLevelsForEveryTableOfASet) {
  const std::vector<double> far = DrawsOf(Named(FirstMean), Example(PROBE_FAR, 1));
  EXPECT_EQ(far, DrawsOf(Named(FirstMean), Example(PROBE_FAR, 5)));
  EXPECT_NE(far, DrawsOf(Named(FirstMean), Example(PROBE_NEAR, 1)));
}

TEST(ProbeEstimate, HoldsTheValueOfAllLevelsBetweenItsLimits) {
  static ProbeEstimate estimate;
  const Probe probe = Named(FirstMean);
  ProbeTables tables = Example(PROBE_FAR, 1);
  ASSERT_EQ(probe_estimate(&probe, &tables, 3, &estimate), STATUS_OK);
  EXPECT_NEAR(estimate.interval.value, 0.5, 1e-12);
  EXPECT_NEAR(estimate.interval.lo, 0.5 - 1.96 * 0.2945 / std::sqrt(50.0), 0.015);
  EXPECT_NEAR(estimate.interval.hi, 0.5 + 1.96 * 0.2945 / std::sqrt(50.0), 0.015);
  probe_free_tables(&tables);
}

TEST(ProbeEstimate, LeavesOutResamplesThatSayNothing) {
  static ProbeEstimate estimate;
  const Probe probe = Named(NanAboveHalf);
  ProbeTables tables = Example(PROBE_FAR, 1);
  tables.table[0].values[0] -= 0.1;  // a mean below a half
  ASSERT_EQ(probe_estimate(&probe, &tables, 3, &estimate), STATUS_OK);
  int silent = 0;
  for (double draw : estimate.draws) silent += std::isnan(draw);
  EXPECT_GT(silent, PROBE_RESAMPLES / 4);
  std::vector<double> known;
  for (double draw : estimate.draws)
    if (!std::isnan(draw)) known.push_back(draw);
  const Interval expected = probe_interval(0.5, known.data(), static_cast<int>(known.size()));
  EXPECT_EQ(estimate.interval.lo, expected.lo);
  EXPECT_EQ(estimate.interval.hi, expected.hi);
  EXPECT_LE(estimate.interval.hi, 0.5);
  EXPECT_TRUE(std::isnan(probe_interval(NAN, estimate.draws, PROBE_RESAMPLES).lo));
  probe_free_tables(&tables);
}

double SecondMean(const ProbeTables *, const double *const *means) {
  return means[0][1];
}

TEST(ProbeEstimate, ReadsTheReachOnTheSameResamples) {
  static ProbeEstimate estimate, second;
  Probe probe = Named(FirstMean), other = Named(SecondMean);
  probe.reach = SecondMean;
  ProbeTables tables = Example(PROBE_FAR, 2);
  ASSERT_EQ(probe_estimate(&probe, &tables, 3, &estimate), STATUS_OK);
  ASSERT_EQ(probe_estimate(&other, &tables, 3, &second), STATUS_OK);
  EXPECT_EQ(estimate.reach.lo, second.interval.lo);
  EXPECT_EQ(estimate.reach.value, second.interval.value);
  EXPECT_NE(estimate.interval.lo, estimate.reach.lo);
  for (int r = 0; r < PROBE_RESAMPLES; ++r) ASSERT_EQ(estimate.reach_draws[r], second.draws[r]);
  EXPECT_TRUE(std::isnan(second.reach.value) && std::isnan(second.reach.lo)) << "it has none";
  probe_free_tables(&tables);
}

TEST(ProbeEstimate, SaysWhichProbeHasANumberThatIsNone) {
  static ProbeEstimate estimate;
  const Probe probe = Named(FirstMean);
  ProbeTables tables = Example(PROBE_FAR, 1);
  tables.table[0].values[7] = NAN;
  EXPECT_EQ(probe_estimate(&probe, &tables, 3, &estimate), STATUS_DATA);
  EXPECT_EQ(std::string(status_message()), "EXAMPLE: level 7 has a value that is not a number");
  probe_free_tables(&tables);
}

TEST(ProbeTables, AreZeroedAndFewAndNeverEmpty) {
  ProbeTables tables = {};
  ASSERT_EQ(probe_add_table(&tables, PROBE_FAR, 2, 3), STATUS_OK);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(tables.table[0].values[i], 0);
  EXPECT_EQ(probe_add_table(&tables, PROBE_FAR, 0, 3), STATUS_USAGE);
  ASSERT_EQ(probe_add_table(&tables, PROBE_NEAR, 2, 3), STATUS_OK);
  EXPECT_EQ(probe_add_table(&tables, PROBE_NEAR, 2, 3), STATUS_USAGE);
  probe_free_tables(&tables);
  EXPECT_EQ(tables.count, 0);
}

}  // namespace
