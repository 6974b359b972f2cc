// Claims about gradients: in a double build every op's backward pass agrees with central finite differences
// to 1e-6.
#define MESAGRID_REAL_DOUBLE

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "kernels/learn.h"

namespace {

using Reals = std::vector<real>;
using Loss = std::function<real()>;

constexpr double kTolerance = 1e-6;  // relative
constexpr int kElements = 30;        // of one tensor that are differentiated one by one, if it has more
constexpr int kDirections = 3;       // in which all of a tensor moves at once
const Block kBlock = {};

// Numbers in ±range, the same on every machine.
class Numbers {
 public:
  explicit Numbers(uint64_t seed) : rng_(rng_at(seed, rng_stream(RNG_PROBE, 0, 0), 0)) {}
  real in(real range) { return range * (2 * static_cast<real>(rng_unit(&rng_)) - 1); }
  size_t below(size_t n) { return rng_below(&rng_, static_cast<uint32_t>(n)); }

 private:
  Rng rng_;
};

// Five-point central difference of `at(t)` at t = 0: its error falls with step⁴.
real difference(const std::function<real(real)> &at, real step) {
  return (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step);
}

// One tensor under test: x, its analytic gradient, and which elements are used (the others are padding).
struct Tensor {
  std::string name;
  real *x;
  const real *gradient;
  std::vector<size_t> used;
};

// Single elements, compared with the element; below a thousandth of the tensor's largest, with that.
void check_elements(const Tensor &tensor, const Loss &loss, Numbers *numbers) {
  real largest = 0;
  for (size_t i : tensor.used) largest = std::max(largest, std::fabs(tensor.gradient[i]));
  ASSERT_GT(largest, 0) << tensor.name << ": the case must move its tensor";
  const bool all = tensor.used.size() <= kElements;
  for (size_t n = 0; n < (all ? tensor.used.size() : kElements); ++n) {
    const size_t i = tensor.used[all ? n : numbers->below(tensor.used.size())];
    const real at = tensor.x[i];
    const real expected = difference([&](real t) { return tensor.x[i] = at + t, loss(); }, 1e-3);
    tensor.x[i] = at;
    const real scale = std::max(std::fabs(expected), 1e-3 * largest);
    EXPECT_LE(std::fabs(tensor.gradient[i] - expected) / scale, kTolerance)
        << tensor.name << "[" << i << "]: " << tensor.gradient[i] << ", by differences " << expected;
  }
}

// All elements at once along random signs: no wrong element can hide among those that were not drawn.
void check_directions(const Tensor &tensor, const Loss &loss, Numbers *numbers) {
  const size_t count = tensor.used.size();
  Reals start(count), sign(count);
  for (size_t n = 0; n < count; ++n) start[n] = tensor.x[tensor.used[n]];
  for (int direction = 0; direction < kDirections; ++direction) {
    real analytic = 0, norm = 0;
    for (size_t n = 0; n < count; ++n) {
      const real g = tensor.gradient[tensor.used[n]];
      sign[n] = numbers->in(1) < 0 ? -1 : 1;
      analytic += sign[n] * g;
      norm += g * g;
    }
    const auto moved = [&](real t) {
      for (size_t n = 0; n < count; ++n) tensor.x[tensor.used[n]] = start[n] + t * sign[n];
      return loss();
    };
    const real expected = difference(moved, 1e-3 / std::sqrt(static_cast<real>(count)));
    moved(0);
    EXPECT_LE(std::fabs(analytic - expected), kTolerance * std::sqrt(norm))
        << tensor.name << " in direction " << direction << ": " << analytic << ", by differences "
        << expected;
  }
}

void check_gradients(const std::vector<Tensor> &tensors, const Loss &loss) {
  Numbers numbers(99);
  for (const Tensor &tensor : tensors) {
    check_elements(tensor, loss, &numbers);
    check_directions(tensor, loss, &numbers);
  }
}

// The learned tensors of an agent as cases; whatever is in no tensor's used part must have no gradient at
// all.
std::vector<Tensor> parameter_cases(AgentShape shape, Reals *parameters, const Reals &gradient,
                                    const std::string &prefix) {
  const TensorTable table = agent_tensors(shape);
  std::vector<Tensor> cases;
  std::vector<bool> padding(gradient.size(), true);
  for (int t = 0; t < table.count; ++t) {
    const TensorInfo &info = table.tensor[t];
    Tensor tensor = {info.name, parameters->data(), gradient.data(), {}};
    for (int row = 0; row < info.rows; ++row)
      for (int i = 0; i < info.length; ++i) tensor.used.push_back(info.offset + row * info.stride + i);
    for (size_t i : tensor.used) padding[i] = false;
    if (tensor.name.rfind(prefix, 0) == 0) cases.push_back(tensor);
  }
  for (size_t i = 0; i < gradient.size(); ++i)
    EXPECT_TRUE(!padding[i] || gradient[i] == 0) << "padding at " << i;
  return cases;
}

// A level of any shape with walls strewn over it.
Level strewn_level(int height, int width) {
  Level level = {};
  Numbers numbers(static_cast<uint64_t>(height * 32 + width));
  level.grid = grid_solid(height, width);
  for (int y = 1; y < height - 1; ++y)
    for (int x = 1; x < width - 1; ++x) grid_set_wall(&level.grid, y * width + x, numbers.in(1) < -0.4);
  level.goal = level.start = width + 2;
  grid_set_wall(&level.grid, level.goal, false);
  return level;
}

Level maze_level(int size) {
  const EnvSpec spec = {ENV_MAZE, size, size, 0.1f, 0, 4, SPLIT_ANY};
  Level level;
  EXPECT_TRUE(env_generate(&spec, 5, 0, 0, &level));
  return level;
}

// Channels below, at and above the padding; a maze and a rectangle; ticks that end inside a batch of weight
// gradients (conv_mgu.h), and ticks of several batches.
// And agents with weights of their own for each tick, who see the oracle's distances.
struct Case {
  int channels;
  bool rectangle;
  int ticks;
  bool untied = false, distance = false;
};

class Gradient : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    shape.agent = {CORE_CONV_MGU, GetParam().channels, GetParam().untied ? GetParam().ticks : 0,
                   GetParam().distance};
    shape.agents = shape.levels = shape.walkers = shape.shards = 1;
    shape.size_max = 7;
    shape.limit = 4;
    shape.ticks_max = GetParam().ticks;
    level = GetParam().rectangle ? strewn_level(5, 7) : maze_level(7);
    interior = interior_of(level.grid.height, level.grid.width);
    layout = agent_layout(shape.agent);
    stride = layout.core.stride;
    squares = grid_squares(&level.grid);
    parameters.assign(layout.reals, 0);
    gradient.assign(layout.reals, 0);
    transposed.assign(layout.transposed, 0);
    tape.assign(tape_bytes(&shape), '\xff');  // what nobody wrote reads as NaN
    t = tape_at(&shape, tape.data(), 0);
    scratch = tape_scratch_at(&shape, tape.data());
    t.record->level = level;
    if (GetParam().distance) oracle_search_in(&level, nullptr, t.queue, t.distance);
    t.record->ticks = GetParam().ticks;
    const TensorTable table = agent_tensors(shape.agent);
    for (int n = 0; n < table.count; ++n)
      for (int i = 0; i < table.tensor[n].rows * table.tensor[n].length; ++i) {
        const TensorInfo &info = table.tensor[n];
        parameters[info.offset + i / info.length * info.stride + i % info.length] = numbers.in(0.3);
      }
    agent_transpose(&kBlock, &layout, parameters.data(), transposed.data());
  }

  // One random number for each used channel of each interior square; (H, W, row), zero elsewhere.
  Reals interior_numbers(int row, int used, real range) {
    Reals x(static_cast<size_t>(squares) * row, 0);
    for (size_t i : interior_indices(row, used)) x[i] = numbers.in(range);
    return x;
  }
  std::vector<size_t> interior_indices(int row, int used) const {
    std::vector<size_t> indices;
    for (int cell = 0; cell < interior.count; ++cell)
      for (int i = 0; i < used; ++i) indices.push_back(interior_square(interior, cell) * row + i);
    return indices;
  }

  Numbers numbers{3};
  PopulationShape shape = {};
  Level level;
  Interior interior;
  AgentLayout layout;
  int stride, squares;
  Reals parameters, gradient, transposed;
  std::vector<char> tape;
  LevelTape t;
  TapeScratch scratch;
};

