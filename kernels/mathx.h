// Own exp, log, tanh and sigmoid: the C library's and CUDA's differ in their last bits, these do not.
#ifndef MESAGRID_KERNELS_MATHX_H
#define MESAGRID_KERNELS_MATHX_H

#include <stdint.h>

#include "kernels/vec.h"

// tanh(x) = x P(x²) / Q(x²) on |x| <= 8, clamped beyond. Coefficients: a reweighted least-squares fit of our
// own, relative error 7e-9 before rounding and 4e-7 in float, so |tanh| can pass 1 by a rounding error.
enum { TANH_P = 5, TANH_Q = 5 };
#define TANH_NUMERATOR \
  { 1.0f, 0.134445176f, 0.00357162138f, 2.18950427e-05f, 1.52309436e-08f }
#define TANH_DENOMINATOR \
  { 1.0f, 0.467778444f, 0.0261645317f, 0.000341133011f, 8.52266226e-07f }
#define TANH_LIMIT 8.0f

// Numerator and denominator of tanh(x).
HD_INLINE void vec_tanh_ratio(Vec x, Vec *numerator, Vec *denominator) {
  const float p[TANH_P] = TANH_NUMERATOR, q[TANH_Q] = TANH_DENOMINATOR;
  x = vec_max(vec_min(x, vec_set1(TANH_LIMIT)), vec_set1(-TANH_LIMIT));
  const Vec y = x * x;
  Vec top = vec_set1(p[TANH_P - 1]), bottom = vec_set1(q[TANH_Q - 1]);
  UNROLL for (int i = TANH_P - 2; i >= 0; --i) top = vec_fma(top, y, vec_set1(p[i]));
  UNROLL for (int i = TANH_Q - 2; i >= 0; --i) bottom = vec_fma(bottom, y, vec_set1(q[i]));
  *numerator = x * top;
  *denominator = bottom;
}

// a ← tanh(a), f ← sigmoid(f) = (1 + tanh(f / 2)) / 2. Together, because one division serves both:
// the denominators are at most 2 · 10², so their product is harmless.
HD_INLINE void vec_tanh_sigmoid(Vec *a, Vec *f) {
#ifdef MESAGRID_REAL_DOUBLE
  *a = tanh(*a);
  *f = 1.0 / (1.0 + exp(-*f));
#else
  const Vec half = vec_set1(0.5f), one = vec_set1(1.0f);
  Vec top_a, bottom_a, top_f, bottom_f;
  vec_tanh_ratio(*a, &top_a, &bottom_a);
  vec_tanh_ratio(*f * half, &top_f, &bottom_f);
  const Vec inverse = one / (bottom_a * bottom_f);
  *a = top_a * (bottom_f * inverse);
  *f = vec_fma(top_f * (bottom_a * inverse), half, half);
#endif
}

HD_INLINE real real_from_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

// exp(x): 2^n · 2^r with n the nearest integer to x / ln 2, and the Taylor series of e^r for |r| <= ln 2 / 2.
HD_INLINE real real_exp(real x) {
#ifdef MESAGRID_REAL_DOUBLE
  return exp(x);
#else
  x = real_min(real_max(x, -87.0f), 88.0f);
  const float shift = 12582912.0f;  // 1.5 · 2^23: adding it rounds to an integer
  const float n = (x * 1.44269504f + shift) - shift;
  float r = real_fma(n, -0.693359375f, x);  // ln 2 in two parts, so that n · ln 2 stays exact
  r = real_fma(n, 2.12194440e-4f, r);
  float e = 1.0f / 5040.0f;
  e = real_fma(e, r, 1.0f / 720.0f);
  e = real_fma(e, r, 1.0f / 120.0f);
  e = real_fma(e, r, 1.0f / 24.0f);
  e = real_fma(e, r, 1.0f / 6.0f);
  e = real_fma(e, r, 0.5f);
  e = real_fma(e, r, 1.0f);
  e = real_fma(e, r, 1.0f);
  return e * real_from_bits((uint32_t)((int)n + 127) << 23);
#endif
}

// log(x) for normal x > 0: exponent · ln 2 + 2 atanh((m − 1) / (m + 1)) with m in [√½, √2).
HD_INLINE real real_log(real x) {
#ifdef MESAGRID_REAL_DOUBLE
  return log(x);
#else
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  const int32_t exponent = ((int32_t)(bits - 0x3f3504f3u)) >> 23;  // 0x3f3504f3 = √½
  const float m = real_from_bits(bits - ((uint32_t)exponent << 23));
  const float s = (m - 1.0f) / (m + 1.0f), y = s * s;
  float series = 2.0f / 9.0f;
  series = real_fma(series, y, 2.0f / 7.0f);
  series = real_fma(series, y, 2.0f / 5.0f);
  series = real_fma(series, y, 2.0f / 3.0f);
  series = real_fma(series, y, 2.0f);
  return real_fma((float)exponent, 0.693147181f, s * series);
#endif
}

HD_INLINE real real_sqrt(real x) {
#ifdef MESAGRID_REAL_DOUBLE
  return sqrt(x);
#else
  return sqrtf(x);
#endif
}

#endif
