// Claims about the learner's arithmetic against numbers worked by hand: policy, advantages, loss, clipping
// and Adam.
#define MESAGRID_REAL_DOUBLE

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "kernels/learn.h"
#include "kernels/update.h"

namespace {

const Block kBlock = {};
constexpr double kRounding = 1e-14;

// Probabilities 1/10, 2/10, 3/10, 4/10.
const real kTenths[ENV_ACTIONS] = {0.0, std::log(2.0), std::log(3.0), std::log(4.0)};

TEST(Policy, IsTheSoftmaxOfTheLogits) {
  const Policy policy = policy_of(kTenths);
  for (int a = 0; a < ENV_ACTIONS; ++a) {
    EXPECT_NEAR(policy.probability[a], 0.1 * (a + 1), kRounding);
    EXPECT_NEAR(policy.log_probability[a], std::log(0.1 * (a + 1)), kRounding);
  }
}

TEST(Policy, EntropyIsInNatsAndLargestWhenUniform) {
  EXPECT_NEAR(policy_of(kTenths).entropy,
              std::log(10) - 0.2 * std::log(2) - 0.3 * std::log(3) - 0.4 * std::log(4), kRounding);
  const real uniform[ENV_ACTIONS] = {7, 7, 7, 7}, certain[ENV_ACTIONS] = {0, 0, 500, 0};
  EXPECT_NEAR(policy_of(uniform).entropy, std::log(4), kRounding);
  EXPECT_NEAR(policy_of(certain).entropy, 0, kRounding);
}

TEST(Policy, DoesNotChangeWhenAllLogitsMoveTogether) {
  real moved[ENV_ACTIONS];
  for (int a = 0; a < ENV_ACTIONS; ++a) moved[a] = kTenths[a] + 1000;
  for (int a = 0; a < ENV_ACTIONS; ++a) EXPECT_NEAR(policy_of(moved).probability[a], 0.1 * (a + 1), 1e-12);
}

TEST(Policy, SamplesTheCumulativeDistribution) {
  const real halves[ENV_ACTIONS] = {0, std::log(2.0), 0, -800};  // 1/4, 1/2, 1/4, nothing
  const Policy policy = policy_of(halves);
  const struct {
    float unit;
    int action;
  } cases[] = {{0, 0}, {0.2499f, 0}, {0.2501f, 1}, {0.5f, 1}, {0.7499f, 1}, {0.7501f, 2}, {0.9999f, 2}};
  for (const auto &c : cases) EXPECT_EQ(policy_sample(&policy, c.unit), c.action) << c.unit;
}

TEST(Policy, AlwaysSamplesSomeAction) {
  Policy short_by_rounding = policy_of(kTenths);
  for (real &p : short_by_rounding.probability) p *= 0.999;
  EXPECT_EQ(policy_sample(&short_by_rounding, 0x1.fffffep-1f), ENV_ACTIONS - 1);
}

TEST(Policy, GreedyTakesTheFirstOfTheLargest) {
  const real ties[][ENV_ACTIONS] = {{1, 1, 1, 1}, {0, 2, 2, 1}, {0, 1, 2, 3}, {-1, -2, -1, -2}};
  const int first[] = {0, 1, 3, 0};
  for (int n = 0; n < 4; ++n) EXPECT_EQ(policy_greedy(ties[n]), first[n]);
}

// Advantages of three steps by the recursion.
std::vector<real> advantages(const LossCoefficients &k, const std::vector<real> &reward,
                             const std::vector<real> &value, real last_value) {
  std::vector<real> advantage(reward.size());
  real next_value = last_value, next = 0;
  for (size_t t = reward.size(); t-- > 0; next_value = value[t], next = advantage[t])
    advantage[t] = gae_step(&k, reward[t], value[t], next_value, next);
  return advantage;
}

TEST(Advantage, MatchesNumbersWorkedByHand) {
  const LossCoefficients k = {0.5, 0.5, 0, 0, 1};
  // Truncated at a state of value 4: δ = (1, −1.5, 4), each step back weighs a quarter.
  EXPECT_EQ(advantages(k, {1, 0, 3}, {1, 2, 1}, 4), (std::vector<real>{0.875, -0.5, 4}));
  // Terminated: nothing follows, δ = (1, −1.5, 2).
  EXPECT_EQ(advantages(k, {1, 0, 3}, {1, 2, 1}, 0), (std::vector<real>{0.75, -1, 2}));
}

TEST(Advantage, AtLambdaOneIsTheDiscountedReturnLessTheValue) {
  const LossCoefficients k = {0.97, 1, 0, 0, 1};
  const std::vector<real> reward = {-0.01, -0.01, 0.5, -0.01, 1}, value = {0.3, 0.1, -0.2, 0.8, 0.4};
  for (real last_value : {0.0, 0.6}) {
    const std::vector<real> advantage = advantages(k, reward, value, last_value);
    for (size_t t = 0; t < reward.size(); ++t) {
      real expected = std::pow(0.97, static_cast<real>(reward.size() - t)) * last_value - value[t];
      for (size_t s = t; s < reward.size(); ++s)
        expected += std::pow(0.97, static_cast<real>(s - t)) * reward[s];
      EXPECT_NEAR(advantage[t], expected, kRounding) << t;
    }
  }
}

TEST(PolicyLoss, IsActorPlusCriticLessEntropy) {
  const LossCoefficients k = {0.97, 1, 0.2, 0.5, 0.25};
  const Policy policy = policy_of(kTenths);
  real d_out[HEAD_OUTPUTS] = {1, 1, 1, 1, 1};
  const real loss = policy_loss(&k, &policy, 3, 1, 2, 1, d_out);
  EXPECT_NEAR(loss, 0.25 * (-std::log(0.2) * 2 + 0.5 * 0.5 * 4 - 0.2 * policy.entropy), kRounding);
  EXPECT_NEAR(d_out[HEAD_VALUE], 0.25 * 0.5 * 2, kRounding) << "stored, not added";
  // Without entropy the action's logit is pulled by Â (p − 1), the others pushed by Â p.
  const LossCoefficients actor = {0.97, 1, 0, 0, 1};
  real pull[HEAD_OUTPUTS] = {0};
  policy_loss(&actor, &policy, 3, 1, 2, 1, pull);
  const real expected[] = {0.2, -1.6, 0.6, 0.8, 0};
  for (int j = 0; j < HEAD_OUTPUTS; ++j) EXPECT_NEAR(pull[j], expected[j], kRounding) << j;
}

// Two walkers of which one arrives and one runs out of time, over squares that both visit.
class Episode : public testing::Test {
 protected:
  void SetUp() override {
    shape.agent = {CORE_CONV_MGU, 4, 0, 0};
    shape.agents = shape.levels = shape.shards = shape.ticks_max = 1;
    shape.walkers = 2;
    shape.size_max = 5;
    shape.limit = 4;
    spec.loss = {0.5, 1, 0.1, 0.5, 0.125};
    tape.assign(tape_bytes(&shape), '\xff');
    t = tape_at(&shape, tape.data(), 0);
    t.record->level.grid = grid_solid(5, 5);
    t.record->ticks = 1;
    for (int square : {6, 7, 8}) {
      for (int j = 0; j < HEAD_OUTPUTS; ++j) t.outputs[square * HEAD_STRIDE + j] = 0.1 * square + 0.3 * j * j;
      t.policy[square] = policy_of(t.outputs + square * HEAD_STRIDE);
    }
    walk(0, {6, 7, 8}, {1, 1}, {-1, 100}, true);
    walk(1, {7, 6, 6, 7}, {3, 0, 1}, {-1, -1, -1}, false);
  }
  void walk(int walker, std::vector<int> squares, std::vector<int> actions, std::vector<int> rewards,
            bool terminated) {
    const int steps = shape.limit * shape.size_max;
    for (size_t n = 0; n < squares.size(); ++n)
      t.square[walker * (steps + 1) + static_cast<int>(n)] = static_cast<int16_t>(squares[n]);
    for (size_t n = 0; n < actions.size(); ++n) {
      t.action[walker * steps + static_cast<int>(n)] = static_cast<uint8_t>(actions[n]);
      t.reward[walker * steps + static_cast<int>(n)] = static_cast<int16_t>(rewards[n]);
    }
    t.walker[walker].steps = static_cast<int>(actions.size());
    t.walker[walker].terminated = terminated;
  }
  real value(int square) const { return t.outputs[square * HEAD_STRIDE + HEAD_VALUE]; }

