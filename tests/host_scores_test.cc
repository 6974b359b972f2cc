// Claims about baselines, the scores of plans, and the metrics that read them.
#include <gtest/gtest.h>
#include <omp.h>

#include <cstring>
#include <vector>

#include "envs/oracle.h"
#include "host/probes/thinking_gain.h"
#include "host/probes/tick_demand.h"
#include "tests/envs_pictures.h"
#include "tests/host_evaluation.h"

namespace {

enum { UP, RIGHT, DOWN, LEFT };

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

// ---- Baselines ----

TEST(Baselines, ValueIterationSolvesExactlyTheSquaresWithinKStepsAtTickK) {
  const Sets sets(small_config());
  const EvalSet &set = sets[0].test;
  const int ticks = 30, squares = 81;
  std::vector<uint8_t> plan(static_cast<size_t>(set.count) * ticks * squares);
  const SubjectBatch batch = batch_of(set, ticks, plan.data());
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
  EvalSet set = {};
  set.size = 15;
  set.count = 1;
  set.levels = sets[1].test.levels;
  const SubjectBatch batch = batch_of(set, ticks, plan.data());
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
      const SubjectBatch batch = batch_of(set, ticks, plan.data());
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

TEST(Scores, NameTheFewestTicksThatAreBestAndThoseThatAreNearlyAsGood) {
  double solve[] = {0.2, 0.9, 1, 0.5, 1,  //
                    0.0, 1.0, 1, 1.0, 1};
  Scores scores = {};
  scores.levels = 2;
  scores.ticks = 5;
  scores.solve = solve;
  EXPECT_EQ(scores_best_ticks(&scores), 3);
  EXPECT_EQ(scores_ticks_for(&scores, 3, 0.95), 2) << "just as much is enough";
  EXPECT_EQ(scores_ticks_for(&scores, 3, 0.96), 3);
  EXPECT_EQ(scores_ticks_for(&scores, 4, 0.96), 2) << "of what these ticks reach";
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

}  // namespace
