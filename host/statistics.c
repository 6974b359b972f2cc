// Intervals and tests in closed form. They use no random numbers and no memory.
#include "host/statistics.h"

#include <math.h>
#include <stdbool.h>

static const double normal_quantile = 1.959963984540054;  // 0.975 of the standard normal

// ---- Student's t ----

// P(|T| <= t) for t = tan(angle) · sqrt(df). Abramowitz & Stegun 1964, 26.7.3 and 26.7.4.
static double t_inside(int df, double angle) {
  const double sine = sin(angle), cosine = cos(angle);
  double term = df % 2 ? cosine : 1, sum = df > 1 ? term : 0;
  for (int k = df % 2 ? 3 : 2; k < df; k += 2) {
    term *= cosine * cosine * (k - 1) / k;
    sum += term;
  }
  return df % 2 ? M_2_PI * (angle + sine * sum) : sine * sum;
}

// Far from few degrees of freedom: the normal quantile with Cornish and Fisher's correction (A&S 26.7.5).
static double t_quantile_large(double df) {
  const double z = normal_quantile, z2 = z * z;
  const double first = z * (z2 + 1) / 4, second = z * ((5 * z2 + 16) * z2 + 3) / 96;
  const double third = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
  return z + (first + (second + third / df) / df) / df;
}

double statistics_t_quantile(int df) {
  // The series below has df / 2 terms; above 1000 the expansion is exact to 1e-11 and costs nothing.
  if (df < 1) return NAN;
  if (df > 1000) return t_quantile_large(df);
  double lo = 0, hi = M_PI_2;
  for (int i = 0; i < 60; ++i) {  // halves the angle's interval down to a double's precision
    const double middle = (lo + hi) / 2;
    if (t_inside(df, middle) < 0.95)
      lo = middle;
    else
      hi = middle;
  }
  return tan(lo) * sqrt(df);
}

// Two passes, because the sum of squares less the square of the sum loses all digits for equal seeds.
Interval statistics_t_interval(const double *values, int count) {
  if (count < 1) return (Interval){NAN, NAN, NAN};
  double sum = 0, squares = 0;
  for (int i = 0; i < count; ++i) sum += values[i];
  const double mean = sum / count;
  if (count < 2) return (Interval){mean, NAN, NAN};
  for (int i = 0; i < count; ++i) squares += (values[i] - mean) * (values[i] - mean);
  const double half = statistics_t_quantile(count - 1) * sqrt(squares / (count - 1) / count);
  return (Interval){mean, mean - half, mean + half};
}

// ---- Proportions and pairs ----

// The shares p with |share - p| <= z · sqrt(p (1 - p) / n).
Interval statistics_wilson(int64_t successes, int64_t trials) {
  if (trials < 1) return (Interval){NAN, NAN, NAN};
  const double n = (double)trials, share = (double)successes / n, z2 = normal_quantile * normal_quantile;
  const double middle = (share + z2 / (2 * n)) / (1 + z2 / n);
  const double half = normal_quantile / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n));
  // At the ends the limit is 0 or 1 exactly; rounding would leave a speck.
  return (Interval){share, successes == 0 ? 0 : middle - half, successes == trials ? 1 : middle + half};
}

// C(n, k) / 2^n by products that stay near 1: halvings are spent whenever the product grows.
static double binomial_half(int64_t n, int64_t k) {
  double product = 1;
  int64_t halvings = n;
  for (int64_t i = 1; i <= k; ++i)
    for (product *= (double)(n - k + i) / (double)i; product > 1 && halvings > 0; --halvings) product /= 2;
  return halvings > 2000 ? 0 : ldexp(product, (int)-halvings);
}

// The pairs that differ are fair coin tosses if neither side is better.
double statistics_mcnemar(int64_t only_left, int64_t only_right) {
  const int64_t fewer = only_left < only_right ? only_left : only_right, tosses = only_left + only_right;
  double term = binomial_half(tosses, fewer), tail = term;
  for (int64_t k = fewer; k > 0;
       --k) {  // from the largest term down: C(n, k - 1) = C(n, k) · k / (n - k + 1)
    term *= (double)k / (double)(tosses - k + 1);
    tail += term;
  }
  return fmin(1, 2 * tail);
}

// The next p value after (`last`, `index`) in the order of (value, index).
static int next_smallest(const double *p_values, int count, double last, int index) {
  int best = -1;
  for (int i = 0; i < count; ++i) {
    const bool is_later = p_values[i] > last || (p_values[i] == last && i > index);
    if (is_later && (best < 0 || p_values[i] < p_values[best])) best = i;
  }
  return best;
}

// The smallest p times count, the next times count - 1, …, and none below the one before it.
void statistics_holm(const double *p_values, int count, double *adjusted) {
  double largest = 0, last = -1;
  for (int rank = 0, index = -1; rank < count; ++rank) {
    index = next_smallest(p_values, count, last, index);
    if (index < 0) return;
    last = p_values[index];
    largest = fmax(largest, fmin(1, (count - rank) * last));
    adjusted[index] = largest;
  }
}
