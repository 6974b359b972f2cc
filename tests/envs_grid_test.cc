// Claims about grids: bits, moves, connected squares, and the hash that the eight images of a level share.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <unordered_map>

#include "envs/catalogue.h"
#include "envs/grid.h"
#include "tests/envs_pictures.h"

namespace {

const char *const kRoom =
    "#######\n"
    "#@ # G#\n"
    "# ## ##\n"
    "#     #\n"
    "### # #\n"
    "# # # #\n"
    "#######\n";

TEST(Grid, NeighboursFollowTheOrderUpRightDownLeft) {
  const Grid grid = picture_level(kRoom).grid;
  EXPECT_EQ(grid_neighbour(&grid, 8, 0), 1);
  EXPECT_EQ(grid_neighbour(&grid, 8, 1), 9);
  EXPECT_EQ(grid_neighbour(&grid, 8, 2), 15);
  EXPECT_EQ(grid_neighbour(&grid, 8, 3), 7);
  for (int action = 0; action < 4; ++action)
    EXPECT_EQ(grid_neighbour(&grid, 8, action), 8 + grid_offset(grid.width, action));
}

TEST(Grid, NeighboursBeyondTheBoardAreNone) {
  const Grid grid = grid_solid(3, 5);
  EXPECT_EQ(grid_neighbour(&grid, 2, 0), -1);
  EXPECT_EQ(grid_neighbour(&grid, 4, 1), -1);
  EXPECT_EQ(grid_neighbour(&grid, 12, 2), -1);
  EXPECT_EQ(grid_neighbour(&grid, 5, 3), -1);
}

TEST(Grid, BeyondTheBoardEverythingIsWall) {
  const Grid grid = picture_level(kRoom).grid;
  for (int y = 0; y < GRID_ROWS; ++y) EXPECT_EQ(grid.wall[y] >> grid.width, ~0u >> grid.width) << y;
  for (int y = grid.height; y < GRID_ROWS; ++y) EXPECT_EQ(grid.wall[y], ~0u) << y;
}

TEST(Grid, SettingAWallTouchesOneSquare) {
  Grid grid = grid_solid(GRID_MAX, GRID_MAX);
  grid_set_wall(&grid, 31 * 30 + 30, false);
  EXPECT_FALSE(grid_is_wall(&grid, 31 * 30 + 30));
  GridSet free;
  grid_free(&grid, &free);
  EXPECT_EQ(grid_set_count(&free), 1);
  grid_set_wall(&grid, 31 * 30 + 30, true);
  EXPECT_TRUE(grid_is_wall(&grid, 31 * 30 + 30));
}

TEST(Grid, NthSquareCountsThroughTheSet) {
  const Grid grid = picture_level(kRoom).grid;
  GridSet free;
  grid_free(&grid, &free);
  int n = 0;
  for (int square = 0; square < grid_squares(&grid); ++square) {
    EXPECT_EQ(grid_set_has(&free, grid.width, square), !grid_is_wall(&grid, square));
    if (!grid_is_wall(&grid, square)) {
      EXPECT_EQ(grid_set_nth(&free, grid.width, n++), square);
    }
  }
  EXPECT_EQ(grid_set_count(&free), n);
}

// What filling means, bit by bit.
uint32_t fill_row_slowly(uint32_t seed, uint32_t free) {
  uint32_t filled = seed & free, before = 0;
  while (filled != before) before = filled, filled |= (filled << 1 | filled >> 1) & free;
  return filled;
}

TEST(Grid, FillingARowIsTheSameAsSpreadingBitByBit) {
  Rng rng = rng_at(1, 0, 0);
  for (int k = 0; k < 20000; ++k) {
    const uint32_t seed = rng_next(&rng) & rng_next(&rng) & rng_next(&rng);
    const uint32_t free = rng_next(&rng) | (k & 1 ? rng_next(&rng) | rng_next(&rng) : 0);
    ASSERT_EQ(grid_fill_row(seed, free), fill_row_slowly(seed, free)) << std::hex << seed << " " << free;
  }
  EXPECT_EQ(grid_fill_row(1u, ~0u), ~0u);
  EXPECT_EQ(grid_fill_row(1u << 31, ~0u), ~0u);
}

// Connected squares by marking neighbours until nothing changes.
std::set<int> component_slowly(const Grid &grid, int square) {
  std::set<int> marked;
  if (!grid_is_wall(&grid, square)) marked.insert(square);
  for (size_t before = 0; before != marked.size();) {
    before = marked.size();
    for (int from : std::set<int>(marked))
      for (int action = 0; action < 4; ++action) marked.insert(grid_move(&grid, from, action));
  }
  return marked;
}

TEST(Grid, ComponentIsWhatNeighboursReach) {
  for (uint32_t episode = 0; episode < 300; ++episode) {
    const EnvSpec spec = {ENV_MAZE, 5, 15, 0.1f, episode % 2 ? 0.4f : 0.0f, 4, SPLIT_ANY};
    Level level;
    ASSERT_TRUE(env_generate(&spec, 1, 0, episode, &level));
    for (int square : {level.goal, level.start, level.grid.width + 1}) {
      GridSet set;
      grid_component(&level.grid, square, &set);
      const std::set<int> expected = component_slowly(level.grid, square);
      ASSERT_EQ(grid_set_count(&set), static_cast<int>(expected.size()));
      for (int reached : expected) ASSERT_TRUE(grid_set_has(&set, level.grid.width, reached));
    }
  }
}

TEST(Grid, ComponentOfAWallIsEmpty) {
  const Grid grid = picture_level(kRoom).grid;
  GridSet set;
  grid_component(&grid, 0, &set);
  EXPECT_EQ(grid_set_count(&set), 0);
}

TEST(Grid, HashIsTheSameForTheEightImages) {
  for (int size : {5, 9, 15, 31})
    for (uint32_t episode = 0; episode < 100; ++episode) {
      const EnvSpec spec = {ENV_MAZE, size, size, 0.1f, 0, 4, SPLIT_ANY};
      Level level;
      env_generate(&spec, 2, 0, episode, &level);
      const uint64_t hash = grid_symmetric_hash(&level.grid, level.goal);
      for (int image = 0; image < 8; ++image) {
        const Level other = picture_image(level, image);
        ASSERT_EQ(grid_symmetric_hash(&other.grid, other.goal), hash) << image << "\n"
                                                                      << picture_of(level, -1);
      }
    }
}

TEST(Grid, HashOfARectangleIsThatOfItsImages) {
  const Level level = picture_level("######\n#@  G#\n# ## #\n######\n");
  for (int image = 0; image < 8; ++image) {
    const Level other = picture_image(level, image);
    EXPECT_EQ(grid_symmetric_hash(&other.grid, other.goal), grid_symmetric_hash(&level.grid, level.goal));
  }
}

TEST(Grid, HashesAreEqualOnlyForTheSameLevel) {
  std::unordered_map<std::string, uint64_t> hash_of;
  std::set<uint64_t> hashes;
  for (uint32_t episode = 0; episode < 20000; ++episode) {
    const EnvSpec spec = {ENV_MAZE, 5, 9, 0.1f, 0, 4, SPLIT_ANY};
    Level level;
    env_generate(&spec, 3, 0, episode, &level);
    const uint64_t hash = grid_symmetric_hash(&level.grid, level.goal);
    const auto known = hash_of.emplace(picture_identity(level), hash);
    ASSERT_EQ(known.first->second, hash);
    hashes.insert(hash);
  }
  EXPECT_EQ(hashes.size(), hash_of.size());
}

TEST(Grid, HashChangesWithTheGoalAndWithEachWall) {
  const Level level = picture_level(kRoom);
  const uint64_t hash = grid_symmetric_hash(&level.grid, level.goal);
  EXPECT_NE(grid_symmetric_hash(&level.grid, level.start), hash);
  for (int square = 0; square < grid_squares(&level.grid); ++square) {
    Grid other = level.grid;
    grid_set_wall(&other, square, !grid_is_wall(&other, square));
    EXPECT_NE(grid_symmetric_hash(&other, level.goal), hash) << square;
  }
}

TEST(Grid, AMarginOfWallMakesAnotherLevel) {
  const Level small = picture_level("####\n#@G#\n####\n"), wide = picture_level("#####\n#@G##\n#####\n");
  EXPECT_NE(grid_symmetric_hash(&small.grid, small.goal), grid_symmetric_hash(&wide.grid, wide.goal));
}

}  // namespace
