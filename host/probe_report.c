// Puts readings into JSON.
#include "host/probe_report.h"

#include <math.h>
#include <string.h>

#include "host/cli.h"
#include "host/evaluate.h"
#include "host/evaluate_maze.h"
#include "host/json_parts.h"

// ---- What was found ----

static json_t *families_json(const ProbeScore *score, bool *good) {
  json_t *const families = json_object();
  for (int f = 0; f < PROBE_FAMILIES; ++f) {
    const Interval family = score->family[f];
    parts_put(families, probe_family_name((ProbeFamily)f),
              isfinite(family.value) ? parts_interval(family, good) : json_null(), good);
  }
  return families;
}

static json_t *metric_json(const Instrument *instrument, const Reading *reading, int i, bool *good) {
  const Interval none = {NAN, NAN, NAN};
  json_t *const metric = parts_interval(reading->applies[i] ? reading->estimate[i].interval : none, good);
  if (probes[i]->reach && reading->applies[i])
    parts_put(metric, "reach", parts_interval(reading->estimate[i].reach, good), good);
  parts_put(metric, "family", json_string(probe_family_name(probes[i]->family)), good);
  parts_put(metric, "question", json_string(probes[i]->question), good);
  parts_put(metric, "applies", json_boolean(reading->applies[i]), good);
  parts_put(metric, "informative", json_boolean(instrument->informative[i]), good);
  parts_put(metric, "planner", evaluate_number(instrument->planner[i]), good);
  parts_put(metric, "reactive", evaluate_number(instrument->greedy[i]), good);
  return metric;
}

static json_t *metrics_json(const Instrument *instrument, const Reading *reading, bool *good) {
  json_t *const metrics = json_object();
  for (int i = 0; i < PROBES; ++i)
    parts_put(metrics, probes[i]->name, metric_json(instrument, reading, i, good), good);
  return metrics;
}

static json_t *gates_json(const Instrument *instrument, const Reading *reading, bool *good) {
  json_t *const gates = json_object(), *const competence = json_object(), *const off_axis = json_object();
  parts_put(competence, "solve", evaluate_number(reading->solve), good);
  parts_put(competence, "greedy", evaluate_number(instrument->greedy_solve), good);
  parts_put(competence, "passed", json_boolean(reading->score.is_competent), good);
  parts_put(off_axis, "trees", evaluate_number(reading->off_axis[OFF_AXIS_TREES]), good);
  parts_put(off_axis, "loops", evaluate_number(reading->off_axis[OFF_AXIS_LOOPS]), good);
  parts_put(off_axis, "blocks", evaluate_number(reading->off_axis[OFF_AXIS_BLOCKS]), good);
  parts_put(off_axis, "passed", json_boolean(reading->score.carries_over), good);
  parts_put(gates, "competence", competence, good);
  parts_put(gates, "off_axis", off_axis, good);
  return gates;
}

static json_t *students_json(const Instrument *instrument, const Reading *reading, bool *good) {
  const StudentSolve *const solve = &instrument->solve;
  if (solve->students != STUDENTS) return json_null();
  const int far_levels = instrument->levels.set[PROBE_FAR].count,
            farther_levels = instrument->levels.set[PROBE_FARTHER].count;
  const int accepted = students_accepted(&instrument->config, solve, &instrument->levels);
  json_t *const object = json_object(), *const depths = json_array(), *const far = json_array(),
                *const farther = json_array();
  for (int i = STUDENTS - 1; i >= 0; --i) {
    parts_append(depths, json_integer(student_depth(i)), good);
    parts_append(far, evaluate_number(student_mean(solve->far, far_levels, i)), good);
    parts_append(farther, evaluate_number(student_mean(solve->farther, farther_levels, i)), good);
  }
  parts_put(object, "accepted", accepted < 0 ? json_null() : json_boolean(accepted), good);
  parts_put(object, "depths", depths, good);
  parts_put(object, "far", far, good);
  parts_put(object, "farther", farther, good);
  parts_put(
      object, "fourfold",
      isfinite(reading->fourfold) ? json_pack("{s:o}", "I", evaluate_number(reading->fourfold)) : json_null(),
      good);
  return object;
}

// A sentence for each metric that says nothing here.
static json_t *missing_json(const Instrument *instrument, const Reading *reading, bool *good) {
  json_t *const missing = json_array();
  for (int i = 0; i < PROBES; ++i) {
    char sentence[256];
    if (probes[i]->clamps && reading->context.subject->channels == 0)
      snprintf(sentence, sizeof sentence, "%s cannot be asked: this agent has no spatial state to clamp.",
               probes[i]->name);
    else if (!reading->applies[i])
      snprintf(sentence, sizeof sentence, "%s cannot be asked here: nothing on these levels counts for it.",
               probes[i]->name);
    else if (!instrument->informative[i])
      snprintf(sentence, sizeof sentence,
               "%s says nothing in this world: the built planner scores %.2f and the greedy agent %.2f.",
               probes[i]->name, instrument->planner[i], instrument->greedy[i]);
    else if (probes[i]->reach && !instrument->reaches[i])
      snprintf(sentence, sizeof sentence,
               "%s cannot tell planning from local repair here: beyond repair the built planner scores %.2f.",
               probes[i]->name, instrument->planner_reach[i]);
    else
      continue;
    parts_append(missing, json_string(sentence), good);
  }
  if (students_accepted(&instrument->config, &instrument->solve, &instrument->levels) == 0)
    parts_append(
        missing,
        json_string("The students are weaker than they must be for RESIDUAL to be believed: it flatters."),
        good);
  return missing;
}

