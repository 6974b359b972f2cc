// Claims about the GPU's `sim`: run by real threads with a real barrier, it gives the CPU's bits.
#define MESAGRID_EMULATE_CTA

#include <gtest/gtest.h>
#include <pthread.h>

#include <cstring>
#include <thread>
#include <vector>

#include "kernels/phases.h"
#include "kernels/sim_cta.h"
#include "kernels/stepping.h"

namespace {

// Runs one CTA as a GPU would: all its threads, from the first line to the last.
void run_cta(const SimJob &job, const View &view, SimScratch *scratch, int cta, int threads) {
  std::vector<uint32_t> memory(sim_cta_shared(job.worlds.records.rows, &view, threads), 0xdeadbeefu);
  pthread_barrier_t barrier;
  ASSERT_EQ(pthread_barrier_init(&barrier, nullptr, static_cast<unsigned>(threads)), 0);
  std::vector<std::thread> running;
  for (int thread = 0; thread < threads; ++thread)
    running.emplace_back([&, thread] {
      const Block block = {thread, threads, &barrier};
      const SimShared shared = {memory.data(), memory.data() + 2 * job.worlds.records.rows * threads,
                                sim_cta_stride(&view)};
      const SimCta all = {
          &block,        &job,    &view, scratch, job.worlds.spec.pool == 0, sim_cta_is_direct(&view),
          cta * threads, threads, shared};
      sim_cta(&all);
    });
  for (std::thread &thread : running) thread.join();
  pthread_barrier_destroy(&barrier);
}

struct Case {
  int size, pool, worlds, threads, steps;
  View view;
  bool given;
};

WorldsSpec spec_of(const Case &c) {
  WorldsSpec spec = {};
  spec.env.kind = ENV_MAZE;
  spec.env.size_lo = spec.env.size_hi = c.size;
  spec.env.loops = 0.1f;
  spec.env.limit = 2;
  spec.env.split = SPLIT_ANY;
  spec.seed = 11;
  spec.count = c.worlds;
  spec.pool = c.pool;
  spec.view = c.view;
  return spec;
}

constexpr int kSlots = 3;

// What `steps` steps write and where they lead, on the CPU or in emulated CTAs.
struct Made {
  std::vector<uint8_t> observation, outcome, tiles;
};

Made make(const Case &c, const uint8_t *actions, bool emulated) {
  const WorldsSpec spec = spec_of(c);
  Worlds worlds;
  EXPECT_EQ(worlds_create(&spec, &worlds), STATUS_OK) << status_message();
  const size_t bytes = view_bytes(&spec.view), tiles = worlds_tiles(c.worlds) * sizeof(WorldTile);
  Made made;
  made.observation.assign(kSlots * c.worlds * bytes, 0xee);
  made.outcome.assign(kSlots * c.worlds, 0xee);
  uint8_t *observation = bytes ? made.observation.data() : nullptr;
  for (const int steps : {c.steps - 7, 7}) {  // two calls: the second begins amid a word of random actions
    const uint8_t *given = c.given ? actions + worlds.step * c.worlds : nullptr;
    if (!emulated) {
      const Phases *phases = nullptr;
      EXPECT_EQ(phases_choose("auto", &phases), STATUS_OK);
      const SteppingIo io = {given, observation, made.outcome.data(), kSlots};
      stepping_run(&worlds, phases, 1, steps, &io);
      continue;
    }
    const SimJob job = {worlds, steps, given, observation, made.outcome.data(), kSlots};
    const int padded = worlds_tiles(c.worlds) * LANE_TILE;
    std::vector<SimScratch> scratch(padded);
    for (int cta = 0; cta * c.threads < padded; ++cta)
      run_cta(job, spec.view, scratch.data(), cta, c.threads);
    worlds.step += steps;
  }
  const uint8_t *tile = reinterpret_cast<const uint8_t *>(worlds.tile);
  made.tiles.assign(tile, tile + tiles);
  worlds_free(&worlds);
  return made;
}

class SimCta : public testing::TestWithParam<int> {};

TEST_P(SimCta, GivesTheBitsOfTheCpu) {
  const int threads = GetParam();
  std::vector<Case> cases;
  for (const int pool : {0, 40}) {
    for (const ViewPack pack : {VIEW_BITS, VIEW_BYTES})
      for (const int side : {3, 7, 11, 31})
        cases.push_back({side == 7 ? 21 : 9, pool, 67, threads, 25, {VIEW_WINDOW, pack, side}, side == 3});
    for (const int size : {5, 13, 31})
      for (const ViewPack pack : {VIEW_BITS, VIEW_BYTES})
        cases.push_back({size, pool, 67, threads, 25, {VIEW_BOARD, pack, size}, false});
    cases.push_back({5, pool, 150, threads, 150, {VIEW_NONE, VIEW_BITS, 1}, false});
  }
  for (const Case &c : cases) {
    std::vector<uint8_t> actions(static_cast<size_t>(c.steps) * c.worlds);
    for (size_t i = 0; i < actions.size(); ++i) actions[i] = static_cast<uint8_t>(hash_mix(i) % ENV_ACTIONS);
    const Made cpu = make(c, actions.data(), false), emulated = make(c, actions.data(), true);
    const std::string what = "size " + std::to_string(c.size) + ", pool " + std::to_string(c.pool) +
                             ", view " + std::to_string(c.view.kind) + " of " + std::to_string(c.view.side) +
                             ", pack " + std::to_string(c.view.pack);
    EXPECT_TRUE(cpu.observation == emulated.observation) << what;
    EXPECT_TRUE(cpu.outcome == emulated.outcome) << what;
    EXPECT_TRUE(cpu.tiles == emulated.tiles) << what;
  }
}

INSTANTIATE_TEST_SUITE_P(Threads, SimCta, testing::Values(1, 4, 16));

}  // namespace
