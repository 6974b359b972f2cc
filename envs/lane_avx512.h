// Lane of 16 worlds: AVX-512.
#ifndef MESAGRID_ENVS_LANE_AVX512_H
#define MESAGRID_ENVS_LANE_AVX512_H
#if defined(__AVX512F__) && defined(__AVX512BW__)  // else empty: this header may be read alone

#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>

#include "envs/hd.h"

enum { LANE_WIDTH = 16 };
typedef __m512i Lane;
typedef __mmask16 LaneMask;
typedef __m512i LaneTable;  // four entries, four times

HD_INLINE Lane lane_set(uint32_t x) {
  return _mm512_set1_epi32((int)x);
}
HD_INLINE Lane lane_count_up(void) {
  return _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}
HD_INLINE Lane lane_load(const uint32_t *p) {
  return _mm512_loadu_si512(p);
}
HD_INLINE void lane_store(uint32_t *p, Lane a) {
  _mm512_storeu_si512(p, a);
}
HD_INLINE Lane lane_load_bytes(const uint8_t *p) {
  return _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(const void *)p));
}
HD_INLINE void lane_store_bytes(uint8_t *p, Lane a) {
  _mm_storeu_si128((__m128i *)(void *)p, _mm512_cvtepi32_epi8(a));
}
HD_INLINE Lane lane_add(Lane a, Lane b) {
  return _mm512_add_epi32(a, b);
}
HD_INLINE Lane lane_sub(Lane a, Lane b) {
  return _mm512_sub_epi32(a, b);
}
HD_INLINE Lane lane_and(Lane a, Lane b) {
  return _mm512_and_si512(a, b);
}
HD_INLINE Lane lane_or(Lane a, Lane b) {
  return _mm512_or_si512(a, b);
}
HD_INLINE Lane lane_xor(Lane a, Lane b) {
  return _mm512_xor_si512(a, b);
}
HD_INLINE Lane lane_shl(Lane a, int count) {
  return _mm512_sll_epi32(a, _mm_cvtsi32_si128(count));
}
HD_INLINE Lane lane_shr(Lane a, int count) {
  return _mm512_srl_epi32(a, _mm_cvtsi32_si128(count));
}
HD_INLINE Lane lane_mul(Lane a, Lane b) {
  return _mm512_mullo_epi32(a, b);
}
HD_INLINE void lane_mul_wide(Lane a, uint32_t b, Lane *high, Lane *low) {
  const __m512i factor = _mm512_set1_epi32((int)b);
  const __m512i even = _mm512_mul_epu32(a, factor);
  const __m512i odd = _mm512_mul_epu32(_mm512_srli_epi64(a, 32), factor);
  *high = _mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 32), odd);
  *low = _mm512_mask_blend_epi32(0xaaaa, even, _mm512_slli_epi64(odd, 32));
}
HD_INLINE LaneMask lane_eq(Lane a, Lane b) {
  return _mm512_cmpeq_epi32_mask(a, b);
}
HD_INLINE LaneMask lane_le(Lane a, Lane b) {
  return _mm512_cmple_epu32_mask(a, b);
}
HD_INLINE LaneMask lane_bit(Lane a, Lane index) {
  return _mm512_test_epi32_mask(_mm512_rorv_epi32(a, index), _mm512_set1_epi32(1));
}
HD_INLINE LaneMask lane_mask_none(void) {
  return 0;
}
HD_INLINE LaneMask lane_mask_and(LaneMask a, LaneMask b) {
  return _kand_mask16(a, b);
}
HD_INLINE LaneMask lane_mask_or(LaneMask a, LaneMask b) {
  return _kor_mask16(a, b);
}
HD_INLINE LaneMask lane_mask_but(LaneMask a, LaneMask b) {
  return _kandn_mask16(b, a);
}
HD_INLINE uint32_t lane_mask_bits(LaneMask a) {
  return _cvtmask16_u32(a);
}
HD_INLINE Lane lane_blend(Lane no, LaneMask mask, Lane yes) {
  return _mm512_mask_blend_epi32(mask, no, yes);
}
HD_INLINE Lane lane_gather(const uint32_t *base, Lane index) {
  return _mm512_i32gather_epi32(index, base, 4);
}
HD_INLINE LaneTable lane_table(int a, int b, int c, int d) {
  return _mm512_setr4_epi32(a, b, c, d);
}
HD_INLINE Lane lane_pick(LaneTable table, Lane index) {
  return _mm512_permutexvar_epi32(index, table);  // takes the lowest four bits
}

// out(count) = one byte, 0 or 1, for each of the lowest `count` bits, 1 … 64.
HD_INLINE void lane_spread_bits(uint64_t bits, int count, uint8_t *out) {
  const __mmask64 written = ~(__mmask64)0 >> (64 - count);
  _mm512_mask_storeu_epi8(out, written, _mm512_maskz_set1_epi8(bits, 1));
}

// out(LANE_WIDTH) of 16 bytes = the 128 bits that begin at bit `shift` (0 … 7) of base[byte], those of them
// that are set in keep(4), with `top` (shifted to its place) added to the highest 32.
HD_INLINE void lane_cut_128(const uint8_t *base, Lane byte, Lane shift, Lane top, const uint32_t *keep,
                            uint8_t *out) {
  uint32_t at[LANE_WIDTH];
  lane_store(at, byte);
  __asm__("" : "+m"(at));  // read again from memory: taking a vector apart costs more
  const __m512i none = _mm512_setzero_si512(), bits_of_half = _mm512_set1_epi64(64);
  const __m512i kept = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)keep));
  // Where each 32 bits of four worlds come from; 16 and more: from `none`.
  __m512i low = _mm512_setr_epi32(0, 16, 0, 16, 1, 16, 1, 16, 2, 16, 2, 16, 3, 16, 3, 16);
  __m512i highest = _mm512_setr_epi32(16, 16, 16, 0, 16, 16, 16, 1, 16, 16, 16, 2, 16, 16, 16, 3);
  UNROLL for (int i = 0; i < LANE_WIDTH; i += 4) {
    const __m128i *const a = (const __m128i *)(const void *)(base + at[i]);
    const __m128i *const b = (const __m128i *)(const void *)(base + at[i + 1]);
    const __m128i *const c = (const __m128i *)(const void *)(base + at[i + 2]);
    const __m128i *const d = (const __m128i *)(const void *)(base + at[i + 3]);
    __m512i bits = _mm512_castsi128_si512(_mm_loadu_si128(a));
    bits = _mm512_inserti32x4(bits, _mm_loadu_si128(b), 1);
    bits = _mm512_inserti32x4(bits, _mm_loadu_si128(c), 2);
    bits = _mm512_inserti32x4(bits, _mm_loadu_si128(d), 3);
    const __m512i upper = _mm512_unpackhi_epi64(bits, none);  // into the lower half's place
    const __m512i count = _mm512_permutex2var_epi32(shift, low, none);
    const __m512i right = _mm512_srlv_epi64(bits, count);
    const __m512i left = _mm512_sllv_epi64(upper, _mm512_sub_epi64(bits_of_half, count));
    const __m512i cut = _mm512_ternarylogic_epi64(right, left, kept, 0xa8);  // (right | left) & kept
    _mm512_storeu_si512(out + 16 * i, _mm512_or_si512(cut, _mm512_permutex2var_epi32(top, highest, none)));
    low = _mm512_add_epi32(low, _mm512_set1_epi32(4));
    highest = _mm512_add_epi32(highest, _mm512_set1_epi32(4));
  }
}

#endif
#endif
