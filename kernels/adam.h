// Adam with a clipped global norm, over one agent's flat parameter vector.
#ifndef MESAGRID_KERNELS_ADAM_H
#define MESAGRID_KERNELS_ADAM_H

#include <stdbool.h>

#include "kernels/block.h"
#include "kernels/mathx.h"

typedef struct AdamCoefficients {
  real learning_rate, beta1, beta2, eps, max_grad_norm;
} AdamCoefficients;

// Running powers β₁ᵗ and β₂ᵗ, kept by multiplication: pow() differs between machines.
typedef struct AdamPowers {
  real beta1, beta2;
} AdamPowers;

// One parameter (Kingma & Ba 2015, arXiv 1412.6980, algorithm 1). `powers` are those after this step.
HD_INLINE void adam_step(const AdamCoefficients *k, const AdamPowers *powers, real gradient, real *parameter,
                         real *moment1, real *moment2) {
  const real m = real_fma(k->beta1, *moment1, (REAL(1.0) - k->beta1) * gradient);
  const real v = real_fma(k->beta2, *moment2, (REAL(1.0) - k->beta2) * gradient * gradient);
  const real m_hat = m / (REAL(1.0) - powers->beta1), v_hat = v / (REAL(1.0) - powers->beta2);
  *moment1 = m;
  *moment2 = v;
  *parameter -= k->learning_rate * m_hat / (real_sqrt(v_hat) + k->eps);
}

// Lanes of a sum over a vector: lane l takes elements l, l + LANES, …, whatever the number of threads.
enum { SUM_LANES = 64 };  // TENSOR_ALIGN of kernels/agent.h

// partial(SUM_LANES) ← Σ x² by lane.
HD_INLINE void sum_squares(const Block *block, const real *x, int count, real *partial) {
  BLOCK_FOR(block, lane, SUM_LANES) {
    real sum = 0;
    for (int i = lane; i < count; i += SUM_LANES) sum = real_fma(x[i], x[i], sum);
    partial[lane] = sum;
  }
}

// The lanes' sum in order: every thread that asks gets the same bits.
HD_INLINE real sum_lanes(const real *partial) {
  real sum = 0;
  for (int lane = 0; lane < SUM_LANES; ++lane) sum += partial[lane];
  return sum;
}

// Not NaN and not infinite, without a library call.
HD_INLINE bool real_is_finite(real x) {
  return x - x == 0;
}

#endif