  PopulationShape shape = {};
  AgentSpec spec = {};
  std::vector<char> tape;
  LevelTape t;
};

TEST_F(Episode, AddsTheLossOfEachStepAtTheSquareWhereItWasTaken) {
  learn_losses(&kBlock, &shape, &spec, 1, tape.data());
  const real unit = REWARD_UNIT, small = -unit, goal = 100 * unit;
  const struct {
    int square, action;
    real target;  // discounted by one half
  } steps[] = {{6, 1, small + goal / 2},
               {7, 1, goal},
               {7, 3, small * 1.75 + value(7) / 8},  // truncated: the value of the last square counts
               {6, 0, small * 1.5 + value(7) / 4},
               {6, 1, small + value(7) / 2}};
  std::vector<real> expected(25 * HEAD_STRIDE, 0);
  real loss = 0, entropy = 0, errors = 0;
  for (const auto &step : steps) {
    const Policy &policy = t.policy[step.square];
    const real advantage = step.target - value(step.square);
    real d_step[HEAD_OUTPUTS];
    loss += policy_loss(&spec.loss, &policy, value(step.square), step.action, advantage, step.target, d_step);
    for (int j = 0; j < HEAD_OUTPUTS; ++j)
      expected[static_cast<size_t>(step.square) * HEAD_STRIDE + j] += d_step[j];
    entropy += policy.entropy;
    errors += advantage * advantage;
  }
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(t.d_outputs[i], expected[i], kRounding) << i;
  EXPECT_NEAR(t.record->stats.loss, loss, kRounding);
  EXPECT_NEAR(t.record->stats.entropy, entropy, kRounding);
  EXPECT_NEAR(t.record->stats.value_error, errors, kRounding * errors);
}

TEST_F(Episode, CountsWhatHappened) {
  learn_losses(&kBlock, &shape, &spec, 1, tape.data());
  const UpdateStats &stats = t.record->stats;
  EXPECT_EQ(stats.episodes, 2);
  EXPECT_EQ(stats.steps, 5);
  EXPECT_EQ(stats.solved, 1);
  EXPECT_EQ(stats.reward, 96);
  EXPECT_EQ(stats.ticks, 1);
}

// β₁ = 1/2 and β₂ = 3/4, so that three steps with gradients 4, 2, −4 can be worked with a pencil:
//   t = 1: m = 2, v = 4;  m̂ = 4,    v̂ = 16;      step 1
//   t = 2: m = 2, v = 4;  m̂ = 8/3,  v̂ = 64/7;    step √7 / 3
//   t = 3: m = −1, v = 7; m̂ = −8/7, v̂ = 448/37;  step −√37 / (7 √7)
TEST(Adam, MatchesThreeStepsWorkedByHand) {
  const AdamCoefficients k = {0.1, 0.5, 0.75, 0, 1};
  AdamPowers powers = {1, 1};
  const real gradients[] = {4, 2, -4}, moments1[] = {2, 2, -1}, moments2[] = {4, 4, 7};
  const real steps[] = {1, std::sqrt(7.0) / 3, -std::sqrt(37.0) / (7 * std::sqrt(7.0))};
  real x = 1, expected = 1, m = 0, v = 0;
  for (int t = 0; t < 3; ++t) {
    powers = {powers.beta1 * k.beta1, powers.beta2 * k.beta2};
    adam_step(&k, &powers, gradients[t], &x, &m, &v);
    expected -= 0.1 * steps[t];
    EXPECT_EQ(m, moments1[t]);
    EXPECT_EQ(v, moments2[t]);
    EXPECT_NEAR(x, expected, kRounding);
  }
}

TEST(Adam, EpsIsAddedToTheRoot) {
  const AdamCoefficients k = {0.1, 0.5, 0.75, 1, 1};
  const AdamPowers powers = {0.5, 0.75};
  real x = 1, m = 0, v = 0;
  adam_step(&k, &powers, 4, &x, &m, &v);
  EXPECT_NEAR(x, 1 - 0.1 * 4 / (4 + 1), kRounding);
}

// One agent with two shards; its gradient is 3 in one element of shard 0 and 4 in another of shard 1: norm 5.
class Clip : public testing::Test {
 protected:
  void SetUp() override {
    population.shape.agent = {CORE_CONV_MGU, 4, 0, 0};
    population.shape.agents = 1;
    population.shape.shards = 2;
    population.layout = agent_layout(population.shape.agent);
    const size_t reals = population.layout.reals;
    for (std::vector<real> *vector : {&parameters, &moment1, &moment2}) vector->assign(reals, 0);
    transposed.assign(population.layout.transposed, 0);
    gradient.assign(2 * reals, 0);
    gradient[first] = 3;
    gradient[reals + second] = 4;
    spec.adam = {0.1, 0.5, 0.75, 0, 1};
    spec.drop[0] = {100, 0.025};
    spec.drop[1] = {INT64_MAX, 0};
    spec.updates = 100;
    progress.powers = {1, 1};
    population.spec = &spec;
    population.progress = &progress;
    population.parameters = parameters.data();
    population.moment1 = moment1.data();
    population.moment2 = moment2.data();
    population.transposed = transposed.data();
    population.gradient = gradient.data();
    population.stats = stats;
    population.history = history;
  }
  void update(real max_grad_norm) {
    real partial[SUM_LANES];
    spec.adam.max_grad_norm = max_grad_norm;
    spec.adam.eps = 1;
    update_block(&kBlock, &population, 0, partial);
  }

