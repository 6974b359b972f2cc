// Applies a probe's value() and reach() to the means of all levels, and of resampled ones.
#include "host/probe_estimate.h"

#include <math.h>
#include <stdlib.h>

// Means of the columns of every table: of all levels, and of each resample.
typedef struct TableMeans {
  double *all[PROBE_TABLES_MAX];        // (columns)
  double *resampled[PROBE_TABLES_MAX];  // (PROBE_RESAMPLES, columns)
} TableMeans;

// Summed in the order of levels.
static void column_means(const ProbeTable *table, double *means) {
  const size_t columns = (size_t)table->columns;
  for (size_t c = 0; c < columns; ++c) means[c] = 0;
  for (int level = 0; level < table->levels; ++level)
    for (size_t c = 0; c < columns; ++c) means[c] += table->values[(size_t)level * columns + c];
  for (size_t c = 0; c < columns; ++c) means[c] /= table->levels;
}

// One allocation a table, which all[t] owns.
static Status make_means(const ProbeTable *table, uint64_t seed, int t, TableMeans *means) {
  const size_t columns = (size_t)table->columns;
  means->all[t] = malloc((1 + PROBE_RESAMPLES) * columns * sizeof(double));
  if (!means->all[t]) return status_fail(STATUS_MEMORY, "no memory to resample %d columns", table->columns);
  means->resampled[t] = means->all[t] + columns;
  column_means(table, means->all[t]);
  return statistics_resample_means(table->values, table->levels, table->columns, PROBE_RESAMPLES, seed,
                                   (uint32_t)table->set, means->resampled[t]);
}

// A number that follows from the means of a probe's columns.
typedef double MeansValue(const ProbeTables *tables, const double *const *means);

static double value_of_resample(MeansValue *value, const ProbeTables *tables, const TableMeans *means,
                                int r) {
  const double *rows[PROBE_TABLES_MAX] = {NULL};
  for (int t = 0; t < tables->count; ++t)
    rows[t] = means->resampled[t] + (size_t)r * (size_t)tables->table[t].columns;
  return value(tables, rows);
}

// draws(PROBE_RESAMPLES)
static Interval make_draws(MeansValue *value, const ProbeTables *tables, const TableMeans *means,
                           double *draws) {
  const double *all[PROBE_TABLES_MAX] = {NULL};
  for (int t = 0; t < tables->count; ++t) all[t] = means->all[t];
#pragma omp parallel for schedule(static)
  for (int r = 0; r < PROBE_RESAMPLES; ++r) draws[r] = value_of_resample(value, tables, means, r);
  return probe_interval(value(tables, all), draws, PROBE_RESAMPLES);
}

Status probe_estimate(const Probe *probe, const ProbeTables *tables, uint64_t seed, ProbeEstimate *estimate) {
  TableMeans means = {{NULL}, {NULL}};
  Status status = STATUS_OK;
  for (int t = 0; status == STATUS_OK && t < tables->count; ++t)
    status = make_means(&tables->table[t], seed, t, &means);
  estimate->reach = (Interval){NAN, NAN, NAN};
  if (status == STATUS_OK) estimate->interval = make_draws(probe->value, tables, &means, estimate->draws);
  if (status == STATUS_OK && probe->reach)
    estimate->reach = make_draws(probe->reach, tables, &means, estimate->reach_draws);
  for (int t = 0; t < tables->count; ++t) free(means.all[t]);
  return status == STATUS_OK ? status : status_wrap(status, "%s", probe->name);
}

Interval probe_interval(double value, const double *draws, int count) {
  double known[PROBE_RESAMPLES];
  int kept = 0;
  for (int r = 0; r < count && kept < PROBE_RESAMPLES; ++r)
    if (!isnan(draws[r])) known[kept++] = draws[r];
  return isnan(value) ? (Interval){NAN, NAN, NAN} : statistics_percentile_interval(value, known, kept);
}
