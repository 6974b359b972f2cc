// Claims about stepping on a GPU: the worlds, what they show and what ends are the CPU's, byte for byte.
#include <vector>

#include "kernels/stepping.h"
#include "tests/gpu_device.h"

namespace {

constexpr int kSlots = 4;

struct Made {
  std::vector<uint8_t> observation, outcome, tiles;
};

WorldsSpec spec_of(int size, int pool, int worlds, View view) {
  WorldsSpec spec = {};
  spec.env.kind = ENV_MAZE;
  spec.env.size_lo = spec.env.size_hi = size;
  spec.env.loops = 0.1f;
  spec.env.limit = 2;
  spec.env.split = SPLIT_ANY;
  spec.seed = 5;
  spec.count = worlds;
  spec.pool = pool;
  spec.view = view;
  return spec;
}

// Two calls: the second begins amid a word of random actions.
Made make(const WorldsSpec &spec, int steps, bool on_gpu) {
  Worlds worlds;
  EXPECT_EQ(worlds_create(&spec, &worlds), STATUS_OK) << status_message();
  Made made;
  made.observation.assign(static_cast<size_t>(kSlots) * spec.count * view_bytes(&spec.view), 0xee);
  made.outcome.assign(static_cast<size_t>(kSlots) * spec.count, 0xee);
  uint8_t *observation = made.observation.empty() ? nullptr : made.observation.data();
  if (on_gpu) {
    SteppingCuda *stepping = nullptr;
    double seconds;
    EXPECT_EQ(stepping_cuda_create(&worlds, 0, kSlots, true, &stepping), STATUS_OK) << status_message();
    for (int part : {steps - 7, 7}) {
      EXPECT_EQ(stepping_cuda_start(stepping, part), STATUS_OK) << status_message();
      EXPECT_EQ(stepping_cuda_wait(stepping, &seconds), STATUS_OK) << status_message();
    }
    EXPECT_EQ(stepping_cuda_download(stepping, &worlds, observation, made.outcome.data()), STATUS_OK);
    stepping_cuda_free(stepping);
  } else {
    const Phases *phases = nullptr;
    EXPECT_EQ(phases_choose(nullptr, &phases), STATUS_OK);
    const SteppingIo io = {nullptr, observation, made.outcome.data(), kSlots};
    for (int part : {steps - 7, 7}) stepping_run(&worlds, phases, 2, part, &io);
  }
  const auto *tile = reinterpret_cast<const uint8_t *>(worlds.tile);
  made.tiles.assign(tile, tile + worlds_tiles(spec.count) * sizeof(WorldTile));
  worlds_free(&worlds);
  return made;
}

using GpuSim = Gpu;

void expect_equal_bytes(const WorldsSpec &spec, int steps) {
  const Made cpu = make(spec, steps, false), gpu = make(spec, steps, true);
  EXPECT_TRUE(cpu.tiles == gpu.tiles);
  EXPECT_TRUE(cpu.outcome == gpu.outcome);
  EXPECT_TRUE(cpu.observation == gpu.observation);
}

TEST_F(GpuSim, TwelveMillionStepsEndInTheBytesOfTheCpu) {
  for (int pool : {512, 0}) expect_equal_bytes(spec_of(13, pool, 10000, {VIEW_WINDOW, VIEW_BITS, 11}), 600);
}

TEST_F(GpuSim, EveryViewShowsTheBytesOfTheCpu) {
  for (int pool : {64, 0})
    for (ViewPack pack : {VIEW_BITS, VIEW_BYTES}) {
      for (int size : {5, 13, 31})
        expect_equal_bytes(spec_of(size, pool, 1003, {VIEW_BOARD, pack, size}), 100);
      for (int side : {3, 7, 11, 31})
        expect_equal_bytes(spec_of(21, pool, 1003, {VIEW_WINDOW, pack, side}), 100);
    }
  expect_equal_bytes(spec_of(13, 64, 1003, {VIEW_NONE, VIEW_BITS, 1}), 500);
}

}  // namespace
