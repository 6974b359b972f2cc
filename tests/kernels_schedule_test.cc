// Claims about the schedule: every update of every agent is told once and in order, failures end it, and the
// bits are those of plain loops.
#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <mutex>

#include "kernels/schedule.h"
#include "tests/kernels_population.h"

namespace {

constexpr int kAgents = 3;
constexpr int kTurn = 5;  // updates for which a thread keeps an agent, as kernels/schedule.c has it

// Three agents whose budgets differ: two and three threads first find enough agents for all, then too few.
std::vector<AgentSpec> three_specs(const PopulationShape &shape) {
  std::vector<AgentSpec> specs;
  for (int p = 0; p < kAgents; ++p) {
    specs.push_back(small_spec(shape, static_cast<uint64_t>(1 + p)));
    specs.back().updates = 9 + 4 * p;
  }
  return specs;
}

// What the schedule's callback saw, and when it is to fail.
struct Watcher {
  const Population *population;
  int stop_agent = -1;
  int64_t stop_update = 0;
  std::atomic<bool> inside[kAgents] = {};
  std::atomic<int> overlaps{0};
  std::mutex lock;
  std::vector<std::pair<int, int64_t>> seen = {};  // agent and its update, in order

  explicit Watcher(const Population &watched) : population(&watched) {}

  static Status updated(void *context, int p) {
    auto *watcher = static_cast<Watcher *>(context);
    if (watcher->inside[p].exchange(true)) ++watcher->overlaps;
    const int64_t update = watcher->population->progress[p].update;
    {
      const std::lock_guard<std::mutex> guard(watcher->lock);
      watcher->seen.emplace_back(p, update);
    }
    watcher->inside[p] = false;
    if (p != watcher->stop_agent || update != watcher->stop_update) return STATUS_OK;
    return status_fail(STATUS_INTERRUPTED, "agent %d stopped after update %d", p, static_cast<int>(update));
  }

