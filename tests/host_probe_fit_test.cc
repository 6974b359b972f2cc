// Claims about the linear fits that extras read states with: Cholesky, ridge, logistic.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "envs/rng.h"
#include "host/probe_fit.h"

namespace {

enum { UP, RIGHT, DOWN, LEFT };

TEST(Fit, CholeskySolvesASystemThatWasWorkedByHand) {
  double a[] = {4, 99, 99, 12, 37, 99, -16, -43, 98};  // L = [2; 6 1; -8 5 3]; what lies above is not read
  ASSERT_TRUE(fit_cholesky(3, a));
  const double factor[] = {2, 6, 1, -8, 5, 3};
  for (int i = 0, at = 0; i < 3; ++i)
    for (int j = 0; j <= i; ++j) EXPECT_DOUBLE_EQ(a[3 * i + j], factor[at++]);
  double b[] = {4 * 1 + 12 * 2 - 16 * 3, 12 * 1 + 37 * 2 - 43 * 3, -16 * 1 - 43 * 2 + 98 * 3};
  fit_solve(3, a, b);
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(b[i], i + 1, 1e-10);
  double singular[] = {1, 0, 1, 1};
  EXPECT_FALSE(fit_cholesky(2, singular));
}

// A table of so many rows, freed at the end: two random columns in ±1, a constant one, and the bias.
struct Table {
  explicit Table(int rows) {
    EXPECT_EQ(fit_table_create(rows, 4, &table), STATUS_OK);
    Rng rng = rng_at(7, rng_stream(RNG_PROBE, 0, 0), 0);
    for (int row = 0; row < rows; ++row) {
      double *x = table.x + 4 * row;
      x[0] = 2 * rng_unit(&rng) - 1, x[1] = 2 * rng_unit(&rng) - 1, x[2] = 5, x[3] = 1;
      chance.push_back(rng_unit(&rng));
    }
  }
  ~Table() { fit_table_free(&table); }
  FitTable table;
  std::vector<double> chance;  // (rows): one more random number of each
};

TEST(Fit, RidgeRecoversPlantedCoefficientsAndShrinksThem) {
  Table planted(500);
  FitTable &t = planted.table;
  for (int row = 0; row < t.rows; ++row) t.distance[row] = 3 * t.x[4 * row] - 2 * t.x[4 * row + 1] + 7;
  double weight[4];
  t.x[2] = 4;  // or the constant column and the bias could stand in for each other
  ASSERT_EQ(fit_ridge(&t, 0, weight), STATUS_OK);
  EXPECT_NEAR(weight[0], 3, 1e-9);
  EXPECT_NEAR(weight[1], -2, 1e-9);
  EXPECT_NEAR(fit_r2(&t, weight), 1, 1e-12);
  ASSERT_EQ(fit_ridge(&t, 1.0 / 3, weight), STATUS_OK);  // the variance of a column: about half is left
  EXPECT_NEAR(weight[0], 1.5, 0.15);
  EXPECT_NEAR(weight[1], -1, 0.1);
  EXPECT_LT(fit_r2(&t, weight), 0.9);
}

TEST(Fit, StandardizesByTheTrainingTableAndDropsConstantColumns) {
  Table train(400), test(100);
  ASSERT_EQ(fit_standardize(&train.table, &test.table), STATUS_OK);
  double sum = 0, squares = 0;
  for (int row = 0; row < 400; ++row) {
    const double *x = train.table.x + 4 * row;
    sum += x[0], squares += x[0] * x[0];
    ASSERT_EQ(x[2], 0);
    ASSERT_EQ(x[3], 1) << "the bias stays";
  }
  EXPECT_NEAR(sum, 0, 1e-9);
  EXPECT_NEAR(squares, 400, 1e-9);
  for (int i = 0; i < 400; ++i)
    EXPECT_EQ(test.table.x[i], train.table.x[i]) << "the same draws, the same scale";
}

// The action that a planted model draws, and the model.
const double MODEL[4][4] = {{2, 0, 0, 0.5}, {-1, 1, 0, 0}, {0, -2, 0, -0.5}, {0, 0, 0, 0}};

TEST(Fit, LogisticRecoversPlantedCoefficients) {
  Table planted(40000);
  FitTable &t = planted.table;
  for (int row = 0; row < t.rows; ++row) {
    double p[4], sum = 0, below = 0;
    t.x[4 * row + 2] = 0;
    for (int a = 0; a < 4; ++a) {
      p[a] = 0;
      for (int i = 0; i < 4; ++i) p[a] += MODEL[a][i] * t.x[4 * row + i];
      sum += p[a] = std::exp(p[a]);
    }
    int action = 0;
    for (below = p[0] / sum; action < 3 && planted.chance[row] > below; below += p[action] / sum) ++action;
    t.best[row] = static_cast<uint8_t>(1 << action);
  }
  double weight[16];
  ASSERT_EQ(fit_logistic(&t, 1e-9, weight), STATUS_OK);
  for (int a = 0; a < 4; ++a)
    for (int i = 0; i < 4; ++i) EXPECT_NEAR(weight[4 * a + i], MODEL[a][i], 0.08) << a << " " << i;
}

TEST(Fit, LogisticStopsAtTheMinimumEvenWhereClassesPartCleanly) {
  Table planted(2000);
  FitTable &t = planted.table;
  for (int row = 0; row < t.rows; ++row) t.best[row] = t.x[4 * row] > 0 ? 1 << RIGHT : 1 << LEFT;
  double weight[16];
  ASSERT_EQ(fit_logistic(&t, 1e-4, weight), STATUS_OK);
  const FitActions actions = fit_actions(&t, weight);
  EXPECT_GT(actions.accuracy, 0.99);
  EXPECT_GT(actions.macro_f1, 0.99) << "actions that are never right nor named do not count";
  // At the minimum the slope of the mean log loss and that of the penalty balance.
  double slope = 1e-4 * weight[4 * RIGHT];
  for (int row = 0; row < t.rows; ++row) {
    double score[4], sum = 0;
    for (int a = 0; a < 4; ++a) {
      score[a] = 0;
      for (int i = 0; i < 4; ++i) score[a] += weight[4 * a + i] * t.x[4 * row + i];
      sum += std::exp(score[a]);
    }
    const double missed = std::exp(score[RIGHT]) / sum - (t.best[row] == 1 << RIGHT);
    slope += missed * t.x[4 * row] / t.rows;
  }
  EXPECT_NEAR(slope, 0, 1e-6);
}

TEST(Fit, AnyRightActionCountsAsNamed) {
  FitTable t;
  ASSERT_EQ(fit_table_create(4, 1, &t), STATUS_OK);
  const uint8_t best[] = {1 << UP, 1 << UP | 1 << RIGHT, 1 << RIGHT, 1 << DOWN};
  std::memcpy(t.best, best, 4);
  for (int row = 0; row < 4; ++row) t.x[row] = 1;
  const double weight[] = {0, 1, 0, 0};  // it always names RIGHT
  const FitActions actions = fit_actions(&t, weight);
  EXPECT_DOUBLE_EQ(actions.accuracy, 0.5);
  // UP: 0 of 1; RIGHT: 2 right of 4 named, 2 truths: F1 = 4 / 6; DOWN: 0 of 1; LEFT is nowhere.
  EXPECT_DOUBLE_EQ(actions.macro_f1, (2.0 / 3) / 3);
  fit_table_free(&t);
}

}  // namespace
