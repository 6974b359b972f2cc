// Claims about our own exp, log, tanh and sigmoid: how near they are to the C library's, and what they do at
// extremes.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <limits>

#include "kernels/mathx.h"

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
const float kNan = std::nanf("");

float tanh_of(float x) {
  Vec a = vec_set1(x), f = vec_set1(0);
  vec_tanh_sigmoid(&a, &f);
  real lane[VEC_WIDTH];
  vec_store(lane, a);
  return lane[VEC_WIDTH - 1];
}

float sigmoid_of(float x) {
  Vec a = vec_set1(0), f = vec_set1(x);
  vec_tanh_sigmoid(&a, &f);
  real lane[VEC_WIDTH];
  vec_store(lane, f);
  return lane[VEC_WIDTH - 1];
}

// The largest |ours − theirs| / unit(theirs) over floats in [lo, hi], evenly spaced by their bits on each
// side of zero, so that every magnitude is covered alike.
template <typename Ours, typename Theirs, typename Unit>
double worst(const char *what, float lo, float hi, Ours ours, Theirs theirs, Unit unit) {
  constexpr uint32_t stride = 1009;
  double most = 0;
  float where = 0;
  for (int side = 0; side < 2; ++side)
    for (uint64_t bits = 0; bits < 0x7f800000u; bits += stride) {
      const float magnitude = real_from_bits(static_cast<uint32_t>(bits)), x = side ? -magnitude : magnitude;
      if (x < lo || x > hi) continue;
      const double exact = theirs(static_cast<double>(x));
      const double error = std::fabs(static_cast<double>(ours(x)) - exact) / unit(exact);
      if (!(error <= most)) most = error, where = x;
    }
  std::printf("  %s: largest error %.3g, at %.9g\n", what, most, static_cast<double>(where));
  return most;
}

// Functions that must be inlined have no address: these have.
float exp_of(float x) {
  return real_exp(x);
}
float log_of(float x) {
  return real_log(x);
}

double relative(double exact) {
  return std::fabs(exact);
}
double absolute(double) {
  return 1;
}
double sigmoid_exact(double x) {
  return 1 / (1 + std::exp(-x));
}

TEST(Mathx, ExpIsNearTheExactOneOverItsWholeRange) {
  EXPECT_LE(worst(
                "exp", -87, 88, exp_of, [](double x) { return std::exp(x); }, relative),
            2e-7);
}

TEST(Mathx, LogIsNearTheExactOneForAllNormalNumbers) {
  const float least = std::numeric_limits<float>::min(), most = std::numeric_limits<float>::max();
  const auto log_exact = [](double x) { return std::log(x); };
  EXPECT_LE(worst("log", least, most, log_of, log_exact, [](double y) { return std::fmax(1, std::fabs(y)); }),
            2e-7);
}

TEST(Mathx, LogIsSharpBesideOne) {
  const auto log_exact = [](double x) { return std::log(x); };
  EXPECT_LE(worst("log, relative", 0.8f, 1.25f, log_of, log_exact,
                  [](double y) { return y == 0 ? 1 : std::fabs(y); }),
            4e-7);
  EXPECT_EQ(real_log(1.0f), 0.0f);
}

TEST(Mathx, TanhIsNearTheExactOneEverywhere) {
  EXPECT_LE(worst(
                "tanh", -1e30f, 1e30f, tanh_of, [](double x) { return std::tanh(x); }, absolute),
            5e-7);
}

TEST(Mathx, TanhIsSharpBesideZero) {
  const float least = std::numeric_limits<float>::min();
  const auto tanh_exact = [](double x) { return std::tanh(x); };
  EXPECT_LE(worst("tanh, relative", least, 1, tanh_of, tanh_exact, relative), 5e-7);
}

TEST(Mathx, SigmoidIsNearTheExactOneEverywhere) {
  EXPECT_LE(worst("sigmoid", -1e30f, 1e30f, sigmoid_of, sigmoid_exact, absolute), 5e-7);
}

TEST(Mathx, ExtremesStayFiniteAndInRange) {
  for (float x : {kInfinity, -kInfinity, 1e38f, -1e38f, 88.0f, -87.0f, 1e-45f, -0.0f, 0.0f, kNan}) {
    EXPECT_TRUE(std::isfinite(real_exp(x))) << x;
    EXPECT_GT(real_exp(x), 0) << x;
    EXPECT_LE(std::fabs(tanh_of(x)), 1 + 5e-7f) << x;
    EXPECT_GE(sigmoid_of(x), -5e-7f) << x;
    EXPECT_LE(sigmoid_of(x), 1 + 5e-7f) << x;
  }
  EXPECT_EQ(real_exp(0.0f), 1.0f);
  EXPECT_EQ(real_exp(-0.0f), 1.0f);
  EXPECT_EQ(tanh_of(0.0f), 0.0f);
  EXPECT_EQ(sigmoid_of(0.0f), 0.5f);
  EXPECT_EQ(real_exp(-1000.0f), real_exp(-87.0f)) << "clamped before the conversion to an integer";
  EXPECT_EQ(real_exp(1000.0f), real_exp(88.0f));
}

TEST(Mathx, TanhIsOddAndKeepsItsOrderUpToRounding) {
  float before = tanh_of(-9.0f);
  for (float x = -9.0f; x <= 9.0f; x += 1.0f / 512) {
    EXPECT_EQ(tanh_of(-x), -tanh_of(x)) << x;
    EXPECT_GE(tanh_of(x), before - 5e-7f) << x;
    before = tanh_of(x);
  }
}

}  // namespace
