// Lane of 8 worlds: AVX2.
#ifndef MESAGRID_ENVS_LANE_AVX2_H
#define MESAGRID_ENVS_LANE_AVX2_H
#if defined(__AVX2__)  // else empty: this header may be read alone

#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "envs/hd.h"

enum { LANE_WIDTH = 8 };
typedef __m256i Lane;
typedef __m256i LaneMask;   // all bits of a world, or none
typedef __m256i LaneTable;  // four entries, twice

HD_INLINE Lane lane_set(uint32_t x) {
  return _mm256_set1_epi32((int)x);
}
HD_INLINE Lane lane_count_up(void) {
  return _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
}
HD_INLINE Lane lane_load(const uint32_t *p) {
  return _mm256_loadu_si256((const __m256i *)(const void *)p);
}
HD_INLINE void lane_store(uint32_t *p, Lane a) {
  _mm256_storeu_si256((__m256i *)(void *)p, a);
}
HD_INLINE Lane lane_load_bytes(const uint8_t *p) {
  return _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)p));
}
HD_INLINE void lane_store_bytes(uint8_t *p, Lane a) {
  const __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
  _mm_storel_epi64((__m128i *)(void *)p, _mm_packus_epi16(words, words));
}
HD_INLINE Lane lane_add(Lane a, Lane b) {
  return _mm256_add_epi32(a, b);
}
HD_INLINE Lane lane_sub(Lane a, Lane b) {
  return _mm256_sub_epi32(a, b);
}
HD_INLINE Lane lane_and(Lane a, Lane b) {
  return _mm256_and_si256(a, b);
}
HD_INLINE Lane lane_or(Lane a, Lane b) {
  return _mm256_or_si256(a, b);
}
HD_INLINE Lane lane_xor(Lane a, Lane b) {
  return _mm256_xor_si256(a, b);
}
HD_INLINE Lane lane_shl(Lane a, int count) {
  return _mm256_sll_epi32(a, _mm_cvtsi32_si128(count));
}
HD_INLINE Lane lane_shr(Lane a, int count) {
  return _mm256_srl_epi32(a, _mm_cvtsi32_si128(count));
}
HD_INLINE Lane lane_mul(Lane a, Lane b) {
  return _mm256_mullo_epi32(a, b);
}
HD_INLINE void lane_mul_wide(Lane a, uint32_t b, Lane *high, Lane *low) {
  const __m256i factor = _mm256_set1_epi32((int)b);
  const __m256i even = _mm256_mul_epu32(a, factor);
  const __m256i odd = _mm256_mul_epu32(_mm256_srli_epi64(a, 32), factor);
  *high = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa);
  *low = _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xaa);
}
HD_INLINE LaneMask lane_eq(Lane a, Lane b) {
  return _mm256_cmpeq_epi32(a, b);
}
HD_INLINE LaneMask lane_le(Lane a, Lane b) {
  return _mm256_cmpeq_epi32(_mm256_min_epu32(a, b), a);
}
HD_INLINE LaneMask lane_bit(Lane a, Lane index) {
  const __m256i up = _mm256_sub_epi32(_mm256_set1_epi32(31), _mm256_and_si256(index, _mm256_set1_epi32(31)));
  return _mm256_srai_epi32(_mm256_sllv_epi32(a, up), 31);
}
HD_INLINE LaneMask lane_mask_none(void) {
  return _mm256_setzero_si256();
}
HD_INLINE LaneMask lane_mask_and(LaneMask a, LaneMask b) {
  return _mm256_and_si256(a, b);
}
HD_INLINE LaneMask lane_mask_or(LaneMask a, LaneMask b) {
  return _mm256_or_si256(a, b);
}
HD_INLINE LaneMask lane_mask_but(LaneMask a, LaneMask b) {
  return _mm256_andnot_si256(b, a);
}
HD_INLINE uint32_t lane_mask_bits(LaneMask a) {
  return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(a));
}
HD_INLINE Lane lane_blend(Lane no, LaneMask mask, Lane yes) {
  return _mm256_blendv_epi8(no, yes, mask);
}
HD_INLINE Lane lane_gather(const uint32_t *base, Lane index) {
  return _mm256_i32gather_epi32((const int *)base, index, 4);
}
HD_INLINE LaneTable lane_table(int a, int b, int c, int d) {
  return _mm256_setr_epi32(a, b, c, d, a, b, c, d);
}
HD_INLINE Lane lane_pick(LaneTable table, Lane index) {
  return _mm256_permutevar8x32_epi32(table, index);  // takes the lowest three bits
}

HD_INLINE __m256i lane_spread_half(uint32_t bits) {
  const __m256i byte = _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
  const __m256i bit = _mm256_set1_epi64x((long long)0x8040201008040201u);
  const __m256i spread = _mm256_shuffle_epi8(_mm256_set1_epi32((int)bits), byte);
  return _mm256_min_epu8(_mm256_and_si256(spread, bit), _mm256_set1_epi8(1));
}

// out(count) = one byte, 0 or 1, for each of the lowest `count` bits, 1 … 64.
HD_INLINE void lane_spread_bits(uint64_t bits, int count, uint8_t *out) {
  __m256i half[2] = {lane_spread_half((uint32_t)bits), lane_spread_half((uint32_t)(bits >> 32))};
  memcpy(out, half, (size_t)count);
}

// out(LANE_WIDTH) of 16 bytes = the 128 bits that begin at bit `shift` (0 … 7) of base[byte], those of them
// that are set in keep(4), with `top` (shifted to its place) added to the highest 32.
HD_INLINE void lane_cut_128(const uint8_t *base, Lane byte, Lane shift, Lane top, const uint32_t *keep,
                            uint8_t *out) {
  uint32_t at[LANE_WIDTH];
  lane_store(at, byte);
  __asm__("" : "+m"(at));  // read again from memory: taking a vector apart costs more
  const Lane rest = _mm256_sub_epi32(_mm256_set1_epi32(64), shift), none = _mm256_setzero_si256();
  const Lane kept = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)keep));
  Lane world = _mm256_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1);
  UNROLL for (int i = 0; i < LANE_WIDTH; i += 2) {
    const __m128i *const a = (const __m128i *)(const void *)(base + at[i]);
    const __m128i *const b = (const __m128i *)(const void *)(base + at[i + 1]);
    __m256i bits = _mm256_castsi128_si256(_mm_loadu_si128(a));
    bits = _mm256_inserti128_si256(bits, _mm_loadu_si128(b), 1);
    const __m256i upper = _mm256_unpackhi_epi64(bits, none);  // into the lower half's place
    const __m256i counts = _mm256_blend_epi32(_mm256_permutevar8x32_epi32(shift, world), none, 0xaa);
    const __m256i rests = _mm256_blend_epi32(_mm256_permutevar8x32_epi32(rest, world), none, 0xaa);
    const __m256i cut = _mm256_or_si256(_mm256_srlv_epi64(bits, counts), _mm256_sllv_epi64(upper, rests));
    const __m256i mark = _mm256_blend_epi32(none, _mm256_permutevar8x32_epi32(top, world), 0x88);
    _mm256_storeu_si256((__m256i *)(void *)(out + 16 * i),
                        _mm256_or_si256(_mm256_and_si256(cut, kept), mark));
    world = _mm256_add_epi32(world, _mm256_set1_epi32(2));
  }
}

#endif
#endif