static const char *world_title(const Instrument *instrument, char *text, size_t size) {
  const Config *const config = &instrument->config;
  snprintf(text, size, "%s, %d to %d squares, %.3g %% %s", "mazes", config->env_sizes.lo,
           config->env_sizes.hi, 100 * (config->env_blocks > 0 ? config->env_blocks : config->env_loops),
           config->env_blocks > 0 ? "random blocks" : "loops");
  return text;
}

Status probe_report(const Instrument *instrument, const char *name, const Reading *reading, json_t **report) {
  const ProbeScore *const score = &reading->score;
  bool good = true;
  char world[96];
  json_t *const object = json_object();
  parts_put(object, "version", json_string(cli_version()), &good);
  parts_put(object, "name", json_string(name), &good);
  parts_put(object, "world", json_string(world_title(instrument, world, sizeof world)), &good);
  parts_put(object, "label", json_string(probe_label_name(score->label)), &good);
  parts_put(object, "reason", json_string(score->reason), &good);
  parts_put(object, "S", evaluate_number(score->score.value), &good);
  parts_put(object, "S_lo", evaluate_number(score->score.lo), &good);
  parts_put(object, "S_hi", evaluate_number(score->score.hi), &good);
  parts_put(object, "S_without_I", parts_interval(score->score_without_I, &good), &good);
  parts_put(object, "families", families_json(score, &good), &good);
  parts_put(object, "metrics", metrics_json(instrument, reading, &good), &good);
  parts_put(object, "gates", gates_json(instrument, reading, &good), &good);
  parts_put(object, "best_ticks", json_integer(reading->best_ticks), &good);
  parts_put(object, "ticks95", json_integer(reading->ticks95), &good);
  parts_put(object, "front_speed", evaluate_number(reading->front_speed), &good);
  parts_put(object, "students", students_json(instrument, reading, &good), &good);
  parts_put(object, "missing", missing_json(instrument, reading, &good), &good);
  return parts_deliver(object, good, report);
}

// ---- What people look at ----

enum { SETTLING_TICKS = 64 };  // of the plan that is shown forming

static Status add_settling(const Reading *reading, json_t *report) {
  const ProbeContext *const context = &reading->context;
  const EvalSet *const set = &context->levels->set[PROBE_FAR];
  const int number = evaluate_example(set, 0);
  const int most =
      context->subject->ticks_max < SETTLING_TICKS ? context->subject->ticks_max : SETTLING_TICKS;
  EvalWorld world = {.test = *set};
  json_t *maze = NULL, *plans = NULL;
  snprintf(world.id, sizeof world.id, "%dx%d", set->size, set->size);
  TRY(evaluate_maze(&world, number, &maze));
  const Status status = evaluate_maze_plans(context->subject, set, number, 0,
                                            most < context->ticks ? most : context->ticks, &plans);
  if (status == STATUS_OK) json_array_append_new(json_object_get(maze, "plans"), plans);
  json_object_set_new(report, "settling", maze);
  return status;
}

static Status add_pictures(const Reading *reading, json_t *report) {
  json_t *const pictures = json_object();
  json_object_set_new(report, "pictures", pictures);
  for (int i = 0; i < PROBES; ++i) {
    json_t *picture = NULL;
    if (!probes[i]->picture || !reading->applies[i]) continue;
    TRY(probes[i]->picture(&reading->context, &picture));
    json_object_set_new(pictures, probes[i]->name, picture);
  }
  return STATUS_OK;
}

Status probe_report_extras(const Reading *reading, json_t *report) {
  const ProbeContext *const context = &reading->context;
  json_t *const extras = json_object();
  json_object_set_new(report, "extras", extras);
  TRY(add_settling(reading, report));
  TRY(add_pictures(reading, report));
  for (int i = 0; i < PROBE_EXTRAS; ++i) {
    const ProbeExtra *const extra = probe_extras[i];
    json_t *result = NULL;
    if (extra->needs_state && context->subject->channels == 0) continue;
    if (extra->needs_agent && !context->agent) continue;
    TRY(extra->describe(context, &result));
    json_object_set_new(extras, extra->name, result);
  }
  return STATUS_OK;
}

// ---- Lines for people ----

enum { NAME_COLUMNS = 34, LABEL_COLUMNS = 22 };

static void print_estimate(const json_t *estimate, FILE *out) {
  const json_t *const value = json_object_get(estimate, "value");
  if (json_is_number(value)) {
    fprintf(out, "  %5.2f", json_number_value(value));
  } else {
    fprintf(out, "  %5s", "–");
  }
}

void probe_report_line(const char *name, const json_t *report, FILE *out) {
  if (!report) {
    fprintf(out, "%-*s %-*s %-19s", NAME_COLUMNS, name, LABEL_COLUMNS, "label", "S");
    for (int i = 0; i < PROBES; ++i) fprintf(out, " %6.6s", probes[i]->name);
    fputc('\n', out);
    return;
  }
  const json_t *const S = json_object_get(report, "S");
  fprintf(out, "%-*s %-*s ", NAME_COLUMNS, name, LABEL_COLUMNS,
          json_string_value(json_object_get(report, "label")));
  if (json_is_number(S)) {
    fprintf(out, "%4.2f [%4.2f, %4.2f]  ", json_number_value(S),
            json_number_value(json_object_get(report, "S_lo")),
            json_number_value(json_object_get(report, "S_hi")));
  } else {
    fprintf(out, "%-19s", "not known");
  }
  for (int i = 0; i < PROBES; ++i)
    print_estimate(json_object_get(json_object_get(report, "metrics"), probes[i]->name), out);
  fputc('\n', out);
}
