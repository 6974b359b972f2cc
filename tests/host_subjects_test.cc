// Claims about built subjects: what they plan, what they show, and that they do all they are asked.
#include "tests/host_subjects.h"

#include <gtest/gtest.h>
#include <omp.h>

#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "envs/maze.h"
#include "host/subjects/revealed.h"
#include "host/subjects/shuffled.h"
#include "host/subjects/value_sweep.h"
#include "tests/envs_pictures.h"

namespace {

const char *const VALUE_ITERATIONS[] = {"value iteration", "value iteration, inputs copied",
                                        "value iteration, noisy"};

// ---- Value iteration ----

TEST(ValueIteration, PlansTheBestWayOnExactlyTheSquaresWithinKSteps) {
  for (const char *name : VALUE_ITERATIONS)
    for (const char *id : {"9x9", "15x15"}) {
      const EvalSet &set = levels_of(id);
      const int ticks = 40;
      const Thought thought = Thought(built(name).subject, set, ticks).think();
      for (int i = 0; i < set.count; ++i) {
        int16_t distance[GRID_SQUARES];
        oracle_distances(&set.levels[i], distance);
        for (int k = 1; k <= ticks; ++k)
          for (int square = 0; square < set.size * set.size; ++square) {
            const int action = thought.plan_at(i, k)[square];
            if (distance[square] > 0 && distance[square] <= k)
              ASSERT_TRUE(is_best(set.levels[i], distance, square, action)) << name << " tick " << k;
            else
              ASSERT_EQ(action, int{PLAN_STAY}) << name << " tick " << k;
          }
      }
    }
}

TEST(ValueIteration, KnowsValuesOfSquaresFewerThanKStepsAway) {
  const EvalSet &set = levels_of("9x9");
  const Thought thought = Thought(built("value iteration").subject, set, 20).think();
  for (int i = 0; i < set.count; ++i)
    for (int square = 0; square < 81; ++square) {
      const int distance = set.distance[i * 81 + square];
      for (int k = 1; k <= 20; ++k) {
        const real value = distance >= 0 && distance < k ? 1 - distance * SWEEP_STEP : 0;
        ASSERT_EQ(*thought.state_at(i, k, square), value);
        ASSERT_EQ(thought.outputs_at(i, k, square)[HEAD_VALUE], value);
      }
    }
}

TEST(ValueIteration, FindsItsWayOnTheLargestBoardIn128Ticks) {
  const EnvSpec spec = {ENV_MAZE, 31, 31, 0.1f, 0, 4, SPLIT_ANY};
  EnvWork work;
  Level level;
  ASSERT_TRUE(maze_generate(&spec, 1, 0, 0, &work, &level));
  int16_t distance[GRID_SQUARES];
  oracle_distances(&level, distance);
  for (const char *name : VALUE_ITERATIONS) {
    const Thought thought = Thought(built(name).subject, &level, 1, 128).think();
    int known = 0, wrong = 0;
    for (int square = 0; square < 961; ++square) {
      if (distance[square] <= 0 || distance[square] > 128) continue;
      ++known;
      wrong += !is_best(level, distance, square, thought.plan_at(0, 128)[square]);
    }
    EXPECT_GT(known, 300);
    EXPECT_EQ(wrong, 0) << name;
  }
}

// Two ways of 4 and 6 steps from the start; b blocks the shorter one.
const char *const FORK =
    "#######\n"
    "#G   ##\n"
    "# ## ##\n"
    "#  @ ##\n"
    "#######\n";

TEST(ValueIteration, GoesRoundASquareThatIsClampedToAWall) {
  const Level level = picture_level(FORK);
  const int b = 2 * 7 + 1, beside = 3 * 7 + 1;
  for (const char *name : VALUE_ITERATIONS) {
    const Subject &subject = built(name).subject;
    const Thought before = Thought(subject, &level, 1, 20).think();
    const Thought after =
        Thought(subject, &level, 1, 20).clamp({b}, 2, look_of(subject, level, 2 * 7 + 2, 9)).think();
    int16_t walked[GRID_SQUARES];
    plan_walk(&level, before.plan_at(0, 20), walked);
    EXPECT_EQ(walked[level.start], 4) << name;
    EXPECT_EQ(before.plan_at(0, 20)[beside], UP);
    EXPECT_EQ(after.plan_at(0, 20)[beside], RIGHT) << name;
    plan_walk(&level, after.plan_at(0, 20), walked);
    EXPECT_EQ(walked[level.start], 6) << name;
    EXPECT_EQ(walked[beside], 8) << name;
  }
}

TEST(ValueIteration, GoesToASquareThatIsClampedToAGoal) {
  const EvalSet &set = levels_of("9x9");
  for (const char *name : VALUE_ITERATIONS) {
    const Subject &subject = built(name).subject;
    std::vector<int> places;
    for (int i = 0; i < set.count; ++i) places.push_back(set.levels[i].start);
    const std::vector<real> goal = look_of(subject, set.levels[0], set.levels[0].goal, 9);
    const Thought thought = Thought(subject, set, 50).clamp(places, 2, goal).think();
    int nearer = 0;
    for (int i = 0; i < set.count; ++i) {
      Level moved = set.levels[i];
      int16_t there[GRID_SQUARES], here[GRID_SQUARES], walked[GRID_SQUARES];
      moved.goal = places[i];
      oracle_distances(&moved, there);
      oracle_distances(&set.levels[i], here);
      plan_walk(&moved, thought.plan_at(i, 50), walked);
      for (int square = 0; square < 81; ++square) {
        if (there[square] < 1 || there[square] > here[square] - 2) continue;
        ++nearer;
        ASSERT_EQ(walked[square], there[square]) << name;
      }
    }
    EXPECT_GT(nearer, 200);
  }
}

TEST(ValueIteration, SeesAnotherLevelInMidThoughtUnlessItsInputsWereCopied) {
  const EvalSet &set = levels_of("9x9");
  std::vector<Level> later;
  for (int i = 0; i < set.count; ++i) later.push_back(set.levels[(i + 1) % set.count]);
  const int ticks = 90;
  for (const char *name : VALUE_ITERATIONS) {
    const bool copied = std::string(name).find("copied") != std::string::npos;
    const Subject &subject = built(name).subject;
    const Thought plain = Thought(subject, set, ticks).think();
    const Thought thought = Thought(subject, set, ticks).see_later(later.data(), 40).think();
    const Thought other = Thought(subject, later.data(), set.count, ticks).think();
    EXPECT_EQ(std::memcmp(thought.plan_at(0, 1), plain.plan_at(0, 1), 39 * thought.stride), 0);
    for (int i = 0; i < set.count; ++i) {
      int16_t walked[GRID_SQUARES], distance[GRID_SQUARES];
      plan_walk(&later[i], thought.plan_at(i, ticks), walked);
      oracle_distances(&later[i], distance);
      const Thought &same = copied ? plain : other;
      if (copied || std::string(name) == "value iteration")
        ASSERT_EQ(std::memcmp(thought.plan_at(i, ticks), same.plan_at(i, ticks), 81), 0) << name;
      else
        ASSERT_EQ(walked[later[i].start], distance[later[i].start]) << name;
    }
  }
}

TEST(ValueIteration, NeverSeesItsInputsAgainOnceTheyWereCopied) {
  const Level level = picture_level(FORK);
  const Subject &subject = built("value iteration, inputs copied").subject;
  // No goal at any tick but the first: nothing is ever known again once the copy is gone.
  const Thought thought = Thought(subject, &level, 1, 600).clamp({level.goal}, 2, {0, 0, 0}).think();
  for (int square = 0; square < 35; ++square) EXPECT_EQ(thought.plan_at(0, 600)[square], int{PLAN_STAY});
}

// ---- Subjects that do not think ----

TEST(WallFollower, TurnsRightFromTheGreedyStepUntilItIsFree) {
  const Level level = picture_level(
      "#######\n"
      "#   # #\n"
      "# # #G#\n"
      "# # # #\n"
      "#@#   #\n"
      "#######\n");
  const Thought thought = Thought(built("wall follower").subject, &level, 1, 2).think();
  const uint8_t *plan = thought.plan_at(0, 2);
  EXPECT_EQ(plan[level.start], UP) << "right is blocked, so are down and left";
  EXPECT_EQ(plan[1 * 7 + 3], DOWN) << "right is blocked, down is free";
  EXPECT_EQ(plan[4 * 7 + 4], RIGHT) << "up is blocked";
  EXPECT_EQ(plan[4 * 7 + 5], UP);
}

TEST(AnytimeAstar, IsGreedyUntilItsSearchIsDoneAndOptimalThen) {
  const EvalSet &set = levels_of("9x9");
  const Thought thought = Thought(built("anytime A*").subject, set, 30).think();
  int greedy_first = 0, done_at_once = 0;
  for (int i = 0; i < set.count; ++i) {
    const Level &level = set.levels[i];
    uint8_t greedy[GRID_SQUARES];
    plan_greedy(&level, greedy);
    for (int square = 0; square < 81; ++square) {
      const int distance = set.distance[i * 81 + square];
      if (distance <= 0) continue;
      const int first = thought.plan_at(i, 1)[square], last = thought.plan_at(i, 30)[square];
      ASSERT_TRUE(is_best(level, set.distance + i * 81, square, last)) << "at most 49 squares are expanded";
      if (distance > 4) {
        ASSERT_EQ(first, greedy[square]) << "a way of n steps takes n expansions or more";
      }
      greedy_first += first != last;
      done_at_once += distance <= 4 && is_best(level, set.distance + i * 81, square, first);
    }
  }
  EXPECT_GT(greedy_first, 100);
  EXPECT_GT(done_at_once, 60);
}

// On an open board the first way is a best way, expanded square by square.
TEST(AnytimeAstar, ExpandsOneSquareAStepWhereNothingIsInTheWay) {
  const Level level = picture_level(
      "###########\n"
      "#@       G#\n"
      "###########\n");
  const Thought thought = Thought(built("anytime A*").subject, &level, 1, 3).think();
  EXPECT_EQ(thought.plan_at(0, 1)[level.start], RIGHT);
  const Level detour = picture_level(
      "#######\n"
      "#@#G  #\n"
      "# ### #\n"
      "#     #\n"
      "#######\n");
  const Thought round = Thought(built("anytime A*").subject, &detour, 1, 4).think();
  EXPECT_EQ(round.plan_at(0, 2)[detour.start], RIGHT) << "greedy: 10 squares are not expanded in 8";
  EXPECT_EQ(round.plan_at(0, 3)[detour.start], DOWN);
}

// Start, one square of the corridor, and five of the way are 7; the whole corridor would make it 11.
TEST(AnytimeAstar, LeavesACorridorThatLeadsAway) {
  const Level level = picture_level(
      "##########\n"
      "#     @#G#\n"
      "###### # #\n"
      "######   #\n"
      "##########\n");
  const Thought thought = Thought(built("anytime A*").subject, &level, 1, 2).think();
  EXPECT_EQ(thought.plan_at(0, 1)[level.start], RIGHT) << "greedy";
  EXPECT_EQ(thought.plan_at(0, 2)[level.start], DOWN);
}

// ---- All of them ----

TEST(BuiltSubjects, HaveNamesOfTheirOwnAndEveryKind) {
  std::set<std::string> names;
  std::set<int> kinds;
  for (const BuiltSubject &one : all_built()) {
    names.insert(one.subject.name);
    kinds.insert(one.kind);
    EXPECT_GE(one.subject.ticks_max, 1);
    EXPECT_FALSE(one.subject.is_feed_forward);
    EXPECT_EQ(std::string(one.about).back(), '.') << one.about;
  }
  EXPECT_EQ(names.size(), all_built().size());
  EXPECT_EQ(kinds.size(), 4u);
  EXPECT_STREQ(built_kind_name(built("wall follower").kind), "negative");
}

TEST(BuiltSubjects, KeepTheThreeBaselinesFirst) {
  int count;
  const Subject *baselines = subject_baselines(&count);
  ASSERT_EQ(count, 3);
  const char *const names[] = {"random", "greedy", "value iteration"};
  for (int i = 0; i < count; ++i) EXPECT_STREQ(baselines[i].name, names[i]);
}

TEST(BuiltSubjects, FillAllThatTheyAreAskedForAndNothingElse) {
  const EvalSet &set = levels_of("9x9");
  for (const BuiltSubject &one : all_built()) {
    const Thought thought = Thought(one.subject, set, 9).think();
    for (int i = 0; i < set.count; ++i)
      for (int k = 1; k <= 9; ++k)
        for (int square = 0; square < thought.stride; ++square) {
          const bool inside = square < 81;
          const int action = thought.plan_at(i, k)[square];
          ASSERT_EQ(action <= PLAN_STAY, inside) << one.subject.name;
          const real *out = thought.outputs_at(i, k, square);
          for (int a = 0; a < ENV_ACTIONS; ++a) ASSERT_EQ(out[a], !inside ? -7 : a == action);
          ASSERT_EQ(out[HEAD_VALUE] == -7, !inside);
          for (int c = 0; c < one.subject.channels; ++c) {
            const real at = thought.state_at(i, k, square)[c];
            ASSERT_TRUE(inside ? at >= 0 && at <= 1 : at == -7) << one.subject.name << at;
          }
        }
  }
}

TEST(BuiltSubjects, PlanTheSameWhetherOrNotStateAndOutputsAreAskedFor) {
  const EvalSet &set = levels_of("9x9");
  for (const BuiltSubject &one : all_built()) {
    const Thought asked = Thought(one.subject, set, 9).think();
    Thought plain(one.subject, set, 9);
    plain.batch.state = plain.batch.outputs = nullptr;
    EXPECT_EQ(plain.think().plan, asked.plan) << one.subject.name;
    Thought few(one.subject, set, 4);
    few.think();
    for (int i = 0; i < set.count; ++i)
      EXPECT_EQ(std::memcmp(few.plan_at(i, 1), asked.plan_at(i, 1), 4 * few.stride), 0)
          << one.subject.name << ": a longer thought begins like a shorter one";
  }
}

TEST(BuiltSubjects, StayAsTheyAreFromTheirLastTickOn) {
  const EvalSet &set = levels_of("9x9");
  for (const BuiltSubject &one : all_built()) {
    if (one.subject.ticks_max > 200) continue;
    const int last = one.subject.ticks_max;
    const Thought thought = Thought(one.subject, set, last + 5).think();
    for (int i = 0; i < set.count; ++i)
      for (int k = last + 1; k <= last + 5; ++k)
        EXPECT_EQ(std::memcmp(thought.plan_at(i, k), thought.plan_at(i, last), 81), 0) << one.subject.name;
  }
}

// Clamps hold from their first tick to the one before `until`, and only in the level that they are of.
TEST(BuiltSubjects, ShowWhatIsClampedWhileItIsClamped) {
  const EvalSet &set = levels_of("9x9");
  for (const BuiltSubject &one : all_built()) {
    if (one.subject.channels == 0) continue;
    Thought thought(one.subject, set, 9);
    const int places = set.count;
    for (int i = 0; i < places; ++i) {
      thought.edits.push_back({i % 2 ? set.levels[i].start : -1, 3, 6, 1});
      thought.edits.push_back({set.levels[i].goal, 8, 99, 0});
    }
    for (int j = 0; j < 2 * 9 * one.subject.channels; ++j)
      thought.values.push_back(0.125f + static_cast<real>(j) / 512);
    thought.think();
    const Thought plain = Thought(one.subject, set, 9).think();
    const auto clamped = [&](int i, int k, int square, int row) {
      const real *value = &thought.values[(row * 9 + k - 1) * one.subject.channels];
      return std::memcmp(thought.state_at(i, k, square), value, sizeof(real) * one.subject.channels) == 0;
    };
    for (int i = 0; i < places; ++i)
      for (int k = 1; k <= 9; ++k) {
        ASSERT_EQ(clamped(i, k, set.levels[i].start, 1), i % 2 == 1 && k >= 3 && k < 6) << one.subject.name;
        ASSERT_EQ(clamped(i, k, set.levels[i].goal, 0), k >= 8) << one.subject.name;
        if (k < 3) {
          ASSERT_EQ(std::memcmp(thought.state_at(i, k, 0), plain.state_at(i, k, 0),
                                sizeof(real) * 81 * one.subject.channels),
                    0);
        }
      }
  }
}

// All but those that are told not to see it, and those that have nothing to see.
TEST(BuiltSubjects, SeeTheLaterLevelFromItsTickOn) {
  const EvalSet &set = levels_of("9x9");
  std::vector<Level> later;
  for (int i = 0; i < set.count; ++i) later.push_back(set.levels[(i + 1) % set.count]);
  for (const BuiltSubject &one : all_built()) {
    const std::string name = one.subject.name;
    const Thought before = Thought(one.subject, set, 60).think();
    const Thought after = Thought(one.subject, later.data(), set.count, 60).think();
    const Thought thought = Thought(one.subject, set, 60).see_later(later.data(), 20).think();
    const Thought at_once = Thought(one.subject, set, 60).see_later(later.data(), 1).think();
    const bool blind = name == "random" || name == "value iteration, inputs copied";
    int seen = 0;
    for (int i = 0; i < set.count; ++i) {
      ASSERT_EQ(std::memcmp(thought.plan_at(i, 1), before.plan_at(i, 1), 19 * thought.stride), 0) << name;
      seen += std::memcmp(thought.plan_at(i, 60), before.plan_at(i, 60), 81) != 0;
      if (!blind) {
        ASSERT_EQ(std::memcmp(at_once.plan_at(i, 1), after.plan_at(i, 1), 60 * thought.stride), 0) << name;
      }
    }
    if (blind)
      EXPECT_EQ(seen, 0) << name;
    else
      EXPECT_GE(seen, set.count - 1) << name;
  }
}

TEST(BuiltSubjects, AreTheSameForAnyNumberOfThreadsAndAnyPartOfASet) {
  const EvalSet &set = levels_of("9x9");
  const Revealed revealed = {&built("value iteration, noisy").subject, 20, REVEAL_RANDOM};
  std::vector<BuiltSubject> all = all_built();
  all.push_back({BUILT_FOOLER, "", subject_revealed(&revealed, "revealed")});
  all.push_back({BUILT_FOOLER, "", subject_shuffled(revealed.inner, "shuffled")});
  const int threads_before = omp_get_max_threads();
  for (const BuiltSubject &one : all) {
    omp_set_num_threads(1);
    const Thought alone = Thought(one.subject, set, 12).think();
    omp_set_num_threads(2);
    const Thought pair = Thought(one.subject, set, 12).think();
    EXPECT_EQ(alone.plan, pair.plan) << one.subject.name;
    EXPECT_EQ(alone.state, pair.state) << one.subject.name;
    EXPECT_EQ(alone.outputs, pair.outputs) << one.subject.name;
    Thought part(one.subject, set.levels + 13, set.count - 13, 12);
    part.batch.first = 13;
    part.think();
    EXPECT_EQ(std::memcmp(part.plan.data(), alone.plan_at(13, 1), part.plan.size()), 0) << one.subject.name;
  }
  omp_set_num_threads(threads_before);
}

}  // namespace
