// Claims about blocks of many threads: with real threads and a real barrier the phases give the same bits.
#define MESAGRID_EMULATE_CTA

#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <thread>

#include "kernels/learn.h"
#include "kernels/rollout.h"
#include "kernels/trace.h"
#include "kernels/update.h"
#include "tests/kernels_population.h"

namespace {

constexpr int kUpdates = 2;
constexpr unsigned kPatience = 240;  // seconds until a deadlock is called one, sanitizers included

int block_threads = 1, near = NEAR_NOTHING;

// Runs one block as a GPU would: all its threads, from the first line to the last.
void run_block(const std::function<void(const Block *)> &body) {
  pthread_barrier_t barrier;
  ASSERT_EQ(pthread_barrier_init(&barrier, nullptr, static_cast<unsigned>(block_threads)), 0);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < block_threads; ++thread)
    threads.emplace_back([&, thread] {
      const Block block = {thread, block_threads, &barrier};
      body(&block);
    });
  for (std::thread &thread : threads) thread.join();
  pthread_barrier_destroy(&barrier);
}

// What a CTA has in shared memory; garbage at the start, as there.
std::vector<char> near_memory(size_t bytes) {
  return std::vector<char>(bytes + 1, '\xff');
}

void emulated_rollout(const Population *population, int p, int shard, void *tape) {
  size_t bytes;
  think_near(&population->layout, near_room(population->shape.size_max), near, nullptr, &bytes);
  std::vector<char> memory = near_memory(bytes);
  run_block(
      [&](const Block *block) { rollout_block(block, population, p, shard, tape, near, memory.data()); });
}

void emulated_learn(const Population *population, int p, int shard, void *tape) {
  size_t bytes;
  learn_near(&population->layout, near_room(population->shape.size_max), near, nullptr, &bytes);
  std::vector<char> memory = near_memory(bytes);
  run_block([&](const Block *block) { learn_block(block, population, p, shard, tape, near, memory.data()); });
}

void emulated_update(const Population *population, int p) {
  real partial[SUM_LANES];
  run_block([&](const Block *block) { update_block(block, population, p, partial); });
}

void emulated_trace(const TraceJob *job, int level, void *memory) {
  run_block([&](const Block *block) { trace_block(block, job, level, memory); });
}

Phases emulated_phases() {
  Phases phases = {};
  phases.name = "emulated";
  phases.rollout = emulated_rollout;
  phases.learn = emulated_learn;
  phases.update = emulated_update;
  phases.trace = emulated_trace;
  return phases;
}

const Phases kEmulated = emulated_phases();

extern "C" void deadlock(int) {
  static const char text[] =
      "deadlock: some thread of a block waits at a barrier that another never reaches\n";
  (void)!write(STDERR_FILENO, text, sizeof text - 1);
  _exit(1);
}

// Channels and threads per block; channels below, at and above the padding.
class EmulatedCta : public testing::TestWithParam<std::pair<int, int>> {
 protected:
  void SetUp() override {
    std::signal(SIGALRM, deadlock);
    alarm(kPatience);
    block_threads = GetParam().second;
    shape = small_shape(2, GetParam().first);
    shape.ticks_max = 6;  // more than one batch of weight gradients (conv_mgu.h)
    specs = {small_spec(shape, 1), small_spec(shape, 2)};
  }
  void TearDown() override { alarm(0); }

  PopulationShape shape;
  std::vector<AgentSpec> specs;
};

TEST_P(EmulatedCta, TrainsToTheBitsOfEveryInstructionSet) {
  for (int copied : {NEAR_NOTHING, NEAR_PLANES, NEAR_ALL}) {
    if (block_threads > 3 && copied == NEAR_PLANES) continue;  // real threads take turns slowly
    SmallPopulation emulated(shape, specs);
    near = copied;
    emulated.train(&kEmulated, kUpdates);
    for (const Phases *phases : phases_here(nullptr)) {
      if (phases == &phases_baseline && block_threads > 1) continue;  // slow under sanitizers: once is enough
      SmallPopulation plain(shape, specs);
      plain.train(phases, kUpdates);
      for (int p = 0; p < shape.agents; ++p) {
        EXPECT_EQ(plain.population.progress[p].update, kUpdates);
        EXPECT_TRUE(agent_bytes(emulated.population, p) == agent_bytes(plain.population, p))
            << phases->name << ", near " << copied;
        EXPECT_TRUE(agent_history(emulated.population, p) == agent_history(plain.population, p))
            << phases->name << ", near " << copied;
      }
    }
  }
}

TEST_P(EmulatedCta, TracesToTheBitsOfEveryInstructionSet) {
  SmallPopulation small(shape, specs);
  small.train(phases_best(), kUpdates);
  const std::vector<Level> levels = {block_level(7, 7, 1), block_level(5, 7, 1), block_level(9, 4, 1)};
  const Trace emulated = trace_agent(&kEmulated, small.population, 1, levels, 5);
  for (const Phases *phases : phases_here(nullptr))
    EXPECT_TRUE(emulated == trace_agent(phases, small.population, 1, levels, 5)) << phases->name;
}

TEST(EmulatedVariants, TrainAndTraceToTheBitsOfEveryInstructionSet) {
  std::signal(SIGALRM, deadlock);
  alarm(kPatience);
  block_threads = 3;
  for (const PopulationShape &shape : shape_variants(small_shape(1, 6))) {
    SCOPED_TRACE(testing::Message() << shape.agent.layers << " layers, distance " << shape.agent.distance
                                    << ", walkers " << shape.walkers);
    SmallPopulation emulated(shape, {small_spec(shape, 1)});
    near = NEAR_ALL;
    emulated.train(&kEmulated, kUpdates);
    const std::vector<Level> levels = {block_level(7, 7, 1), block_level(5, 7, 1)};
    const Trace trace = trace_agent(&kEmulated, emulated.population, 0, levels, 6);
    for (const Phases *phases : phases_here(nullptr)) {
      SmallPopulation plain(shape, {small_spec(shape, 1)});
      plain.train(phases, kUpdates);
      EXPECT_TRUE(agent_bytes(emulated.population, 0) == agent_bytes(plain.population, 0)) << phases->name;
      EXPECT_TRUE(agent_history(emulated.population, 0) == agent_history(plain.population, 0))
          << phases->name;
      EXPECT_TRUE(trace == trace_agent(phases, emulated.population, 0, levels, 6)) << phases->name;
    }
  }
  alarm(0);
}

INSTANTIATE_TEST_SUITE_P(ChannelsAndThreads, EmulatedCta,
                         testing::Values(std::pair(6, 3), std::pair(16, 1), std::pair(16, 3),
                                         std::pair(16, 32), std::pair(20, 3), std::pair(32, 3)));

}  // namespace
