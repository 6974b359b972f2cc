// Spreads a plan's base, axes and seeds into settings, trials and cohorts, and names them.
#include <stdlib.h>
#include <string.h>

#include "host/plan.h"

// Which value of axis `axis` a setting takes; the last axis varies fastest.
static int value_index(const Plan *plan, int axis, int setting) {
  for (int a = plan->axis_count - 1; a > axis; a--) setting /= plan->axes[a].count;
  return setting % plan->axes[axis].count;
}

// Before anything is allocated: a grid of many axes grows fast.
static Status count_trials(Plan *plan, const char *origin) {
  int64_t settings = 1;
  for (int a = 0; a < plan->axis_count; a++) {
    settings *= plan->axes[a].count;
    if (settings > PLAN_TRIALS_MAX) break;  // each count is at most PLAN_TRIALS_MAX, so nothing overflows
  }
  if (settings * plan->seed_count > PLAN_TRIALS_MAX)
    return yaml_value_fail(origin, 0, "the grid has more than %d trials: sweep fewer values or seeds",
                           PLAN_TRIALS_MAX);
  plan->setting_count = (int)settings;
  plan->trial_count = plan->setting_count * plan->seed_count;
  return STATUS_OK;
}

// ---- names ----

// "ticks", unless another axis or the seed goes by that name too.
static void name_axes(Plan *plan) {
  for (int a = 0; a < plan->axis_count; a++) {
    PlanAxis *axis = &plan->axes[a];
    bool is_shared = strcmp(axis->key->leaf, "seed") == 0;
    for (int b = 0; b < plan->axis_count; b++)
      is_shared |= b != a && strcmp(plan->axes[b].key->leaf, axis->key->leaf) == 0;
    snprintf(axis->short_name, sizeof axis->short_name, "%s", is_shared ? axis->key->name : axis->key->leaf);
  }
}

// Canonical text without brackets and signs that do not belong into a directory's name: "8-24", "8", "0.1".
static void short_value(const char *text, const char *dash, char *buffer, size_t size) {
  int lo, hi;
  if (sscanf(text, "[%d, %d]", &lo, &hi) != 2)
    snprintf(buffer, size, "%s", text);
  else if (lo == hi)
    snprintf(buffer, size, "%d", lo);
  else
    snprintf(buffer, size, "%d%s%d", lo, dash, hi);
  char *plus = strchr(buffer, '+');  // 1.0e+06
  if (plus != NULL) memmove(plus, plus + 1, strlen(plus));
}

// Writes "ticks=8-24,loops=0.1" for join "=", separator "," and dash "-". False where it does not fit.
static bool describe_setting(const Plan *plan, int setting, const char *join, const char *separator,
                             const char *dash, char *buffer, size_t size) {
  size_t used = 0;
  buffer[0] = '\0';
  for (int a = 0; a < plan->axis_count; a++) {
    const PlanAxis *axis = &plan->axes[a];
    char value[CONFIG_TEXT_BYTES];
    short_value(axis->values[value_index(plan, a, setting)], dash, value, sizeof value);
    used += (size_t)snprintf(buffer + used, size - used, "%s%s%s%s", a > 0 ? separator : "", axis->short_name,
                             join, value);
    if (used >= size) return false;
  }
  return true;
}

// `label` holds PLAN_TRIAL_NAME_BYTES.
static Status name_setting(const Plan *plan, int setting, const char *origin, char *label) {
  const bool fits = describe_setting(plan, setting, " ", ", ", "–", label, PLAN_TRIAL_NAME_BYTES);
  if (plan->axis_count == 0) snprintf(label, PLAN_TRIAL_NAME_BYTES, "%s", plan->name);
  return fits ? STATUS_OK
              : yaml_value_fail(origin, 0, "too many axes at once: the trials' names would be too long");
}

