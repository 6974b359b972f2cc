// Claims about the text that nvcc compiles: on the host it gives the bits of every other build.
#include <gtest/gtest.h>

#include "kernels/near.h"
#include "tests/cuda_host_phases.h"
#include "tests/kernels_population.h"

namespace {

class CudaOnTheHost : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
#ifndef MESAGRID_CUDA
    GTEST_SKIP() << "nvcc was not found when this was built";
#endif
  }
};

#ifdef MESAGRID_CUDA

// Memory as a CTA finds it: garbage.
struct Garbage {
  explicit Garbage(size_t bytes)
      : memory(static_cast<char *>(std::aligned_alloc(64, tape_align(bytes + 1)))) {
    std::memset(memory, 0xff, tape_align(bytes + 1));
  }
  ~Garbage() { std::free(memory); }
  Garbage(const Garbage &) = delete;
  Garbage &operator=(const Garbage &) = delete;
  char *memory;
};

TEST_P(CudaOnTheHost, TrainsToTheBitsOfTheCpu) {
  for (int size : {7, 9, 17}) {
    PopulationShape shape = small_shape(2, GetParam());
    shape.size_max = size;
    shape.ticks_max = 6;
    const std::vector<AgentSpec> specs = {small_spec(shape, 1), small_spec(shape, 2)};
    SmallPopulation plain(shape, specs);
    plain.train(phases_best(), 2);
    for (int near : {NEAR_NOTHING, NEAR_PLANES, NEAR_ALL}) {
      size_t think, learn;
      think_near(&plain.population.layout, near_room(size), near, nullptr, &think);
      learn_near(&plain.population.layout, near_room(size), near, nullptr, &learn);
      const Garbage think_memory(think), learn_memory(learn);
      const Phases phases = cuda_host_phases(near, think_memory.memory, learn_memory.memory);
      SmallPopulation cuda(shape, specs);
      cuda.train(&phases, 2);
      for (int p = 0; p < shape.agents; ++p) {
        EXPECT_TRUE(agent_bytes(cuda.population, p) == agent_bytes(plain.population, p))
            << "size " << size << ", near " << near;
        EXPECT_TRUE(agent_history(cuda.population, p) == agent_history(plain.population, p))
            << "size " << size << ", near " << near;
      }
    }
  }
}

TEST_P(CudaOnTheHost, TracesToTheBitsOfTheCpu) {
  const PopulationShape shape = small_shape(1, GetParam());
  SmallPopulation small(shape, {small_spec(shape, 3)});
  std::vector<Level> levels;
  for (int width = 3; width <= GRID_MAX; ++width)
    for (int height : {3, 4, 6, 9}) levels.push_back(block_level(height, width, 1));
  const Phases phases = cuda_host_phases(NEAR_NOTHING, nullptr, nullptr);
  EXPECT_TRUE(trace_agent(&phases, small.population, 0, levels, 2) ==
              trace_agent(phases_best(), small.population, 0, levels, 2));
}

TEST_P(CudaOnTheHost, TrainsVariantsToTheBitsOfTheCpu) {
  for (const PopulationShape &shape : shape_variants(small_shape(1, GetParam()))) {
    SmallPopulation plain(shape, {small_spec(shape, 1)}), cuda(shape, {small_spec(shape, 1)});
    size_t think, learn;
    think_near(&plain.population.layout, near_room(shape.size_max), NEAR_ALL, nullptr, &think);
    learn_near(&plain.population.layout, near_room(shape.size_max), NEAR_ALL, nullptr, &learn);
    const Garbage think_memory(think), learn_memory(learn);
    const Phases phases = cuda_host_phases(NEAR_ALL, think_memory.memory, learn_memory.memory);
    plain.train(phases_best(), 2);
    cuda.train(&phases, 2);
    EXPECT_TRUE(agent_bytes(cuda.population, 0) == agent_bytes(plain.population, 0));
    const std::vector<Level> levels = {block_level(7, 7, 1), block_level(9, 15, 1)};
    EXPECT_TRUE(trace_agent(&phases, plain.population, 0, levels, 6) ==
                trace_agent(phases_best(), plain.population, 0, levels, 6));
  }
}

#else

TEST_P(CudaOnTheHost, TrainsToTheBitsOfTheCpu) {}

#endif

INSTANTIATE_TEST_SUITE_P(Channels, CudaOnTheHost, testing::Values(3, 6, 16, 20, 32));

}  // namespace
