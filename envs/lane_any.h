// Lane of 4 worlds: any machine, through the compilers' own vectors.
#ifndef MESAGRID_ENVS_LANE_ANY_H
#define MESAGRID_ENVS_LANE_ANY_H
#if !defined(__CUDACC__)  // else empty: this header may be read alone

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "envs/hd.h"

enum { LANE_WIDTH = 4 };
typedef uint32_t Lane __attribute__((vector_size(16)));
typedef uint32_t LaneMask __attribute__((vector_size(16)));  // all bits of a world, or none
typedef uint32_t LaneTable;                                  // four signed bytes

HD_INLINE Lane lane_set(uint32_t x) {
  const Lane a = {x, x, x, x};
  return a;
}
HD_INLINE Lane lane_count_up(void) {
  const Lane a = {0, 1, 2, 3};
  return a;
}
HD_INLINE Lane lane_load(const uint32_t *p) {
  Lane a;
  memcpy(&a, p, sizeof a);
  return a;
}
HD_INLINE void lane_store(uint32_t *p, Lane a) {
  memcpy(p, &a, sizeof a);
}
HD_INLINE Lane lane_load_bytes(const uint8_t *p) {
  const Lane a = {p[0], p[1], p[2], p[3]};
  return a;
}
HD_INLINE void lane_store_bytes(uint8_t *p, Lane a) {
  for (int i = 0; i < LANE_WIDTH; ++i) p[i] = (uint8_t)a[i];
}
HD_INLINE Lane lane_add(Lane a, Lane b) {
  return a + b;
}
HD_INLINE Lane lane_sub(Lane a, Lane b) {
  return a - b;
}
HD_INLINE Lane lane_and(Lane a, Lane b) {
  return a & b;
}
HD_INLINE Lane lane_or(Lane a, Lane b) {
  return a | b;
}
HD_INLINE Lane lane_xor(Lane a, Lane b) {
  return a ^ b;
}
HD_INLINE Lane lane_shl(Lane a, int count) {
  return a << (uint32_t)count;
}
HD_INLINE Lane lane_shr(Lane a, int count) {
  return a >> (uint32_t)count;
}
HD_INLINE Lane lane_mul(Lane a, Lane b) {
  return a * b;
}
HD_INLINE void lane_mul_wide(Lane a, uint32_t b, Lane *high, Lane *low) {
  for (int i = 0; i < LANE_WIDTH; ++i) (*high)[i] = (uint32_t)((uint64_t)a[i] * b >> 32);
  *low = a * lane_set(b);
}
HD_INLINE LaneMask lane_eq(Lane a, Lane b) {
  return (LaneMask)(a == b);
}
HD_INLINE LaneMask lane_le(Lane a, Lane b) {
  return (LaneMask)(a <= b);
}
HD_INLINE LaneMask lane_bit(Lane a, Lane index) {
  return (LaneMask)((a >> (index & 31) & 1) != 0);
}
HD_INLINE LaneMask lane_mask_none(void) {
  return lane_set(0);
}
HD_INLINE LaneMask lane_mask_and(LaneMask a, LaneMask b) {
  return a & b;
}
HD_INLINE LaneMask lane_mask_or(LaneMask a, LaneMask b) {
  return a | b;
}
HD_INLINE LaneMask lane_mask_but(LaneMask a, LaneMask b) {
  return a & ~b;
}
HD_INLINE uint32_t lane_mask_bits(LaneMask a) {
  return (a[0] & 1) | (a[1] & 2) | (a[2] & 4) | (a[3] & 8);
}
HD_INLINE Lane lane_blend(Lane no, LaneMask mask, Lane yes) {
  return (no & ~mask) | (yes & mask);
}
HD_INLINE Lane lane_gather(const uint32_t *base, Lane index) {
  const Lane a = {base[index[0]], base[index[1]], base[index[2]], base[index[3]]};
  return a;
}
HD_INLINE LaneTable lane_table(int a, int b, int c, int d) {
  return (uint32_t)(a & 255) | (uint32_t)(b & 255) << 8 | (uint32_t)(c & 255) << 16 |
         (uint32_t)(d & 255) << 24;
}
HD_INLINE Lane lane_pick(LaneTable table, Lane index) {
  for (int i = 0; i < LANE_WIDTH; ++i) index[i] = (uint32_t)(int32_t)(int8_t)(table >> (index[i] & 3) * 8);
  return index;
}

// out(count) = one byte, 0 or 1, for each of the lowest `count` bits, 1 … 64.
HD_INLINE void lane_spread_bits(uint64_t bits, int count, uint8_t *out) {
  uint64_t spread[8];
  for (int k = 0; k < 8; ++k) {
    // Bit i of a byte is left alone in byte i, then made 1 there.
    const uint64_t alone = (bits >> 8 * k & 255) * 0x0101010101010101u & 0x8040201008040201u;
    spread[k] = (alone + 0x7f7f7f7f7f7f7f7fu) >> 7 & 0x0101010101010101u;
  }
  memcpy(out, spread, (size_t)count);
}

// out(LANE_WIDTH) of 16 bytes = the 128 bits that begin at bit `shift` (0 … 7) of base[byte], those of them
// that are set in keep(4), with `top` (shifted to its place) added to the highest 32.
HD_INLINE void lane_cut_128(const uint8_t *base, Lane byte, Lane shift, Lane top, const uint32_t *keep,
                            uint8_t *out) {
  uint64_t kept[2];
  memcpy(kept, keep, sizeof kept);
  for (int i = 0; i < LANE_WIDTH; ++i) {
    uint64_t low, high;
    memcpy(&low, base + byte[i], sizeof low);
    memcpy(&high, base + byte[i] + 8, sizeof high);
    low = (low >> shift[i] | high << 1 << (63 - shift[i])) & kept[0];
    high = (high >> shift[i] & kept[1]) | (uint64_t)top[i] << 32;
    memcpy(out + 16 * i, &low, sizeof low);
    memcpy(out + 16 * i + 8, &high, sizeof high);
  }
}

#endif
#endif
