// Claims about the splits: training and held-out levels are disjoint, and every split has levels at every
// size.
#include <gtest/gtest.h>

#include <string>
#include <unordered_set>

#include "envs/catalogue.h"
#include "tests/envs_pictures.h"

namespace {

constexpr uint32_t kTrainLevels = 1000000, kTestLevels = 20000, kPictures = 20000;

Level drawn(Split split, int size_lo, int size_hi, uint32_t episode) {
  const EnvSpec spec = {ENV_MAZE, size_lo, size_hi, 0.1f, 0, 4, split};
  Level level;
  EXPECT_TRUE(env_generate(&spec, 1, 0, episode, &level));
  return level;
}

TEST(Split, AMillionTrainingLevelsHoldNoTestLevel) {
  std::unordered_set<uint64_t> test;
  for (uint32_t episode = 0; episode < kTestLevels; ++episode) {
    const Level level = drawn(SPLIT_TEST, 5, 9, episode);
    test.insert(grid_symmetric_hash(&level.grid, level.goal));
  }
  EXPECT_GT(test.size(), 3000u) << "a third of the draws are 9x9 and nearly all of those differ";
  for (uint32_t episode = 0; episode < kTrainLevels; ++episode) {
    const Level level = drawn(SPLIT_TRAIN, 5, 9, episode);
    const uint64_t hash = grid_symmetric_hash(&level.grid, level.goal);
    ASSERT_NE(hash % 8, 0u) << episode;
    ASSERT_EQ(test.count(hash), 0u) << episode;
  }
}

// The same without the hash that decides: by pictures, turned and reflected.
TEST(Split, NoPictureIsInTwoSplits) {
  std::unordered_set<std::string> train, select;
  for (uint32_t episode = 0; episode < kPictures; ++episode)
    train.insert(picture_identity(drawn(SPLIT_TRAIN, 5, 9, episode)));
  for (uint32_t episode = 0; episode < kPictures / 4; ++episode)
    select.insert(picture_identity(drawn(SPLIT_SELECT, 5, 9, episode)));
  for (const std::string &picture : select) ASSERT_EQ(train.count(picture), 0u) << picture;
  for (uint32_t episode = 0; episode < kPictures / 4; ++episode) {
    const std::string picture = picture_identity(drawn(SPLIT_TEST, 5, 9, episode));
    ASSERT_EQ(train.count(picture), 0u) << picture;
    ASSERT_EQ(select.count(picture), 0u) << picture;
  }
}

TEST(Split, TakesItsShareOfTheHashes) {
  int count[4] = {};
  for (uint32_t episode = 0; episode < 64000; ++episode) {
    const Level level = drawn(SPLIT_ANY, 15, 15, episode);
    const uint64_t hash = grid_symmetric_hash(&level.grid, level.goal);
    for (int split = SPLIT_ANY; split <= SPLIT_TEST; ++split) count[split] += split_holds((Split)split, hash);
  }
  EXPECT_EQ(count[SPLIT_ANY], 64000);
  EXPECT_EQ(count[SPLIT_TRAIN] + count[SPLIT_SELECT] + count[SPLIT_TEST], 64000);
  EXPECT_NEAR(count[SPLIT_TRAIN], 56000, 5 * 84);
  EXPECT_NEAR(count[SPLIT_SELECT], 2000, 5 * 44);
}

// The salt of the hash is chosen for the 5x5 trees, of which there are four; larger mazes have plenty.
TEST(Split, EverySizeHasTreesOfEverySplit) {
  for (Split split : {SPLIT_TRAIN, SPLIT_SELECT, SPLIT_TEST})
    for (int size : {5, 7, 9, 31})
      for (uint32_t episode = 0; episode < 20; ++episode) {
        const EnvSpec spec = {ENV_MAZE, size, size, 0, 0, 4, split};
        Level level;
        ASSERT_TRUE(env_generate(&spec, 1, 0, episode, &level)) << size;
        ASSERT_TRUE(split_holds(split, grid_symmetric_hash(&level.grid, level.goal)));
      }
}

}  // namespace
