// Sums run over fixed blocks of rows, whose sums are added in order; then small dense systems are solved.
#include "host/probe_fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  BLOCKS = 16,                     // of rows, whatever the number of threads
  CLASSES_FREE = ENV_ACTIONS - 1,  // the last action's weights are zero
  NEWTON_STEPS = 24,               // at most; it takes 6 to 10
};

static const double NEWTON_ENOUGH = 1e-9;  // nats that a step has to gain for another one

// ---- Tables ----

Status fit_table_create(int rows, int columns, FitTable *table) {
  const size_t cells = (size_t)rows * (size_t)columns;
  *table = (FitTable){.rows = rows, .columns = columns};
  table->x = calloc(cells + (size_t)rows, sizeof *table->x);
  table->best = calloc((size_t)rows + 1, 1);
  table->distance = table->x ? table->x + cells : NULL;
  if (table->x && table->best) return STATUS_OK;
  fit_table_free(table);
  return status_fail(STATUS_MEMORY, "no memory to fit %d squares", rows);
}

void fit_table_free(FitTable *table) {
  free(table->x);
  free(table->best);
  memset(table, 0, sizeof *table);
}

FitTable fit_table_part(const FitTable *table, int from, int until) {
  return (FitTable){until - from, table->columns, table->x + (size_t)from * (size_t)table->columns,
                    table->distance + from, table->best + from};
}

static const double *row_of(const FitTable *table, int row) {
  return table->x + (size_t)row * (size_t)table->columns;
}

static void rescale(FitTable *table, int column, double mean, double scale) {
  for (int row = 0; row < table->rows; ++row) {
    double *x = table->x + (size_t)row * (size_t)table->columns + column;
    *x = (*x - mean) * scale;
  }
}

Status fit_standardize(FitTable *train, FitTable *test) {
  if (train->rows < 1) return status_fail(STATUS_USAGE, "there are no squares to fit");
#pragma omp parallel for schedule(static)
  for (int column = 0; column < train->columns - 1; ++column) {
    double sum = 0, squares = 0;
    for (int row = 0; row < train->rows; ++row) sum += row_of(train, row)[column];
    const double mean = sum / train->rows;
    for (int row = 0; row < train->rows; ++row) {
      const double apart = row_of(train, row)[column] - mean;
      squares += apart * apart;
    }
    const double deviation = sqrt(squares / train->rows);
    const double scale = deviation > 1e-9 * (1 + fabs(mean)) ? 1 / deviation : 0;
    rescale(train, column, mean, scale);
    rescale(test, column, mean, scale);
  }
  return STATUS_OK;
}

// ---- Small systems ----

bool fit_cholesky(int n, double *a) {
  for (int j = 0; j < n; ++j) {
    double *row = a + (size_t)j * (size_t)n;
    for (int i = 0; i <= j; ++i) {
      const double *other = a + (size_t)i * (size_t)n;
      double sum = row[i];
      for (int k = 0; k < i; ++k) sum -= row[k] * other[k];
      if (i < j) {
        row[i] = sum / other[i];
      } else {
        if (!(sum > 0)) return false;
        row[i] = sqrt(sum);
      }
    }
  }
  return true;
}

void fit_solve(int n, const double *factor, double *b) {
  for (int i = 0; i < n; ++i) {
    const double *row = factor + (size_t)i * (size_t)n;
    for (int k = 0; k < i; ++k) b[i] -= row[k] * b[k];
    b[i] /= row[i];
  }
  for (int i = n - 1; i >= 0; --i) {
    for (int k = i + 1; k < n; ++k) b[i] -= factor[(size_t)k * (size_t)n + (size_t)i] * b[k];
    b[i] /= factor[(size_t)i * (size_t)n + (size_t)i];
  }
}

// Adds scale · x·xᵀ(columns), lower half, to `to`, whose rows are n apart.
static void add_outer(int columns, const double *x, double scale, int n, double *to) {
  for (int i = 0; i < columns; ++i) {
    double *row = to + (size_t)i * (size_t)n;
    const double scaled = scale * x[i];
    for (int j = 0; j <= i; ++j) row[j] += scaled * x[j];
  }
}

// ---- Sums over rows ----

// The sums that a fit needs of one block of rows, or of all: a loss, a slope (n), a curvature (n, n).
typedef struct Sums {
  int n;
  double *loss, *slope, *curvature;
  double *storage;  // (BLOCKS, 1 + n + n²): of all blocks; the first becomes the sum of all
} Sums;

typedef void AddRow(const FitTable *table, int row, const double *weight, Sums *sums);

