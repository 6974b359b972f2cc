// Claims about the random numbers: known answers, access at any offset, ranges, and streams that stay apart.
#include <gtest/gtest.h>

#include <array>
#include <set>

#include "envs/rng.h"

namespace {

using Block = std::array<uint32_t, 4>;

Block block(uint64_t seed, uint64_t stream, uint64_t number) {
  Block word;
  rng_block(seed, stream, number, word.data());
  return word;
}

// The answers that Random123 publishes for philox4x32 with 10 rounds: all zero, all one, digits of pi.
TEST(Rng, GivesThePublishedAnswers) {
  EXPECT_EQ(block(0, 0, 0), (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(block(~0ull, ~0ull, ~0ull), (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(block(0x299f31d0a4093822, 0x0370734413198a2e, 0x85a308d3243f6a88),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Rng, DrawAtAnOffsetIsALaneOfItsBlock) {
  Rng rng = rng_at(7, 9, 0);
  for (uint64_t offset = 0; offset < 40; ++offset) {
    const uint32_t expected = block(7, 9, offset / 4)[offset % 4];
    EXPECT_EQ(rng_next(&rng), expected) << offset;
    Rng there = rng_at(7, 9, offset);
    EXPECT_EQ(rng_next(&there), expected) << offset;
  }
}

TEST(Rng, OffsetsBeyond32BitsReachTheHighWord) {
  Rng low = rng_at(1, 2, 5), high = rng_at(1, 2, (1ull << 40) + 5);
  EXPECT_NE(rng_next(&low), rng_next(&high));
  EXPECT_EQ(block(1, 2, 1ull << 38)[1], [] {
    Rng rng = rng_at(1, 2, (1ull << 40) + 1);
    return rng_next(&rng);
  }());
}

TEST(Rng, StreamsOfPurposesEnvsAndEpisodesDiffer) {
  std::set<uint64_t> streams;
  for (int purpose = RNG_LEVEL; purpose <= RNG_BOOTSTRAP; ++purpose)
    for (uint32_t env : {0u, 1u, 0xffffffu})
      for (uint32_t episode : {0u, 1u, 0xffffffffu})
        streams.insert(rng_stream(static_cast<RngPurpose>(purpose), env, episode));
  EXPECT_EQ(streams.size(), 9u * (RNG_BOOTSTRAP + 1));
}

TEST(Rng, BelowIsInRangeAndUniform) {
  constexpr int kDraws = 70000, kOutcomes = 7;
  int seen[kOutcomes] = {};
  Rng rng = rng_at(3, 0, 0);
  for (int k = 0; k < kDraws; ++k) {
    const uint32_t draw = rng_below(&rng, kOutcomes);
    ASSERT_LT(draw, static_cast<uint32_t>(kOutcomes));
    ++seen[draw];
  }
  for (int count : seen) EXPECT_NEAR(count, kDraws / kOutcomes, 5 * 93);  // five standard deviations
  EXPECT_EQ(rng.offset, static_cast<uint64_t>(kDraws)) << "one draw each";
  EXPECT_EQ(rng_below(&rng, 1), 0u);
}

TEST(Rng, UnitIsAtLeastZeroAndBelowOne) {
  Rng rng = rng_at(4, 0, 0);
  double sum = 0;
  for (int k = 0; k < 100000; ++k) {
    const float unit = rng_unit(&rng);
    ASSERT_GE(unit, 0.0f);
    ASSERT_LT(unit, 1.0f);
    sum += unit;
  }
  EXPECT_NEAR(sum / 100000, 0.5, 5 * 0.2887 / 316);
  Rng extreme = {0, 0, 1, {0, 0xffffffffu, 0, 0}};
  EXPECT_EQ(rng_unit(&extreme), 1.0f - 1.0f / 16777216.0f);
}

}  // namespace
