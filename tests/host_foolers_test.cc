// Claims about foolers: what they pretend, and what a clamp does to them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "host/subjects/revealed.h"
#include "host/subjects/shuffled.h"
#include "tests/envs_pictures.h"
#include "tests/host_subjects.h"

namespace {

TEST(Foolers, ThatActGreedilyDoSoAtEveryTickWhateverIsClamped) {
  const EvalSet &set = levels_of("9x9");
  for (const char *name : {"greedy with a value map", "greedy with a plan head"}) {
    const Subject &subject = built(name).subject;
    std::vector<int> goals;
    for (int i = 0; i < set.count; ++i) goals.push_back(set.levels[i].start);
    const Thought thought =
        Thought(subject, set, 12).clamp(goals, 2, std::vector<real>(subject.channels, 1)).think();
    const Thought greedy = Thought(built("greedy").subject, set, 12).think();
    EXPECT_EQ(thought.plan, greedy.plan) << name;
  }
}

TEST(Foolers, WithAValueMapSweepItThroughTheState) {
  const EvalSet &set = levels_of("9x9");
  std::vector<int> goals;
  for (int i = 0; i < set.count; ++i) goals.push_back(set.levels[i].start);
  const Thought fooler =
      Thought(built("greedy with a value map").subject, set, 20).clamp(goals, 2, {1}).think();
  const Thought planner = Thought(built("value iteration").subject, set, 20).clamp(goals, 2, {1}).think();
  EXPECT_EQ(fooler.state, planner.state);
  EXPECT_NE(fooler.state, Thought(built("value iteration").subject, set, 20).think().state);
}

TEST(Foolers, WithAPlanHeadShowTheBestActionWhereItIsKnown) {
  const EvalSet &set = levels_of("9x9");
  const Thought thought = Thought(built("greedy with a plan head").subject, set, 12).think();
  for (int i = 0; i < set.count; ++i)
    for (int k : {1, 5, 12})
      for (int square = 0; square < 81; ++square) {
        const int distance = set.distance[i * 81 + square];
        const real *head = thought.state_at(i, k, square);
        real sum = 0;
        for (int action = 0; action < 4; ++action) {
          sum += head[action];
          if (head[action] == 1) {
            ASSERT_TRUE(is_best(set.levels[i], set.distance + i * 81, square, action));
          }
        }
        ASSERT_EQ(sum, distance > 0 && distance <= k);
      }
}

TEST(Foolers, ThatOnlyDisplayMoveNobodyButTheClampedSquare) {
  const EvalSet &set = levels_of("9x9");
  for (const char *name :
       {"delayed greedy, wavefront", "delayed greedy, random", "revealed oracle", "shuffled ticks"}) {
    const Subject &subject = built(name).subject;
    std::vector<int> places;
    for (int i = 0; i < set.count; ++i) places.push_back(set.levels[i].start);
    std::vector<real> value(subject.channels, 0);
    value.back() = 0.25f;
    if (subject.channels > 1) value[DOWN] = 1;
    const Thought plain = Thought(subject, set, 30).think();
    const Thought thought = Thought(subject, set, 30).clamp(places, 3, value).think();
    int changed = 0;
    for (int i = 0; i < set.count; ++i)
      for (int k = 1; k <= 30; ++k)
        for (int square = 0; square < 81; ++square) {
          const real *now = thought.state_at(i, k, square), *before = plain.state_at(i, k, square);
          const size_t bytes = sizeof(real) * subject.channels;
          const bool moved = thought.plan_at(i, k)[square] != plain.plan_at(i, k)[square];
          if (square == places[i] && k >= 3) {
            ASSERT_EQ(std::memcmp(now, value.data(), bytes), 0) << name;
            if (subject.channels > 1) {
              ASSERT_EQ(thought.plan_at(i, k)[square], int{DOWN}) << name;
            }
            changed += moved;
          } else {
            ASSERT_EQ(std::memcmp(now, before, bytes), 0) << name;
            ASSERT_FALSE(moved) << name;
          }
        }
    EXPECT_EQ(changed > 0, subject.channels > 1) << name;
  }
}

TEST(Foolers, RevealTheOracleAsAFrontOfTrueDistance) {
  const EvalSet &set = levels_of("15x15");
  const Thought thought = Thought(built("revealed oracle").subject, set, 25).think();
  int random_best = 0, random = 0;
  for (int i = 0; i < set.count; ++i)
    for (int k = 1; k <= 25; ++k)
      for (int square = 0; square < 225; ++square) {
        const int distance = set.distance[i * 225 + square];
        if (distance <= 0) continue;
        const bool best =
            is_best(set.levels[i], set.distance + i * 225, square, thought.plan_at(i, k)[square]);
        ASSERT_EQ(thought.state_at(i, k, square)[4], distance <= k);
        if (distance <= k) {
          ASSERT_TRUE(best);
        }
        random += distance > k;
        random_best += distance > k && best;
      }
  EXPECT_NEAR(static_cast<double>(random_best) / random, 0.27, 0.05) << "one action of four, sometimes two";
}

TEST(Foolers, RevealGreedyByManhattanDistanceOrWithin32Ticks) {
  const EvalSet &set = levels_of("9x9");
  const Thought greedy = Thought(built("greedy").subject, set, 40).think();
  const Thought front = Thought(built("delayed greedy, wavefront").subject, set, 40).think();
  const Thought late = Thought(built("delayed greedy, random").subject, set, 40).think();
  int shown_at[41] = {0};
  for (int i = 0; i < set.count; ++i)
    for (int square = 0; square < 81; ++square) {
      if (set.distance[i * 81 + square] < 0) continue;
      const int goal = set.levels[i].goal;
      const int manhattan = std::abs(square / 9 - goal / 9) + std::abs(square % 9 - goal % 9);
      for (int k = 1; k <= 40; ++k) {
        ASSERT_EQ(front.state_at(i, k, square)[4], manhattan <= k);
        shown_at[k] += late.state_at(i, k, square)[4] == 1;
        for (const Thought *thought : {&front, &late})
          if (thought->state_at(i, k, square)[4] == 1) {
            ASSERT_EQ(thought->plan_at(i, k)[square], greedy.plan_at(i, k)[square]);
          }
      }
    }
  EXPECT_NEAR(static_cast<double>(shown_at[16]) / shown_at[40], 0.5, 0.08);
  EXPECT_LT(shown_at[31], shown_at[32]);
  EXPECT_EQ(shown_at[32], shown_at[40]);
}

TEST(Foolers, RevealWhatAnyInnerSubjectAnswersAfterItsTicks) {
  const EvalSet &set = levels_of("9x9");
  const Revealed revealed = {&built("value iteration").subject, 7, REVEAL_MANHATTAN};
  const Subject subject = subject_revealed(&revealed, "seven sweeps, delayed");
  const Thought thought = Thought(subject, set, 20).think();
  const Thought inner = Thought(*revealed.inner, set, 7).think();
  for (int i = 0; i < set.count; ++i)
    for (int square = 0; square < 81; ++square)
      ASSERT_EQ(thought.plan_at(i, 20)[square], inner.plan_at(i, 7)[square]);
}

TEST(Foolers, ReplayARecordingInAWrongOrder) {
  const EvalSet &set = levels_of("9x9");
  int order[SHUFFLED_TICKS];
  shuffled_order(order);
  EXPECT_EQ(std::set<int>(order, order + SHUFFLED_TICKS).size(), size_t{SHUFFLED_TICKS});
  int in_place = 0;
  for (int k = 0; k < SHUFFLED_TICKS; ++k) in_place += order[k] == k + 1;
  EXPECT_LT(in_place, 8);
  for (const char *name : {"value iteration", "value iteration, inputs copied"}) {
    const Subject &inner = built(name).subject;
    const Subject subject = subject_shuffled(&inner, "shuffled");
    const Thought thought = Thought(subject, set, 20).think();
    const Thought recording = Thought(inner, set, SHUFFLED_TICKS).think();
    for (int i = 0; i < set.count; ++i)
      for (int k = 1; k <= 20; ++k) {
        const int shown = order[k - 1];
        ASSERT_EQ(std::memcmp(thought.plan_at(i, k), recording.plan_at(i, shown), 81), 0);
        ASSERT_EQ(std::memcmp(thought.state_at(i, k, 0), recording.state_at(i, shown, 0),
                              sizeof(real) * 81 * inner.channels),
                  0);
        for (int square = 0; square < 81; ++square)
          ASSERT_EQ(thought.outputs_at(i, k, square)[HEAD_VALUE],
                    recording.outputs_at(i, shown, square)[HEAD_VALUE]);
      }
  }
}

// ---- Red team ----

const char *const REFLEX_ORACLES[] = {"oracle with reflex", "homing oracle", "startled oracle",
                                      "patching oracle", "map reader"};

TEST(ReflexOracles, AreValueIterationWhileNothingIsClamped) {
  const EvalSet &set = levels_of("9x9");
  const Thought planner = Thought(built("value iteration").subject, set, 45).think();
  for (const char *name : REFLEX_ORACLES) {
    const Thought thought = Thought(built(name).subject, set, 45).think();
    EXPECT_EQ(thought.plan, planner.plan) << name;
    EXPECT_EQ(thought.state, planner.state) << name;
    EXPECT_EQ(thought.outputs, planner.outputs) << name;
  }
}

// Two ways of 4 and 6 steps from the start; b blocks the shorter one.
const char *const FORK =
    "#######\n"
    "#G   ##\n"
    "# ## ##\n"
    "#  @ ##\n"
    "#######\n";

TEST(ReflexOracles, AnswerAClampedWallEachInTheirWay) {
  const Level level = picture_level(FORK);
  const int b = 2 * 7 + 1, beside = 3 * 7 + 1;
  for (const char *name : {"oracle with reflex", "homing oracle"}) {
    const Thought thought = Thought(built(name).subject, &level, 1, 12).clamp({b}, 2, {0}).think();
    EXPECT_EQ(thought.plan_at(0, 12)[beside], RIGHT) << name << " sidesteps";
    EXPECT_EQ(thought.plan_at(0, 12)[beside + 1], LEFT) << name << " and comes back";
  }
  for (const char *name : {"patching oracle", "map reader"}) {
    const Thought thought = Thought(built(name).subject, &level, 1, 12).clamp({b}, 2, {0}).think();
    int16_t walked[GRID_SQUARES];
    plan_walk(&level, thought.plan_at(0, 12), walked);
    EXPECT_EQ(walked[beside], 8) << name << " goes round";
  }
}

TEST(ReflexOracles, AnswerAClampedGoalEachInTheirWay) {
  const Level level = picture_level(
      "#########\n"
      "#      G#\n"
      "# #######\n"
      "# #     #\n"
      "# # ### #\n"
      "# #@#   #\n"
      "# ####  #\n"
      "#       #\n"
      "#########\n");
  const int there = 7 * 9 + 4;
  const auto plan_of = [&](const char *name) {
    const Thought thought = Thought(built(name).subject, &level, 1, 40).clamp({there}, 2, {1}).think();
    return std::vector<uint8_t>(thought.plan_at(0, 40), thought.plan_at(0, 40) + 81);
  };
  const std::vector<uint8_t> near = plan_of("oracle with reflex"), home = plan_of("homing oracle");
  EXPECT_EQ(near[there + 2], LEFT) << "two steps off";
  EXPECT_EQ(near[5 * 9 + 7], DOWN) << "the old way anyhow";
  EXPECT_EQ(near[there - 3], UP) << "three steps off: to the old goal";
  EXPECT_EQ(home[there - 3], RIGHT) << "every square goes there";
  EXPECT_EQ(home[1 * 9 + 5], LEFT) << "down is blocked: turns right";
  const Thought early = Thought(built("map reader").subject, &level, 1, 5).clamp({there}, 2, {1}).think();
  EXPECT_EQ(early.plan_at(0, 5)[level.start], int{PLAN_STAY}) << "light has not come so far";
  EXPECT_EQ(early.plan_at(0, 5)[there + 3], LEFT);
  EXPECT_EQ(plan_of("map reader")[level.start], UP);
  const Thought planner =
      Thought(built("value iteration").subject, &level, 1, 40).clamp({there}, 2, {1}).think();
  const std::vector<uint8_t> reader = plan_of("map reader");
  for (int square = 0; square < 81; ++square)
    if (square != there) {
      EXPECT_EQ(reader[square], planner.plan_at(0, 40)[square]) << square;
    }
}

TEST(ReflexOracles, AreStartledByAnyMismatchAndDrawAnewForAnother) {
  const EvalSet &set = levels_of("9x9");
  const Subject &subject = built("startled oracle").subject;
  std::vector<int> places;
  for (int i = 0; i < set.count; ++i) places.push_back(set.levels[i].start);
  const Thought plain = Thought(subject, set, 45).think();
  const Thought one = Thought(subject, set, 45).clamp(places, 2, {0.5f}).think();
  const Thought other = Thought(subject, set, 45).clamp(places, 2, {0.625f}).think();
  int differs_plain = 0, differs_other = 0, free = 0;
  for (int i = 0; i < set.count; ++i)
    for (int square = 0; square < 81; ++square) {
      if (set.distance[i * 81 + square] <= 0) continue;
      ++free;
      differs_plain += one.plan_at(i, 45)[square] != plain.plan_at(i, 45)[square];
      differs_other += one.plan_at(i, 45)[square] != other.plan_at(i, 45)[square];
    }
  EXPECT_NEAR(static_cast<double>(differs_plain) / free, 0.75, 0.05);
  EXPECT_NEAR(static_cast<double>(differs_other) / free, 0.75, 0.05);
}

}  // namespace
