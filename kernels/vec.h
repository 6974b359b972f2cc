// Vec: a short vector of reals, exactly as wide as the instruction set; one text for every machine.
#ifndef MESAGRID_KERNELS_VEC_H
#define MESAGRID_KERNELS_VEC_H

#include <math.h>
#include <string.h>

#include "envs/hd.h"

// Ops are written over `real`. Finite differences need the sharp one; everything that ships uses float.
#ifdef MESAGRID_REAL_DOUBLE
typedef double real;
#define REAL(x) x
#else
typedef float real;
#define REAL(x) x##f
#endif

HD_INLINE real real_fma(real a, real b, real c) {
#ifdef MESAGRID_REAL_DOUBLE
  return fma(a, b, c);
#else
  return fmaf(a, b, c);
#endif
}

// Where many threads make a block, each of them loads four reals at once.
#if defined(__CUDACC__) || defined(MESAGRID_EMULATE_CTA)
enum { VEC_MANY_THREADS = 1 };
#else
enum { VEC_MANY_THREADS = 0 };
#endif

// A pointer to a group of that many reals, aligned as the group is long: a GPU then loads four at once.
HD_INLINE const real *real_group(const real *p, int count) {
#ifdef __CUDA_ARCH__
  return count % 4 == 0 ? (const real *)__builtin_assume_aligned(p, 16) : p;
#else
  (void)count;
  return p;
#endif
}

// A comparison, not fminf: its answer for NaN is then the same on every machine.
HD_INLINE real real_min(real a, real b) {
  return a < b ? a : b;
}
HD_INLINE real real_max(real a, real b) {
  return a > b ? a : b;
}

#if defined(MESAGRID_REAL_DOUBLE) || defined(MESAGRID_EMULATE_CTA)
enum { VEC_WIDTH = 1 };
typedef real Vec;
HD_INLINE Vec vec_load(const real *p) {
  return *p;
}
HD_INLINE void vec_store(real *p, Vec v) {
  *p = v;
}
HD_INLINE Vec vec_set1(real x) {
  return x;
}
HD_INLINE Vec vec_fma(Vec a, Vec b, Vec c) {
  return real_fma(a, b, c);
}
HD_INLINE Vec vec_min(Vec a, Vec b) {
  return real_min(a, b);
}
HD_INLINE Vec vec_max(Vec a, Vec b) {
  return real_max(a, b);
}
#elif defined(__CUDACC__)
// A thread of a CTA holds four channels: what it loads from shared memory, not its arithmetic, is what it
// waits for, and each value then serves four multiply-adds.
enum { VEC_WIDTH = 4 };
typedef float4 Vec;
HD_INLINE Vec vec_of(real x, real y, real z, real w) {
  const Vec v = {x, y, z, w};
  return v;
}
HD_INLINE Vec vec_load(const real *p) {
  return *(const float4 *)p;
}
HD_INLINE void vec_store(real *p, Vec v) {
  *(float4 *)p = v;
}
HD_INLINE Vec vec_set1(real x) {
  return vec_of(x, x, x, x);
}
HD_INLINE Vec vec_fma(Vec a, Vec b, Vec c) {
  return vec_of(real_fma(a.x, b.x, c.x), real_fma(a.y, b.y, c.y), real_fma(a.z, b.z, c.z),
                real_fma(a.w, b.w, c.w));
}
HD_INLINE Vec vec_min(Vec a, Vec b) {
  return vec_of(real_min(a.x, b.x), real_min(a.y, b.y), real_min(a.z, b.z), real_min(a.w, b.w));
}
HD_INLINE Vec vec_max(Vec a, Vec b) {
  return vec_of(real_max(a.x, b.x), real_max(a.y, b.y), real_max(a.z, b.z), real_max(a.w, b.w));
}
HD_INLINE Vec operator+(Vec a, Vec b) {
  return vec_of(a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w);
}
HD_INLINE Vec operator-(Vec a, Vec b) {
  return vec_of(a.x - b.x, a.y - b.y, a.z - b.z, a.w - b.w);
}
HD_INLINE Vec operator*(Vec a, Vec b) {
  return vec_of(a.x * b.x, a.y * b.y, a.z * b.z, a.w * b.w);
}
HD_INLINE Vec operator/(Vec a, Vec b) {
  return vec_of(a.x / b.x, a.y / b.y, a.z / b.z, a.w / b.w);
}
#elif defined(__AVX512F__)
#include <immintrin.h>
enum { VEC_WIDTH = 16 };
typedef __m512 Vec;
HD_INLINE Vec vec_load(const real *p) {
  return _mm512_loadu_ps(p);
}
HD_INLINE void vec_store(real *p, Vec v) {
  _mm512_storeu_ps(p, v);
}
HD_INLINE Vec vec_set1(real x) {
  return _mm512_set1_ps(x);
}
HD_INLINE Vec vec_fma(Vec a, Vec b, Vec c) {
  return _mm512_fmadd_ps(a, b, c);
}
HD_INLINE Vec vec_min(Vec a, Vec b) {
  return _mm512_min_ps(a, b);
}
HD_INLINE Vec vec_max(Vec a, Vec b) {
  return _mm512_max_ps(a, b);
}
#elif defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
enum { VEC_WIDTH = 8 };
typedef __m256 Vec;
HD_INLINE Vec vec_load(const real *p) {
  return _mm256_loadu_ps(p);
}
HD_INLINE void vec_store(real *p, Vec v) {
  _mm256_storeu_ps(p, v);
}
HD_INLINE Vec vec_set1(real x) {
  return _mm256_set1_ps(x);
}
HD_INLINE Vec vec_fma(Vec a, Vec b, Vec c) {
  return _mm256_fmadd_ps(a, b, c);
}
HD_INLINE Vec vec_min(Vec a, Vec b) {
  return _mm256_min_ps(a, b);
}
HD_INLINE Vec vec_max(Vec a, Vec b) {
  return _mm256_max_ps(a, b);
}
#else
enum { VEC_WIDTH = 4 };  // any machine: right, but slow where fmaf is a call
typedef float Vec __attribute__((vector_size(16)));
HD_INLINE Vec vec_load(const real *p) {
  Vec v;
  memcpy(&v, p, sizeof v);
  return v;
}
HD_INLINE void vec_store(real *p, Vec v) {
  memcpy(p, &v, sizeof v);
}
HD_INLINE Vec vec_set1(real x) {
  return (Vec){x, x, x, x};
}
HD_INLINE Vec vec_fma(Vec a, Vec b, Vec c) {
  for (int i = 0; i < VEC_WIDTH; ++i) c[i] = fmaf(a[i], b[i], c[i]);
  return c;
}
HD_INLINE Vec vec_min(Vec a, Vec b) {
  for (int i = 0; i < VEC_WIDTH; ++i) b[i] = real_min(a[i], b[i]);
  return b;
}
HD_INLINE Vec vec_max(Vec a, Vec b) {
  for (int i = 0; i < VEC_WIDTH; ++i) b[i] = real_max(a[i], b[i]);
  return b;
}
#endif

#endif
