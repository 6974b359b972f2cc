// HD and friends: what lets one header serve gcc, clang, g++ and nvcc.
#ifndef MESAGRID_ENVS_HD_H
#define MESAGRID_ENVS_HD_H

#ifdef __CUDACC__
#define HD __host__ __device__
#else
#define HD
#endif

#define RESTRICT __restrict__

// Unrolls the loop that follows; gcc keeps accumulators in registers only then.
#if defined(__CUDA_ARCH__)
#define UNROLL _Pragma("unroll")
#elif defined(__CUDACC__)
#define UNROLL  // nvcc's host pass: its two compilers share no such pragma
#elif defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

// Unrolls on a GPU only: for loops whose bounds are constants there.
#if defined(__CUDA_ARCH__)
#define UNROLL_ON_GPU _Pragma("unroll")
#else
#define UNROLL_ON_GPU
#endif

// Keeps the loop that follows as it is: a GPU hides latency with other warps, and unrolling takes the
// registers that they need.
#if defined(__CUDA_ARCH__)
#define NO_UNROLL _Pragma("unroll 1")
#else
#define NO_UNROLL
#endif

// For small bodies that must vanish into their caller.
#if defined(__CUDACC__)
#define HD_INLINE static __forceinline__ HD
#else
#define HD_INLINE static inline __attribute__((always_inline))
#endif

#endif