  const size_t first = 5, second = 200;
  Population population = {};
  AgentSpec spec = {};
  AgentProgress progress = {};
  std::vector<real> parameters, moment1, moment2, transposed, gradient;
  UpdateStats stats[2] = {}, history[POPULATION_HISTORY] = {};
};

TEST_F(Clip, ScalesTheWholeGradientDownToTheBound) {
  update(0.5);
  EXPECT_EQ(history[0].grad_norm, 5) << "the norm of the shards' sum, before clipping";
  EXPECT_NEAR(moment1[first], 0.5 * 0.3, 1e-6);  // g · ½ / (5 + 1e-6)
  EXPECT_NEAR(moment1[second], 0.5 * 0.4, 1e-6);
  EXPECT_NEAR(moment2[second], 0.25 * 0.16, 1e-6);
  EXPECT_NEAR(parameters[second], -0.1 * 0.4 / (0.4 + 1), 1e-6);
}

TEST_F(Clip, LeavesASmallGradientAsItIs) {
  update(5.1);
  EXPECT_EQ(moment1[first], 1.5);
  EXPECT_EQ(moment1[second], 2);
  EXPECT_EQ(moment2[first], 2.25);
}

TEST_F(Clip, MovesNothingElse) {
  update(0.5);
  for (size_t i = 0; i < parameters.size(); ++i)
    EXPECT_EQ(parameters[i] != 0, i == first || i == second) << i;
}

TEST_F(Clip, TheLastUpdatesUseTheFinalLearningRate) {
  progress.update = spec.drop[0].update = 3;
  update(5.1);
  EXPECT_NEAR(parameters[second], -0.025 * 4 / (4 + 1), kRounding);
}

TEST_F(Clip, PowersAreKeptByMultiplication) {
  update(1);
  update(1);
  EXPECT_EQ(progress.powers.beta1, 0.25);
  EXPECT_EQ(progress.powers.beta2, 0.5625);
  EXPECT_EQ(progress.update, 2);
}

}  // namespace
