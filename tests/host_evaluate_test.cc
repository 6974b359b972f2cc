// Claims about the results of an evaluation: JSON of worlds, walks on levels from files, mazes for the
// report.
#include <gtest/gtest.h>
#include <jansson.h>
#include <omp.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "envs/catalogue.h"
#include "envs/oracle.h"
#include "host/evaluate_levels.h"
#include "host/evaluate_maze.h"
#include "tests/envs_pictures.h"
#include "tests/host_evaluation.h"

namespace {

// Knows the whole way at one tick only, given by the set's parity: the third on selection levels, the fifth
// on test levels; otherwise it stays.
Status flicker(const Subject *, const SubjectBatch *batch) {
  int16_t distance[GRID_SQUARES];
  const int tick = batch->set % 2 ? 3 : 5;
  std::memset(batch->plan, PLAN_STAY, static_cast<size_t>(batch->count) * batch->ticks * batch->stride);
  for (int i = 0; i < batch->count; ++i) {
    oracle_distances(&batch->levels[i], distance);
    plan_decode(&batch->levels[i], distance, subject_plan(batch, i, tick - 1));
  }
  return STATUS_OK;
}

// Fails, as a lost device would.
Status refuse(const Subject *, const SubjectBatch *) {
  return status_fail(STATUS_DEVICE, "refused");
}

// ---- Results ----

TEST(EvaluateWorld, ChoosesTheBestTicksOnSelectionLevels) {
  const Sets sets(small_config());
  Subject subject = baseline("value iteration");
  subject.think = flicker;
  const Json result(world_result(subject, sets[0], 6));
  EXPECT_EQ(number(result.value, "best_ticks"), 3);
  EXPECT_EQ(number(result["best"], "value"), 0) << "the test levels are solved at tick 5";
  EXPECT_EQ(json_number_value(json_array_get(result["solve"], 4)), 1);
}

TEST(EvaluateWorld, GivesCurvesIntervalsGainAndDemand) {
  const Sets sets(small_config());
  const Subject subject = baseline("value iteration");
  const Json far(world_result(subject, sets[1], 64)), near(world_result(subject, sets[0], 64));
  for (const char *key : {"solve", "spl", "optimal", "lo", "hi"}) EXPECT_EQ(json_array_size(far[key]), 64u);
  for (size_t k = 0; k < 64; ++k) {
    const double solve = json_number_value(json_array_get(far["solve"], k));
    EXPECT_LE(json_number_value(json_array_get(far["lo"], k)), solve);
    EXPECT_GE(json_number_value(json_array_get(far["hi"], k)), solve);
  }
  EXPECT_GT(number(far.value, "ticks95"), number(near.value, "ticks95"));
  EXPECT_LE(number(far.value, "ticks95"), number(far.value, "best_ticks"));
  EXPECT_EQ(number(far["gain"], "from_ticks"), 8);
  EXPECT_EQ(number(far["gain"], "to_ticks"), number(far.value, "best_ticks"));
  EXPECT_LE(number(far["gain"], "lo"), number(far["gain"], "value"));
  EXPECT_GE(number(far["gain"], "hi"), number(far["gain"], "value"));
  const double best = json_number_value(json_array_get(far["solve"], number(far.value, "best_ticks") - 1));
  EXPECT_EQ(number(far["best"], "value"), best);
  EXPECT_TRUE(json_is_object(far["demand"]));
  EXPECT_TRUE(json_is_null(near["demand"]));
}

TEST(EvaluateWorld, OfASubjectThatDoesNotThinkHasOneEntryAndNoGain) {
  const Sets sets(small_config());
  const Json result(world_result(baseline("greedy"), sets[1], 128));
  EXPECT_EQ(json_array_size(result["solve"]), 1u);
  EXPECT_EQ(number(result.value, "best_ticks"), 1);
  EXPECT_TRUE(json_is_null(result["gain"]));
  EXPECT_TRUE(json_is_null(result["demand"]));
}

TEST(EvaluateWorld, IsTheSameOnAnyNumberOfThreads) {
  const Sets sets(small_config());
  const Untrained untrained;
  const int threads_before = omp_get_max_threads();
  omp_set_num_threads(1);
  const Json one(world_result(untrained.subject, sets[1], 16));
  for (int threads : {2, 3}) {
    omp_set_num_threads(threads);
    const Json many(world_result(untrained.subject, sets[1], 16));
    EXPECT_TRUE(json_equal(one.value, many.value)) << threads;
  }
  omp_set_num_threads(threads_before);
}

TEST(EvaluateWorld, ReadsBackAsItWas) {
  const Sets sets(small_config());
  const Json result(world_result(baseline("value iteration"), sets[1], 40));
  char *text = json_dumps(result.value, EVALUATE_JSON_FLAGS);
  const Json again(json_loads(text, 0, nullptr));
  EXPECT_TRUE(json_equal(result.value, again.value));
  char *text_again = json_dumps(again.value, EVALUATE_JSON_FLAGS);
  EXPECT_STREQ(text, text_again);
  free(text);
  free(text_again);
}

TEST(EvaluateNumber, RoundsToFiveDigitsAndKnowsNoInfinity) {
  const Json number(evaluate_number(0.123456789)), nan(evaluate_number(NAN)), inf(evaluate_number(-INFINITY));
  EXPECT_EQ(json_real_value(number.value), 0.12346);
  EXPECT_TRUE(json_is_null(nan.value));
  EXPECT_TRUE(json_is_null(inf.value));
}

TEST(EvaluateSummary, GathersGainsAndTheRatioOfTicks) {
  const Sets sets(small_config());
  const Subject subject = baseline("value iteration");
  const Json worlds(json_object());
  json_t *value = nullptr;
  json_object_set_new(worlds.value, "15x15", world_result(subject, sets[1], 64));
  ASSERT_EQ(evaluate_summary(&sets.sets, worlds.value, &value), STATUS_OK);
  const Json lone(value);
  EXPECT_TRUE(json_is_null(json_object_get(lone["demand"], "ratio")))
      << "the training world is not there yet";
  json_object_set_new(worlds.value, "9x9", world_result(subject, sets[0], 64));
  ASSERT_EQ(evaluate_summary(&sets.sets, worlds.value, &value), STATUS_OK);
  const Json summary(value);
  EXPECT_EQ(json_object_size(summary["gain"]), 2u);
  const double far = number(json_object_get(worlds.value, "15x15"), "ticks95");
  const double near = number(json_object_get(worlds.value, "9x9"), "ticks95");
  EXPECT_NEAR(number(summary["demand"], "ratio"), far / near, 1e-4);
  EXPECT_GT(json_array_size(json_object_get(summary["demand"], "distance")), 0u);
}

TEST(EvaluateSummary, HasNoRatioWhereNoWorldIsLarger) {
  Config config = small_config();
  config.env_sizes = {5, 9};
  config.eval_far_size = config.eval_farther_size = 9;
  const Sets sets(config);
  const Json worlds(json_object());
  json_object_set_new(worlds.value, "9x9", world_result(baseline("value iteration"), sets[0], 30));
  json_t *value = nullptr;
  ASSERT_EQ(evaluate_summary(&sets.sets, worlds.value, &value), STATUS_OK);
  const Json summary(value);
  EXPECT_TRUE(json_is_object(summary["demand"]));
  EXPECT_TRUE(json_is_null(json_object_get(summary["demand"], "ratio")));
}

TEST(EvaluateWorld, PassTheSubjectsFailureOn) {
  const Sets sets(small_config());
  Subject subject = baseline("greedy");
  subject.think = refuse;
  Scores scores;
  EXPECT_EQ(scores_measure(&subject, &sets[0].test, 1, 0, &scores), STATUS_DEVICE);
  json_t *result = nullptr;
  EXPECT_EQ(evaluate_world(&subject, &sets[0], 1, &result), STATUS_DEVICE);
  EXPECT_EQ(result, nullptr);
}

// ---- Walks on levels from files ----

const char LEVELS[] =
    "; first\n#######\n#@    #\n#  #  #\n#    G#\n#######\n\n"
    "; \xff\xfe\n#####\n#   #\n# # #\n# #@#\n# ###\n#   #\n### #\n#  G#\n#####\n\n"
    "; wall ahead\n#####\n#   #\n#@#G#\n#   #\n#####\n";

// The lines that a subject's walks on LEVELS give.
std::vector<json_t *> walk_lines(const Subject &subject, int ticks) {
  NamedLevel *levels = nullptr;
  int count = 0;
  EXPECT_EQ(level_text_parse(LEVELS, sizeof LEVELS - 1, "levels", &levels, &count), STATUS_OK)
      << status_message();
  char *text = nullptr;
  size_t bytes = 0;
  FILE *out = open_memstream(&text, &bytes);
  EXPECT_EQ(evaluate_levels(&subject, ENV_MAZE, levels, count, ticks, out, "out"), STATUS_OK)
      << status_message();
  fclose(out);
  std::vector<json_t *> lines;
  for (char *line = strtok(text, "\n"); line; line = strtok(nullptr, "\n")) {
    lines.push_back(json_loads(line, 0, nullptr));
    EXPECT_NE(lines.back(), nullptr) << line;
  }
  free(text);
  EXPECT_EQ(lines.size(), static_cast<size_t>(count));
  // Each walk, made again by hand: legal letters, as many as steps, at the goal exactly when it says so.
  for (int i = 0; i < count; ++i) {
    const Level &level = levels[i].level;
    const std::string actions = json_string_value(json_object_get(lines[i], "actions"));
    int at = level.start;
    for (char action : actions) {
      EXPECT_NE(at, level.goal) << "walks on after the goal";
      const size_t number = std::string("URDL").find(action);
      EXPECT_NE(number, std::string::npos);
      if (number != std::string::npos) at = grid_move(&level.grid, at, static_cast<int>(number));
    }
    EXPECT_EQ(number(lines[i], "level"), i);
    EXPECT_EQ(number(lines[i], "steps"), static_cast<double>(actions.size()));
    EXPECT_EQ(json_is_true(json_object_get(lines[i], "solved")), at == level.goal);
  }
  level_file_free(levels);
  return lines;
}

TEST(EvaluateLevels, WalksTheShortestWayWithTheBestPlan) {
  const int shortest[] = {6, 12, 4};
  const std::vector<json_t *> lines = walk_lines(baseline("value iteration"), 64);
  for (size_t i = 0; i < lines.size(); ++i) {
    EXPECT_TRUE(json_is_true(json_object_get(lines[i], "solved")));
    EXPECT_EQ(number(lines[i], "steps"), shortest[i]) << i;
  }
  EXPECT_STREQ(json_string_value(json_object_get(lines[0], "name")), "first");
  EXPECT_STREQ(json_string_value(json_object_get(lines[1], "name")), "??") << "no UTF-8";
  for (json_t *line : lines) json_decref(line);
}

TEST(EvaluateLevels, CutsAWalkThatDoesNotArriveAtFourTimesTheLongerSideSquared) {
  const std::vector<json_t *> lines = walk_lines(baseline("greedy"), 1);
  EXPECT_TRUE(json_is_true(json_object_get(lines[0], "solved")));
  EXPECT_FALSE(json_is_true(json_object_get(lines[1], "solved")));
  EXPECT_EQ(number(lines[1], "steps"), 4 * 9 * 9) << "nine rows, five columns";
  EXPECT_EQ(number(lines[2], "steps"), 4 * 5 * 5);
  for (json_t *line : lines) json_decref(line);
}

TEST(EvaluateLevels, StopsWhereThePlanKnowsNoAction) {
  const std::vector<json_t *> lines = walk_lines(baseline("value iteration"), 5);
  EXPECT_EQ(number(lines[0], "steps"), 0) << "six steps away, five sweeps";
  EXPECT_EQ(number(lines[2], "steps"), 4);
  for (json_t *line : lines) json_decref(line);
}

TEST(EvaluateLevels, LetsATrainedAgentThinkOnRectangles) {
  const Untrained untrained;
  for (json_t *line : walk_lines(untrained.subject, 7)) json_decref(line);
}

TEST(EvaluateLevels, TellsOfAFullDisk) {
  FILE *full = fopen("/dev/full", "w");
  if (!full) GTEST_SKIP() << "no /dev/full here";
  NamedLevel level = {"one", picture_level("#####\n#@ G#\n#####\n")};
  const Subject subject = baseline("greedy");
  EXPECT_EQ(evaluate_levels(&subject, ENV_MAZE, &level, 1, 1, full, "walks.jsonl"), STATUS_IO);
  EXPECT_NE(std::string(status_message()).find("walks.jsonl"), std::string::npos);
  fclose(full);
}

// ---- Mazes for the report ----

TEST(EvaluateMaze, ShowsTheLevelAndThePlansOfEveryTick) {
  const Sets sets(small_config());
  const EvalSet &set = sets[1].test;
  const int n = evaluate_example(&set, 1), ticks = 40;
  const Subject subject = baseline("value iteration");
  json_t *value = nullptr;
  ASSERT_EQ(evaluate_maze(&sets[1], n, &value), STATUS_OK);
  const Json maze(value);
  ASSERT_EQ(evaluate_maze_plans(&subject, &set, n, 4, ticks, &value), STATUS_OK);
  const Json plans(value);
  EXPECT_STREQ(json_string_value(maze["world"]), "15x15");
  EXPECT_EQ(number(plans.value, "trial"), 4);
  const Level &level = set.levels[n];
  EXPECT_EQ(json_integer_value(json_array_get(maze["goal"], 0)) * 15 +
                json_integer_value(json_array_get(maze["goal"], 1)),
            level.goal);
  ASSERT_EQ(json_array_size(plans["plan"]), static_cast<size_t>(ticks));
  const Measured measured(subject, set, ticks);
  for (int k = 0; k < ticks; ++k) {
    const std::string plan = json_string_value(json_array_get(plans["plan"], k));
    const std::string reach = json_string_value(json_array_get(plans["reach"], k));
    int open = 0, reached = 0;
    for (int square = 0; square < 225; ++square) {
      const char *row = json_string_value(json_array_get(maze["rows"], square / 15));
      EXPECT_EQ(row[square % 15] == '#', grid_is_wall(&level.grid, square));
      EXPECT_EQ(plan[square] == '#',
                grid_is_wall(&level.grid, square) || reach[square] == '0' || square == level.goal);
      if (set.distance[n * 225 + square] <= 0) continue;
      open += 1;
      reached += reach[square] == '1';
    }
    EXPECT_DOUBLE_EQ(measured.scores.solve[n * ticks + k], static_cast<double>(reached) / open);
  }
}

TEST(EvaluateMaze, TakesExamplesWhoseStartIsFarFromTheGoal) {
  const Sets sets(small_config());
  const EvalSet &set = sets[1].test;
  const int first = evaluate_example(&set, 0), second = evaluate_example(&set, 1);
  EXPECT_LT(first, second);
  for (int n : {first, second}) EXPECT_GE(set.distance[n * 225 + set.levels[n].start], 23);
  EXPECT_EQ(evaluate_example(&set, 1000), 1000 % set.count) << "none so far on";
}

}  // namespace
