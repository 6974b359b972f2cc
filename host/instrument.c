// Reads a subject: chooses its tick, asks every probe, estimates, scores.
#include "host/instrument.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/probe_classes.h"
#include "host/probes/front.h"
#include "host/probes/residual.h"
#include "host/subjects/catalogue.h"

// ---- What a subject shows before any probe ----

static Status measure_scores(const Subject *subject, const ProbeLevels *levels, int ticks,
                             ProbeContext *context) {
  TRY(scores_measure(subject, &levels->set[PROBE_NEAR], ticks, 0, &context->near));
  TRY(scores_measure(subject, &levels->set[PROBE_FAR], ticks, 0, &context->far));
  return scores_measure(subject, &levels->set[PROBE_FARTHER], ticks, 0, &context->farther);
}

// N*, chosen on levels that nothing is reported on.
static Status choose_ticks(const Subject *subject, const ProbeLevels *levels, int ticks, int *best_ticks) {
  Scores scores;
  TRY(scores_measure(subject, &levels->set[PROBE_SELECT], ticks, 0, &scores));
  *best_ticks = scores_best_ticks(&scores);
  scores_free(&scores);
  return STATUS_OK;
}

static Status prepare(const Instrument *instrument, const Subject *subject, const SubjectAgent *agent,
                      ProbeContext *context) {
  *context = (ProbeContext){.subject = subject,
                            .agent = agent,
                            .levels = &instrument->levels,
                            .ticks = instrument->config.eval_ticks,
                            .students = instrument->solve.students > 0 ? &instrument->solve : NULL};
  TRY(choose_ticks(subject, context->levels, context->ticks, &context->best_ticks));
  TRY(measure_scores(subject, context->levels, context->ticks, context));
  if (subject->channels == 0) return STATUS_OK;
  return probe_classes_measure(subject, context->levels, context->best_ticks, &context->classes);
}

// ---- Gates ----

// Mean solve after N* ticks, or after the last that makes a difference.
static double solve_at(const Scores *scores, int ticks) {
  return scores_mean(scores, scores->solve, ticks < scores->ticks ? ticks : scores->ticks);
}

static Status measure_gates(Reading *reading) {
  static const ProbeSet worlds[OFF_AXIS_WORLDS] = {PROBE_TREES, PROBE_LOOPED, PROBE_BLOCKS};
  const ProbeContext *const context = &reading->context;
  reading->solve = solve_at(&context->near, context->best_ticks);
  for (int w = 0; w < OFF_AXIS_WORLDS; ++w) {
    Scores scores;
    TRY(scores_measure(context->subject, &context->levels->set[worlds[w]], context->ticks, 0, &scores));
    reading->off_axis[w] = solve_at(&scores, scores_best_ticks(&scores));
    scores_free(&scores);
  }
  return STATUS_OK;
}

// ---- Probes ----

// What a probe's tables tell beside its metric.
static Status note_front(const ProbeTables *tables, Reading *reading) {
  const ProbeTable *const table = &tables->table[0];
  double *const means = calloc((size_t)table->columns, sizeof *means);
  if (!means) return status_fail(STATUS_MEMORY, "no memory for the front");
  for (int n = 0; n < table->levels; ++n)
    for (int c = 0; c < table->columns; ++c)
      means[c] += table->values[(size_t)n * (size_t)table->columns + (size_t)c] / table->levels;
  int *const front = calloc((size_t)reading->context.ticks, sizeof *front);
  if (front) reading->front_speed = front_wave(tables, means, front).speed;
  free(front);
  free(means);
  if (!front) return status_fail(STATUS_MEMORY, "no memory for the front");
  return STATUS_OK;
}

static Status ask(const Instrument *instrument, const Probe *probe, Reading *reading,
                  ProbeEstimate *estimate) {
  ProbeTables tables = {.count = 0};
  Status status = probe->measure(&reading->context, &tables);
  if (status == STATUS_OK)
    status = probe_estimate(probe, &tables, (uint64_t)instrument->config.eval_seed, estimate);
  if (status == STATUS_OK && probe == &PROBE_FRONT) status = note_front(&tables, reading);
  probe_free_tables(&tables);
  return status;
}

// RESIDUAL once more, against students of the fourfold budget.
static Status ask_fourfold(const Instrument *instrument, Reading *reading) {
  ProbeEstimate *const estimate = malloc(sizeof *estimate);
  if (!estimate) return status_fail(STATUS_MEMORY, "no memory for an estimate");
  const StudentSolve *const students = reading->context.students;
  reading->context.students = &instrument->fourfold;
  const Status status = ask(instrument, &PROBE_RESIDUAL, reading, estimate);
  reading->context.students = students;
  if (status == STATUS_OK) reading->fourfold = estimate->interval.value;
  free(estimate);
  return status;
}

static Status ask_all(const Instrument *instrument, Reading *reading) {
  for (int i = 0; i < PROBES; ++i) {
    reading->applies[i] = !probes[i]->clamps || reading->context.subject->channels > 0;
    if (!reading->applies[i]) continue;
    TRY(ask(instrument, probes[i], reading, &reading->estimate[i]));
    reading->applies[i] = isfinite(reading->estimate[i].interval.value);
  }
  return instrument->fourfold.students > 0 ? ask_fourfold(instrument, reading) : STATUS_OK;
}