static Status sums_create(int n, Sums *sums) {
  sums->n = n;
  sums->storage = malloc(BLOCKS * (1 + (size_t)n + (size_t)n * (size_t)n) * sizeof *sums->storage);
  return sums->storage ? STATUS_OK : status_fail(STATUS_MEMORY, "no memory to fit %d weights", n);
}

static size_t sums_length(const Sums *sums) {
  return 1 + (size_t)sums->n + (size_t)sums->n * (size_t)sums->n;
}

static Sums sums_block(const Sums *sums, int block) {
  double *at = sums->storage + (size_t)block * sums_length(sums);
  return (Sums){sums->n, at, at + 1, at + 1 + sums->n, sums->storage};
}

// Leaves the sums over all rows in *sums.
static void sums_of(const FitTable *table, AddRow *add_row, const double *weight, Sums *sums) {
  const size_t length = sums_length(sums);
  memset(sums->storage, 0, BLOCKS * length * sizeof *sums->storage);
#pragma omp parallel for schedule(dynamic)
  for (int block = 0; block < BLOCKS; ++block) {
    Sums part = sums_block(sums, block);
    const int from = (int)((int64_t)table->rows * block / BLOCKS);
    const int until = (int)((int64_t)table->rows * (block + 1) / BLOCKS);
    for (int row = from; row < until; ++row) add_row(table, row, weight, &part);
  }
  for (size_t i = 0; i < length; ++i)
    for (size_t block = 1; block < BLOCKS; ++block) sums->storage[i] += sums->storage[block * length + i];
  *sums = sums_block(sums, 0);
}

// ---- Ridge regression ----

static void add_ridge_row(const FitTable *table, int row, const double *weight, Sums *sums) {
  (void)weight;
  const double *x = row_of(table, row);
  add_outer(table->columns, x, 1, sums->n, sums->curvature);
  for (int i = 0; i < table->columns; ++i) sums->slope[i] += x[i] * table->distance[row];
}

Status fit_ridge(const FitTable *table, double ridge, double *weight) {
  const int n = table->columns;
  Sums sums;
  TRY(sums_create(n, &sums));
  sums_of(table, add_ridge_row, NULL, &sums);
  for (int i = 0; i < n - 1; ++i) sums.curvature[(size_t)i * (size_t)(n + 1)] += ridge * table->rows;
  const bool good = fit_cholesky(n, sums.curvature);
  if (good) {
    fit_solve(n, sums.curvature, sums.slope);
    memcpy(weight, sums.slope, (size_t)n * sizeof *weight);
  }
  free(sums.storage);
  return good ? STATUS_OK
              : status_fail(STATUS_DATA, "a ridge regression has no solution: its squares are not finite");
}

