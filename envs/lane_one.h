// Lane of one world: a thread of a GPU, or of an emulated one.
#ifndef MESAGRID_ENVS_LANE_ONE_H
#define MESAGRID_ENVS_LANE_ONE_H

#include <stdbool.h>
#include <stdint.h>

#include "envs/hd.h"

enum { LANE_WIDTH = 1 };
typedef uint32_t Lane;
typedef bool LaneMask;
typedef uint32_t LaneTable;  // four signed bytes

HD_INLINE Lane lane_set(uint32_t x) {
  return x;
}
HD_INLINE Lane lane_count_up(void) {
  return 0;
}
HD_INLINE Lane lane_load(const uint32_t *p) {
  return *p;
}
HD_INLINE void lane_store(uint32_t *p, Lane a) {
  *p = a;
}
HD_INLINE Lane lane_load_bytes(const uint8_t *p) {
  return *p;
}
HD_INLINE void lane_store_bytes(uint8_t *p, Lane a) {
  *p = (uint8_t)a;
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
  return a << count;
}
HD_INLINE Lane lane_shr(Lane a, int count) {
  return a >> count;
}
HD_INLINE Lane lane_mul(Lane a, Lane b) {
  return a * b;
}
HD_INLINE void lane_mul_wide(Lane a, uint32_t b, Lane *high, Lane *low) {
  const uint64_t product = (uint64_t)a * b;
  *high = (uint32_t)(product >> 32);
  *low = (uint32_t)product;
}
HD_INLINE LaneMask lane_eq(Lane a, Lane b) {
  return a == b;
}
HD_INLINE LaneMask lane_le(Lane a, Lane b) {
  return a <= b;
}
HD_INLINE LaneMask lane_bit(Lane a, Lane index) {
  return a >> (index & 31) & 1;
}
HD_INLINE LaneMask lane_mask_none(void) {
  return false;
}
HD_INLINE LaneMask lane_mask_and(LaneMask a, LaneMask b) {
  return a & b;
}
HD_INLINE LaneMask lane_mask_or(LaneMask a, LaneMask b) {
  return a | b;
}
HD_INLINE LaneMask lane_mask_but(LaneMask a, LaneMask b) {
  return a & !b;
}
HD_INLINE uint32_t lane_mask_bits(LaneMask a) {
  return a;
}
HD_INLINE Lane lane_blend(Lane no, LaneMask mask, Lane yes) {
  return mask ? yes : no;
}
HD_INLINE Lane lane_gather(const uint32_t *base, Lane index) {
  return base[index];
}
HD_INLINE LaneTable lane_table(int a, int b, int c, int d) {
  return (uint32_t)(a & 255) | (uint32_t)(b & 255) << 8 | (uint32_t)(c & 255) << 16 |
         (uint32_t)(d & 255) << 24;
}
HD_INLINE Lane lane_pick(LaneTable table, Lane index) {
  return (uint32_t)(int32_t)(int8_t)(table >> (index & 3) * 8);
}

#endif