  std::vector<int64_t> updates_of(int p) const {
    std::vector<int64_t> updates;
    for (const auto &[agent, update] : seen)
      if (agent == p) updates.push_back(update);
    return updates;
  }
};

std::vector<int64_t> one_to(int64_t last) {
  std::vector<int64_t> updates;
  for (int64_t u = 1; u <= last; ++u) updates.push_back(u);
  return updates;
}

class Threads : public testing::TestWithParam<int> {
 protected:
  const PopulationShape shape = small_shape(kAgents, 16);
  const std::vector<AgentSpec> specs = three_specs(shape);
};

TEST_P(Threads, EndInTheBitsOfPlainLoops) {
  SmallPopulation small(shape, specs);
  Watcher watcher(small.population);
  ASSERT_EQ(schedule_train(&small.population, phases_best(), GetParam(), Watcher::updated, &watcher),
            STATUS_OK);
  for (int p = 0; p < kAgents; ++p)
    EXPECT_TRUE(agent_bytes(small.population, p) == agent_alone(shape, specs[p], phases_best(), 1000)) << p;
}

TEST_P(Threads, TellEveryUpdateOnceInOrderAndNeverTwoOfAnAgentAtOnce) {
  SmallPopulation small(shape, specs);
  Watcher watcher(small.population);
  ASSERT_EQ(schedule_train(&small.population, phases_best(), GetParam(), Watcher::updated, &watcher),
            STATUS_OK);
  for (int p = 0; p < kAgents; ++p) EXPECT_EQ(watcher.updates_of(p), one_to(specs[p].updates)) << p;
  EXPECT_EQ(watcher.overlaps, 0);
}

TEST_P(Threads, ALoneAgentIsSplitOverThemAndToldJustTheSame) {
  const PopulationShape one = small_shape(1, 16);
  SmallPopulation small(one, {specs[1]});
  Watcher watcher(small.population);
  ASSERT_EQ(schedule_train(&small.population, phases_best(), GetParam(), Watcher::updated, &watcher),
            STATUS_OK);
  EXPECT_EQ(watcher.updates_of(0), one_to(specs[1].updates));
  EXPECT_TRUE(agent_bytes(small.population, 0) == agent_alone(one, specs[1], phases_best(), 1000));
}

// Alone as a lone agent, and among others.
TEST_P(Threads, EndWhenToldToAndSayWhy) {
  for (const int agents : {1, kAgents}) {
    for (int64_t stop = 1; stop <= 9; stop += 4) {
      PopulationShape few = shape;
      few.agents = agents;
      SmallPopulation small(few, std::vector<AgentSpec>(specs.begin(), specs.begin() + agents));
      Watcher watcher(small.population);
      watcher.stop_agent = 0;
      watcher.stop_update = stop;
      EXPECT_EQ(schedule_train(&small.population, phases_best(), GetParam(), Watcher::updated, &watcher),
                STATUS_INTERRUPTED);
      EXPECT_EQ(status_message(), "agent 0 stopped after update " + std::to_string(stop));
      EXPECT_EQ(small.population.progress[0].update, stop) << "not one update more";
    }
  }
}

TEST_P(Threads, GoOnToTheSameBitsAfterEachStop) {
  for (int64_t stop = 1; stop <= 8; ++stop) {
    SmallPopulation small(shape, specs);
    Watcher watcher(small.population);
    watcher.stop_agent = 0;
    watcher.stop_update = stop;
    ASSERT_EQ(schedule_train(&small.population, phases_best(), GetParam(), Watcher::updated, &watcher),
              STATUS_INTERRUPTED);
    watcher.stop_agent = -1;
    ASSERT_EQ(schedule_train(&small.population, phases_best(), 4 - GetParam(), Watcher::updated, &watcher),
              STATUS_OK);
    for (int p = 0; p < kAgents; ++p) {
      EXPECT_EQ(watcher.updates_of(p), one_to(specs[p].updates)) << "none twice, none left out";
      EXPECT_TRUE(agent_bytes(small.population, p) == agent_alone(shape, specs[p], phases_best(), 1000))
          << "agent " << p << ", stopped after update " << stop;
    }
  }
}

TEST_P(Threads, LeaveADivergedAgentBehindAndTellItOnce) {
  SmallPopulation small(shape, specs);
  small.population.parameters[small.population.layout.reals + small.population.layout.heads.bias] =
      std::numeric_limits<real>::infinity();
  Watcher watcher(small.population);
  ASSERT_EQ(schedule_train(&small.population, phases_best(), GetParam(), Watcher::updated, &watcher),
            STATUS_OK);
  EXPECT_EQ(small.population.progress[1].status, AGENT_DIVERGED);
  EXPECT_EQ(watcher.updates_of(1).size(), static_cast<size_t>(small.population.progress[1].update) + 1)
      << "its updates, and once that it diverged";
  for (const int p : {0, 2})
    EXPECT_TRUE(agent_bytes(small.population, p) == agent_alone(shape, specs[p], phases_best(), 1000)) << p;
}

TEST_P(Threads, HaveNothingToDoForFinishedAgents) {
  SmallPopulation small(shape, specs);
  for (int p = 0; p < kAgents; ++p) small.population.progress[p].status = p ? AGENT_DONE : AGENT_DIVERGED;
  Watcher watcher(small.population);
  EXPECT_EQ(schedule_train(&small.population, phases_best(), GetParam(), Watcher::updated, &watcher),
            STATUS_OK);
  EXPECT_TRUE(watcher.seen.empty());
}

INSTANTIATE_TEST_SUITE_P(Schedule, Threads, testing::Values(1, 2, 3),
                         [](const testing::TestParamInfo<int> &info) { return std::to_string(info.param); });

// So that all end together, and a run that is killed leaves no agent far behind.
TEST(Schedule, NoAgentRunsAheadByMoreThanATurn) {
  const PopulationShape shape = small_shape(kAgents, 16);
  SmallPopulation small(shape, three_specs(shape));
  Watcher watcher(small.population);
  ASSERT_EQ(schedule_train(&small.population, phases_best(), 1, Watcher::updated, &watcher), STATUS_OK);
  int64_t at[kAgents] = {};
  for (const auto &[p, update] : watcher.seen) {
    at[p] = update;
    for (int other = 0; other < kAgents; ++other) {
      if (at[other] == small.population.spec[other].updates) continue;
      EXPECT_LE(at[p], at[other] + kTurn) << "agent " << p << " beside " << other;
    }
  }
}

}  // namespace