static double dot(const double *a, const double *b, int n) {
  double sum = 0;
  for (int i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

double fit_r2(const FitTable *table, const double *weight) {
  double mean = 0, residual = 0, total = 0;
  for (int row = 0; row < table->rows; ++row) mean += table->distance[row] / table->rows;
  for (int row = 0; row < table->rows; ++row) {
    const double missed = table->distance[row] - dot(weight, row_of(table, row), table->columns);
    const double apart = table->distance[row] - mean;
    residual += missed * missed;
    total += apart * apart;
  }
  return total > 0 ? 1 - residual / total : NAN;
}

// ---- Logistic regression ----

// Makes scores into chances; returns log Σ exp(score).
static double soften(double *score) {
  double highest = score[0], sum = 0;
  for (int a = 1; a < ENV_ACTIONS; ++a) highest = score[a] > highest ? score[a] : highest;
  for (int a = 0; a < ENV_ACTIONS; ++a) sum += score[a] = exp(score[a] - highest);
  for (int a = 0; a < ENV_ACTIONS; ++a) score[a] /= sum;
  return highest + log(sum);
}

static void scores_of(const FitTable *table, int row, const double *weight, double *score) {
  for (int a = 0; a < ENV_ACTIONS; ++a)
    score[a] = dot(weight + (size_t)a * (size_t)table->columns, row_of(table, row), table->columns);
}

// Curvature block (a, b) = p_a (δ_ab − p_b) x·xᵀ, for b <= a; each block is symmetric itself, so its lower
// half is enough until they are completed.
static void add_logistic_row(const FitTable *table, int row, const double *weight, Sums *sums) {
  const int columns = table->columns, n = sums->n, right = bits_lowest(table->best[row]);
  const double *x = row_of(table, row);
  double p[ENV_ACTIONS];
  scores_of(table, row, weight, p);
  const double of_right = p[right];
  *sums->loss += soften(p) - of_right;
  for (int a = 0; a < CLASSES_FREE; ++a) {
    const double missed = p[a] - (a == right);
    for (int i = 0; i < columns; ++i) sums->slope[a * columns + i] += missed * x[i];
    for (int b = 0; b <= a; ++b) {
      double *to = sums->curvature + (size_t)a * (size_t)columns * (size_t)n + (size_t)b * (size_t)columns;
      add_outer(columns, x, p[a] * ((a == b) - p[b]), n, to);
    }
  }
}

// Copies the lower half of each block below the diagonal to its upper half.
static void complete_blocks(int columns, Sums *sums) {
  const size_t n = (size_t)sums->n;
  for (int a = 1; a < CLASSES_FREE; ++a)
    for (int b = 0; b < a; ++b) {
      double *block = sums->curvature + (size_t)(a * columns) * n + (size_t)(b * columns);
      for (int i = 0; i < columns; ++i)
        for (int j = i + 1; j < columns; ++j)
          block[(size_t)i * n + (size_t)j] = block[(size_t)j * n + (size_t)i];
    }
}

// Turns sums over rows into means and adds the penalty of all weights but those of the last column. Those get
// a trace of curvature, so that an action that is never right has a solution too.
static void penalize(const FitTable *table, double ridge, const double *weight, Sums *sums) {
  const size_t n = (size_t)sums->n;
  *sums->loss /= table->rows;
  for (size_t i = 0; i < n; ++i) sums->slope[i] /= table->rows;
  for (size_t i = 0; i < n * n; ++i) sums->curvature[i] /= table->rows;
  for (size_t i = 0; i < n; ++i) {
    const double penalty = (int)(i + 1) % table->columns == 0 ? 1e-9 : ridge;
    *sums->loss += penalty / 2 * weight[i] * weight[i];
    sums->slope[i] += penalty * weight[i];
    sums->curvature[i * n + i] += penalty;
  }
}

// One step of Newton's method from `tried`, where the sums were taken and which becomes the best `weight`;
// false when there is nothing more to gain.
static bool newton_step(Sums *sums, double *best_loss, double *weight, double *tried) {
  const int n = sums->n;
  const double gained = *best_loss - *sums->loss;
  if (!(gained > 0)) return false;
  *best_loss = *sums->loss;
  memcpy(weight, tried, (size_t)n * sizeof *weight);
  if (gained < NEWTON_ENOUGH || !fit_cholesky(n, sums->curvature)) return false;
  fit_solve(n, sums->curvature, sums->slope);
  for (int i = 0; i < n; ++i) tried[i] -= sums->slope[i];
  return true;
}

Status fit_logistic(const FitTable *table, double ridge, double *weight) {
  const int n = CLASSES_FREE * table->columns;
  const size_t all = (size_t)ENV_ACTIONS * (size_t)table->columns;
  double best_loss = INFINITY;
  Sums sums = {0};
  double *tried = calloc(all, sizeof *tried);
  Status status = sums_create(n, &sums);
  if (!tried) status = status_fail(STATUS_MEMORY, "no memory to fit %d weights", n);
  memset(weight, 0, all * sizeof *weight);
  for (int k = 0; status == STATUS_OK && k < NEWTON_STEPS; ++k) {
    sums_of(table, add_logistic_row, tried, &sums);
    complete_blocks(table->columns, &sums);
    penalize(table, ridge, tried, &sums);
    if (!newton_step(&sums, &best_loss, weight, tried)) break;
  }
  free(tried);
  free(sums.storage);
  return status;
}

FitActions fit_actions(const FitTable *table, const double *weight) {
  double truths[ENV_ACTIONS] = {0}, named[ENV_ACTIONS] = {0}, both[ENV_ACTIONS] = {0};
  for (int row = 0; row < table->rows; ++row) {
    double score[ENV_ACTIONS];
    int first = 0;
    scores_of(table, row, weight, score);
    for (int a = 1; a < ENV_ACTIONS; ++a)
      if (score[a] > score[first]) first = a;
    const bool right = table->best[row] >> first & 1;
    named[first] += 1;
    truths[right ? first : bits_lowest(table->best[row])] += 1;
    both[first] += right;
  }
  double correct = 0, f1 = 0, actions = 0;
  for (int a = 0; a < ENV_ACTIONS; ++a) {
    correct += both[a];
    if (truths[a] + named[a] == 0) continue;
    actions += 1;
    f1 += 2 * both[a] / (truths[a] + named[a]);
  }
  return (FitActions){correct / table->rows, f1 / actions};
}
