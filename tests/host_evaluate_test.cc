// Claims about evaluation: its level sets, its subjects, its scores and metrics, and the JSON it gives.
#include <gtest/gtest.h>
#include <jansson.h>
#include <omp.h>

#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "envs/catalogue.h"
#include "envs/oracle.h"
#include "host/evaluate.h"
#include "host/evaluate_levels.h"
#include "host/evaluate_maze.h"
#include "host/probes/thinking_gain.h"
#include "host/probes/tick_demand.h"
#include "host/scores.h"
#include "kernels/population.h"
#include "tests/envs_pictures.h"

namespace {

enum { UP, RIGHT, DOWN, LEFT };

// A small evaluation: 40 levels at the training size and far, 20 elsewhere.
Config small_config() {
  Config config;
  config_default(&config);
  config.eval_levels = 40;
  config.eval_levels_apart = 20;
  return config;
}

// All sets of a configuration, freed at the end.
struct Sets {
  explicit Sets(const Config &config) {
    EXPECT_EQ(eval_sets_create(&config, &sets), STATUS_OK) << status_message();
  }
  ~Sets() { eval_sets_free(&sets); }
  const EvalWorld &operator[](int w) const { return sets.world[w]; }
  EvalSets sets;
};

// Scores, freed at the end.
struct Measured {
  Measured(const Subject &subject, const EvalSet &set, int ticks, size_t batch_bytes = 0) {
    EXPECT_EQ(scores_measure(&subject, &set, ticks, batch_bytes, &scores), STATUS_OK) << status_message();
  }
  ~Measured() { scores_free(&scores); }
  double solve(int ticks) const { return scores_mean(&scores, scores.solve, ticks); }
  Scores scores;
};

// A JSON value, released at the end.
struct Json {
  explicit Json(json_t *value) : value(value) {}
  ~Json() { json_decref(value); }
  json_t *operator[](const char *key) const { return json_object_get(value, key); }
  json_t *value;
};

json_t *world_result(const Subject &subject, const EvalWorld &world, int ticks) {
  json_t *result = nullptr;
  EXPECT_EQ(evaluate_world(&subject, &world, ticks, &result), STATUS_OK) << status_message();
  return result;
}

double number(const json_t *object, const char *key) {
  return json_number_value(json_object_get(object, key));
}

Subject baseline(const char *name) {
  int count;
  const Subject *all = subject_baselines(&count);
  for (int i = 0; i < count; ++i)
    if (std::string(all[i].name) == name) return all[i];
  ADD_FAILURE() << name;
  return all[0];
}

// An agent with its first, random weights.
struct Untrained {
  Untrained() {
    const PopulationShape shape = {{CORE_CONV_MGU, 4}, 1, 4, 1, 1, 9, 4, 1, 2};
    EXPECT_EQ(population_create(shape, &population), STATUS_OK);
    AgentSpec spec = {};
    spec.seed = 3;
    population_start(&population, 0, &spec);
    agent.shape = shape.agent;
    agent.parameters = population.parameters;
    EXPECT_EQ(phases_choose(nullptr, &agent.phases), STATUS_OK);
    subject = subject_agent(&agent, "untrained");
  }
  ~Untrained() { population_free(&population); }
  Population population;
  SubjectAgent agent;
  Subject subject;
};

// Any numbers from 0 to 255, each kept for two ticks: what a broken subject might write.
Status scribble(const Subject *, const SubjectBatch *batch) {
  for (int i = 0; i < batch->count; ++i)
    for (int k = 0; k < batch->ticks; ++k) {
      Rng rng = rng_at(1, rng_stream(RNG_PROBE, static_cast<uint32_t>(batch->first + i), k / 2), 0);
      for (int square = 0; square < batch->stride; ++square)
        subject_plan(batch, i, k)[square] =
            static_cast<uint8_t>(rng_below(&rng, 8) == 0 ? rng_below(&rng, 256) : rng_below(&rng, 4));
    }
  return STATUS_OK;
}

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

Status refuse(const Subject *, const SubjectBatch *) {
  return status_fail(STATUS_DEVICE, "refused");
}

// A set of one level, owned by the caller's vectors.
EvalSet lone_set(Level *level, std::vector<int16_t> *distance) {
  distance->resize(GRID_SQUARES);
  oracle_distances(level, distance->data());
  EvalSet set = {};
  set.size = level->grid.width;
  set.count = 1;
  set.levels = level;
  set.distance = distance->data();
  return set;
}

// ---- Level sets ----

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

// ---- Baselines ----

TEST(Baselines, ValueIterationSolvesExactlyTheSquaresWithinKStepsAtTickK) {
  const Sets sets(small_config());
  const EvalSet &set = sets[0].test;
  const int ticks = 30, squares = 81;
  std::vector<uint8_t> plan(static_cast<size_t>(set.count) * ticks * squares);
  const SubjectBatch batch = {set.levels, set.count, 0, set.number, set.seed, ticks, squares, plan.data()};
  const Subject subject = baseline("value iteration");
  ASSERT_EQ(subject.think(&subject, &batch), STATUS_OK);
  for (int i = 0; i < set.count; ++i)
    for (int k = 0; k < ticks; ++k) {
      int16_t walked[GRID_SQUARES];
      plan_walk(&set.levels[i], subject_plan(&batch, i, k), walked);
      for (int square = 0; square < squares; ++square) {
        const int distance = set.distance[i * squares + square];
        ASSERT_EQ(walked[square], distance <= k + 1 ? distance : -1);
      }
    }
}

TEST(Baselines, ValueIterationPlansWhatItsSweepsKnow) {
  const Sets sets(small_config());
  const Level &level = sets[1].test.levels[0];
  const int ticks = 20, squares = 225;
  std::vector<uint8_t> plan(static_cast<size_t>(ticks) * squares);
  const SubjectBatch batch = {&level, 1, 0, 0, 1, ticks, squares, plan.data()};
  const Subject subject = baseline("value iteration");
  ASSERT_EQ(subject.think(&subject, &batch), STATUS_OK);
  int16_t value[2][GRID_SQUARES];
  uint8_t swept[GRID_SQUARES];
  oracle_value_start(&level, value[0]);
  for (int k = 0; k < ticks; ++k) {
    int16_t *now = value[(k + 1) % 2];
    oracle_value_sweep(&level, value[k % 2], now);
    plan_decode(&level, now, swept);
    for (int square = 0; square < squares; ++square)
      ASSERT_EQ(subject_plan(&batch, 0, k)[square], now[square] > 0 ? int{swept[square]} : int{PLAN_STAY});
  }
}

TEST(Baselines, SolveWhatIsKnownOfThemAt9x9) {
  Config config = small_config();
  config.eval_levels = 400;
  const Sets sets(config);
  const EvalSet &set = sets[0].test;
  const Measured random(baseline("random"), set, 128), greedy(baseline("greedy"), set, 128);
  const Measured value(baseline("value iteration"), set, 128);
  EXPECT_NEAR(random.solve(1), 0.022, 0.01);
  EXPECT_NEAR(greedy.solve(1), 0.45, 0.04);
  EXPECT_EQ(value.solve(128), 1);
  EXPECT_EQ(scores_mean(&value.scores, value.scores.spl, 128), 1);
  EXPECT_EQ(random.scores.ticks, 1) << "one plan says it all";
}

// ---- Scores ----

TEST(Scores, OfAHandMadePlanAreWhatItDeserves) {
  Level level = picture_level("#####\n#@  #\n# # #\n#  G#\n#####\n");
  std::vector<int16_t> distance;
  const EvalSet set = lone_set(&level, &distance);
  Subject subject = baseline("greedy");
  // Left column up, top row right, right column down; only the square left of the goal runs into the wall.
  subject.think = [](const Subject *, const SubjectBatch *batch) {
    const uint8_t plan[25] = {9, 9,     9,     9,    9,  //
                              9, RIGHT, RIGHT, DOWN, 9,  //
                              9, UP,    9,     DOWN, 9,  //
                              9, UP,    DOWN,  0,    9,  //
                              9, 9,     9,     9,    9};
    std::memcpy(batch->plan, plan, sizeof plan);
    return STATUS_OK;
  };
  const Measured measured(subject, set, 1);
  EXPECT_DOUBLE_EQ(measured.scores.solve[0], 6.0 / 7);
  // Shortest over walked: start 4/4, top middle 3/3, top right 2/2, right 1/1, left 3/5, bottom left 2/6.
  EXPECT_DOUBLE_EQ(measured.scores.spl[0], (4 + 3.0 / 5 + 2.0 / 6) / 7);
  EXPECT_DOUBLE_EQ(measured.scores.optimal[0], 4.0 / 7);
  EXPECT_EQ(measured.scores.started[0], 1);
  EXPECT_EQ(measured.scores.distances, 5);
  EXPECT_EQ(measured.scores.squares[1], 2);
  EXPECT_EQ(measured.scores.reached[1], 1);
  EXPECT_EQ(measured.scores.reached[4], 1);
}

TEST(Scores, AreThoseOfTheOracleBitForBit) {
  const Sets sets(small_config());
  Subject scribbler = baseline("value iteration");
  scribbler.think = scribble;
  const Untrained untrained;
  for (const Subject &subject : {scribbler, untrained.subject, baseline("value iteration")})
    for (int w : {0, 1, 5}) {
      const EvalSet &set = sets[w].test;
      const int ticks = 12, squares = set.size * set.size;
      std::vector<uint8_t> plan(static_cast<size_t>(set.count) * ticks * squares);
      const SubjectBatch batch = {set.levels, set.count, 0,       set.number,
                                  set.seed,   ticks,     squares, plan.data()};
      ASSERT_EQ(subject.think(&subject, &batch), STATUS_OK);
      const Measured measured(subject, set, ticks);
      for (int i = 0; i < set.count; ++i)
        for (int k = 0; k < ticks; ++k) {
          const PlanScore score =
              plan_score(&set.levels[i], set.distance + i * squares, subject_plan(&batch, i, k));
          int16_t walked[GRID_SQUARES];
          plan_walk(&set.levels[i], subject_plan(&batch, i, k), walked);
          const int at = i * ticks + k;
          ASSERT_EQ(measured.scores.solve[at], static_cast<double>(score.solved) / score.free);
          ASSERT_EQ(measured.scores.spl[at], score.spl / score.free);
          ASSERT_EQ(measured.scores.optimal[at], static_cast<double>(score.optimal) / score.free);
          ASSERT_EQ(measured.scores.started[at], walked[set.levels[i].start] >= 0);
        }
    }
}

TEST(Scores, AreTheSameForAnyNumberOfThreadsAndAnyBatch) {
  const Sets sets(small_config());
  const Untrained untrained;
  Subject scribbler = baseline("value iteration");
  scribbler.think = scribble;
  const int threads_before = omp_get_max_threads();
  for (const Subject &subject : {scribbler, untrained.subject, baseline("random")}) {
    omp_set_num_threads(1);
    const Measured one(subject, sets[1].test, 20);
    const Scores &a = one.scores;
    const size_t cells = static_cast<size_t>(a.levels) * a.ticks;
    for (int threads : {1, 2, 3})
      for (size_t bytes : {size_t{1}, size_t{20 * 225 * 7}, size_t{1} << 24}) {
        omp_set_num_threads(threads);
        const Measured many(subject, sets[1].test, 20, bytes);
        const Scores &b = many.scores;
        EXPECT_EQ(std::memcmp(a.solve, b.solve, cells * sizeof(double)), 0);
        EXPECT_EQ(std::memcmp(a.spl, b.spl, cells * sizeof(double)), 0);
        EXPECT_EQ(std::memcmp(a.optimal, b.optimal, cells * sizeof(double)), 0);
        EXPECT_EQ(std::memcmp(a.started, b.started, cells), 0);
        EXPECT_EQ(std::memcmp(a.reached, b.reached, sizeof(int64_t) * a.ticks * a.distances), 0);
      }
  }
  omp_set_num_threads(threads_before);
}

TEST(Scores, PassTheSubjectsFailureOn) {
  const Sets sets(small_config());
  Subject subject = baseline("greedy");
  subject.think = refuse;
  Scores scores;
  EXPECT_EQ(scores_measure(&subject, &sets[0].test, 1, 0, &scores), STATUS_DEVICE);
  json_t *result = nullptr;
  EXPECT_EQ(evaluate_world(&subject, &sets[0], 1, &result), STATUS_DEVICE);
  EXPECT_EQ(result, nullptr);
}

// ---- Metrics ----

TEST(ThinkingGain, PairsLevelsAndItsIntervalHoldsTheValue) {
  const Sets sets(small_config());
  const Measured measured(baseline("value iteration"), sets[1].test, 64);
  ThinkingGain gain;
  ASSERT_EQ(thinking_gain(&measured.scores, 40, 5, &gain), STATUS_OK);
  EXPECT_EQ(gain.from_ticks, 8);
  EXPECT_EQ(gain.to_ticks, 40);
  EXPECT_NEAR(gain.gain.value, measured.solve(40) - measured.solve(8), 1e-12);
  EXPECT_LT(gain.gain.lo, gain.gain.value);
  EXPECT_GT(gain.gain.hi, gain.gain.value);
  int only_best = 0;
  for (int i = 0; i < measured.scores.levels; ++i)
    only_best += measured.scores.started[i * 64 + 39] && !measured.scores.started[i * 64 + 7];
  EXPECT_NEAR(gain.mcnemar_p, statistics_mcnemar(only_best, 0), 1e-15);
  EXPECT_LT(gain.mcnemar_p, 1e-3);
}

TEST(ThinkingGain, OfAShortThoughtIsHeldAgainstItsEnd) {
  const Sets sets(small_config());
  const Measured measured(baseline("value iteration"), sets[0].test, 5);
  ThinkingGain gain;
  ASSERT_EQ(thinking_gain(&measured.scores, 3, 5, &gain), STATUS_OK);
  EXPECT_EQ(gain.from_ticks, 5);
  EXPECT_LT(gain.gain.hi, 0) << "a best of fewer ticks is no gain";
}

TEST(TickDemand, IsTheFirstTickThatHalfOfAWindowOfThreeReaches) {
  int64_t squares[] = {0, 60, 30, 40, 10, 10};  // windows: 90, 130, 80, 60, and 20, too few to be listed
  int64_t reached[3][6] = {{0, 44, 0, 0, 0, 0}, {0, 60, 11, 29, 0, 0}, {0, 60, 30, 29, 0, 0}};
  Scores scores = {};
  scores.ticks = 3;
  scores.distances = 6;
  scores.squares = squares;
  scores.reached = &reached[0][0];
  TickDemand demand;
  tick_demand(&scores, &demand);
  ASSERT_EQ(demand.count, 4);
  const int ticks[] = {2, 2, 2, 0};
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(demand.distance[i], i + 1);
    EXPECT_EQ(demand.ticks[i], ticks[i]) << i;
  }
}

TEST(TickDemand, OfValueIterationRisesWithTheDistance) {
  const Sets sets(small_config());
  const Measured measured(baseline("value iteration"), sets[1].test, 64);
  TickDemand demand;
  tick_demand(&measured.scores, &demand);
  ASSERT_GT(demand.count, 30);
  for (int i = 0; i < demand.count; ++i) EXPECT_NEAR(demand.ticks[i], demand.distance[i], 1);
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
