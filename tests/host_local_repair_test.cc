// Claims about what a local repair can serve, on levels drawn by hand: windows, walls that are followed, and
// which squares of a clamped level are beyond repair.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "host/local_repair.h"
#include "host/probes/goal.h"
#include "tests/host_planted.h"

namespace {

enum { UP, RIGHT, DOWN, LEFT };

int at(const Level &level, int y, int x) {
  return y * level.grid.width + x;
}

GridSet all_free(const Level &level) {
  GridSet squares = {};
  for (int square = 0; square < grid_squares(&level.grid); ++square)
    if (!grid_is_wall(&level.grid, square)) grid_set_add(&squares, level.grid.width, square);
  return squares;
}

// The oracle's plan.
std::vector<uint8_t> oracle_plan(const Level &level) {
  int16_t distance[GRID_SQUARES];
  std::vector<uint8_t> plan(GRID_SQUARES);
  oracle_distances(&level, distance);
  plan_decode(&level, distance, plan.data());
  return plan;
}

// Of `squares`, those beyond repair when `square` is clamped to a wall (or, with a goal, to one).
std::string beyond(const Level &level, int square, bool goal, GridSet squares,
                   const std::vector<uint8_t> &plan) {
  int16_t distance[GRID_SQUARES];
  Level detour = level;
  oracle_distances(&level, distance);
  if (goal) detour.goal = square;
  grid_set_wall(&detour.grid, goal ? level.goal : square, true);
  grid_set_remove(&squares, level.grid.width, square);
  repair_leave_out(&level, distance, &detour, square, plan.data(), &squares);
  return names(squares, level.grid.width);
}

std::string beyond_wall(const Level &level, int y, int x, const std::vector<uint8_t> &plan) {
  return beyond(level, at(level, y, x), false, all_free(level), plan);
}

// ---- The window and the wall ----

TEST(LocalRepair, HasAWindowOfSevenBySeven) {
  int inside = 0;
  for (int square = 0; square < 15 * 15; ++square) inside += repair_in_window(15, 7 * 15 + 7, square);
  EXPECT_EQ(inside, 49);
  EXPECT_TRUE(repair_in_window(15, 7 * 15 + 7, 4 * 15 + 10));
  EXPECT_FALSE(repair_in_window(15, 7 * 15 + 7, 7 * 15 + 11));
  EXPECT_FALSE(repair_in_window(15, 7 * 15 + 7, 3 * 15 + 7));
  EXPECT_FALSE(repair_in_window(15, 2 * 15 + 13, 3 * 15 + 1)) << "rows do not run on";
}

TEST(LocalRepair, FollowsAWallOnEitherHand) {
  const Level level = picture_level(
      "#######\n"
      "#  G  #\n"
      "#  #  #\n"
      "#     #\n"
      "#  #@ #\n"
      "#######\n");
  EXPECT_EQ(repair_follow_wall(&level, REPAIR_RIGHT, at(level, 3, 3)), RIGHT) << "up is a wall";
  EXPECT_EQ(repair_follow_wall(&level, REPAIR_LEFT, at(level, 3, 3)), LEFT);
  EXPECT_EQ(repair_follow_wall(&level, REPAIR_LEFT, at(level, 3, 2)), UP) << "nothing is in its way";
  EXPECT_EQ(repair_follow_wall(&level, REPAIR_RIGHT, at(level, 3, 4)), UP);
}

TEST(LocalRepair, ServesByAnyStepInsideAndByGivenOnesOutside) {
  const Level level = picture_level(
      "############\n"
      "#G        @#\n"
      "############\n");
  std::vector<uint8_t> moves(GRID_SQUARES, 0);
  GridSet served;
  repair_served(&level, at(level, 1, 3), moves.data(), &served);
  EXPECT_EQ(names(served, 12), "11 12 13 14 15 16") << "the goal and three squares to each side";
  moves[at(level, 1, 7)] = 1 << LEFT | 1 << UP;
  moves[at(level, 1, 8)] = 1 << RIGHT;
  moves[at(level, 1, 9)] = 1 << LEFT;
  repair_served(&level, at(level, 1, 3), moves.data(), &served);
  EXPECT_EQ(names(served, 12), "11 12 13 14 15 16 17");
  repair_served(&level, at(level, 1, 8), moves.data(), &served);
  EXPECT_EQ(names(served, 12), "11") << "the window does not come to the goal";
}

// ---- Beyond repair, by hand ----

// A ring of 26; the goal is a corner.
constexpr const char *LONG_RING =
    "#############\n"
    "#G          #\n"
    "# ######### #\n"
    "# ######### #\n"
    "#          @#\n"
    "#############\n";

TEST(BeyondRepair, IsWhoMustTurnRoundFarFromTheWall) {
  const Level level = picture_level(LONG_RING);
  // 12 is a wall. 13, 14 and 15 are in the window and find no way out of it but to 16, which sends them back.
  // 411 has two shortest ways, and one is open.
  EXPECT_EQ(beyond_wall(level, 1, 2, oracle_plan(level)), "13 14 15 16 17 18 19 110 111 211 311");
}

TEST(BeyondRepair, IsNobodyWhereTheWindowHasAWayRound) {
  const Level level = picture_level(
      "#############\n"
      "#G          #\n"
      "# #   ##### #\n"
      "# ######### #\n"
      "#          @#\n"
      "#############\n");
  EXPECT_EQ(beyond_wall(level, 1, 4, oracle_plan(level)), "");
  EXPECT_EQ(beyond_wall(level, 1, 2, oracle_plan(level)), "13 14 15 16 17 18 19 110 111 23 24 25 211 311");
}

TEST(BeyondRepair, IsNobodyWhoseOwnPlanGoesRoundAnyhow) {
  const Level level = picture_level(LONG_RING);
  std::vector<uint8_t> plan = oracle_plan(level);
  plan[at(level, 3, 11)] = DOWN;
  EXPECT_EQ(beyond_wall(level, 1, 2, plan), "13 14 15 16 17 18 19 110 111 211");
  plan[at(level, 1, 11)] = plan[at(level, 2, 11)] = DOWN;
  EXPECT_EQ(beyond_wall(level, 1, 2, plan), "13 14 15 16 17 18 19 110");
  for (int x = 6; x <= 10; ++x) plan[at(level, 1, x)] = RIGHT;
  EXPECT_EQ(beyond_wall(level, 1, 2, plan), "") << "13 to 15 need the window only";
}

TEST(BeyondRepair, IsNobodyWhoComesToTheClampedGoalGreedilyAlongWallsOrByTheOldWay) {
  const Level level = picture_level(
      "###########\n"
      "#G        #\n"
      "######### #\n"
      "#         #\n"
      "# #########\n"
      "#        @#\n"
      "###########\n");
  int16_t distance[GRID_SQUARES];
  GridSet squares;
  oracle_distances(&level, distance);
  goal_squares(&level, distance, at(level, 3, 5), &squares);
  EXPECT_EQ(names(squares, 11), "19 51 52 53 54 55 56 57 58 59");
  // Below, the old way crosses the clamped square. 19 goes left, to the old goal and greedily alike.
  EXPECT_EQ(beyond(level, at(level, 3, 5), true, squares, oracle_plan(level)), "19");
  const std::vector<uint8_t> idle(GRID_SQUARES, PLAN_STAY);
  EXPECT_EQ(beyond(level, at(level, 3, 5), true, squares, idle), "19") << "an oracle's way, not its own";
  squares = all_free(level);
  EXPECT_EQ(beyond(level, at(level, 3, 5), true, squares, oracle_plan(level)), "11 12 13 14 15 16 17 18 19")
      << "from 29 and 39 a greedy walk arrives";
}

TEST(BeyondRepair, IsNobodyWhomTheWallOnEitherHandBringsThere) {
  for (const char *text : {"#############\n"
                           "#      ######\n"
                           "#  ###    @G#\n"
                           "#############\n",
                           "#############\n"
                           "#  ###    @G#\n"
                           "#      ######\n"
                           "#############\n"}) {
    const Level level = picture_level(text);
    const int row = level.goal / level.grid.width;
    const std::string goal = std::to_string(row) + "11";
    EXPECT_EQ(beyond(level, at(level, row, 1), true, all_free(level), oracle_plan(level)), goal) << text;
  }
  const Level longer = picture_level(
      "#############\n"
      "#      ######\n"
      "# #### ######\n"
      "# ####    @G#\n"
      "#############\n");
  EXPECT_EQ(beyond(longer, at(longer, 3, 1), true, all_free(longer), oracle_plan(longer)),
            "26 36 37 38 39 310 311")
      << "26 goes greedily back to 36";
}

// ---- Beyond repair, drawn ----

// A plan that repairs at random: inside the window round `square` any steps, outside it one of a shortest way
// or one along a wall.
std::vector<uint8_t> mixed_plan(const Level &level, const Level &detour, int square, Rng *rng) {
  std::vector<uint8_t> plan = oracle_plan(level);
  Level seen = level;
  seen.goal = detour.goal;
  for (int from = 0; from < grid_squares(&level.grid); ++from) {
    if (grid_is_wall(&level.grid, from)) continue;
    const uint32_t draw = rng_below(rng, 4);
    if (repair_in_window(level.grid.width, square, from))
      plan[from] = static_cast<uint8_t>(draw);
    else if (draw < 2)
      plan[from] = repair_follow_wall(&seen, static_cast<RepairHand>(draw), from);
  }
  return plan;
}

TEST(BeyondRepair, NobodyArrivesByPlansThatRepairAtRandom) {
  const EvalSet &set = shared_levels().set[PROBE_NEAR];
  int far = 0, near = 0;
  for (int n = 0; n < set.count; ++n) {
    const Level &level = set.levels[n];
    const int added = level.start;
    GridSet squares = all_free(level);
    Level detour = level;
    detour.goal = added;
    grid_set_wall(&detour.grid, level.goal, true);
    repair_leave_out(&level, set.distance + n * 81, &detour, added, oracle_plan(level).data(), &squares);
    Rng rng = rng_at(7, static_cast<uint32_t>(n), 0);
    for (int draw = 0; draw < 20; ++draw) {
      int16_t walked[GRID_SQUARES];
      plan_walk(&detour, mixed_plan(level, detour, added, &rng).data(), walked);
      for (int square = 0; square < 81; ++square) {
        const bool is_beyond = grid_set_has(&squares, 9, square);
        ASSERT_FALSE(is_beyond && walked[square] >= 0);
        far += is_beyond;
        near += !is_beyond && walked[square] > 0;
      }
    }
  }
  EXPECT_GT(far, 1000);
  EXPECT_GT(near, 1000);
}

}  // namespace
