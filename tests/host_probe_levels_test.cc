// Claims about the levels of the probes and the mean states that are taken on them.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <set>

#include "tests/host_planted.h"

namespace {

// ---- Levels of the probes ----

TEST(ProbeLevels, AreAsManyAndAsLargeAsTheTableSays) {
  const Levels drawn(small_config(), 0.1);
  const char *name[] = {"select", "classes", "flip", "near", "looped", "far", "farther", "trees", "blocks"};
  const int count[] = {20, 20, 30, 60, 30, 60, 12, 20, 20}, size[] = {9, 9, 9, 9, 9, 15, 23, 9, 9};
  std::set<uint32_t> numbers;
  for (int which = 0; which < PROBE_SETS; ++which) {
    const EvalSet &set = drawn.levels.set[which];
    EXPECT_STREQ(probe_set_name(static_cast<ProbeSet>(which)), name[which]);
    EXPECT_EQ(set.count, count[which]);
    EXPECT_EQ(set.size, size[which]);
    EXPECT_EQ(set.seed, 1000u);
    numbers.insert(set.number);
  }
  EXPECT_EQ(numbers.size(), size_t{PROBE_SETS});
  const Sets evaluation(small_config());
  for (int w = 0; w < evaluation.sets.count; ++w)
    EXPECT_EQ(numbers.count(evaluation[w].test.number) + numbers.count(evaluation[w].select.number), 0u);
  const Levels few(small_config(), 1e-6);
  EXPECT_EQ(few.levels.set[PROBE_FAR].count, 2);
}

TEST(ProbeLevels, HaveTheWallsOfTrainingUnlessTheirSetIsAboutWalls) {
  Config config = small_config();
  config.env_loops = 0.2;
  const Levels maze(config, 0.01);
  for (int which : {PROBE_SELECT, PROBE_CLASSES, PROBE_FLIPS, PROBE_NEAR, PROBE_FAR, PROBE_FARTHER}) {
    EXPECT_FLOAT_EQ(maze.levels.spec[which].loops, 0.2f);
    EXPECT_FLOAT_EQ(maze.levels.spec[which].blocks, 0);
  }
  config.env_blocks = 0.15;
  const Levels blocks(config, 0.01);
  EXPECT_FLOAT_EQ(blocks.levels.spec[PROBE_NEAR].blocks, 0.15f);
  for (const ProbeLevels *levels : {&maze.levels, &blocks.levels}) {
    EXPECT_FLOAT_EQ(levels->spec[PROBE_LOOPED].loops, 0.3f);
    EXPECT_FLOAT_EQ(levels->spec[PROBE_LOOPED].blocks, 0);
    EXPECT_FLOAT_EQ(levels->spec[PROBE_TREES].loops, 0);
    EXPECT_FLOAT_EQ(levels->spec[PROBE_TREES].blocks, 0);
    EXPECT_FLOAT_EQ(levels->spec[PROBE_BLOCKS].loops, 0);
    EXPECT_FLOAT_EQ(levels->spec[PROBE_BLOCKS].blocks, 0.25f);
  }
}

TEST(ProbeLevels, AreOfTheirSplitsAndNeverTheEvaluations) {
  const Config config = small_config();
  const Sets evaluation(config);
  const ProbeLevels &levels = shared_levels();
  std::set<uint64_t> far;
  for (const EvalSet *set : {&evaluation[1].test, &evaluation[1].select})
    for (int i = 0; i < set->count; ++i)
      far.insert(grid_symmetric_hash(&set->levels[i].grid, set->levels[i].goal));
  for (int which = 0; which < PROBE_SETS; ++which)
    for (int i = 0; i < levels.set[which].count; ++i) {
      const Level &level = levels.set[which].levels[i];
      const uint64_t hash = grid_symmetric_hash(&level.grid, level.goal);
      const bool chooses = which == PROBE_SELECT || which == PROBE_CLASSES;
      EXPECT_TRUE(split_holds(chooses ? SPLIT_SELECT : SPLIT_TEST, hash));
      if (which == PROBE_FAR) {
        EXPECT_EQ(far.count(hash), 0u);
      }
    }
}

TEST(ProbeLevels, RefuseSizesThatDoNotGrowByTheNameOfTheirKnob) {
  Config config = small_config();
  ProbeLevels levels;
  config.eval_far_size = 9;
  EXPECT_EQ(probe_levels_create(&config, 1, &levels), STATUS_USAGE);
  EXPECT_STREQ(status_message(),
               "eval.far_size = 9 is too small to probe with: it must be larger than the largest of "
               "env.sizes, 9");
  config.eval_far_size = config.eval_farther_size = 15;
  EXPECT_EQ(probe_levels_create(&config, 1, &levels), STATUS_USAGE);
  EXPECT_NE(std::strstr(status_message(), "eval.farther_size = 15"), nullptr);
  config = small_config();
  config.env_sizes = {5, 5};
  config.env_loops = 1;
  EXPECT_EQ(probe_levels_create(&config, 1, &levels), STATUS_USAGE);
  EXPECT_NE(std::strstr(status_message(), "env.sizes = 5"), nullptr);
}

// ---- Mean states ----

// State [100 k + square, -1 on walls else square^2 mod 7] after tick k: whole numbers, so that sums are
// exact.
real known_state(const Level &level, int k, int square, int c) {
  if (c == 0) return static_cast<real>(100 * k + square);
  return static_cast<real>(grid_is_wall(&level.grid, square) ? -1 : square * square % 7);
}

Status known_think(const Subject *, const SubjectBatch *batch) {
  for (int n = 0; n < batch->count; ++n)
    for (int k = 0; k < batch->ticks; ++k)
      for (int square = 0; square < batch->stride; ++square)
        for (int c = 0; c < 2; ++c)
          batch->state[((n * batch->ticks + k) * batch->stride + square) * 2 + c] =
              known_state(batch->levels[n], k, square, c);
  return STATUS_OK;
}

// Mean (or mean square) of a channel over squares that `belongs` picks, by brute force.
double known_mean(const EvalSet &set, int k, int c, bool squared,
                  const std::function<bool(const Level &, int, int)> &belongs) {
  double sum = 0;
  int64_t squares = 0;
  for (int n = 0; n < set.count; ++n)
    for (int y = 1; y < set.size - 1; ++y)
      for (int x = 1; x < set.size - 1; ++x) {
        const int square = y * set.size + x, distance = set.distance[n * set.size * set.size + square];
        if (!belongs(set.levels[n], square, distance)) continue;
        const double value = known_state(set.levels[n], k, square, c);
        sum += squared ? value * value : value;
        ++squares;
      }
  return sum / static_cast<double>(squares);
}

TEST(Classes, AreTheExactMeansOfInteriorWallsConnectedFreeSquaresAndGoals) {
  Config config = small_config();
  config.env_blocks = 0.3;  // leaves squares cut off from the goal
  const Levels drawn(config, 0.2);
  const EvalSet &set = drawn.levels.set[PROBE_CLASSES];
  Subject subject = {};
  subject.name = "known";
  subject.channels = 2;
  subject.think = known_think;
  ProbeClasses classes;
  ASSERT_EQ(probe_classes_measure(&subject, &drawn.levels, 3, &classes), STATUS_OK);
  const auto wall = [](const Level &level, int square, int) { return grid_is_wall(&level.grid, square); };
  const auto free = [](const Level &, int, int distance) { return distance > 0; };
  const auto goal = [](const Level &, int, int distance) { return distance == 0; };
  ASSERT_EQ(classes.ticks, 3);
  ASSERT_EQ(classes.channels, 2);
  for (int k = 0; k < 3; ++k)
    for (int c = 0; c < 2; ++c) {
      EXPECT_EQ(classes.wall[k * 2 + c], static_cast<real>(known_mean(set, k, c, false, wall)));
      EXPECT_EQ(classes.free[k * 2 + c], static_cast<real>(known_mean(set, k, c, false, free)));
      EXPECT_EQ(classes.goal[k * 2 + c], static_cast<real>(known_mean(set, k, c, false, goal)));
    }
  for (int c = 0; c < 2; ++c) {
    const double mean = known_mean(set, 2, c, false, free);
    EXPECT_NEAR(classes.deviation[c], std::sqrt(known_mean(set, 2, c, true, free) - mean * mean), 1e-5);
  }
  probe_classes_free(&classes);
}

TEST(Classes, AreNoneOfASubjectWithoutAState) {
  const Subject greedy = baseline("greedy");
  ProbeClasses classes;
  ASSERT_EQ(probe_classes_measure(&greedy, &shared_levels(), 5, &classes), STATUS_OK);
  EXPECT_EQ(classes.channels, 0);
  EXPECT_EQ(classes.wall, nullptr);
}

}  // namespace
