// Linear fits for probes of a state: ridge regression and multinomial logistic regression, the same bits on
// any number of threads.
#ifndef MESAGRID_HOST_PROBE_FIT_H
#define MESAGRID_HOST_PROBE_FIT_H

#include <stdbool.h>
#include <stdint.h>

#include "envs/env.h"
#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

// Squares and what is to be read off them. The last column of x is 1, and its weight is never penalized.
typedef struct FitTable {
  int rows, columns;
  double *x;         // (rows, columns)
  double *distance;  // (rows)
  uint8_t *best;     // (rows): the right actions, one bit each, at least one
} FitTable;

// STATUS_MEMORY: nothing to free.
Status fit_table_create(int rows, int columns, FitTable *table);
void fit_table_free(FitTable *table);

// Rows from … until − 1; borrows, never to be freed.
FitTable fit_table_part(const FitTable *table, int from, int until);

// Shifts and scales every column but the last by the mean and deviation that it has in `train`, in both
// tables; columns that are constant there become 0.
Status fit_standardize(FitTable *train, FitTable *test);

// Cholesky's factor: a(n, n), symmetric, of which only the lower half is read, becomes L of a = L·Lᵀ there.
// False where `a` is not positive definite.
bool fit_cholesky(int n, double *a);

// b(n) becomes the solution of L·Lᵀ·x = b.
void fit_solve(int n, const double *factor, double *b);

// weight(columns) minimizes Σ (x·weight − distance)² + ridge · rows · |weight|² (Hoerl & Kennard 1970).
Status fit_ridge(const FitTable *table, double ridge, double *weight);

// 1 − residual / total sum of squares of the distances in `table`; NaN where they are all equal.
double fit_r2(const FitTable *table, const double *weight);

// Multinomial logistic regression of the first right action: weight(ENV_ACTIONS, columns), zero for the last
// action, minimizes the mean log loss + ridge / 2 · |weight|². Newton's method (IRLS) from zero.
Status fit_logistic(const FitTable *table, double ridge, double *weight);

// How well the likeliest action does. What it names counts as the truth where it is one of the right actions,
// else the first right action does.
typedef struct FitActions {
  double accuracy;
  double macro_f1;  // mean of F1 over the actions that are truths or named anywhere
} FitActions;

FitActions fit_actions(const FitTable *table, const double *weight);

#ifdef __cplusplus
}
#endif
#endif