static Status name_trial(const Plan *plan, Trial *trial, const char *origin) {
  const size_t size = PLAN_TRIAL_NAME_BYTES;
  const bool fits = describe_setting(plan, trial->setting, "=", ",", "-", trial->name, size);
  const size_t used = strlen(trial->name);
  const int added = snprintf(trial->name + used, size - used, "%sseed=%lld", used > 0 ? "," : "",
                             (long long)trial->config.seed);
  if (fits && used + (size_t)added < size) return STATUS_OK;
  return yaml_value_fail(origin, 0, "too many axes at once: the trials' names would be too long");
}

// ---- settings, trials, cohorts ----

// Gives every setting its value of one axis. Each value is read once, though many settings take it.
static Status set_axis_values(Plan *plan, int a, const char *origin) {
  const PlanAxis *axis = &plan->axes[a];
  Config *read = calloc((size_t)axis->count, sizeof *read);  // (count): only the axis's knob is set
  if (read == NULL) return status_fail(STATUS_MEMORY, "%s: out of memory", origin);
  Status status = STATUS_OK;
  for (int v = 0; v < axis->count && status == STATUS_OK; v++)
    status = config_set_text(&read[v], axis->key->name, axis->values[v], origin);
  for (int s = 0; s < plan->setting_count && status == STATUS_OK; s++)
    config_copy_value(&plan->settings[s].config, &read[value_index(plan, a, s)], axis->key);
  free(read);
  return status;
}

// Rules between knobs are checked here, where the knobs of a setting first come together.
static Status make_settings(Plan *plan, const char *origin) {
  for (int s = 0; s < plan->setting_count; s++) {
    plan->settings[s].config = plan->base;
    plan->settings[s].config.seed = plan->seeds[0];
  }
  for (int a = 0; a < plan->axis_count; a++) TRY(set_axis_values(plan, a, origin));
  for (int s = 0; s < plan->setting_count; s++) {
    TRY(config_check(&plan->settings[s].config, origin));
    TRY(name_setting(plan, s, origin, plan->settings[s].label));
  }
  return STATUS_OK;
}

// Seeds vary fastest, so that the trials of a setting lie side by side.
static Status make_trials(Plan *plan, const char *origin) {
  for (int t = 0; t < plan->trial_count; t++) {
    Trial *trial = &plan->trials[t];
    trial->setting = t / plan->seed_count;
    trial->config = plan->settings[trial->setting].config;
    trial->config.seed = plan->seeds[t % plan->seed_count];
    TRY(name_trial(plan, trial, origin));
  }
  return STATUS_OK;
}

// The place of a setting in the grid of the SHAPE axes alone. An axis has no value twice, so two settings
// share the place exactly when all their SHAPE knobs are equal.
static int shape_place(const Plan *plan, int setting) {
  int place = 0;
  for (int a = 0; a < plan->axis_count; a++)
    if (plan->axes[a].key->scope == KEY_SHAPE)
      place = place * plan->axes[a].count + value_index(plan, a, setting);
  return place;
}

static Status number_cohorts(Plan *plan, const char *origin) {
  int *cohorts =
      calloc((size_t)plan->setting_count, sizeof *cohorts);  // by shape_place; 0 = none yet, else number + 1
  if (cohorts == NULL) return status_fail(STATUS_MEMORY, "%s: out of memory", origin);
  for (int t = 0; t < plan->trial_count; t++) {
    int *cohort = &cohorts[shape_place(plan, plan->trials[t].setting)];
    if (*cohort == 0) *cohort = ++plan->cohort_count;
    plan->trials[t].cohort = *cohort - 1;
  }
  free(cohorts);
  return STATUS_OK;
}

Status plan_resolve(Plan *plan, const char *origin) {
  TRY(count_trials(plan, origin));
  plan->settings = calloc((size_t)plan->setting_count, sizeof *plan->settings);
  plan->trials = calloc((size_t)plan->trial_count, sizeof *plan->trials);
  if (plan->settings == NULL || plan->trials == NULL)
    return status_fail(STATUS_MEMORY, "%s: out of memory", origin);
  name_axes(plan);
  TRY(make_settings(plan, origin));
  TRY(make_trials(plan, origin));
  return number_cohorts(plan, origin);
}
