// Claims about training on a GPU: the bits of the CPU, every time, whatever the shape.
#include "tests/gpu_device.h"
#include "tests/kernels_population.h"

namespace {

constexpr int kUpdates = 100, kRuns = 20;

Status nothing(void *, int) {
  return STATUS_OK;
}

class GpuTraining : public Gpu {
 protected:
  // Trains on the GPU and on the CPU and compares all that the agents learned, and how.
  static void expect_equal_bits(PopulationShape shape, std::vector<AgentSpec> specs, int updates = kUpdates) {
    for (AgentSpec &spec : specs) spec.updates = updates;
    SmallPopulation gpu(shape, specs), cpu(shape, specs);
    ASSERT_EQ(device_train(&gpu.population, 0, nothing, nullptr), STATUS_OK) << status_message();
    ASSERT_EQ(schedule_train(&cpu.population, phases_best(), 2, nothing, nullptr), STATUS_OK);
    for (int p = 0; p < shape.agents; ++p) {
      EXPECT_EQ(gpu.population.progress[p].update, updates);
      EXPECT_TRUE(agent_bytes(gpu.population, p) == agent_bytes(cpu.population, p)) << "agent " << p;
      EXPECT_TRUE(agent_history(gpu.population, p) == agent_history(cpu.population, p)) << "agent " << p;
    }
  }
  static std::vector<AgentSpec> specs_of(const PopulationShape &shape) {
    std::vector<AgentSpec> specs;
    for (int p = 0; p < shape.agents; ++p) specs.push_back(small_spec(shape, static_cast<uint64_t>(1 + p)));
    return specs;
  }
};

TEST_F(GpuTraining, EndsInTheBitsOfTheCpuForEveryWidth) {
  for (int channels : {3, 6, 16, 20, 32}) {
    SCOPED_TRACE(testing::Message() << channels << " channels");
    const PopulationShape shape = small_shape(3, channels);
    expect_equal_bits(shape, specs_of(shape));
  }
}

TEST_F(GpuTraining, EndsInTheBitsOfTheCpuInTheQuickstartsShape) {
  PopulationShape shape = small_shape(3, 16);
  shape.levels = 64;
  shape.walkers = 8;
  shape.shards = 16;
  shape.size_max = 9;
  shape.ticks_max = 24;
  std::vector<AgentSpec> specs = specs_of(shape);
  for (AgentSpec &spec : specs) spec.ticks_lo = 8;
  expect_equal_bits(shape, specs);
}

// Boards and widths that leave no room in shared memory for the weights, or for nothing.
TEST_F(GpuTraining, EndsInTheBitsOfTheCpuWhereSharedMemoryIsTooSmall) {
  for (const auto &[channels, size] : {std::pair(32, 15), std::pair(64, 9), std::pair(32, 31)}) {
    SCOPED_TRACE(testing::Message() << channels << " channels, size " << size);
    PopulationShape shape = small_shape(1, channels);
    shape.size_max = size;
    std::vector<AgentSpec> specs = specs_of(shape);
    specs[0].env.size_lo = specs[0].env.size_hi = size;
    expect_equal_bits(shape, specs);
  }
}

// What the sanitizers look at: they are slow.
TEST_F(GpuTraining, ASmallCohortEndsInTheBitsOfTheCpu) {
  const PopulationShape shape = small_shape(2, 16);
  expect_equal_bits(shape, specs_of(shape), 3);
}

TEST_F(GpuTraining, EndsInTheSameBitsEveryTime) {
  const PopulationShape shape = small_shape(5, 16);
  std::vector<AgentSpec> specs = specs_of(shape);
  for (AgentSpec &spec : specs) spec.updates = kUpdates;
  std::vector<std::string> first;
  for (int run = 0; run < kRuns; ++run) {
    SmallPopulation gpu(shape, specs);
    ASSERT_EQ(device_train(&gpu.population, 0, nothing, nullptr), STATUS_OK) << status_message();
    for (int p = 0; p < shape.agents; ++p) {
      if (run == 0) first.push_back(agent_bytes(gpu.population, p));
      EXPECT_TRUE(agent_bytes(gpu.population, p) == first[p]) << "run " << run << ", agent " << p;
    }
  }
}

TEST_F(GpuTraining, ADivergedAgentHarmsNoOther) {
  const PopulationShape shape = small_shape(3, 16);
  std::vector<AgentSpec> specs = specs_of(shape);
  for (AgentSpec &spec : specs) spec.updates = kUpdates;
  specs[1].adam.learning_rate = 1e30f;
  SmallPopulation gpu(shape, specs), cpu(shape, specs);
  ASSERT_EQ(device_train(&gpu.population, 0, nothing, nullptr), STATUS_OK) << status_message();
  cpu.train(phases_best(), kUpdates);
  EXPECT_EQ(gpu.population.progress[1].status, AGENT_DIVERGED);
  for (int p : {0, 2})
    EXPECT_TRUE(agent_bytes(gpu.population, p) == agent_bytes(cpu.population, p)) << "agent " << p;
}

TEST_F(GpuTraining, TracesToTheBitsOfTheCpu) {
  for (int channels : {6, 16, 32}) {
    const PopulationShape shape = small_shape(1, channels);
    SmallPopulation small(shape, specs_of(shape));
    small.train(phases_best(), 3);
    std::vector<Level> levels;
    for (int height = 3; height <= GRID_MAX; height += 4)
      for (int width = 3; width <= GRID_MAX; width += 3) levels.push_back(block_level(height, width, 1));
    const Trace cpu = trace_agent(phases_best(), small.population, 0, levels, 6);
    const Trace gpu = trace_agent_with(
        [](const TraceJob *job) { ASSERT_EQ(device_trace(job, 0), STATUS_OK) << status_message(); },
        small.population, 0, levels, 6);
    EXPECT_TRUE(cpu == gpu) << channels;
  }
}

}  // namespace
