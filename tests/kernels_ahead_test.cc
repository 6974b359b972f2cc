// Claims about training on a machine that runs ahead: the host is told of every update, in order, and no bit
// differs.
#include <gtest/gtest.h>

#include "kernels/ahead.h"
#include "tests/kernels_population.h"

namespace {

// A GPU's stand-in: it makes a batch when it is asked to, long before the host takes it over.
struct Machine {
  SmallPopulation twin;
  std::vector<std::vector<char>> slots{AHEAD_SLOTS};
  int queued = 0, fails_at = 0;

  Machine(const PopulationShape &shape, const std::vector<AgentSpec> &specs) : twin(shape, specs) {}

  static Status queue(void *self, int updates, int slot) {
    auto *machine = static_cast<Machine *>(self);
    if (++machine->queued == machine->fails_at) return status_fail(STATUS_DEVICE, "the machine broke");
    machine->twin.train(phases_best(), updates);
    const char *storage = static_cast<const char *>(machine->twin.population.storage);
    machine->slots[slot].assign(storage, storage + machine->twin.population.head);
    return STATUS_OK;
  }
  static Status collect(void *self, int slot, Population *population) {
    std::vector<char> &bytes = static_cast<Machine *>(self)->slots[slot];
    EXPECT_EQ(bytes.size(), population->head) << "collected twice, or before it was queued";
    std::memcpy(population->storage, bytes.data(), bytes.size());
    bytes.clear();
    return STATUS_OK;
  }
  AheadMachine machine() { return {this, queue, collect}; }
};

struct Watcher {
  const Population *population;
  std::vector<std::vector<int64_t>> told;  // by agent: updates made when it was told
  int64_t stop_at = -1;

  static Status updated(void *context, int p) {
    auto *watcher = static_cast<Watcher *>(context);
    const int64_t update = watcher->population->progress[p].update;
    watcher->told[p].push_back(update);
    return p == 0 && update >= watcher->stop_at && watcher->stop_at >= 0
               ? status_fail(STATUS_INTERRUPTED, "stop")
               : STATUS_OK;
  }
};

class Ahead : public testing::Test {
 protected:
  void SetUp() override {
    for (int p = 0; p < shape.agents; ++p) {
      specs.push_back(small_spec(shape, static_cast<uint64_t>(1 + p)));
      specs.back().updates = budgets[p];
    }
  }
  // Less than a batch, a whole one, and several.
  const std::vector<int> budgets = {5, AHEAD_UPDATES, 3 * AHEAD_UPDATES + 2};
  const PopulationShape shape = small_shape(3, 16);
  std::vector<AgentSpec> specs;
};

TEST_F(Ahead, EndsInTheBitsOfTheSchedule) {
  Machine machine(shape, specs);
  SmallPopulation host(shape, specs), plain(shape, specs);
  Watcher watcher{&host.population, std::vector<std::vector<int64_t>>(3)};
  const AheadMachine ahead = machine.machine();
  ASSERT_EQ(ahead_train(&ahead, &host.population, Watcher::updated, &watcher), STATUS_OK);
  plain.train(phases_best(), budgets.back());
  for (int p = 0; p < shape.agents; ++p) {
    EXPECT_TRUE(agent_bytes(host.population, p) == agent_bytes(plain.population, p)) << p;
    EXPECT_TRUE(agent_history(host.population, p) == agent_history(plain.population, p)) << p;
  }
}

TEST_F(Ahead, TellsOfAtMostABatchAndOfNoFinishedAgent) {
  Machine machine(shape, specs);
  SmallPopulation host(shape, specs);
  Watcher watcher{&host.population, std::vector<std::vector<int64_t>>(3)};
  const AheadMachine ahead = machine.machine();
  ASSERT_EQ(ahead_train(&ahead, &host.population, Watcher::updated, &watcher), STATUS_OK);
  EXPECT_EQ(watcher.told[0], (std::vector<int64_t>{5}));
  EXPECT_EQ(watcher.told[1], (std::vector<int64_t>{AHEAD_UPDATES}));
  EXPECT_EQ(watcher.told[2], (std::vector<int64_t>{AHEAD_UPDATES, 2 * AHEAD_UPDATES, 3 * AHEAD_UPDATES,
                                                   3 * AHEAD_UPDATES + 2}));
}

TEST_F(Ahead, TellsOfADivergedAgentOnce) {
  specs[1].adam.learning_rate = 1e30f;
  Machine machine(shape, specs);
  SmallPopulation host(shape, specs);
  Watcher watcher{&host.population, std::vector<std::vector<int64_t>>(3)};
  const AheadMachine ahead = machine.machine();
  ASSERT_EQ(ahead_train(&ahead, &host.population, Watcher::updated, &watcher), STATUS_OK);
  EXPECT_EQ(host.population.progress[1].status, AGENT_DIVERGED);
  EXPECT_EQ(watcher.told[1].size(), 1u);
  EXPECT_EQ(watcher.told[2].back(), budgets[2]);
}

TEST_F(Ahead, AnEarlyEndLeavesThePopulationWhereItsTellerStood) {
  specs[0].updates = 10 * AHEAD_UPDATES;
  Machine machine(shape, specs);
  SmallPopulation host(shape, specs), plain(shape, specs);
  Watcher watcher{&host.population, std::vector<std::vector<int64_t>>(3), 2 * AHEAD_UPDATES};
  const AheadMachine ahead = machine.machine();
  EXPECT_EQ(ahead_train(&ahead, &host.population, Watcher::updated, &watcher), STATUS_INTERRUPTED);
  plain.train(phases_best(), 2 * AHEAD_UPDATES);
  EXPECT_TRUE(agent_bytes(host.population, 0) == agent_bytes(plain.population, 0));
}

TEST_F(Ahead, AMachineThatBreaksEndsTheTraining) {
  Machine machine(shape, specs);
  machine.fails_at = 3;
  SmallPopulation host(shape, specs);
  Watcher watcher{&host.population, std::vector<std::vector<int64_t>>(3)};
  const AheadMachine ahead = machine.machine();
  EXPECT_EQ(ahead_train(&ahead, &host.population, Watcher::updated, &watcher), STATUS_DEVICE);
  EXPECT_EQ(std::string(status_message()), "the machine broke");
}

TEST_F(Ahead, NobodyToTrainIsNoWork) {
  Machine machine(shape, specs);
  SmallPopulation host(shape, specs);
  for (int p = 0; p < shape.agents; ++p) host.population.progress[p].status = AGENT_DONE;
  Watcher watcher{&host.population, std::vector<std::vector<int64_t>>(3)};
  const AheadMachine ahead = machine.machine();
  EXPECT_EQ(ahead_train(&ahead, &host.population, Watcher::updated, &watcher), STATUS_OK);
  EXPECT_EQ(machine.queued, 0);
}

}  // namespace
