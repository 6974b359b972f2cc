// Claims about bits: the same trial gives the same weights whatever the machine, the company and the
// interruptions.
#include <gtest/gtest.h>

#include "kernels/schedule.h"
#include "tests/kernels_population.h"

namespace {

constexpr int kUpdates = 6;

// Seven agents that differ in all that may differ inside a cohort.
std::vector<AgentSpec> seven_specs(const PopulationShape &shape) {
  std::vector<AgentSpec> specs;
  for (int p = 0; p < 7; ++p) {
    AgentSpec spec = small_spec(shape, static_cast<uint64_t>(10 + p));
    spec.env.loops = 0.05f * static_cast<float>(p);
    spec.loss.ent_coef = 0.005f * static_cast<real>(p);
    spec.adam.learning_rate = 1e-3f * static_cast<real>(p + 1);
    spec.drop[0].update = 2 + p % 3;
    specs.push_back(spec);
  }
  return specs;
}

class InstructionSets : public testing::TestWithParam<const char *> {
 protected:
  void SetUp() override {
    if (phases_choose(GetParam(), &phases) != STATUS_OK) GTEST_SKIP() << status_message();
  }
  const Phases *phases = nullptr;
};

// The baseline is slow, and slower still under sanitizers: the shapes are small.
TEST_P(InstructionSets, TrainToTheBitsOfTheBaseline) {
  for (int channels : {4, 16, 20}) {
    const PopulationShape shape = small_shape(1, channels);
    SmallPopulation here(shape, {small_spec(shape, 1)}), baseline(shape, {small_spec(shape, 1)});
    here.train(phases, 2);
    baseline.train(&phases_baseline, 2);
    EXPECT_TRUE(agent_bytes(here.population, 0) == agent_bytes(baseline.population, 0)) << channels;
    EXPECT_TRUE(agent_history(here.population, 0) == agent_history(baseline.population, 0)) << channels;
  }
}

// Every way to cut a board into tiles, and none that leaves a cell out.
TEST_P(InstructionSets, TraceBoardsOfEveryShapeToTheBitsOfTheBaseline) {
  const PopulationShape shape = small_shape(1, 4);
  SmallPopulation small(shape, {small_spec(shape, 3)});
  std::vector<Level> levels;
  for (int width = 3; width <= GRID_MAX; ++width)
    for (int height : {3, 4, 5, 6}) levels.push_back(block_level(height, width, 1));
  EXPECT_TRUE(trace_agent(phases, small.population, 0, levels, 2) ==
              trace_agent(&phases_baseline, small.population, 0, levels, 2));
}

INSTANTIATE_TEST_SUITE_P(Wide, InstructionSets, testing::Values("avx2", "avx512"),
                         [](const testing::TestParamInfo<const char *> &info) {
                           return std::string(info.param);
                         });

// A change of any bit of the rules, the random numbers or the learner shows here. If it was meant, take the
// new hash over and say so in the changelog: old results can no longer be reproduced.
TEST(Determinism, TheStandardRunEndsInTheKnownHash) {
  const PopulationShape shape = small_shape(1, 16);
  SmallPopulation small(shape, {small_spec(shape, 1)});
  EXPECT_EQ(agent_hash(small.population, 0), 10955262793154238624u) << "at the start";
  small.train(phases_best(), 20);
  EXPECT_EQ(agent_hash(small.population, 0), 10651444418637601871u) << "after 20 updates";
}

TEST(Determinism, CompanyDoesNotMatter) {
  const PopulationShape shape = small_shape(7, 16);
  const std::vector<AgentSpec> specs = seven_specs(shape);
  SmallPopulation together(shape, specs);
  together.train(phases_best(), kUpdates);
  for (int p = 0; p < 7; ++p)
    EXPECT_TRUE(agent_bytes(together.population, p) == agent_alone(shape, specs[p], phases_best(), kUpdates))
        << p;
}

TEST(Determinism, TheAgentsPlaceDoesNotMatter) {
  const PopulationShape shape = small_shape(7, 16);
  const std::vector<AgentSpec> specs = seven_specs(shape);
  const std::string expected = agent_alone(shape, specs[0], phases_best(), 3);
  for (int place = 0; place < 7; ++place) {
    std::vector<AgentSpec> rotated(7);
    for (int p = 0; p < 7; ++p) rotated[(p + place) % 7] = specs[p];
    SmallPopulation together(shape, rotated);
    together.train(phases_best(), 3);
    EXPECT_TRUE(agent_bytes(together.population, place) == expected) << place;
  }
}

// Agents of a cohort may think for more or fewer ticks: whoever thinks for the most decides the room only.
// The bound on the norm is felt, so that its sum counts too.
TEST(Determinism, CompanyThatThinksLongerDoesNotMatter) {
  for (int channels : {3, 16, 20}) {
    std::vector<PopulationShape> shapes = shape_variants(small_shape(3, channels));
    shapes.push_back(small_shape(3, channels));
    for (const PopulationShape &shape : shapes) {
      std::vector<AgentSpec> specs(3, small_spec(shape, 1));
      specs[1].adam.max_grad_norm = 1e-3f;
      specs[1].ticks_lo = specs[1].ticks_hi = 3;
      SmallPopulation together(shape, specs);
      together.train(phases_best(), kUpdates);
      PopulationShape less = shape;
      less.agents = 1;
      less.ticks_max = 3;
      if (less.agent.layers > 0) less.agent.layers = 3;
      SmallPopulation alone(less, {specs[1]});
      alone.train(phases_best(), kUpdates);
      const TensorTable own = agent_tensors(less.agent), room = agent_tensors(shape.agent);
      const real *const parameters = together.population.parameters + together.population.layout.reals;
      for (int t = 0; t < own.count; ++t)
        EXPECT_EQ(std::memcmp(alone.population.parameters + own.tensor[t].offset,
                              parameters + room.tensor[t].offset,
                              sizeof(real) * own.tensor[t].rows * own.tensor[t].stride),
                  0)
            << own.tensor[t].name << ", " << channels << " channels";
    }
  }
}

TEST(Determinism, DifferentSeedsDiffer) {
  const PopulationShape shape = small_shape(2, 16);
  SmallPopulation small(shape, {small_spec(shape, 1), small_spec(shape, 1ull << 32 | 1)});
  EXPECT_NE(agent_hash(small.population, 0), agent_hash(small.population, 1))
      << "all 64 bits of a seed count";
}

Status stop_after(void *context, int p) {
  const auto *population = static_cast<const Population *>(context);
  if (population->progress[p].update == kUpdates) population->progress[p].status = AGENT_DONE;
  return STATUS_OK;
}

TEST(Determinism, TheNumberOfThreadsDoesNotMatter) {
  for (int agents : {1, 3, 7}) {
    const PopulationShape shape = small_shape(agents, 16);
    std::vector<AgentSpec> specs = seven_specs(shape);
    specs.resize(agents);
    for (int threads : {1, 2, 3, 8}) {
      SmallPopulation small(shape, specs);
      ASSERT_EQ(schedule_train(&small.population, phases_best(), threads, stop_after, &small.population),
                STATUS_OK);
      for (AgentProgress *progress = small.population.progress; progress < small.population.progress + agents;
           ++progress)
        progress->status = AGENT_TRAINING;
      for (int p = 0; p < agents; ++p)
        EXPECT_TRUE(agent_bytes(small.population, p) == agent_alone(shape, specs[p], phases_best(), kUpdates))
            << agents << " agents, " << threads << " threads, agent " << p;
    }
  }
}

TEST(Determinism, WhatATapeHeldBeforeDoesNotMatter) {
  const PopulationShape shape = small_shape(1, 20);
  SmallPopulation spoiled(shape, {small_spec(shape, 1)}), kept(shape, {small_spec(shape, 1)});
  std::memset(kept.tape(), 0, tape_bytes(&shape));
  for (int u = 0; u < kUpdates; ++u) {
    spoiled.spoil_tape();
    spoiled.update(phases_best(), 0);
    kept.update(phases_best(), 0);
  }
  EXPECT_TRUE(agent_bytes(spoiled.population, 0) == agent_bytes(kept.population, 0));
}

// What a checkpoint holds is enough: parameters, moments and progress.
TEST(Determinism, ContinuesToTheSameBitsFromEveryUpdate) {
  const PopulationShape shape = small_shape(1, 16);
  AgentSpec spec = small_spec(shape, 4);
  spec.drop[0].update = 3;
  const std::string expected = agent_alone(shape, spec, phases_best(), kUpdates);
  SmallPopulation first(shape, {spec});
  for (int boundary = 0; boundary <= kUpdates; ++boundary) {
    SmallPopulation second(shape, {spec});
    const size_t bytes = first.population.layout.reals * sizeof(real);
    std::memcpy(second.population.parameters, first.population.parameters, bytes);
    std::memcpy(second.population.moment1, first.population.moment1, bytes);
    std::memcpy(second.population.moment2, first.population.moment2, bytes);
    second.population.progress[0] = first.population.progress[0];
    population_refresh(&second.population, 0);
    second.train(phases_best(), kUpdates - boundary);
    EXPECT_TRUE(agent_bytes(second.population, 0) == expected) << "stopped after update " << boundary;
    first.train(phases_best(), 1);
  }
}

}  // namespace