// What the score is made of; metrics(PROBES) is room for it.
static ScoreInput reading_input(const Instrument *instrument, const Reading *reading, ScoreMetric *metrics) {
  for (int i = 0; i < PROBES; ++i)
    metrics[i] =
        (ScoreMetric){.name = probes[i]->name,
                      .family = probes[i]->family,
                      .applies = reading->applies[i],
                      .informative = instrument->informative[i],
                      .interval = reading->estimate[i].interval,
                      .draws = reading->estimate[i].draws,
                      .reach = reading->estimate[i].reach,
                      .reach_draws = instrument->reaches[i] ? reading->estimate[i].reach_draws : NULL};
  ScoreInput input = {.metrics = metrics,
                      .count = PROBES,
                      .has_state = reading->context.subject->channels > 0,
                      .solve = reading->solve,
                      .greedy = instrument->greedy_solve};
  memcpy(input.off_axis, reading->off_axis, sizeof input.off_axis);
  return input;
}

Status instrument_read(const Instrument *instrument, const Subject *subject, const SubjectAgent *agent,
                       Reading *reading) {
  ScoreMetric metrics[PROBES];
  memset(reading, 0, sizeof *reading);
  reading->front_speed = reading->fourfold = NAN;
  TRY(prepare(instrument, subject, agent, &reading->context));
  reading->best_ticks = reading->context.best_ticks;
  const Scores *const near = &reading->context.near;
  reading->ticks95 = scores_ticks_for(near, scores_best_ticks(near), 0.95);
  TRY(measure_gates(reading));
  TRY(ask_all(instrument, reading));
  const ScoreInput input = reading_input(instrument, reading, metrics);
  probe_score(&input, &reading->score);
  return STATUS_OK;
}

void reading_free(Reading *reading) {
  scores_free(&reading->context.near);
  scores_free(&reading->context.far);
  scores_free(&reading->context.farther);
  probe_classes_free(&reading->context.classes);
}

// ---- The instrument itself ----

static const Subject *baseline(const char *name) {
  int count;
  const Subject *const all = subject_baselines(&count);
  for (int i = 0; i < count; ++i)
    if (strcmp(all[i].name, name) == 0) return &all[i];
  return NULL;
}

// What a built subject scores, metric by metric, and how far each reaches; 0 where a metric does not apply
// or has no reach.
static Status read_control(Instrument *instrument, const char *name, double *values, double *reach,
                           double *solve) {
  Reading *const reading = malloc(sizeof *reading);
  if (!reading) return status_fail(STATUS_MEMORY, "no memory for a reading");
  const Status status = instrument_read(instrument, baseline(name), NULL, reading);
  for (int i = 0; status == STATUS_OK && i < PROBES; ++i) {
    values[i] = reading->applies[i] ? reading->estimate[i].interval.value : 0;
    reach[i] = reading->applies[i] && probes[i]->reach ? reading->estimate[i].reach.value : 0;
  }
  *solve = reading->solve;
  reading_free(reading);
  free(reading);
  return status;
}

// Reads the controls; all metrics count as informative meanwhile.
static Status calibrate(Instrument *instrument) {
  double ignored, ignored_reach[PROBES];
  for (int i = 0; i < PROBES; ++i) instrument->informative[i] = true;
  TRY(read_control(instrument, "greedy", instrument->greedy, ignored_reach, &instrument->greedy_solve));
  TRY(read_control(instrument, "value iteration", instrument->planner, instrument->planner_reach, &ignored));
  for (int i = 0; i < PROBES; ++i) {
    instrument->informative[i] =
        instrument->planner[i] >= INSTRUMENT_PLANNER && instrument->greedy[i] <= INSTRUMENT_GREEDY;
    instrument->reaches[i] = instrument->planner_reach[i] >= INSTRUMENT_PLANNER;
  }
  return STATUS_OK;
}

Status instrument_create_given(const Config *config, const ProbeLevels *levels, const StudentSolve *solve,
                               Instrument *instrument) {
  *instrument = (Instrument){.config = *config, .levels = *levels, .solve = *solve};
  const Status status = calibrate(instrument);
  if (status != STATUS_OK) instrument_free(instrument);
  return status;
}

// Students of one budget on the levels; kept where `students` is not NULL.
static Status students_ready(const Config *config, const char *cache, int budget, const RunOptions *options,
                             const ProbeLevels *levels, Students *students, StudentSolve *solve) {
  TRY(students_open(cache, config, budget, options, students));
  return students_solve(students, levels, options, solve);
}

Status instrument_create(const Config *config, const char *cache, bool fourfold, const RunOptions *options,
                         Instrument *instrument) {
  Students four = {.budget = 4};
  *instrument = (Instrument){.config = *config};
  TRY(probe_levels_create(config, 1, &instrument->levels));
  Status status = students_ready(config, cache, 1, options, &instrument->levels, &instrument->students,
                                 &instrument->solve);
  if (status == STATUS_OK && fourfold)
    status = students_ready(config, cache, 4, options, &instrument->levels, &four, &instrument->fourfold);
  students_free(&four);
  if (status == STATUS_OK) status = calibrate(instrument);
  if (status != STATUS_OK) instrument_free(instrument);
  return status;
}

void instrument_free(Instrument *instrument) {
  student_solve_free(&instrument->solve);
  student_solve_free(&instrument->fourfold);
  students_free(&instrument->students);
  probe_levels_free(&instrument->levels);
  memset(instrument, 0, sizeof *instrument);
}
