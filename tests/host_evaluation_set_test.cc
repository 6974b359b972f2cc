// Claims about the held-out levels of an evaluation.
#include <gtest/gtest.h>
#include <jansson.h>

#include <cstring>
#include <set>
#include <string>

#include "envs/oracle.h"
#include "tests/host_evaluation.h"

namespace {

TEST(EvalSets, AreTheWorldsThatTheConfigurationAsksFor) {
  const Sets sets(small_config());
  const char *ids[] = {"9x9", "15x15", "23x23", "trees", "loops", "blocks"};
  const int sizes[] = {9, 15, 23, 9, 9, 9}, levels[] = {40, 40, 20, 20, 20, 20};
  ASSERT_EQ(sets.sets.count, 6);
  for (int w = 0; w < 6; ++w) {
    EXPECT_STREQ(sets[w].id, ids[w]);
    EXPECT_EQ(sets[w].test.size, sizes[w]);
    EXPECT_EQ(sets[w].test.count, levels[w]);
    EXPECT_EQ(sets[w].select.count, 20);
    EXPECT_EQ(sets[w].measures_demand, w == 1);
  }
  EXPECT_STREQ(sets[0].title, "9×9, 10 % loops");
  EXPECT_STREQ(sets[3].title, "9×9, trees");
  EXPECT_STREQ(sets[5].title, "9×9, 25 % random blocks");
  EXPECT_STREQ(eval_sets_training(&sets.sets)->id, "9x9");
  EXPECT_STREQ(eval_sets_demand(&sets.sets)->id, "15x15");
}

TEST(EvalSets, HoldTestAndSelectionLevelsOfTheirSplitsOnlyWithTheOraclesDistances) {
  const Sets sets(small_config());
  std::set<uint64_t> select, test;
  for (int w = 0; w < sets.sets.count; ++w)
    for (const EvalSet *set : {&sets[w].test, &sets[w].select})
      for (int i = 0; i < set->count; ++i) {
        const Level &level = set->levels[i];
        const uint64_t hash = grid_symmetric_hash(&level.grid, level.goal);
        (set == &sets[w].test ? test : select).insert(hash);
        EXPECT_TRUE(split_holds(set == &sets[w].test ? SPLIT_TEST : SPLIT_SELECT, hash));
        int16_t distance[GRID_SQUARES];
        oracle_distances(&level, distance);
        const size_t squares = static_cast<size_t>(set->size) * set->size;
        EXPECT_EQ(std::memcmp(distance, set->distance + i * squares, squares * sizeof *distance), 0);
      }
  for (uint64_t hash : select) EXPECT_EQ(test.count(hash), 0u) << "chosen on what is reported on";
}

TEST(EvalSets, DrawEachLevelAnew) {
  const Sets sets(small_config());
  std::set<uint64_t> far;
  for (int w : {1, 2})
    for (const EvalSet *set : {&sets[w].test, &sets[w].select})
      for (int i = 0; i < set->count; ++i)
        far.insert(grid_symmetric_hash(&set->levels[i].grid, set->levels[i].goal));
  EXPECT_EQ(far.size(), 100u) << "9x9 mazes do come twice, these are too many to";
  std::set<uint32_t> numbers;
  for (int w = 0; w < sets.sets.count; ++w) {
    numbers.insert(sets[w].test.number);
    numbers.insert(sets[w].select.number);
  }
  EXPECT_EQ(numbers.size(), 12u) << "two sets with the same random numbers";
}

TEST(EvalSets, LeaveOutSizesThatAreNotLarger) {
  Config config = small_config();
  config.env_sizes = {5, 15};
  const Sets sets(config);
  ASSERT_EQ(sets.sets.count, 5);
  EXPECT_STREQ(sets[0].id, "15x15");
  EXPECT_STREQ(sets[1].id, "23x23");
  config.env_sizes = {5, 23};
  const Sets alone(config);
  EXPECT_EQ(alone.sets.count, 4);
  EXPECT_EQ(eval_sets_demand(&alone.sets), eval_sets_training(&alone.sets));
}

TEST(EvalSets, ServeConfigurationsThatDifferInOtherKnobsOnly) {
  const Config config = small_config();
  const Sets sets(config);
  Config other = config;
  other.agent_ticks = {2, 3};
  other.seed = 9;
  EXPECT_TRUE(eval_sets_serve(&sets.sets, &other));
  for (const char *change : {"env.loops=0.2", "env.sizes=[5, 11]", "eval.seed=7", "eval.levels=41",
                             "eval.levels_apart=21", "eval.far_size=17", "eval.farther_size=25"}) {
    other = config;
    const std::string text = change;
    const size_t equals = text.find('=');
    ASSERT_EQ(config_set_text(&other, text.substr(0, equals).c_str(), text.c_str() + equals + 1, "test"),
              STATUS_OK);
    EXPECT_FALSE(eval_sets_serve(&sets.sets, &other)) << change;
  }
}

TEST(EvalSets, NameTheKnobWhereASizeHasNoHeldOutLevels) {
  Config config = small_config();
  config.env_sizes = {5, 5};
  config.env_loops = 1;  // no inner wall is left but the post: two levels in all
  EvalSets sets;
  EXPECT_EQ(eval_sets_create(&config, &sets), STATUS_USAGE);
  EXPECT_NE(std::string(status_message()).find("env.sizes = 5"), std::string::npos) << status_message();
}

TEST(EvalSets, DescribeThemselvesForTheReport) {
  const Sets sets(small_config());
  const Json list(eval_sets_describe(&sets.sets));
  ASSERT_EQ(json_array_size(list.value), 6u);
  const json_t *far = json_array_get(list.value, 1);
  EXPECT_STREQ(json_string_value(json_object_get(far, "role")), "larger");
  EXPECT_EQ(number(far, "size"), 15);
  EXPECT_EQ(number(far, "levels"), 40);
}

}  // namespace
