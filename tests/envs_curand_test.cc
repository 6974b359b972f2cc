// Claims about random numbers: cuRAND's generator, compiled for the host, draws what Random123 draws.
#include <gtest/gtest.h>

#include "tests/rng_spans.h"

namespace {

TEST(Curand, DrawsWhatRandom123Draws) {
#ifdef MESAGRID_CUDA
  long differ = 0;
  for (const RngSpan &span : rng_spans()) {
    uint32_t draws[kSpanDraws] = {0};
    rng_curand_host(span, draws);
    differ += rng_differences(span, draws);
  }
  EXPECT_EQ(differ, 0) << "of " << kSpans * kSpanDraws;
#else
  GTEST_SKIP() << "nvcc was not found when this was built";
#endif
}

TEST(Curand, KnowsThePublishedAnswer) {
#ifdef MESAGRID_CUDA
  uint32_t draws[4];
  rng_curand_host({0, 0, 0, 4}, draws);  // Random123's known answers: counter and key all zero
  EXPECT_EQ(draws[0], 0x6627e8d5u);
  EXPECT_EQ(draws[1], 0xe169c58du);
  EXPECT_EQ(draws[2], 0xbc57ac4cu);
  EXPECT_EQ(draws[3], 0x9b00dbd8u);
#else
  GTEST_SKIP() << "nvcc was not found when this was built";
#endif
}

}  // namespace
