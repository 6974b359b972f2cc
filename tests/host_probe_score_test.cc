// Checks the score, its gates, every label and every reason on metrics made by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "host/probe_score.h"

namespace {

enum { FLIP, TICK, FRONT, BLOCK, GOAL, RESIDUAL, METRICS };

// A subject of which all is known; values are changed by the tests.
struct Profile {
  double value[METRICS];
  double half = 0.02;                                      // of the interval that the draws make
  double reach[METRICS] = {NAN, NAN, NAN, NAN, NAN, NAN};  // NaN: not asked
  bool applies[METRICS] = {true, true, true, true, true, true};
  bool informative[METRICS] = {true, true, true, true, true, true};
  bool has_state = true;
  double solve = 0.95, greedy = 0.4;
  double trees = 0.9, loops = 0.95, blocks = 0.85;
};

const Profile kPlanner = {{0.74, 0.67, 0.61, 0.86, 0.81, 0.42}};

// Draws evenly spread, so that 95 % of them lie within `half` of the value; clipped to 0 … 1.
std::vector<double> DrawsOf(double value, double half) {
  std::vector<double> draws(PROBE_RESAMPLES);
  for (int r = 0; r < PROBE_RESAMPLES; ++r) {
    const double place = 2.0 * r / (PROBE_RESAMPLES - 1) - 1;
    draws[r] = probe_clip(value + place * half / 0.95);
  }
  return draws;
}

ProbeScore ScoreOf(const Profile &profile) {
  static const char *const names[METRICS] = {"FLIP", "TICK", "FRONT", "BLOCK", "GOAL", "RESIDUAL"};
  static const ProbeFamily families[METRICS] = {FAMILY_BEHAVIOUR, FAMILY_BEHAVIOUR, FAMILY_REPRESENTATION,
                                                FAMILY_CAUSATION, FAMILY_CAUSATION, FAMILY_IRREDUCIBILITY};
  std::vector<double> draws[METRICS], reach[METRICS];
  ScoreMetric metrics[METRICS];
  for (int m = 0; m < METRICS; ++m) {
    draws[m] = DrawsOf(profile.value[m], profile.half);
    reach[m] = DrawsOf(profile.reach[m], profile.half);
    metrics[m] = {names[m],
                  families[m],
                  profile.applies[m],
                  profile.informative[m],
                  probe_interval(profile.value[m], draws[m].data(), PROBE_RESAMPLES),
                  draws[m].data(),
                  probe_interval(profile.reach[m], reach[m].data(), PROBE_RESAMPLES),
                  std::isnan(profile.reach[m]) ? nullptr : reach[m].data()};
  }
  const ScoreInput input = {metrics,       METRICS,        profile.has_state,
                            profile.solve, profile.greedy, {profile.trees, profile.loops, profile.blocks}};
  ProbeScore score;
  probe_score(&input, &score);
  return score;
}

void ExpectNear(const Interval &interval, double value, double lo, double hi) {
  EXPECT_NEAR(interval.value, value, 1e-9);
  EXPECT_NEAR(interval.lo, lo, 1e-9);
  EXPECT_NEAR(interval.hi, hi, 1e-9);
}

void ExpectSays(const ProbeScore &score, const std::vector<std::string> &words) {
  const std::string reason = score.reason;
  for (const std::string &word : words)
    EXPECT_NE(reason.find(word), std::string::npos) << word << "\n" << reason;
  EXPECT_LT(reason.size(), static_cast<size_t>(PROBE_REASON_BYTES - 100)) << reason;
  EXPECT_EQ(reason.find("nan"), std::string::npos) << reason;
  ASSERT_FALSE(reason.empty());
  EXPECT_EQ(reason.back(), '.');
}

// ---- Families and the score ----

TEST(ProbeScore, TakesFamiliesAsMeansAndSAsTheirFourthRoot) {
  const ProbeScore score = ScoreOf(kPlanner);
  const double b = (0.74 + 0.67) / 2, z = (0.86 + 0.81) / 2;
  ExpectNear(score.family[FAMILY_BEHAVIOUR], b, b - 0.02, b + 0.02);
  ExpectNear(score.family[FAMILY_CAUSATION], z, z - 0.02, z + 0.02);
  const auto s = [&](double shift) {
    return std::pow((b + shift) * (0.61 + shift) * (z + shift) * (0.42 + shift), 0.25);
  };
  EXPECT_NEAR(score.score.value, s(0), 1e-9);
  EXPECT_NEAR(score.score.lo, s(-0.02), 1e-5);  // percentiles interpolate between draws
  EXPECT_NEAR(score.score.hi, s(0.02), 1e-5);
  EXPECT_NEAR(score.score_without_I.value, std::cbrt(b * 0.61 * z), 1e-9);
}

TEST(ProbeScore, LeavesOutMetricsThatDoNotApplyOrSayNothing) {
  Profile profile = kPlanner;
  profile.applies[FLIP] = false;
  profile.informative[GOAL] = false;
  const ProbeScore score = ScoreOf(profile);
  EXPECT_NEAR(score.family[FAMILY_BEHAVIOUR].value, 0.67, 1e-12);
  EXPECT_NEAR(score.family[FAMILY_CAUSATION].value, 0.86, 1e-12);
  EXPECT_NEAR(score.score.value, std::pow(0.67 * 0.61 * 0.86 * 0.42, 0.25), 1e-9);
}

TEST(ProbeScore, IsMissingWithAFamily) {
  Profile profile = kPlanner;
  profile.applies[BLOCK] = profile.applies[GOAL] = profile.has_state = false;
  const ProbeScore score = ScoreOf(profile);
  EXPECT_TRUE(std::isnan(score.family[FAMILY_CAUSATION].value));
  EXPECT_TRUE(std::isnan(score.score.value) && std::isnan(score.score.lo) && std::isnan(score.score.hi));
  EXPECT_TRUE(std::isnan(score.score_without_I.value));
  EXPECT_EQ(score.label, LABEL_UNDECIDED);
  EXPECT_EQ(score.decisive, FAMILY_CAUSATION);
  ExpectSays(score, {"cannot be told", "causation", "could not be measured"});
}

TEST(ProbeScore, OfAValueThatIsNoNumberIsMissingToo) {
  Profile profile = kPlanner;
  profile.value[RESIDUAL] = NAN;
  const ProbeScore score = ScoreOf(profile);
  EXPECT_TRUE(std::isnan(score.score.value));
  EXPECT_GT(score.score_without_I.value, 0.6);
  EXPECT_EQ(score.decisive, FAMILY_IRREDUCIBILITY);
}

TEST(ProbeScore, IsZeroWhereAFamilyIsZeroWhateverIsMissing) {
  Profile profile = kPlanner;
  profile.value[RESIDUAL] = 0;
  profile.applies[BLOCK] = profile.applies[GOAL] = false;
  const ProbeScore score = ScoreOf(profile);
  ExpectNear(score.score, 0, 0, 0);
  EXPECT_TRUE(std::isnan(score.score_without_I.value));
  EXPECT_EQ(score.decisive, FAMILY_IRREDUCIBILITY);
}

// Three perfect families and a tenth of the fourth would make .56.
TEST(ProbeScore, CountsAFamilyWithoutEvidenceAsNone) {
  Profile profile = {{1, 1, 1, 0.06, 0.06, 1}};
  const ProbeScore weak = ScoreOf(profile);
  EXPECT_TRUE(weak.counts_as_none[FAMILY_CAUSATION]);
  ExpectNear(weak.score, 0, 0, 0);
  ExpectNear(weak.score_without_I, 0, 0, 0);
  ExpectSays(weak, {"no evidence of causation", "0.06", "lower limit 0.04"});
  profile.value[BLOCK] = profile.value[GOAL] = 0.1;
  const ProbeScore some = ScoreOf(profile);
  EXPECT_FALSE(some.counts_as_none[FAMILY_CAUSATION]);
  EXPECT_NEAR(some.score.value, std::pow(0.1, 0.25), 1e-9);
  EXPECT_GT(some.score.lo, 0.5);  // decided once, not in the draws
}

// BLOCK .40 and GOAL .56 are what a window of 7 × 7 squares, searched round a clamp, earned an oracle.
TEST(ProbeScore, CountsAFamilyThatOnlyRepairsLocallyAsNone) {
  Profile profile = {{1, 1, 1, 0.4, 0.56, 1}};
  EXPECT_GT(ScoreOf(profile).score.value, 0.8);  // not asked
  EXPECT_TRUE(std::isnan(ScoreOf(profile).reach[FAMILY_CAUSATION].value));
  profile.reach[BLOCK] = profile.reach[GOAL] = 0;
  const ProbeScore local = ScoreOf(profile);
  ExpectNear(local.family[FAMILY_CAUSATION], 0.48, 0.46, 0.5);  // what is published stays
  EXPECT_NEAR(local.reach[FAMILY_CAUSATION].value, 0, 1e-12);
  EXPECT_TRUE(local.is_local[FAMILY_CAUSATION]);
  EXPECT_TRUE(local.counts_as_none[FAMILY_CAUSATION]);
  EXPECT_FALSE(local.is_local[FAMILY_BEHAVIOUR]);
  ExpectNear(local.score, 0, 0, 0);
  ExpectNear(local.score_without_I, 0, 0, 0);
  EXPECT_EQ(local.decisive, FAMILY_CAUSATION);
  profile = kPlanner;
  profile.reach[BLOCK] = profile.reach[GOAL] = 0;
  EXPECT_EQ(ScoreOf(kPlanner).decisive, FAMILY_REPRESENTATION);
  EXPECT_EQ(ScoreOf(profile).decisive, FAMILY_CAUSATION);
  ExpectSays(local, {"what decides is causation", "0.48 [0.46, 0.50] and beyond local repair 0.00",
                     "its plan follows clamps only as far as a local repair would"});
}

TEST(ProbeScore, AsksForTheLowerLimitOfTheMeanReach) {
  Profile profile = kPlanner;
  profile.reach[BLOCK] = 0;
  profile.reach[GOAL] = 0.13;  // the mean at least .055
  EXPECT_FALSE(ScoreOf(profile).is_local[FAMILY_CAUSATION]);
  EXPECT_EQ(ScoreOf(profile).label, LABEL_SEARCH);
  EXPECT_NEAR(ScoreOf(profile).score.value, ScoreOf(kPlanner).score.value, 1e-12);  // above the floor: all
  profile.reach[GOAL] = 0.11;                                                       // at least .045
  EXPECT_TRUE(ScoreOf(profile).is_local[FAMILY_CAUSATION]);
  profile.informative[BLOCK] = false;  // nor does its reach count then
  EXPECT_FALSE(ScoreOf(profile).is_local[FAMILY_CAUSATION]);
  profile.reach[GOAL] = NAN;
  EXPECT_FALSE(ScoreOf(profile).is_local[FAMILY_CAUSATION]);
}

TEST(ProbeScore, NamesEveryReasonForZeroOnce) {
  Profile profile = {{0.9, 0.9, 0.9, 0.03, 0.03, 0.9}};
  profile.reach[BLOCK] = profile.reach[GOAL] = 0;
  const std::string none = ScoreOf(profile).reason;
  EXPECT_NE(none.find("no evidence of causation"), std::string::npos) << none;
  EXPECT_EQ(none.find("as far as a local repair"), std::string::npos) << none;
  profile.value[BLOCK] = profile.value[GOAL] = 0.5;
  profile.value[RESIDUAL] = 0;
  ExpectSays(ScoreOf(profile), {"no evidence of irreducibility", "S is also 0 because its plan follows"});
}

TEST(ProbeScore, LeavesOutDrawsThatSayNothing) {
  std::vector<double> draws = DrawsOf(0.5, 0.02);
  for (int r = 0; r < 100; ++r) draws[r] = NAN;
  ScoreMetric metrics[4];
  for (int f = 0; f < 4; ++f)
    metrics[f] = {"X", static_cast<ProbeFamily>(f), true, true, {0.5, 0.48, 0.52}, draws.data(), {}, nullptr};
  const ScoreInput input = {metrics, 4, true, 1, 0, {1, 1, 1}};
  ProbeScore score;
  probe_score(&input, &score);
  EXPECT_NEAR(score.score.value, 0.5, 1e-12);
  EXPECT_NEAR(score.score.hi, 0.52, 1e-3);
  EXPECT_FALSE(std::isnan(score.score.lo));
}

// ---- Gates ----

TEST(CompetenceGate, MakesTheScoreZeroByDecree) {
  Profile profile = kPlanner;
  profile.solve = 0.49;
  const ProbeScore score = ScoreOf(profile);
  EXPECT_FALSE(score.is_competent);
  ExpectNear(score.score, 0, 0, 0);
  EXPECT_GT(score.score_without_I.value, 0.6);  // what there is to see is still shown
  EXPECT_EQ(score.label, LABEL_UNDECIDED);
  ExpectSays(score, {"hardly does its own task", "S is 0 because", "0.49", "0.40"});
  profile.solve = 0.51;
  EXPECT_TRUE(ScoreOf(profile).is_competent);
}

TEST(OffAxisGate, AsksForEveryWorld) {
  for (double Profile::*world : {&Profile::trees, &Profile::loops, &Profile::blocks}) {
    Profile profile = kPlanner;
    profile.*world = 0.79;
    EXPECT_FALSE(ScoreOf(profile).carries_over);
    profile.*world = NAN;
    EXPECT_FALSE(ScoreOf(profile).carries_over);
    profile.*world = 0.8;
    EXPECT_TRUE(ScoreOf(profile).carries_over);
  }
}

// ---- Labels ----

TEST(ProbeLabel, OfAPlannerIsSearch) {
  const ProbeScore score = ScoreOf(kPlanner);
  EXPECT_EQ(score.label, LABEL_SEARCH);
  EXPECT_STREQ(probe_label_name(score.label), "search");
  ExpectSays(score, {"It searches", "0.62", "representation", "0.61 [0.59, 0.63]", "0.30"});
}

TEST(ProbeLabel, OfSearchAsksForLowerLimitsOfEveryFamilyAndOfS) {
  const struct {
    int metric;
    double enough, short_of;
  } rows[] = {{FRONT, 0.33, 0.31}, {RESIDUAL, 0.23, 0.21}};
  for (const auto &row : rows) {
    Profile profile = {{0.9, 0.9, 0.9, 0.9, 0.9, 0.9}};
    profile.value[row.metric] = row.enough;
    EXPECT_EQ(ScoreOf(profile).label, LABEL_SEARCH) << row.metric;
    profile.value[row.metric] = row.short_of;
    EXPECT_EQ(ScoreOf(profile).label, LABEL_UNDECIDED) << row.metric;
  }
  const Profile middling = {{0.5, 0.5, 0.5, 0.5, 0.5, 0.5}};
  const ProbeScore score = ScoreOf(middling);
  EXPECT_EQ(score.label, LABEL_UNDECIDED);  // S .5, its lower limit .48
  ExpectSays(score, {"No label fits", "0.50 [0.48, 0.52]", "lower limit of 0.50", "behaviour"});
}

TEST(ProbeLabel, OfSearchThatDoesNotCarryOverIsAxisBound) {
  Profile profile = kPlanner;
  profile.blocks = 0.55;
  const ProbeScore score = ScoreOf(profile);
  EXPECT_EQ(score.label, LABEL_AXIS_BOUND);
  EXPECT_STREQ(probe_label_name(score.label), "axis-bound search");
  EXPECT_EQ(score.worst_world, OFF_AXIS_BLOCKS);
  ExpectSays(score, {"random blocks", "0.55", "0.80"});
  profile.trees = 0.3;
  ExpectSays(ScoreOf(profile), {"trees", "0.30"});
  profile.loops = NAN;
  ExpectSays(ScoreOf(profile), {"30 % loops", "not measured"});
}

TEST(ProbeLabel, OfADeepNetIsBoundedDepthPlanner) {
  Profile profile = {{0.63, 0, 0.28, 0.69, 0.85, 0}};
  const ProbeScore score = ScoreOf(profile);
  EXPECT_EQ(score.label, LABEL_BOUNDED_DEPTH);
  EXPECT_STREQ(probe_label_name(score.label), "bounded-depth planner");
  ExpectSays(score, {"bounded depth", "causation 0.77", "TICK 0.00", "no evidence of irreducibility"});
  profile.value[TICK] = 0.09;  // at most .11
  EXPECT_EQ(ScoreOf(profile).label, LABEL_UNDECIDED);
  profile.value[TICK] = 0;
  profile.value[BLOCK] = profile.value[GOAL] = 0.51;  // at least .49
  EXPECT_EQ(ScoreOf(profile).label, LABEL_UNDECIDED);
}

// Each label, and what becomes of it when the plan moves only as far as a local repair.
TEST(ProbeLabel, OfAPlannerAsksForItsReach) {
  const struct {
    double value[METRICS];
    double blocks;
    ProbeLabel reaching, local;
  } rows[] = {{{0.74, 0.67, 0.61, 0.86, 0.81, 0.42}, 0.85, LABEL_SEARCH, LABEL_UNDECIDED},
              {{0.74, 0.67, 0.61, 0.86, 0.81, 0.42}, 0.55, LABEL_AXIS_BOUND, LABEL_UNDECIDED},
              {{0.63, 0, 0.28, 0.69, 0.85, 0}, 0.85, LABEL_BOUNDED_DEPTH, LABEL_UNDECIDED},
              {{0.5, 0.5, 0.3, 0.3, 0.3, 0}, 0.85, LABEL_UNDECIDED, LABEL_REACTIVE},
              {{0.02, 0, 0.10, 0.04, 0.15, 0}, 0.85, LABEL_REACTIVE, LABEL_REACTIVE}};
  for (const auto &row : rows) {
    Profile profile = kPlanner;
    for (int m = 0; m < METRICS; ++m) profile.value[m] = row.value[m];
    profile.blocks = row.blocks;
    profile.reach[BLOCK] = profile.reach[GOAL] = 0.5;
    EXPECT_EQ(ScoreOf(profile).label, row.reaching) << ScoreOf(profile).reason;
    profile.reach[BLOCK] = profile.reach[GOAL] = 0.02;
    EXPECT_EQ(ScoreOf(profile).label, row.local) << ScoreOf(profile).reason;
    ExpectSays(ScoreOf(profile), {"S is"});
  }
}

TEST(ProbeLabel, OfFewTicksIsReactive) {
  const ProbeScore score = ScoreOf({{0.02, 0, 0.10, 0.04, 0.15, 0}});
  EXPECT_EQ(score.label, LABEL_REACTIVE);
  EXPECT_STREQ(probe_label_name(score.label), "reactive");
  ExpectSays(score, {"does not change its plan", "0.10", "S is 0"});
}

TEST(ProbeLabel, OfABlackBoxThatRevealsItsAnswerIsReactiveInside) {
  const ProbeScore score = ScoreOf({{1, 1, 1, 0, 0, 1}});
  EXPECT_EQ(score.label, LABEL_REACTIVE);
  ExpectNear(score.score, 0, 0, 0);
  EXPECT_EQ(score.decisive, FAMILY_CAUSATION);
}

TEST(ProbeLabel, IsNotReactiveWhileCausationMayBeStrong) {
  Profile profile = {{0.02, 0, 0.10, 0.34, 0.34, 0}};  // at most .36
  EXPECT_EQ(ScoreOf(profile).label, LABEL_UNDECIDED);
  profile.value[BLOCK] = profile.value[GOAL] = 0.32;
  EXPECT_EQ(ScoreOf(profile).label, LABEL_REACTIVE);
  profile = {{0.5, 0.5, 0.3, 0.3, 0.3, 0}};  // without I .36
  EXPECT_EQ(ScoreOf(profile).label, LABEL_UNDECIDED);
}

TEST(ProbeLabel, WithoutAStateIsReactiveByBehaviour) {
  Profile profile = {{0, 0, 0.15, 0, 0, 0}};
  profile.applies[BLOCK] = profile.applies[GOAL] = profile.has_state = false;
  const ProbeScore score = ScoreOf(profile);
  EXPECT_EQ(score.label, LABEL_REACTIVE);
  ExpectSays(score, {"no spatial state", "behaviour 0.00"});
  profile.has_state = true;  // there was something to ask, and it was not
  EXPECT_EQ(ScoreOf(profile).label, LABEL_UNDECIDED);
}

TEST(ProbeLabel, OfTheUndecidedNamesTheFamilyFarthestBelowItsBar) {
  const struct {
    double value[METRICS];
    ProbeFamily decisive;
  } rows[] = {{{0.20, 0.20, 0.6, 0.6, 0.6, 0.6}, FAMILY_BEHAVIOUR},
              {{0.6, 0.6, 0.2, 0.6, 0.6, 0.6}, FAMILY_REPRESENTATION},
              {{0.6, 0.6, 0.6, 0.2, 0.2, 0.6}, FAMILY_CAUSATION},
              // .18 of .3 is a smaller share than .13 of .2
              {{0.6, 0.6, 0.2, 0.6, 0.6, 0.15}, FAMILY_REPRESENTATION},
              {{0.6, 0.6, 0.2, 0.6, 0.6, 0.13}, FAMILY_IRREDUCIBILITY}};
  for (const auto &row : rows) {
    Profile profile = kPlanner;
    for (int m = 0; m < METRICS; ++m) profile.value[m] = row.value[m];
    const ProbeScore score = ScoreOf(profile);
    EXPECT_EQ(score.label, LABEL_UNDECIDED);
    EXPECT_EQ(score.decisive, row.decisive);
    ExpectSays(score, {probe_family_name(row.decisive), "No label fits"});
  }
}

}  // namespace
