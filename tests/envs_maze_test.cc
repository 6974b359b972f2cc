// Claims about mazes: the rules, by pictures, and what the generator draws.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "envs/catalogue.h"
#include "envs/maze.h"
#include "tests/envs_pictures.h"

namespace {

enum { UP, RIGHT, DOWN, LEFT };

// The picture after one action on `picture`, and what the step returned.
struct Outcome {
  std::string picture;
  StepResult result;
  int step;
};

Outcome act(const std::string &picture, int action, int limit_steps = 100) {
  const Level level = picture_level(picture);
  EnvState state = {level.start, 0};
  const StepResult result = env_step(ENV_MAZE, &level, limit_steps, &state, action);
  return {picture_of(level, state.agent), result, state.step};
}

const char *const kCross =
    "#####\n"
    "## ##\n"
    "# @ #\n"
    "##G##\n"
    "#####\n";

TEST(Maze, MovesOneSquareInEachDirection) {
  EXPECT_EQ(act(kCross, UP).picture, "#####\n##@##\n#   #\n##G##\n#####\n");
  EXPECT_EQ(act(kCross, RIGHT).picture, "#####\n## ##\n#  @#\n##G##\n#####\n");
  EXPECT_EQ(act(kCross, DOWN).picture, "#####\n## ##\n#   #\n##+##\n#####\n");
  EXPECT_EQ(act(kCross, LEFT).picture, "#####\n## ##\n#@  #\n##G##\n#####\n");
}

TEST(Maze, BumpingIntoAWallStaysAndCostsAStep) {
  const std::string picture = "####\n#@G#\n####\n";
  for (int action : {UP, DOWN, LEFT}) {
    const Outcome outcome = act(picture, action);
    EXPECT_EQ(outcome.picture, picture);
    EXPECT_EQ(outcome.step, 1);
    EXPECT_EQ(outcome.result.reward, -1);
    EXPECT_FALSE(outcome.result.terminated);
    EXPECT_FALSE(outcome.result.truncated);
  }
}

TEST(Maze, ReachingTheGoalPaysOneInsteadOfTheStepAndTerminates) {
  const Outcome outcome = act("####\n#@G#\n####\n", RIGHT);
  EXPECT_EQ(outcome.result.reward, 100);
  EXPECT_TRUE(outcome.result.terminated);
  EXPECT_FALSE(outcome.result.truncated);
}

TEST(Maze, TheStepThatReachesTheLimitTruncates) {
  const Level level = picture_level("#####\n#@ G#\n#####\n");
  EnvState state = {level.start, 0};
  EXPECT_FALSE(env_step(ENV_MAZE, &level, 2, &state, UP).truncated);
  EXPECT_TRUE(env_step(ENV_MAZE, &level, 2, &state, UP).truncated);
}

TEST(Maze, TheGoalOnTheLastStepTerminatesAndDoesNotTruncate) {
  const StepResult result = act("####\n#@G#\n####\n", RIGHT, 1).result;
  EXPECT_TRUE(result.terminated);
  EXPECT_FALSE(result.truncated);
}

TEST(Maze, StepLimitIsAMultipleOfTheLongerSide) {
  const EnvSpec spec = {ENV_MAZE, 5, 9, 0, 0, 4, SPLIT_ANY};
  const Level level = picture_level("#####\n#@ G#\n#####\n");
  EXPECT_EQ(env_step_limit(&spec, &level), 20);
}

EnvSpec maze_spec(int size_lo, int size_hi, float loops, Split split = SPLIT_ANY, float blocks = 0) {
  return {ENV_MAZE, size_lo, size_hi, loops, blocks, 4, split};
}

Level drawn(const EnvSpec &spec, uint32_t episode, uint64_t seed = 1, uint32_t env = 0) {
  Level level;
  EXPECT_TRUE(env_generate(&spec, seed, env, episode, &level));
  return level;
}

bool border_closed(const Grid &grid) {
  for (int square = 0; square < grid_squares(&grid); ++square)
    for (int action = 0; action < 4; ++action)
      if (grid_neighbour(&grid, square, action) < 0 && !grid_is_wall(&grid, square)) return false;
  return true;
}

TEST(Maze, GoalAndStartAreDifferentFreeConnectedSquares) {
  for (const EnvSpec &spec : {maze_spec(5, 15, 0), maze_spec(5, 31, 0.1f), maze_spec(5, 9, 1),
                              maze_spec(5, 15, 0, SPLIT_TRAIN, 0.3f), maze_spec(5, 9, 0, SPLIT_TEST, 0.5f)})
    for (uint32_t episode = 0; episode < 300; ++episode) {
      const Level level = drawn(spec, episode);
      ASSERT_TRUE(border_closed(level.grid));
      ASSERT_NE(level.goal, level.start);
      GridSet reached;
      grid_component(&level.grid, level.goal, &reached);
      ASSERT_TRUE(grid_set_has(&reached, level.grid.width, level.goal));
      ASSERT_TRUE(grid_set_has(&reached, level.grid.width, level.start));
    }
}

TEST(Maze, EveryFreeSquareIsConnected) {
  for (float loops : {0.0f, 0.1f, 0.5f, 1.0f})
    for (uint32_t episode = 0; episode < 300; ++episode) {
      const Level level = drawn(maze_spec(5, 31, loops), episode);
      GridSet free, reached;
      grid_free(&level.grid, &free);
      grid_component(&level.grid, level.goal, &reached);
      ASSERT_EQ(grid_set_count(&free), grid_set_count(&reached)) << picture_of(level, -1);
    }
}

TEST(Maze, ATreeHasOnePassageLessThanCells) {
  for (uint32_t episode = 0; episode < 300; ++episode) {
    const Level level = drawn(maze_spec(5, 31, 0), episode);
    const int cells = (level.grid.height / 2) * (level.grid.width / 2);
    GridSet free;
    grid_free(&level.grid, &free);
    ASSERT_EQ(grid_set_count(&free), cells + cells - 1);
  }
}

TEST(Maze, AllLoopsOpenEveryWallBetweenCellsAndNoPost) {
  for (uint32_t episode = 0; episode < 50; ++episode) {
    const Level level = drawn(maze_spec(9, 15, 1), episode);
    const int size = level.grid.width;
    for (int y = 1; y < size - 1; ++y)
      for (int x = 1; x < size - 1; ++x)
        ASSERT_EQ(grid_is_wall(&level.grid, y * size + x), y % 2 == 0 && x % 2 == 0) << y << " " << x;
  }
}

TEST(Maze, LoopsRemoveTheirShareOfTheWallsThatATreeLeaves) {
  int removed = 0, walls = 0;
  for (uint32_t episode = 0; episode < 2000; ++episode) {
    const Level level = drawn(maze_spec(9, 9, 0.1f), episode);
    GridSet free;
    grid_free(&level.grid, &free);
    removed += grid_set_count(&free) - 31;  // 16 cells and 15 passages
    walls += 24 - 15;
  }
  EXPECT_NEAR(removed / static_cast<double>(walls), 0.1, 5 * 0.3 / 134);
}

TEST(Maze, BlocksFillTheirShareOfTheInterior) {
  int blocked = 0, squares = 0;
  for (uint32_t episode = 0; episode < 1000; ++episode) {
    const Level level = drawn(maze_spec(9, 9, 0, SPLIT_ANY, 0.25f), episode);
    GridSet free;
    grid_free(&level.grid, &free);
    blocked += 49 - grid_set_count(&free);
    squares += 49;
  }
  EXPECT_NEAR(blocked / static_cast<double>(squares), 0.25, 5 * 0.433 / 221);
}

TEST(Maze, SizesAreTheOddOnesOfTheRangeEquallyOftenWhateverTheSplit) {
  for (Split split : {SPLIT_ANY, SPLIT_TRAIN, SPLIT_SELECT, SPLIT_TEST}) {
    std::map<int, int> seen;
    for (uint32_t episode = 0; episode < 6000; ++episode)
      ++seen[drawn(maze_spec(5, 9, 0.1f, split), episode).grid.width];
    ASSERT_EQ(seen.size(), 3u);
    for (int size : {5, 7, 9}) EXPECT_NEAR(seen[size], 2000, 5 * 37) << size;
  }
}

TEST(Maze, ALevelDependsOnSeedEnvAndEpisodeOnly) {
  const EnvSpec spec = maze_spec(9, 9, 0.1f, SPLIT_TRAIN);
  std::map<std::string, int> seen;
  std::string first[8];
  const auto picture = [&](int k) {
    const Level level = drawn(spec, k & 1 ? 5 : 4, k & 2 ? 2 : 1, k & 4 ? 3 : 0);
    return picture_of(level, level.start);
  };
  for (int k = 0; k < 8; ++k) ++seen[first[k] = picture(k)];
  for (int k = 7; k >= 0; --k) EXPECT_EQ(picture(k), first[k]) << "drawn in another order";
  EXPECT_EQ(seen.size(), 8u) << "each of the three matters";
}

TEST(Maze, RandomStartsAreUniformOverTheSquaresConnectedToTheGoal) {
  const Level level = picture_level("######\n#@ #G#\n# #  #\n#   ##\n# ## #\n######\n");
  Rng rng = rng_at(1, rng_stream(RNG_START, 0, 0), 0);
  std::map<int, int> seen;
  GridSet starts;
  env_starts(ENV_MAZE, &level, &starts);
  const uint32_t count = static_cast<uint32_t>(grid_set_count(&starts));
  for (int k = 0; k < 9000; ++k)
    ++seen[grid_set_nth(&starts, level.grid.width, static_cast<int>(rng_below(&rng, count)))];
  EXPECT_EQ(seen.size(), 9u);
  EXPECT_EQ(seen.count(level.goal), 0u);
  EXPECT_EQ(seen.count(4 * 6 + 4), 0u) << "cut off from the goal";
  for (const auto &[square, count] : seen) EXPECT_NEAR(count, 1000, 5 * 30) << square;
}

TEST(Maze, EveryGoalSquareOccurs) {
  std::set<int> goals;
  for (uint32_t episode = 0; episode < 3000; ++episode)
    goals.insert(drawn(maze_spec(7, 7, 0.5f), episode).goal);
  EXPECT_EQ(goals.size(), 21u) << "9 cells and 12 passages";
}

TEST(Maze, WithoutALevelOfTheSplitItSaysSoAndIsPlayable) {
  int missing = 0;
  for (Split split : {SPLIT_TRAIN, SPLIT_SELECT, SPLIT_TEST}) {
    const EnvSpec spec = maze_spec(5, 5, 1, split);  // two levels in all, so one of three splits has none
    Level level;
    missing += !env_generate(&spec, 1, 0, 0, &level);
    GridSet starts;
    maze_starts(&level, &starts);
    EXPECT_TRUE(grid_set_has(&starts, level.grid.width, level.start));
  }
  EXPECT_GE(missing, 1);
}

TEST(Catalogue, EveryKindHasANameOfItsOwn) {
  std::set<std::string> names;
  for (int kind = 0; kind < ENV_KINDS; ++kind) names.insert(env_name(kind));
  EXPECT_EQ(names.size(), static_cast<size_t>(ENV_KINDS));
  EXPECT_EQ(names.count(env_name(ENV_KINDS)), 0u);
}

}  // namespace
