// Claims about traces: what a clamp writes and when, what an agent sees when the world changes, and where a
// feed-forward net stops.
#include <algorithm>
#include <vector>

#include "tests/kernels_population.h"

namespace {

constexpr int kTicks = 8, kSize = 7, kSquares = kSize * kSize, kChannels = 6;

// One agent on one level, traced with whatever a test sets in `job`.
class Tracing : public testing::Test {
 protected:
  void make(int layers, int distance) {
    PopulationShape shape = small_shape(1, kChannels);
    shape.ticks_max = layers > 0 ? layers : kTicks;
    shape.agent.layers = layers;
    shape.agent.distance = distance;
    small = std::make_unique<SmallPopulation>(shape, std::vector<AgentSpec>{small_spec(shape, 1)});
    small->train(phases_best(), 2);
    plan.assign(kTicks * kSquares, 0);
    state.assign(kTicks * kSquares * kChannels, 0);
    outputs.assign(kTicks * kSquares * HEAD_OUTPUTS, 0);
    job = {};
    job.shape = shape.agent;
    job.parameters = small->population.parameters;
    job.levels = &level;
    job.count = 1;
    job.ticks = kTicks;
    job.plan = plan.data();
    job.state = state.data();
    job.outputs = outputs.data();
    job.plan_stride = job.state_stride = kSquares;
  }
  std::vector<real> traced() {
    std::vector<char> scratch(trace_bytes(&job.shape, kSquares), '\xff');
    phases_best()->trace(&job, 0, scratch.data());
    return state;
  }
  // The states of one tick, counted from 1.
  static std::vector<real> tick(const std::vector<real> &states, int k) {
    const size_t plane = kSquares * kChannels;
    return std::vector<real>(states.begin() + (k - 1) * plane, states.begin() + k * plane);
  }

  const Level level = block_level(kSize, kSize, 3);
  std::unique_ptr<SmallPopulation> small;
  std::vector<uint8_t> plan;
  std::vector<real> state, outputs;
  TraceJob job;
};

TEST_F(Tracing, AClampHoldsItsSquareForItsTicksAndReachesOthersAtTheNextTick) {
  make(0, 0);
  const std::vector<real> free = traced();
  const int square = 3 * kSize + 3;
  std::vector<real> values(2 * kTicks * kChannels);
  for (size_t i = 0; i < values.size(); ++i) values[i] = 0.01f * static_cast<real>(i);
  const TraceEdit edits[] = {{-1, 1, 99, 0}, {square, 3, 5, 1}};
  job.edits = edits;
  job.level_edits = 2;
  job.edit_values = values.data();
  job.edit_rows = 2;
  const std::vector<real> clamped = traced();
  for (int k : {1, 2}) EXPECT_EQ(tick(clamped, k), tick(free, k)) << "before it begins";
  for (int k : {3, 4})
    for (int c = 0; c < kChannels; ++c)
      EXPECT_EQ(tick(clamped, k)[square * kChannels + c], values[(kTicks + k - 1) * kChannels + c])
          << "row 1, tick " << k;
  std::vector<real> once = tick(clamped, 3);
  std::copy_n(tick(free, 3).begin() + square * kChannels, kChannels, once.begin() + square * kChannels);
  EXPECT_EQ(once, tick(free, 3)) << "no other square changes in the tick itself";
  EXPECT_NE(tick(clamped, 4)[(square - 1) * kChannels], tick(free, 4)[(square - 1) * kChannels])
      << "a neighbour";
  EXPECT_EQ(tick(clamped, 4)[(square - 2) * kChannels], tick(free, 4)[(square - 2) * kChannels])
      << "influence spreads one square a tick";
  EXPECT_NE(tick(clamped, 5)[square * kChannels], values[(kTicks + 4) * kChannels]) << "let go";
}

TEST_F(Tracing, HeadsReadWhatWasClamped) {
  make(0, 0);
  const int square = level.goal;
  const std::vector<real> values(kTicks * kChannels, 0.75f);
  const TraceEdit edit = {square, 2, 99, 0};
  job.edits = &edit;
  job.level_edits = job.edit_rows = 1;
  job.edit_values = values.data();
  traced();
  const HeadLayout heads = agent_layout(job.shape).heads;
  for (int j = 0; j < HEAD_OUTPUTS; ++j) {
    double expected = job.parameters[heads.bias + j];
    for (int c = 0; c < kChannels; ++c) expected += 0.75 * job.parameters[heads.weight + c * HEAD_STRIDE + j];
    EXPECT_NEAR(outputs[(static_cast<size_t>(kTicks - 1) * kSquares + square) * HEAD_OUTPUTS + j], expected,
                1e-5);
  }
}

TEST_F(Tracing, AWorldThatChangesIsSeenFromItsTickOn) {
  for (int distance : {0, 1}) {
    for (int layers : {0, kTicks}) {
      make(layers, distance);
      const std::vector<real> before = traced();
      const Level other = block_level(kSize, kSize, 4);
      job.later = &other;
      job.later_from = 4;
      const std::vector<real> turned = traced();
      for (int k : {1, 2, 3}) EXPECT_EQ(tick(turned, k), tick(before, k));
      EXPECT_NE(tick(turned, 4), tick(before, 4));
      job.later_from = 1;
      const std::vector<real> other_from_the_start = traced();
      job.later = nullptr;
      job.levels = &other;
      EXPECT_EQ(traced(), other_from_the_start);
      job.levels = &level;
    }
  }
}

TEST_F(Tracing, AFeedForwardNetHasThoughtAfterItsLastLayer) {
  make(3, 0);
  const std::vector<real> states = traced();
  EXPECT_NE(tick(states, 2), tick(states, 3));
  for (int k = 4; k <= kTicks; ++k) EXPECT_EQ(tick(states, k), tick(states, 3)) << k;
}

TEST_F(Tracing, AnAgentThatSeesDistancesSeesThemWhereItIsNotAWall) {
  make(0, 1);
  const std::vector<real> seeing = traced();
  std::vector<real> blind(job.parameters, job.parameters + small->population.layout.reals);
  const MguLayout l = agent_layout(job.shape).core;
  const int row = MGU_HALVES * l.stride;
  std::fill(&blind[l.input + OBSERVATION_PLANES * row], &blind[l.input + OBSERVATION_PLANES * row] + row,
            0.0f);
  job.parameters = blind.data();
  const std::vector<real> unseeing = traced();
  for (int y = 1; y < kSize - 1; ++y)
    for (int x = 1; x < kSize - 1; ++x) {
      const int square = y * kSize + x;
      const bool shows = !grid_is_wall(&level.grid, square) && square != level.goal;
      GridSet connected;
      grid_component(&level.grid, level.goal, &connected);
      const bool differs = tick(seeing, 1)[square * kChannels] != tick(unseeing, 1)[square * kChannels];
      EXPECT_EQ(differs, shows && grid_set_has(&connected, kSize, square)) << y << ", " << x;
    }
}

}  // namespace
