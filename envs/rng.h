// Counter-based random numbers, Philox4x32-10: every draw is a pure function of (seed, stream, offset).
#ifndef MESAGRID_ENVS_RNG_H
#define MESAGRID_ENVS_RNG_H

#include <stdint.h>

#include "envs/hd.h"

// Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3". cuRAND and Random123 agree bit for bit,
// and both define the same helper names: a translation unit sees one of them, never both.
#ifdef __CUDACC__
#ifndef QUALIFIERS
#define QUALIFIERS static __forceinline__ __host__ __device__  // cuRAND's own code, for the host pass too
#endif
#include <curand_kernel.h>
#else
#include <Random123/philox.h>
#endif

// What a draw is for. Each purpose has streams of its own, so no two uses ever share a number.
typedef enum RngPurpose {
  RNG_LEVEL,       // layout of a level
  RNG_TICKS,       // ticks of thought for a level
  RNG_START,       // where a walker starts
  RNG_ACTION,      // sampling from the policy
  RNG_INIT,        // initial weights
  RNG_BASELINE,    // random and planted agents
  RNG_PROBE,       // edits and controls of the probes
  RNG_BOOTSTRAP,   // resampling for intervals
  RNG_SIM_ACTION,  // actions of worlds that step by themselves
  RNG_SIM_POOL,    // which level of a pool comes next
  RNG_DISTINCT,    // which of a limited number of training levels comes next
} RngPurpose;

// Key = (seed lo, hi), counter = ((offset / 4) lo, hi, stream lo, hi); the draw at `offset` is lane offset
// mod 4.
typedef struct Rng {
  uint64_t seed, stream, offset;
  uint32_t word[4];  // the block that holds `offset`, once its first lane has been drawn
} Rng;

// The stream of one purpose, env and episode: 8, 24 and 32 bits.
static inline HD uint64_t rng_stream(RngPurpose purpose, uint32_t env, uint32_t episode) {
  return ((uint64_t)purpose & 0xff) << 56 | ((uint64_t)env & 0xffffff) << 32 | episode;
}

// word(4) = Philox4x32-10 of block number `block` of a stream.
static inline HD void rng_block(uint64_t seed, uint64_t stream, uint64_t block, uint32_t *word) {
#ifdef __CUDACC__
  const uint4 counter = {(uint32_t)block, (uint32_t)(block >> 32), (uint32_t)stream,
                         (uint32_t)(stream >> 32)};
  const uint2 key = {(uint32_t)seed, (uint32_t)(seed >> 32)};
  const uint4 out = curand_Philox4x32_10(counter, key);
  word[0] = out.x, word[1] = out.y, word[2] = out.z, word[3] = out.w;
#else
  const philox4x32_ctr_t counter = {
      {(uint32_t)block, (uint32_t)(block >> 32), (uint32_t)stream, (uint32_t)(stream >> 32)}};
  const philox4x32_key_t key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
  const philox4x32_ctr_t out = philox4x32_R(10, counter, key);
  for (int lane = 0; lane < 4; ++lane) word[lane] = out.v[lane];
#endif
}

static inline HD Rng rng_at(uint64_t seed, uint64_t stream, uint64_t offset) {
  Rng rng = {seed, stream, offset, {0, 0, 0, 0}};
  if (offset % 4 != 0) rng_block(seed, stream, offset / 4, rng.word);  // entered in the middle of a block
  return rng;
}

// 32 random bits.
static inline HD uint32_t rng_next(Rng *rng) {
  const int lane = (int)(rng->offset % 4);
  if (lane == 0) rng_block(rng->seed, rng->stream, rng->offset / 4, rng->word);
  ++rng->offset;
#ifdef __CUDA_ARCH__  // registers have no addresses: an index would move the block to local memory
  const uint32_t low = lane & 1 ? rng->word[1] : rng->word[0], high = lane & 1 ? rng->word[3] : rng->word[2];
  return lane & 2 ? high : low;
#else
  return rng->word[lane];
#endif
}

// A number in [0, n), n >= 1. Multiply and shift: one draw always, so that offsets stay known; no outcome's
// chance is off by more than 2^-32, a share of n / 2^32 of itself.
static inline HD uint32_t rng_below(Rng *rng, uint32_t n) {
  return (uint32_t)(((uint64_t)rng_next(rng) * n) >> 32);
}

// A float in [0, 1): a multiple of 2^-24, so the conversion is exact on every machine.
static inline HD float rng_unit(Rng *rng) {
  return (float)(rng_next(rng) >> 8) * (1.0f / 16777216.0f);
}

#endif
