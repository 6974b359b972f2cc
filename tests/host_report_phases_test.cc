// The phase diagram's numbers: what is kept of a probe, shares of labels with Wilson's limits, compared
// scores.
#include <gtest/gtest.h>
#include <jansson.h>

#include <cmath>
#include <string>
#include <vector>

#include "host/report/report_phases.h"
#include "host/statistics.h"

namespace {

// Trials of made-up seeds; `score` NaN stands for a probe without S.
class Phases : public testing::Test {
 protected:
  void TearDown() override {
    json_decref(trials);
    json_decref(phases);
  }
  void add(int setting, const char *label, double score) {
    json_t *s = std::isnan(score) ? json_null() : json_real(score);
    json_array_append_new(
        trials, json_pack("{s:i, s:{s:s, s:o}}", "setting", setting, "probe", "label", label, "S", s));
  }
  void add_unprobed(int setting) {
    json_array_append_new(trials, json_pack("{s:i, s:s}", "setting", setting, "status", "done"));
  }
  void make(int settings) {
    ASSERT_EQ(report_phases(settings, trials, &phases), STATUS_OK) << status_message();
  }
  json_t *likelihood(size_t i) { return json_array_get(json_object_get(phases, "likelihood"), i); }
  json_t *label(size_t i, const char *name) {
    return json_object_get(json_object_get(likelihood(i), "labels"), name);
  }
  json_t *comparison(size_t i, const char *key) {
    return json_object_get(json_array_get(json_object_get(phases, "comparisons"), i), key);
  }
  json_t *trials = json_array(), *phases = nullptr;
};

TEST_F(Phases, CountsLabelsOverProbedSeedsWithWilsonsLimits) {
  for (double score : {.6, .62, .58}) add(0, "search", score);
  add(0, "undecided", .4);
  add_unprobed(0);
  make(1);
  EXPECT_EQ(json_integer_value(json_object_get(likelihood(0), "seeds")), 4);
  EXPECT_EQ(json_integer_value(json_object_get(label(0, "search"), "count")), 3);
  const Interval share = statistics_wilson(3, 4);
  EXPECT_NEAR(json_real_value(json_object_get(label(0, "search"), "lo")), share.lo, 1e-5);
  EXPECT_NEAR(json_real_value(json_object_get(label(0, "search"), "hi")), share.hi, 1e-5);
}

TEST_F(Phases, ALabelThatNobodyGotStillHasItsUpperLimit) {
  for (int seed = 0; seed < 5; ++seed) add(0, "reactive", 0);
  make(1);
  for (const char *name : {"search", "axis-bound search", "bounded-depth planner", "undecided"}) {
    EXPECT_EQ(json_integer_value(json_object_get(label(0, name), "count")), 0) << name;
    EXPECT_NEAR(json_real_value(json_object_get(label(0, name), "hi")), .4345, 1e-3) << name;
  }
}

TEST_F(Phases, SettingsAreComparedWithTheFirstAndAdjusted) {
  // Five against five that do not overlap: 2 of the 252 ways to split them are as extreme.
  for (double score : {.0, .01, .02, .03, .04}) add(0, "reactive", score);
  for (double score : {.6, .61, .62, .63, .64}) add(1, "search", score);
  for (double score : {.0, .01, .02, .03, .04}) add(2, "reactive", score);
  make(3);
  ASSERT_EQ(json_array_size(json_object_get(phases, "comparisons")), 2u);
  EXPECT_EQ(json_integer_value(comparison(0, "setting")), 1);
  EXPECT_NEAR(json_number_value(comparison(0, "difference")), .6, 1e-6);
  EXPECT_NEAR(json_number_value(comparison(0, "p")), 2. / 252, 1e-6);
  EXPECT_NEAR(json_number_value(comparison(0, "p_holm")), 4. / 252, 1e-6);
  EXPECT_NEAR(json_number_value(comparison(1, "difference")), 0, 1e-9);
  EXPECT_NEAR(json_number_value(comparison(1, "p")), 1, 1e-9);
  EXPECT_NEAR(json_number_value(comparison(1, "p_holm")), 1, 1e-9);
}

TEST_F(Phases, ASettingWithoutScoresIsNullAndNotCountedByHolm) {
  for (double score : {.0, .01, .02, .03, .04}) add(0, "reactive", score);
  add(1, "undecided", NAN);
  add_unprobed(2);
  for (double score : {.6, .61, .62, .63, .64}) add(3, "search", score);
  make(4);
  EXPECT_EQ(json_array_size(json_object_get(phases, "likelihood")), 3u) << "not of a setting nobody probed";
  for (size_t i : {0u, 1u})
    for (const char *key : {"difference", "p", "p_holm"})
      EXPECT_TRUE(json_is_null(comparison(i, key))) << key;
  EXPECT_NEAR(json_number_value(comparison(2, "p_holm")), 2. / 252, 1e-6);
}

TEST_F(Phases, OfNoProbesAreEmpty) {
  add_unprobed(0);
  add_unprobed(1);
  make(2);
  EXPECT_EQ(json_array_size(json_object_get(phases, "likelihood")), 0u);
  EXPECT_TRUE(json_is_null(comparison(0, "p")));
}

TEST(ReportProbe, KeepsLabelScoreAndValues) {
  json_t *agent = json_pack("{s:s, s:f, s:n, s:{s:{s:f, s:f}, s:n}, s:{s:{s:f}}, s:{}}", "label", "search",
                            "S", .65, "S_lo", "families", "behaviour", "value", .7, "lo", .6, "causation",
                            "metrics", "FLIP", "value", .74, "extras");
  json_t *probe = report_probe(agent);
  json_t *expected =
      json_pack("{s:s, s:f, s:n, s:n, s:{s:f, s:n}, s:{s:f}}", "label", "search", "S", .65, "S_lo", "S_hi",
                "families", "behaviour", .7, "causation", "metrics", "FLIP", .74);
  EXPECT_TRUE(json_equal(probe, expected)) << json_dumps(probe, 0);
  json_decref(expected);
  json_decref(probe);
  json_decref(agent);
}

TEST(ReportProbe, OfAnythingElseIsNulls) {
  json_t *agent = json_array(), *probe = report_probe(agent);
  EXPECT_TRUE(json_is_null(json_object_get(probe, "label")));
  EXPECT_EQ(json_object_size(json_object_get(probe, "families")), 0u);
  json_decref(probe);
  json_decref(agent);
}

}  // namespace
