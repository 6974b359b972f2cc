// Philox4x32-10 over Lane: the blocks of as many streams at once as a Lane has worlds, equal to rng_block().
#ifndef MESAGRID_ENVS_RNG_LANE_H
#define MESAGRID_ENVS_RNG_LANE_H

#include <stdint.h>

#include "envs/hd.h"
#include "envs/lane.h"
#include "envs/rng.h"

// word(4) = block number `block` of the streams (stream_high, stream_low), one a world; rounds and constants:
// Salmon et al. 2011.
HD_INLINE void rng_lane_block(uint64_t seed, Lane stream_high, Lane stream_low, uint64_t block, Lane *word) {
  Lane a = lane_set((uint32_t)block), b = lane_set((uint32_t)(block >> 32)), c = stream_low, d = stream_high;
  uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);
  UNROLL for (int round = 0; round < 10; ++round) {
    Lane high0, low0, high1, low1;
    lane_mul_wide(a, 0xd2511f53u, &high0, &low0);
    lane_mul_wide(c, 0xcd9e8d57u, &high1, &low1);
    a = lane_xor(lane_xor(high1, b), lane_set(key0));
    c = lane_xor(lane_xor(high0, d), lane_set(key1));
    b = low1, d = low0;
    key0 += 0x9e3779b9u, key1 += 0xbb67ae85u;
  }
  word[0] = a, word[1] = b, word[2] = c, word[3] = d;
}

// The upper half of rng_stream(): purpose and world.
HD_INLINE Lane rng_lane_stream(RngPurpose purpose, Lane world) {
  return lane_or(world, lane_set((uint32_t)purpose << 24));
}

#endif
