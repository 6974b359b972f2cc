// Claims about training and tracing: padding, transposed copies, budgets, divergence, statistics, and one
// thought for all.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "tests/kernels_population.h"

namespace {

constexpr int kUpdates = 6, kDivergedUpdates = 3;

TEST(Training, PaddingStaysZero) {
  const PopulationShape shape = small_shape(1, 20);
  SmallPopulation small(shape, {small_spec(shape, 1)});
  small.train(phases_best(), kUpdates);
  const Population &population = small.population;
  const TensorTable table = agent_tensors(shape.agent);
  ASSERT_EQ(table.reals, population.layout.reals);
  std::vector<bool> used(table.reals, false);
  for (int t = 0; t < table.count; ++t)
    for (int row = 0; row < table.tensor[t].rows; ++row)
      for (int i = 0; i < table.tensor[t].length; ++i)
        used[table.tensor[t].offset + row * table.tensor[t].stride + i] = true;
  int moved = 0;
  for (int i = 0; i < table.reals; ++i) {
    moved += used[i] && population.moment1[i] != 0;
    if (used[i]) continue;
    EXPECT_EQ(population.parameters[i], 0) << i;
    EXPECT_EQ(population.moment1[i], 0) << i;
    EXPECT_EQ(population.moment2[i], 0) << i;
  }
  EXPECT_GT(moved, 20 * 20 * CONV_TAPS) << "the rest does learn";
}

TEST(Training, TransposedCopiesFollowTheParameters) {
  const PopulationShape shape = small_shape(1, 20);
  SmallPopulation small(shape, {small_spec(shape, 1)});
  for (int u = 0; u < 3; ++u) {
    const Population &population = small.population;
    const std::vector<real> kept(population.transposed, population.transposed + population.layout.transposed);
    population_refresh(&small.population, 0);
    EXPECT_EQ(std::memcmp(kept.data(), population.transposed, kept.size() * sizeof(real)), 0)
        << "update " << u;
    small.train(phases_best(), 1);
    EXPECT_NE(std::memcmp(kept.data(), population.transposed, kept.size() * sizeof(real)), 0)
        << "update " << u;
  }
}

// An untrained policy is nearly uniform everywhere, so that walkers with the same draws would take the same
// actions.
TEST(Training, EachWalkerDrawsItsOwnActions) {
  PopulationShape shape = small_shape(1, 16);
  shape.levels = 32;
  SmallPopulation small(shape, {small_spec(shape, 1)});
  const int steps_max = shape.limit * shape.size_max;
  int common = 0, equal = 0;
  for (int shard = 0; shard < shape.shards; ++shard) {
    phases_best()->rollout(&small.population, 0, shard, small.tape());
    for (int n = 0; n < shape.levels / shape.shards; ++n) {
      const LevelTape t = tape_at(&shape, small.tape(), n);
      for (int step = 0; step < std::min(t.walker[0].steps, t.walker[1].steps); ++step) {
        common += 1;
        equal += t.action[step] == t.action[steps_max + step];
      }
    }
  }
  EXPECT_GE(common, 100);
  EXPECT_LT(equal, common / 2) << "of " << common;
}

// The scratch of the backward pass has room for a batch of ticks on every board.
TEST(Training, ABatchOfTicksFitsItsScratch) {
  for (int height = 3; height <= GRID_MAX; ++height)
    for (int width = 3; width <= GRID_MAX; ++width) {
      const size_t squares = static_cast<size_t>(height * width),
                   batch = mgu_batch(interior_of(height, width));
      EXPECT_GE(batch, 1u);
      EXPECT_LE(batch * squares, mgu_batch_squares(squares)) << height << " x " << width;
    }
}

// Ways to make the middle one of three agents diverge.
struct Fault {
  const char *name;
  void (*plant)(Population *population);
};

real *middle_parameter(Population *population, int offset) {
  return population->parameters + population->layout.reals + offset;
}

const Fault kFaults[] = {
    {"LearningRate", [](Population *population) { population->spec[1].adam.learning_rate = 1e30f; }},
    {"InfiniteBias",
     [](Population *population) {
       *middle_parameter(population, population->layout.heads.bias) = std::numeric_limits<real>::infinity();
     }},
    {"NanBias",
     [](Population *population) {
       *middle_parameter(population, population->layout.heads.bias + 1) = std::nanf("");
     }},
    {"NanValueWeight",
     [](Population *population) {
       *middle_parameter(population, population->layout.heads.weight + HEAD_VALUE) = std::nanf("");
     }},
    {"NanConvolution",
     [](Population *population) {
       *middle_parameter(population, population->layout.core.conv) = std::nanf("");
       population_refresh(population, 1);
     }},
};

class Divergence : public testing::TestWithParam<Fault> {};

TEST_P(Divergence, StopsThatAgentBeforeItsUpdateAndHarmsNoOther) {
  const PopulationShape shape = small_shape(3, 4);
  const std::vector<AgentSpec> specs = {small_spec(shape, 1), small_spec(shape, 2), small_spec(shape, 3)};
  for (const Phases *phases : phases_here(nullptr)) {
    SmallPopulation small(shape, specs);
    Population &population = small.population;
    GetParam().plant(&population);
    std::string before;
    for (int u = 0; u < kDivergedUpdates; ++u) {
      if (population.progress[1].status == AGENT_TRAINING) before = agent_bytes(population, 1);
      small.train(phases, 1);
    }
    ASSERT_EQ(population.progress[1].status, AGENT_DIVERGED) << phases->name;
    EXPECT_LE(population.progress[1].update, 2) << phases->name;
    population.progress[1].status = AGENT_TRAINING;
    EXPECT_TRUE(agent_bytes(population, 1) == before) << phases->name << ": the last good ones are kept";
    for (int p : {0, 2})
      EXPECT_TRUE(agent_bytes(population, p) == agent_alone(shape, specs[p], phases, kDivergedUpdates))
          << phases->name;
  }
}

INSTANTIATE_TEST_SUITE_P(Faults, Divergence, testing::ValuesIn(kFaults),
                         [](const testing::TestParamInfo<Fault> &info) {
                           return std::string(info.param.name);
                         });

TEST(Budget, OfUpdatesStopsTraining) {
  const PopulationShape shape = small_shape(1, 16);
  AgentSpec spec = small_spec(shape, 1);
  spec.updates = 4;
  SmallPopulation small(shape, {spec});
  small.train(phases_best(), 3);
  EXPECT_EQ(small.population.progress[0].status, AGENT_TRAINING);
  small.train(phases_best(), 5);
  EXPECT_EQ(small.population.progress[0].status, AGENT_DONE);
  EXPECT_EQ(small.population.progress[0].update, 4);
}

TEST(Budget, OfStepsStopsAtTheFirstUpdateThatReachesIt) {
  const PopulationShape shape = small_shape(2, 16);
  AgentSpec spec = small_spec(shape, 1), exact = spec;
  spec.steps = 300;
  SmallPopulation small(shape, {spec, exact});
  const AgentProgress *progress = small.population.progress;
  int64_t before = 0;
  for (int u = 0; u < 20 && progress[0].status == AGENT_TRAINING; ++u) {
    before = progress[0].env_steps;
    small.train(phases_best(), 1);
  }
  EXPECT_EQ(progress[0].status, AGENT_DONE);
  EXPECT_LT(before, 300);
  EXPECT_GE(progress[0].env_steps, 300);
  EXPECT_LT(progress[0].update, 20);
  EXPECT_EQ(progress[1].status, AGENT_TRAINING) << "0 is no budget";
}

TEST(Training, TheLearningRateDropsAtItsUpdateAndNotBefore) {
  const PopulationShape shape = small_shape(2, 16);
  AgentSpec early = small_spec(shape, 1), late = early;
  early.drop[0].update = 2;
  late.drop[0].update = 3;
  SmallPopulation small(shape, {early, late});
  small.train(phases_best(), 2);
  EXPECT_TRUE(agent_bytes(small.population, 0) == agent_bytes(small.population, 1));
  small.train(phases_best(), 1);
  EXPECT_FALSE(agent_bytes(small.population, 0) == agent_bytes(small.population, 1));
}

TEST(Training, TheLaterOfTwoDropsRulesFromItsUpdateOn) {
  const PopulationShape shape = small_shape(4, 16);
  const AgentSpec spec = small_spec(shape, 1);
  AgentSpec first = spec, both = spec, second = spec, at_once = spec;
  first.drop[0] = both.drop[0] = at_once.drop[0] = {1, 1e-3f};
  both.drop[1] = {3, 1e-4f};
  second.drop[0] = at_once.drop[1] = {1, 1e-4f};
  SmallPopulation small(shape, {first, both, second, at_once});
  small.train(phases_best(), 3);
  const auto bytes = [&](int p) { return agent_bytes(small.population, p); };
  EXPECT_TRUE(bytes(0) == bytes(1)) << "not before";
  EXPECT_FALSE(bytes(0) == bytes(2));
  EXPECT_TRUE(bytes(2) == bytes(3)) << "where both have come, the second counts";
  small.train(phases_best(), 1);
  EXPECT_FALSE(bytes(0) == bytes(1));
}

// The levels that an agent is trained on, update by update, as text: walls, goal and start.
std::vector<std::string> levels_of_training(uint64_t seed, uint32_t distinct, int updates) {
  PopulationShape shape = small_shape(1, 4);
  shape.size_max = 15;  // so large that levels hardly ever are equal by chance
  AgentSpec spec = small_spec(shape, seed);
  spec.env.size_lo = 13;
  spec.distinct = distinct;
  SmallPopulation small(shape, {spec});
  std::vector<std::string> levels;
  for (int u = 0; u < updates; ++u) {
    small.population.progress[0].update = u;
    for (int shard = 0; shard < shape.shards; ++shard) {
      phases_best()->rollout(&small.population, 0, shard, small.tape());
      for (int n = 0; n < shape.levels / shape.shards; ++n) {
        const Level &level = tape_at(&shape, small.tape(), n).record->level;
        std::string text = std::to_string(level.goal) + " " + std::to_string(level.start) + " ";
        for (int square = 0; square < grid_squares(&level.grid); ++square)
          text += grid_is_wall(&level.grid, square) ? '#' : ' ';
        levels.push_back(text);
      }
    }
  }
  return levels;
}

TEST(Training, OnFewLevelsDrawsThoseAndNoOthers) {
  for (uint32_t distinct : {1u, 5u, 16u}) {
    const std::vector<std::string> levels = levels_of_training(1, distinct, 60);
    EXPECT_EQ(std::set<std::string>(levels.begin(), levels.end()).size(), distinct);
    for (const std::string &level : std::set<std::string>(levels.begin(), levels.end()))
      EXPECT_GT(std::count(levels.begin(), levels.end(), level), 240 / distinct / 3) << "of " << distinct;
    EXPECT_EQ(levels_of_training(1, distinct, 60), levels);
  }
  const std::vector<std::string> one = levels_of_training(1, 5, 20), other = levels_of_training(2, 5, 20);
  for (const std::string &level : other)
    ASSERT_EQ(std::count(one.begin(), one.end(), level), 0) << "another seed, other levels";
}

TEST(Training, WithoutALimitNeverDrawsALevelTwice) {
  const std::vector<std::string> levels = levels_of_training(1, 0, 60);
  EXPECT_EQ(std::set<std::string>(levels.begin(), levels.end()).size(), levels.size());
}

// The tape tells what happened; the history must tell the same.
TEST(Training, StatsAreTheSumsOfWhatTheWalkersDid) {
  PopulationShape shape = small_shape(1, 16);
  SmallPopulation small(shape, {small_spec(shape, 1)});
  int64_t env_steps = 0;
  for (int u = 0; u < kUpdates; ++u) {
    UpdateStats sum = {};
    for (int shard = 0; shard < shape.shards; ++shard) {
      phases_best()->rollout(&small.population, 0, shard, small.tape());
      phases_best()->learn(&small.population, 0, shard, small.tape());
      for (int n = 0; n < shape.levels / shape.shards; ++n) {
        const LevelTape t = tape_at(&shape, small.tape(), n);
        const int size = t.record->level.grid.width, steps_max = shape.limit * shape.size_max;
        EXPECT_GE(t.record->ticks, 2);
        EXPECT_LE(t.record->ticks, shape.ticks_max);
        sum.ticks += t.record->ticks;
        for (int w = 0; w < shape.walkers; ++w) {
          const WalkerRecord walker = t.walker[w];
          EXPECT_LE(walker.steps, shape.limit * size);
          EXPECT_EQ(t.square[w * (steps_max + 1) + walker.steps] == t.record->level.goal, walker.terminated);
          EXPECT_TRUE(walker.terminated || walker.steps == shape.limit * size)
              << "truncated by the limit alone";
          sum.episodes += 1;
          sum.steps += walker.steps;
          sum.solved += walker.terminated;
          sum.reward += walker.terminated ? 101 - walker.steps : -walker.steps;
        }
      }
    }
    phases_best()->update(&small.population, 0);
    const UpdateStats &stats = small.population.history[u % POPULATION_HISTORY];
    env_steps += sum.steps;
    EXPECT_EQ(stats.episodes, sum.episodes);
    EXPECT_EQ(stats.steps, sum.steps);
    EXPECT_EQ(stats.solved, sum.solved);
    EXPECT_EQ(stats.reward, sum.reward);
    EXPECT_EQ(stats.ticks, sum.ticks);
    EXPECT_EQ(small.population.progress[0].env_steps, env_steps);
  }
}

// The plan of a trace after k ticks is the plan of a thought of k ticks: one trace serves every smaller
// number.
TEST(Trace, OfManyTicksBeginsWithTheTraceOfFewer) {
  const PopulationShape shape = small_shape(1, 8);
  SmallPopulation small(shape, {small_spec(shape, 1)});
  const std::vector<Level> level = {block_level(7, 6, 2)};
  const Trace many = trace_agent(phases_best(), small.population, 0, level, 9);
  for (int ticks : {1, 2, 5}) {
    const Trace few = trace_agent(phases_best(), small.population, 0, level, ticks);
    EXPECT_TRUE(std::equal(few.plan.begin(), few.plan.end(), many.plan.begin())) << ticks;
    EXPECT_TRUE(std::equal(few.state.begin(), few.state.end(), many.state.begin())) << ticks;
    EXPECT_TRUE(std::equal(few.outputs.begin(), few.outputs.end(), many.outputs.begin())) << ticks;
  }
}

// Training and probing must see the same thought.
TEST(Trace, ThinksWhatTheRolloutThought) {
  const PopulationShape shape = small_shape(1, 20);
  SmallPopulation small(shape, {small_spec(shape, 1)});
  phases_best()->rollout(&small.population, 0, 0, small.tape());
  const LevelTape t = tape_at(&shape, small.tape(), 1);
  const Level &level = t.record->level;
  const int ticks = t.record->ticks, squares = grid_squares(&level.grid), stride = channel_stride(20);
  const Trace trace = trace_agent(phases_best(), small.population, 0, {level}, ticks, false);
  const Interior interior = interior_of(level.grid.height, level.grid.width);
  for (int cell = 0; cell < interior.count; ++cell) {
    const int square = interior_square(interior, cell), at = (ticks - 1) * squares + square;
    EXPECT_EQ(std::memcmp(&trace.outputs[at * HEAD_OUTPUTS], t.outputs + square * HEAD_STRIDE,
                          HEAD_OUTPUTS * sizeof(real)),
              0);
    for (int k = 0; k < ticks; ++k)
      EXPECT_EQ(std::memcmp(&trace.state[(k * squares + square) * 20],
                            t.state + ((k + 1) * squares + square) * stride, 20 * sizeof(real)),
                0);
    EXPECT_EQ(trace.plan[at], policy_greedy(t.outputs + square * HEAD_STRIDE));
  }
}

TEST(Phases, AnUnknownInstructionSetIsRefused) {
  const Phases *phases = nullptr;
  EXPECT_EQ(phases_choose("avx1024", &phases), STATUS_USAGE);
  EXPECT_EQ(phases, nullptr);
  EXPECT_NE(std::string(status_message()).find("avx1024"), std::string::npos);
  EXPECT_EQ(phases_choose("baseline", &phases), STATUS_OK);
  EXPECT_STREQ(phases->name, "baseline");
}

}  // namespace