real weighted_sum(const Reals &x, const Reals &weight) {
  real sum = 0;
  for (size_t i = 0; i < x.size(); ++i) sum += weight[i] * x[i];
  return sum;
}

TEST_P(Gradient, OfOneTickByItsStateAndAllWeights) {
  const int channels = shape.agent.channels, row = MGU_HALVES * stride;
  Reals state = interior_numbers(stride, channels, 1), next(state.size(), 0);
  const Reals weight = interior_numbers(stride, channels, 1);
  Reals drive(static_cast<size_t>(interior.count) * row), gates(drive.size());
  const Loss loss = [&] {
    mgu_drive(&kBlock, layout.core, parameters.data(), &level, t.distance, drive.data());
    mgu_tick(&kBlock, layout.core, parameters.data(), interior,
             {drive.data(), state.data(), next.data(), nullptr, gates.data()});
    return weighted_sum(next, weight);
  };
  loss();
  Reals d_state = weight, d_pre(static_cast<size_t>(squares) * row, 0), d_drive(drive.size(), 0);
  const MguBackward backward = {d_state.data(), d_pre.data(), d_drive.data(), nullptr};
  const ConvPlanes one = {1, 0, 0};
  mgu_tick_backward(&kBlock, layout.core, transposed.data(), interior, state.data(), gates.data(), &backward);
  mgu_weight_backward(&kBlock, layout.core, interior, one, state.data(), d_pre.data(), gradient.data());
  mgu_drive_backward(&kBlock, layout.core, &level, t.distance, interior, d_drive.data(), gradient.data());
  std::vector<Tensor> cases = parameter_cases(shape.agent, &parameters, gradient, "core.");
  ASSERT_EQ(cases.size(), GetParam().untied ? 3u * GetParam().ticks : 3u);
  cases.resize(3);  // the first layer's: one tick reads no other
  cases.push_back({"state", state.data(), d_state.data(), interior_indices(stride, channels)});
  check_gradients(cases, loss);
}

