// Claims about FLIP, BLOCK and GOAL on levels drawn by hand: which squares are edited, which count, which
// move.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "host/probes/block.h"
#include "host/probes/flip.h"
#include "host/probes/goal.h"
#include "tests/host_planted.h"

namespace {

// ---- FLIP by hand ----

TEST(Flip, CountsFarSquaresThatMustTurnRound) {
  const Level ring = picture_level(RING);
  const int cell = 1 * 7 + 3;
  GridSet counted;
  flip_counted(&ring, cell, &counted);
  // 14 to 45 turn round; 14, 15 and 25 are too near the cell; 55 could go both ways before.
  EXPECT_EQ(names(counted, 7), "35 45");
  const Level broken = flip_level(&ring, cell);
  flip_counted(&broken, cell, &counted);
  EXPECT_EQ(names(counted, 7), "35 45") << "opening is closing seen backwards";
}

TEST(Flip, CountsNoSquareThatIsCutOff) {
  const Level corridor = picture_level(
      "###########\n"
      "#G        #\n"
      "######### #\n"
      "#@        #\n"
      "###########\n");
  GridSet counted;
  flip_counted(&corridor, 1 * 11 + 5, &counted);
  EXPECT_EQ(names(counted, 11), "");
}

TEST(Flip, ShortcutTurnsWhatLiesBehindIt) {
  const Level snake = picture_level(
      "#############\n"
      "#           #\n"
      "# ######### #\n"
      "# ######### #\n"
      "#G###########\n"
      "# ######### #\n"
      "#          @#\n"
      "#############\n");
  GridSet counted;
  flip_counted(&snake, 4 * 13 + 11, &counted);  // joins both arms into a ring of 28
  EXPECT_EQ(names(counted, 13), "") << "each arm is shorter than the other way round";
  const Level hooked = picture_level(
      "#############\n"
      "#           #\n"
      "# ######### #\n"
      "# ######### #\n"
      "#G######### #\n"
      "########### #\n"
      "#@          #\n"
      "#############\n");
  flip_counted(&hooked, 5 * 13 + 1, &counted);  // opens 51 between the goal and 61
  EXPECT_EQ(names(counted, 13), "411 511 64 65 66 67 68 69 610 611") << "311 goes both ways";
}

TEST(Flip, TogglesDifferentInnerCellsNeitherTheGoalNorBesideIt) {
  const EvalSet &set = shared_levels().set[PROBE_FLIPS];
  std::set<int> seen;
  for (int n = 0; n < set.count; ++n) {
    int cells[FLIP_TOGGLES];
    ASSERT_EQ(flip_cells(&set, n, cells), FLIP_TOGGLES);
    EXPECT_EQ(std::set<int>(cells, cells + FLIP_TOGGLES).size(), size_t{FLIP_TOGGLES});
    for (int cell : cells) {
      const int y = cell / 9, x = cell % 9, goal = set.levels[n].goal;
      EXPECT_TRUE(y > 0 && y < 8 && x > 0 && x < 8);
      EXPECT_GT(std::abs(y - goal / 9) + std::abs(x - goal % 9), 1);
      seen.insert(cell);
    }
  }
  EXPECT_EQ(seen.size(), 49u) << "any inner square";
}

TEST(Flip, TakesWhatCellsThereAreOnATinyLevel) {
  Hand hand("#####\n#G @#\n# # #\n#   #\n#####\n");
  int cells[FLIP_TOGGLES];
  EXPECT_EQ(flip_cells(&hand.levels.set[PROBE_FLIPS], 0, cells), 6);  // 9, less the goal and two beside it
  const Subject subject = planted(ITS_STATE);
  EXPECT_EQ(Asked(PROBE_FLIP, subject, hand.levels).tables.table[0].levels, 1);
}

TEST(Flip, LeavesAStartThatIsFreeAndConnected) {
  const EvalSet &set = shared_levels().set[PROBE_FLIPS];
  for (int n = 0; n < set.count; ++n)
    for (int cell = 10; cell < 71; ++cell) {
      const Level &level = set.levels[n];
      const int y = cell / 9, x = cell % 9,
                apart = std::abs(y - level.goal / 9) + std::abs(x - level.goal % 9);
      if (x == 0 || x == 8 || apart <= 1) continue;
      const Level flipped = flip_level(&level, cell);
      int16_t distance[GRID_SQUARES];
      oracle_distances(&flipped, distance);
      ASSERT_GT(distance[flipped.start], 0);
      ASSERT_NE(grid_is_wall(&level.grid, cell), grid_is_wall(&flipped.grid, cell));
    }
}

// ---- BLOCK and GOAL by hand ----

TEST(Block, ChoosesTheSquareWhoseLossReroutesMostTheFirstOfEquals) {
  const Level ring = picture_level(RING);
  int16_t distance[GRID_SQUARES];
  GridSet squares;
  oracle_distances(&ring, distance);
  // Losing 12 turns 13 to 45 round, and 21 does the same on the other side; 13, 14 and 15 are too near.
  EXPECT_EQ(block_square(&ring, distance, &squares), 1 * 7 + 2);
  EXPECT_EQ(names(squares, 7), "25 35 45");
}

TEST(Block, FindsNothingInATree) {
  const Level tree = picture_level("#######\n#G    #\n##### #\n#     #\n# #####\n#    @#\n#######\n");
  int16_t distance[GRID_SQUARES];
  GridSet squares;
  oracle_distances(&tree, distance);
  EXPECT_EQ(block_square(&tree, distance, &squares), -1);
  EXPECT_EQ(grid_set_count(&squares), 0);
}

TEST(Block, CountsOnlySquaresWhoseOwnPlanGoesThroughTheSquare) {
  Hand hand(RING);
  const Subject value = planted(ITS_STATE), oracle = planted(THE_ORACLE);
  const Asked moved(PROBE_BLOCK, value, hand.levels), same(PROBE_BLOCK, oracle, hand.levels);
  EXPECT_EQ(moved.means()[COUNTED], 3);
  EXPECT_EQ(moved.means()[EDIT], 3);
  EXPECT_EQ(moved.means()[FREE], 1) << "45: of a mean score, 6 steps away, to a true one 9 away";
  EXPECT_EQ(same.means(), (std::vector<double>{3, 0, 0, 0, 0, 0, 0, 0}));
  const Asked early(PROBE_BLOCK, value, hand.levels, 6);  // 45 is 7 steps away: no plan yet after 6 ticks
  EXPECT_EQ(early.means()[COUNTED], 2);
}

// Plans the ways that are left when the first square clockwise of the ring's goal is lost.
Status long_way_think(const Subject *, const SubjectBatch *batch) {
  for (int n = 0; n < batch->count; ++n) {
    Level lost = batch->levels[n];
    grid_set_wall(&lost.grid, 1 * 7 + 2, true);
    int16_t distance[GRID_SQUARES];
    oracle_distances(&lost, distance);
    for (int k = 0; k < batch->ticks; ++k) plan_decode(&lost, distance, subject_plan(batch, n, k));
  }
  return STATUS_OK;
}

TEST(Block, CountsNobodyWhoGoesAnotherWayAnyhow) {
  Hand hand(RING);
  Subject subject = planted(ITS_STATE);
  subject.think = long_way_think;
  const Asked asked(PROBE_BLOCK, subject, hand.levels);
  EXPECT_EQ(asked.means(), (std::vector<double>(CLAMP_COLUMNS, 0)));
  EXPECT_EQ(asked.value(), 0);
}

// A ring of 26, so that most of who must turn round is far from the square.
TEST(Block, ReadsTheSquaresBeyondRepairOnceMore) {
  Hand hand(
      "#############\n"
      "#G          #\n"
      "# ######### #\n"
      "# ######### #\n"
      "#          @#\n"
      "#############\n");
  const Subject value = planted(ITS_STATE), oracle = planted(THE_ORACLE);
  const Asked moved(PROBE_BLOCK, value, hand.levels), same(PROBE_BLOCK, oracle, hand.levels);
  EXPECT_EQ(moved.means()[COUNTED], 8);  // 16 to 111, 211 and 311, at least 4 steps from 12
  EXPECT_EQ(moved.means()[BEYOND_COUNTED], 8);
  EXPECT_EQ(moved.means()[BEYOND_EDIT], 8);
  EXPECT_EQ(same.means(), (std::vector<double>{8, 0, 0, 0, 8, 0, 0, 0}));
  Hand small(RING);  // whose every square is in the window or next to it
  EXPECT_EQ(Asked(PROBE_BLOCK, value, small.levels).means()[BEYOND_COUNTED], 0);
  EXPECT_EQ(Asked(PROBE_BLOCK, value, small.levels).reach(), 0);
}

TEST(Block, EditsNothingInAThoughtOfOneTick) {
  Hand hand(RING);
  const Subject value = planted(ITS_STATE);
  EXPECT_EQ(Asked(PROBE_BLOCK, value, hand.levels, 1).value(), 0);
}

TEST(Goal, CountsFarSquaresThatAreNearerWhereAGreedyWalkFails) {
  const Level corridor = picture_level(
      "###########\n"
      "#G        #\n"
      "######### #\n"
      "#         #\n"
      "# #########\n"
      "#        @#\n"
      "###########\n");
  int16_t distance[GRID_SQUARES];
  GridSet squares;
  oracle_distances(&corridor, distance);
  goal_squares(&corridor, distance, 3 * 11 + 5, &squares);
  // Below, all: at least 6 from 35 and 14 nearer. Above, only 19: 6 from 35, 8 from the goal; 18 is 7 and 7.
  EXPECT_EQ(names(squares, 11), "19 51 52 53 54 55 56 57 58 59");
  goal_squares(&corridor, distance, 5 * 11 + 9, &squares);
  // From 41 and the bottom row greedy arrives; 34 is 13 from 59 and 15 from the goal, 35 is 14 from both.
  EXPECT_EQ(names(squares, 11), "31 32 33 34");
  goal_squares(&corridor, distance, 3 * 11 + 4, &squares);
  // 51 is 5 from it; 19 is 7 from it and 8 from the goal; from 29 greedy arrives.
  EXPECT_EQ(names(squares, 11), "52 53 54 55 56 57 58 59");
}

TEST(Goal, CountsNothingWhereGreedyArrivesFromEverywhere) {
  const Level open = picture_level(
      "###############\n"
      "#G            #\n"
      "#            @#\n"
      "###############\n");
  int16_t distance[GRID_SQUARES];
  GridSet squares;
  oracle_distances(&open, distance);
  goal_squares(&open, distance, 1 * 15 + 12, &squares);
  EXPECT_EQ(grid_set_count(&squares), 0);
}

// Plans the way to the goal; clamped, it leads on from the goal to the clamped square, so that some come
// there across the goal.
void across_plan(const Level &level, int clamped, uint8_t *plan) {
  int16_t distance[GRID_SQUARES];
  oracle_distances(&level, distance);
  plan_decode(&level, distance, plan);
  for (int square = clamped, came = PLAN_STAY; square >= 0;) {
    const int onward = plan[square];
    plan[square] = static_cast<uint8_t>(came);  // back along the way from the clamped square
    if (square == level.goal) return;
    came = (onward + 2) % ENV_ACTIONS;
    square += grid_offset(level.grid.width, onward);
  }
}

std::vector<int> across_square;  // by level: where the plan was clamped

Status across_think(const Subject *subject, const SubjectBatch *batch) {
  uint8_t plan[GRID_SQUARES];
  across_square.resize(static_cast<size_t>(batch->first + batch->count));
  for (int n = 0; n < batch->count; ++n) {
    const int clamped = batch->edits ? batch->edits[n].square : -1;
    across_square[batch->first + n] = clamped;
    across_plan(batch->levels[n], clamped, plan);
    for (int k = 0; k < batch->ticks; ++k)
      std::memcpy(subject_plan(batch, n, k), plan, static_cast<size_t>(batch->stride));
  }
  if (batch->state)
    std::fill_n(batch->state,
                static_cast<size_t>(batch->count) * batch->ticks * batch->stride * subject->channels,
                real(0));
  return STATUS_OK;
}

// Whether the walk from a square comes to `wanted`, and not to `end` before.
bool walks_to(const Level &level, const uint8_t *plan, int square, int wanted, int end) {
  for (int step = 0; step < grid_squares(&level.grid); ++step) {
    if (square == wanted || square == end) return square == wanted;
    if (plan[square] < ENV_ACTIONS) square = grid_move(&level.grid, square, plan[square]);
  }
  return false;
}

TEST(Goal, CountsWhatWalkingStepByStepCounts) {
  Subject subject = planted(ITS_STATE);
  subject.think = across_think;
  const Asked asked(PROBE_GOAL, subject, shared_levels(), 3);
  const EvalSet &set = shared_levels().set[PROBE_NEAR];
  int across = 0;
  for (int n = 0; n < set.count; ++n) {
    const Level &level = set.levels[n];
    const int added = across_square[n];
    uint8_t plan[GRID_SQUARES], edited[GRID_SQUARES];
    GridSet squares = {};
    int counted = 0, moved = 0;
    across_plan(level, -1, plan);
    across_plan(level, added, edited);
    if (added >= 0) goal_squares(&level, set.distance + n * 81, added, &squares);
    for (int square = 0; square < 81; ++square) {
      if (!grid_set_has(&squares, 9, square) || walks_to(level, plan, square, added, level.goal)) continue;
      const bool moves = walks_to(level, edited, square, added, level.goal);
      ++counted;
      moved += moves;
      across += !moves && walks_to(level, edited, square, added, -1);
    }
    ASSERT_EQ(asked.tables.table[0].values[n * CLAMP_COLUMNS + COUNTED], counted);
    ASSERT_EQ(asked.tables.table[0].values[n * CLAMP_COLUMNS + EDIT], moved);
  }
  EXPECT_GT(across, 0) << "nobody came there across the goal: this test tests nothing";
}

}  // namespace
