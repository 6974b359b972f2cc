// Sums states class by class, each level for itself, then over levels in their order.
#include "host/probe_classes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/probe_thoughts.h"

enum { WALL, FREE, GOAL, CLASSES, NONE = CLASSES };

// Sums over squares, of one level or of all. The last row of `sum` is of squared states of free squares after
// the last tick.
typedef struct Sums {
  int ticks, channels;
  double *sum;  // (CLASSES * ticks + 1, C)
  int64_t squares[CLASSES];
} Sums;

static size_t sums_rows(const Sums *sums) {
  return (size_t)CLASSES * (size_t)sums->ticks + 1;
}

static double *sums_row(const Sums *sums, int class, int k) {
  return sums->sum + ((size_t) class * (size_t)sums->ticks + (size_t)k) * (size_t)sums->channels;
}

static int class_of(const Level *level, const int16_t *distance, int square) {
  const int size = level->grid.width, y = square / size, x = square % size;
  if (y == 0 || x == 0 || y == level->grid.height - 1 || x == size - 1) return NONE;
  if (grid_is_wall(&level->grid, square)) return WALL;
  return distance[square] > 0 ? FREE : distance[square] == 0 ? GOAL : NONE;
}

// Adds level `i` of the chunk to sums of its own.
static void sum_level(const ProbeThoughts *thoughts, int i, Sums *sums) {
  const int n = thoughts->first + i;
  const Level *level = &thoughts->set->levels[n];
  const int16_t *distance = thoughts->set->distance + (size_t)n * (size_t)thoughts->squares;
  double *squared = sums_row(sums, CLASSES, 0);
  for (int square = 0; square < thoughts->squares; ++square) {
    const int class = class_of(level, distance, square);
    if (class == NONE) continue;
    sums->squares[class] += 1;
    for (int k = 0; k < sums->ticks; ++k) {
      const real *state = probe_thoughts_state(thoughts, i, k, square);
      double *sum = sums_row(sums, class, k);
      for (int c = 0; c < sums->channels; ++c) sum[c] += (double)state[c];
    }
    if (class != FREE) continue;
    const real *state = probe_thoughts_state(thoughts, i, sums->ticks - 1, square);
    for (int c = 0; c < sums->channels; ++c) squared[c] += (double)state[c] * (double)state[c];
  }
}

static void sums_add(Sums *total, const Sums *level) {
  const size_t count = sums_rows(total) * (size_t)total->channels;
  for (size_t j = 0; j < count; ++j) total->sum[j] += level->sum[j];
  for (int class = 0; class < CLASSES; ++class) total->squares[class] += level->squares[class];
}

// `storage`: rows of the chunk's levels, one after the other.
static void sum_chunk(const ProbeThoughts *thoughts, double *storage, Sums *each, Sums *total) {
  const size_t room = sums_rows(total) * (size_t)total->channels;
  memset(storage, 0, (size_t)thoughts->count * room * sizeof *storage);
#pragma omp parallel for schedule(dynamic)
  for (int i = 0; i < thoughts->count; ++i) {
    each[i] = (Sums){total->ticks, total->channels, storage + (size_t)i * room, {0}};
    sum_level(thoughts, i, &each[i]);
  }
  for (int i = 0; i < thoughts->count; ++i) sums_add(total, &each[i]);
}

static Status sum_levels(ProbeThoughts *thoughts, Sums *total) {
  const size_t room = sums_rows(total) * (size_t)total->channels;
  double *storage = malloc((size_t)thoughts->room * room * sizeof *storage);
  Sums *each = malloc((size_t)thoughts->room * sizeof *each);
  Status status = storage && each ? STATUS_OK : status_fail(STATUS_MEMORY, "no memory for mean states");
  while (status == STATUS_OK && probe_thoughts_next(thoughts)) {
    SubjectBatch batch = probe_thoughts_batch(thoughts);
    batch.state = thoughts->state;
    status = probe_thoughts_think(thoughts, &batch, 0);
    if (status == STATUS_OK) sum_chunk(thoughts, storage, each, total);
  }
  free(storage);
  free(each);
  return status;
}

// Means, and the deviation of the population: sqrt(E[x^2] - E[x]^2), in double, of states in float.
static void set_classes(const Sums *total, ProbeClasses *classes) {
  real *const mean[CLASSES] = {classes->wall, classes->free, classes->goal};
  const size_t count = (size_t)total->ticks * (size_t)total->channels;
  for (int class = 0; class < CLASSES; ++class)
    for (size_t j = 0; j < count; ++j)
      mean[class][j] = (real)probe_share(sums_row(total, class, 0)[j], (double)total->squares[class], 0);
  for (int c = 0; c < total->channels; ++c) {
    const double squares = (double)total->squares[FREE];
    const double first = probe_share(sums_row(total, FREE, total->ticks - 1)[c], squares, 0);
    const double variance = probe_share(sums_row(total, CLASSES, 0)[c], squares, 0) - first * first;
    classes->deviation[c] = (real)sqrt(variance > 0 ? variance : 0);
  }
}

static Status classes_allocate(int ticks, int channels, ProbeClasses *classes) {
  const size_t means = (size_t)ticks * (size_t)channels;
  *classes = (ProbeClasses){.ticks = ticks, .channels = channels};
  classes->wall = calloc(CLASSES * means + (size_t)channels, sizeof(real));
  if (!classes->wall) return status_fail(STATUS_MEMORY, "no memory for mean states of %d ticks", ticks);
  classes->free = classes->wall + means;
  classes->goal = classes->free + means;
  classes->deviation = classes->goal + means;
  return STATUS_OK;
}

Status probe_classes_measure(const Subject *subject, const ProbeLevels *levels, int ticks,
                             ProbeClasses *classes) {
  memset(classes, 0, sizeof *classes);
  if (subject->channels == 0) return STATUS_OK;
  TRY(classes_allocate(ticks, subject->channels, classes));
  ProbeThoughts thoughts;
  Sums total = {ticks, subject->channels, NULL, {0}};
  total.sum = calloc(sums_rows(&total) * (size_t)total.channels, sizeof *total.sum);
  Status status = probe_thoughts_create(subject, &levels->set[PROBE_CLASSES], ticks, 1, true, &thoughts);
  if (status == STATUS_OK && !total.sum) status = status_fail(STATUS_MEMORY, "no memory for mean states");
  if (status == STATUS_OK) status = sum_levels(&thoughts, &total);
  if (status == STATUS_OK) set_classes(&total, classes);
  probe_thoughts_free(&thoughts);
  free(total.sum);
  return status;
}

void probe_classes_free(ProbeClasses *classes) {
  free(classes->wall);
  memset(classes, 0, sizeof *classes);
}
