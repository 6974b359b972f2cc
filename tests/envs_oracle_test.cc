// Claims about the oracle: distances, value iteration and plan scores against the slow and obvious way.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "envs/catalogue.h"
#include "envs/oracle.h"
#include "tests/envs_pictures.h"

namespace {

enum { UP, RIGHT, DOWN, LEFT };

// Trees, looped mazes and scattered blocks, with squares cut off, by turns.
Level any_level(uint32_t episode, int size_hi = 15) {
  const float blocks = episode % 3 == 2 ? 0.35f : 0.0f, loops = episode % 3 == 1 ? 0.2f : 0.0f;
  const EnvSpec spec = {ENV_MAZE, 5, size_hi, loops, blocks, 4, SPLIT_ANY};
  Level level;
  EXPECT_TRUE(env_generate(&spec, 11, 0, episode, &level));
  return level;
}

// Bellman-Ford: relax every move of every square as often as there are squares.
std::vector<int> distances_slowly(const Level &level) {
  const int squares = grid_squares(&level.grid), far = 1 << 20;
  std::vector<int> distance(squares, far);
  distance[level.goal] = 0;
  for (int round = 0; round < squares; ++round)
    for (int square = 0; square < squares; ++square) {
      if (grid_is_wall(&level.grid, square)) continue;
      for (int action = 0; action < ENV_ACTIONS; ++action)
        distance[square] = std::min(distance[square], distance[grid_move(&level.grid, square, action)] + 1);
    }
  for (int &d : distance) d = d >= far ? -1 : d;
  return distance;
}

TEST(Oracle, DistancesAreThoseOfBellmanFord) {
  for (uint32_t episode = 0; episode < 60; ++episode) {
    const Level level = any_level(episode);
    int16_t distance[GRID_SQUARES];
    oracle_distances(&level, distance);
    const std::vector<int> expected = distances_slowly(level);
    for (int square = 0; square < GRID_SQUARES; ++square)
      ASSERT_EQ(distance[square], square < static_cast<int>(expected.size()) ? expected[square] : -1)
          << square;
  }
}

TEST(Oracle, DistancesOnAPicture) {
  const Level level = picture_level("######\n#@ #G#\n# #  #\n#   ##\n######\n");
  int16_t distance[GRID_SQUARES];
  oracle_distances(&level, distance);
  const int expected[30] = {-1, -1, -1, -1, -1, -1,  //
                            -1, 7,  8,  -1, 0,  -1,  //
                            -1, 6,  -1, 2,  1,  -1,  //
                            -1, 5,  4,  3,  -1, -1,  //
                            -1, -1, -1, -1, -1, -1};
  for (int square = 0; square < 30; ++square) EXPECT_EQ(distance[square], expected[square]) << square;
}

TEST(Oracle, BestActionsAreAllThatShortenTheDistance) {
  const Level level = picture_level("#####\n#@  #\n#   #\n#  G#\n#####\n");
  int16_t distance[GRID_SQUARES];
  oracle_distances(&level, distance);
  EXPECT_EQ(oracle_best_actions(&level, distance, 6), 1u << RIGHT | 1u << DOWN);
  EXPECT_EQ(oracle_best_actions(&level, distance, 8), 1u << DOWN);
  EXPECT_EQ(oracle_best_actions(&level, distance, 16), 1u << RIGHT);
  EXPECT_EQ(oracle_best_actions(&level, distance, level.goal), 0u);
  EXPECT_EQ(oracle_best_actions(&level, distance, 0), 0u) << "a wall";
}

TEST(Oracle, AfterKSweepsTheSquaresWithinKStepsKnowTheirDistance) {
  for (uint32_t episode = 0; episode < 30; ++episode) {
    const Level level = any_level(episode, 9);
    int16_t distance[GRID_SQUARES], value[2][GRID_SQUARES];
    oracle_distances(&level, distance);
    oracle_value_start(&level, value[0]);
    for (int k = 0; k < 30; ++k) {
      for (int square = 0; square < GRID_SQUARES; ++square)
        ASSERT_EQ(value[k % 2][square], distance[square] <= k ? distance[square] : -1) << k;
      oracle_value_sweep(&level, value[k % 2], value[(k + 1) % 2]);
    }
  }
}

TEST(Oracle, DecodesOptimalActionsWhereItKnowsAndUpWhereItDoesNot) {
  const Level level = picture_level("#######\n#G   @#\n#######\n");
  int16_t value[2][GRID_SQUARES];
  oracle_value_start(&level, value[0]);
  oracle_value_sweep(&level, value[0], value[1]);
  oracle_value_sweep(&level, value[1], value[0]);
  uint8_t plan[GRID_SQUARES];
  plan_decode(&level, value[0], plan);
  const int expected[] = {UP, LEFT, LEFT, UP, UP};
  for (int k = 0; k < 5; ++k) EXPECT_EQ(plan[8 + k], expected[k]) << k;
}

// Follows the plan step by step under the rules; the steps taken to the goal, or -1 at the limit.
int walk_slowly(const Level &level, const uint8_t *plan, int start) {
  const int limit = 4 * level.grid.width * level.grid.width;
  EnvState state = {start, 0};
  for (;;) {
    const StepResult result = env_step(ENV_MAZE, &level, limit, &state, plan[state.agent]);
    if (result.terminated) return state.step;
    if (result.truncated) return -1;
  }
}

// A plan between the random one and the best: each square takes the best action with chance `share`.
void mixed_plan(const Level &level, const int16_t *distance, float share, Rng *rng, uint8_t *plan) {
  uint8_t best[GRID_SQUARES];
  plan_random(&level, rng, plan);
  plan_decode(&level, distance, best);
  for (int square = 0; square < grid_squares(&level.grid); ++square)
    if (rng_unit(rng) < share) plan[square] = best[square];
}

void expect_score_of_walks(const Level &level, const int16_t *distance, const uint8_t *plan) {
  PlanScore expected = {0, 0, 0, 0};
  int16_t walked[GRID_SQUARES];
  plan_walk(&level, plan, walked);
  for (int square = 0; square < grid_squares(&level.grid); ++square) {
    if (distance[square] <= 0) continue;
    const int steps = walk_slowly(level, plan, square);
    ASSERT_EQ(walked[square], steps) << square;
    ++expected.free;
    expected.optimal += distance[grid_move(&level.grid, square, plan[square])] == distance[square] - 1;
    if (steps < 0) continue;
    ++expected.solved;
    expected.spl += static_cast<double>(distance[square]) / steps;
  }
  const PlanScore score = plan_score(&level, distance, plan);
  EXPECT_EQ(score.free, expected.free);
  EXPECT_EQ(score.solved, expected.solved);
  EXPECT_EQ(score.optimal, expected.optimal);
  EXPECT_DOUBLE_EQ(score.spl, expected.spl);
}

TEST(Plan, ScoreIsThatOfWalkingEverySquareStepByStep) {
  for (uint32_t episode = 0; episode < 90; ++episode) {
    const Level level = any_level(episode);
    Rng rng = rng_at(5, rng_stream(RNG_BASELINE, 0, episode), 0);
    int16_t distance[GRID_SQUARES];
    uint8_t plan[GRID_SQUARES];
    oracle_distances(&level, distance);
    for (float share : {0.0f, 0.5f, 0.9f, 1.0f}) {
      mixed_plan(level, distance, share, &rng, plan);
      expect_score_of_walks(level, distance, plan);
    }
    plan_greedy(&level, plan);
    expect_score_of_walks(level, distance, plan);
  }
}

TEST(Plan, TheOptimalPlanIsPerfect) {
  for (uint32_t episode = 0; episode < 60; ++episode) {
    const Level level = any_level(episode, 31);
    int16_t distance[GRID_SQUARES];
    uint8_t plan[GRID_SQUARES];
    oracle_distances(&level, distance);
    plan_decode(&level, distance, plan);
    const PlanScore score = plan_score(&level, distance, plan);
    GridSet starts;
    maze_starts(&level, &starts);
    EXPECT_EQ(score.free, grid_set_count(&starts));
    EXPECT_EQ(score.solved, score.free);
    EXPECT_EQ(score.optimal, score.free);
    EXPECT_EQ(score.spl, score.free);
  }
}

TEST(Plan, CyclesAndBumpsFailAndDetoursLowerSpl) {
  const Level level = picture_level("#####\n#@  #\n#   #\n#  G#\n#####\n");
  int16_t distance[GRID_SQUARES];
  oracle_distances(&level, distance);
  uint8_t plan[GRID_SQUARES] = {};
  plan[6] = RIGHT, plan[7] = LEFT;                   // a cycle
  plan[8] = UP;                                      // a bump
  plan[11] = DOWN, plan[16] = RIGHT;                 // on a shortest way, but into the detour below
  plan[17] = UP, plan[12] = RIGHT, plan[13] = DOWN;  // from 17 three steps instead of one
  const PlanScore score = plan_score(&level, distance, plan);
  EXPECT_EQ(score.free, 8);
  EXPECT_EQ(score.solved, 5);
  EXPECT_EQ(score.optimal, 5) << "6, 11, 16, 12 and 13";
  EXPECT_DOUBLE_EQ(score.spl, 3 / 5.0 + 2 / 4.0 + 1 / 3.0 + 2 / 2.0 + 1 / 1.0) << "11, 16, 17, 12 and 13";
}

TEST(Plan, AnActionThatIsNoneNeverSolves) {
  const Level level = picture_level("####\n#@G#\n####\n");
  int16_t distance[GRID_SQUARES];
  oracle_distances(&level, distance);
  uint8_t plan[GRID_SQUARES] = {};
  plan[level.start] = 200;
  const PlanScore score = plan_score(&level, distance, plan);
  EXPECT_EQ(score.solved, 0);
  EXPECT_EQ(score.optimal, 0);
}

TEST(Plan, GreedyTakesTheLongerAxisThenTheOtherThenStays) {
  const Level open = picture_level("######\n#@   #\n#    #\n#   G#\n######\n");
  EXPECT_EQ(plan_greedy_action(&open, 7), RIGHT) << "three columns, two rows";
  EXPECT_EQ(plan_greedy_action(&open, 8), RIGHT) << "equal: the lower action number";
  EXPECT_EQ(plan_greedy_action(&open, 9), DOWN) << "one column, two rows";
  EXPECT_EQ(plan_greedy_action(&open, 10), DOWN) << "its column";
  const Level blocked = picture_level("######\n#@#  #\n#  # #\n#  #G#\n#    #\n######\n");
  EXPECT_EQ(plan_greedy_action(&blocked, 7), DOWN) << "right is a wall";
  EXPECT_EQ(plan_greedy_action(&blocked, 14), DOWN) << "right is a wall";
  EXPECT_EQ(plan_greedy_action(&blocked, 20), RIGHT) << "right is a wall and nothing else is nearer: stays";
}

// What this baseline solves on trees, measured once over 2,000 levels; it sets the bar that planners must
// pass.
TEST(Plan, GreedySolvesAFewTreesAndFewerLargeOnes) {
  const double expected[] = {0.386, 0.167, 0.075};
  const int sizes[] = {9, 15, 23};
  for (int k = 0; k < 3; ++k) {
    double sum = 0;
    for (uint32_t episode = 0; episode < 600; ++episode) {
      const EnvSpec spec = {ENV_MAZE, sizes[k], sizes[k], 0, 0, 4, SPLIT_TEST};
      Level level;
      int16_t distance[GRID_SQUARES];
      uint8_t plan[GRID_SQUARES];
      env_generate(&spec, 1, 0, episode, &level);
      oracle_distances(&level, distance);
      plan_greedy(&level, plan);
      const PlanScore score = plan_score(&level, distance, plan);
      sum += static_cast<double>(score.solved) / score.free;
    }
    EXPECT_NEAR(sum / 600, expected[k], 0.03) << sizes[k];
  }
}

TEST(Plan, RandomIsUniformAndKeyedByItsStream) {
  const Level level = any_level(0, 15);
  int count[4] = {};
  for (uint32_t episode = 0; episode < 400; ++episode) {
    uint8_t plan[GRID_SQUARES] = {}, again[GRID_SQUARES] = {};
    for (uint8_t *one : {plan, again}) {
      Rng rng = rng_at(1, rng_stream(RNG_BASELINE, 0, episode), 0);
      plan_random(&level, &rng, one);
    }
    ASSERT_TRUE(std::equal(plan, plan + GRID_SQUARES, again));
    for (int square = 0; square < grid_squares(&level.grid); ++square) ++count[plan[square]];
  }
  const double draws = 400.0 * grid_squares(&level.grid);
  for (int seen : count) EXPECT_NEAR(seen / draws, 0.25, 5 * 0.433 / 100);
}

}  // namespace