TEST_P(Gradient, OfTheHeadsByTheirStateAndWeights) {
  const int channels = shape.agent.channels;
  Reals state = interior_numbers(stride, channels, 1);
  Reals outputs(static_cast<size_t>(squares) * HEAD_STRIDE, 0), d_state(state.size(), 0);
  const Reals weight = interior_numbers(HEAD_STRIDE, HEAD_OUTPUTS, 1);
  const Loss loss = [&] {
    heads_forward(&kBlock, layout.heads, parameters.data(), interior, state.data(), outputs.data());
    return weighted_sum(outputs, weight);
  };
  heads_backward(&kBlock, layout.heads, transposed.data() + layout.heads_transposed, interior, state.data(),
                 weight.data(), d_state.data(), gradient.data());
  std::vector<Tensor> cases = parameter_cases(shape.agent, &parameters, gradient, "heads.");
  EXPECT_EQ(cases.size(), 2u);
  cases.push_back({"state", state.data(), d_state.data(), interior_indices(stride, channels)});
  check_gradients(cases, loss);
}

// The walk of one agent, with what the loss holds constant.
struct Step {
  int square, action;
  real advantage, target;
};

TEST_P(Gradient, OfAWholeThoughtByEveryParameter) {
  const LossCoefficients coefficients = {0.97, 1.0, 0.3, 0.5, 0.7};
  std::vector<Step> steps;
  for (int cell = 0; cell < interior.count; ++cell)
    if (const int square = interior_square(interior, cell); !grid_is_wall(&level.grid, square))
      for (int visit = 0; visit < 1 + cell % 2; ++visit)
        steps.push_back({square, static_cast<int>(numbers.below(ENV_ACTIONS)), numbers.in(1), numbers.in(1)});
  Reals d_out(static_cast<size_t>(squares) * HEAD_STRIDE, 0);
  const Loss loss = [&] {
    real sum = 0;
    std::fill(d_out.begin(), d_out.end(), 0);
    think_on_tape(&kBlock, &layout, parameters.data(), &level, GetParam().ticks, scratch.drive, NEAR_NOTHING,
                  nullptr, &t);
    for (const Step &step : steps) {
      const real *outputs = t.outputs + step.square * HEAD_STRIDE;
      const Policy policy = policy_of(outputs);
      real d_step[HEAD_OUTPUTS];
      sum += policy_loss(&coefficients, &policy, outputs[HEAD_VALUE], step.action, step.advantage,
                         step.target, d_step);
      for (int j = 0; j < HEAD_OUTPUTS; ++j)
        d_out[static_cast<size_t>(step.square) * HEAD_STRIDE + j] += d_step[j];
    }
    return sum;
  };
  loss();
  std::copy(d_out.begin(), d_out.end(), t.d_outputs);
  learn_level_backward(&kBlock, &layout, transposed.data(), &t, scratch.backward, gradient.data());
  std::vector<Tensor> cases = parameter_cases(shape.agent, &parameters, gradient, "");
  EXPECT_EQ(cases.size(), GetParam().untied ? 5u + 3 * (GetParam().ticks - 1) : 5u);
  // An untied net's first layer reads the zero state: its convolution moves nothing.
  if (GetParam().untied) cases.erase(cases.begin());
  check_gradients(cases, loss);
}

