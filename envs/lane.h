// Lane: one 32-bit number for each of as many worlds as the instruction set steps at once, and what to do
// with it.
#ifndef MESAGRID_ENVS_LANE_H
#define MESAGRID_ENVS_LANE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "envs/hd.h"

// Rules over Lane are branch-free: a comparison yields a LaneMask, lane_select takes from either side by it.
// On the GPU a Lane is one number and the worlds are threads; the emulated CTA is built the same way.
#if defined(__CUDACC__) || defined(MESAGRID_EMULATE_CTA)
#include "envs/lane_one.h"
#elif defined(__AVX512F__) && defined(__AVX512BW__)
#include "envs/lane_avx512.h"
#elif defined(__AVX2__)
#include "envs/lane_avx2.h"
#else
#include "envs/lane_any.h"
#endif

enum { LANE_TILE = 16 };  // worlds lie in memory in tiles of this many, whatever the width of a Lane

HD_INLINE Lane lane_select(LaneMask mask, Lane yes, Lane no) {
  return lane_blend(no, mask, yes);
}

// a + b where the mask holds, a elsewhere.
HD_INLINE Lane lane_add_where(LaneMask mask, Lane a, Lane b) {
  return lane_blend(a, mask, lane_add(a, b));
}

#endif