INSTANTIATE_TEST_SUITE_P(ChannelsAndBoards, Gradient,
                         testing::Values(Case{4, false, 3}, Case{4, true, 3}, Case{4, false, 9},
                                         Case{4, true, 7}, Case{16, false, 3}, Case{16, true, 3},
                                         Case{20, false, 3}, Case{20, true, 3},
                                         Case{4, false, 9, false, true}, Case{4, false, 3, true, false},
                                         Case{4, true, 9, true, true}),
                         [](const testing::TestParamInfo<Case> &info) {
                           return std::to_string(info.param.channels) +
                                  (info.param.rectangle ? "On5x7" : "On7x7") + "Ticks" +
                                  std::to_string(info.param.ticks) + (info.param.untied ? "Untied" : "") +
                                  (info.param.distance ? "Distance" : "");
                         });

TEST(PolicyLoss, GradientByLogitsAndValue) {
  Numbers numbers(17);
  for (int n = 0; n < 50; ++n) {
    const LossCoefficients coefficients = {0.97, 1.0, 0.2, 0.5, 0.25};
    const int action = n % ENV_ACTIONS;
    const real advantage = numbers.in(2), target = numbers.in(2);
    Reals outputs(HEAD_OUTPUTS), d_out(HEAD_OUTPUTS, 0), ignored(HEAD_OUTPUTS);
    for (real &output : outputs) output = numbers.in(3);
    const auto loss_into = [&](real *gradient) {
      const Policy policy = policy_of(outputs.data());
      return policy_loss(&coefficients, &policy, outputs[HEAD_VALUE], action, advantage, target, gradient);
    };
    loss_into(d_out.data());
    check_gradients({{"outputs", outputs.data(), d_out.data(), {0, 1, 2, 3, 4}}},
                    [&] { return loss_into(ignored.data()); });
  }
}

TEST(ImitationLoss, GradientByLogits) {
  Numbers numbers(19);
  for (uint32_t best = 1; best < 15; ++best) {
    const LossCoefficients coefficients = {0, 0, 0, 0, 0.25};
    Reals outputs(ENV_ACTIONS), d_out(ENV_ACTIONS, 0), ignored(ENV_ACTIONS);
    for (real &output : outputs) output = numbers.in(3);
    const auto loss_into = [&](real *gradient) {
      const Policy policy = policy_of(outputs.data());
      return imitation_loss(&coefficients, &policy, best, gradient);
    };
    loss_into(d_out.data());
    check_gradients({{"logits", outputs.data(), d_out.data(), {0, 1, 2, 3}}},
                    [&] { return loss_into(ignored.data()); });
  }
}

}  // namespace
