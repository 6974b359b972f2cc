// Reads a sweep file and the command line's changes into a plan's name, base, axes and seeds, and writes them
// back.
#include "host/plan.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "host/text.h"

enum { SHOWN_BYTES = 96 };  // of a user's text in an error

static const char command_line[] = "command line";
static const char *const plan_words[] = {"name", "axes", "seeds"};
enum { PLAN_WORDS = sizeof plan_words / sizeof plan_words[0] };

// A plan being read.
typedef struct Builder {
  Plan *plan;
  const char *origin;             // of what is read now: the file or the command line
  bool is_set[CONFIG_KEY_COUNT];  // base knobs that the file sets
} Builder;

static int key_index(const KeyInfo *key) {
  int count;
  return (int)(key - config_keys(&count));
}

static Status out_of_memory(const char *origin) {
  return status_fail(STATUS_MEMORY, "%s: out of memory", origin);
}

// ---- name ----

// Fit for a directory under runs/: no dots, slashes or blanks, and no leading dash, which commands take for
// an option.
static bool is_name(const char *text) {
  const size_t length = strlen(text);
  if (length == 0 || length >= PLAN_NAME_BYTES || text[0] == '-') return false;
  for (size_t i = 0; i < length; i++)
    if (!isalnum((unsigned char)text[i]) && text[i] != '-' && text[i] != '_') return false;
  return true;
}

static Status set_name(Builder *builder, const YamlValue *value) {
  char given[SHOWN_BYTES];
  if (value->kind != YAML_SCALAR || !is_name(value->text))
    return yaml_value_fail(builder->origin, value->line,
                           "name: expected 1 to %d letters, digits, - (not first) and _, not %s",
                           PLAN_NAME_BYTES - 1, yaml_value_describe(value, given, sizeof given));
  snprintf(builder->plan->name, PLAN_NAME_BYTES, "%s", value->text);
  return STATUS_OK;
}

// The file's stem: "sweeps/quickstart.yaml" names the sweep quickstart.
static Status set_default_name(Builder *builder) {
  const char *slash = strrchr(builder->origin, '/');
  const char *stem = slash != NULL ? slash + 1 : builder->origin;
  char name[PLAN_NAME_BYTES + 1], shown[SHOWN_BYTES];
  const char *dot = strrchr(stem, '.');
  snprintf(name, sizeof name, "%.*s", dot != NULL ? (int)(dot - stem) : PLAN_NAME_BYTES, stem);
  if (!is_name(name))
    return yaml_value_fail(builder->origin, 0,
                           "\"%s\" cannot name the sweep: give it a name: of letters, digits, - and _",
                           text_printable(stem, shown, sizeof shown));
  memcpy(builder->plan->name, name, PLAN_NAME_BYTES);  // is_name has seen the zero
  return STATUS_OK;
}

// ---- base knobs ----

// One way to say it: a seed among the base keys would quietly lose against the list.
static Status refuse_seed(const Builder *builder, int line) {
  return yaml_value_fail(builder->origin, line, "seed: a sweep lists its seeds, as in seeds: [1, 2, 3]");
}

static Status set_base(void *context, const KeyInfo *key, const YamlValue *value) {
  Builder *builder = context;
  if (strcmp(key->name, "seed") == 0) return refuse_seed(builder, value->line);
  builder->is_set[key_index(key)] = true;
  return config_set(&builder->plan->base, key->name, value, builder->origin);
}

// "axis" and "seed_s" are misspelt words of a plan rather than misspelt knobs.
static Status refuse_near_words(const YamlValue *item, const char *origin) {
  char shown[SHOWN_BYTES];
  if (config_find_key(item->key) != NULL) return STATUS_OK;
  for (int i = 0; i < PLAN_WORDS; i++)
    if (text_distance(item->key, plan_words[i]) <= 2)
      return yaml_value_fail(origin, item->line, "%s: unknown key, did you mean %s?",
                             text_printable(item->key, shown, sizeof shown), plan_words[i]);
  return STATUS_OK;
}

static bool is_plan_word(const char *key) {
  for (int i = 0; i < PLAN_WORDS; i++)
    if (strcmp(key, plan_words[i]) == 0) return true;
  return false;
}

// Sets the base from all of the file but the plan's own words.
static Status read_base(Builder *builder, const YamlValue *root) {
  YamlValue view = {.kind = YAML_MAP};  // borrows the root's items
  view.items = calloc((size_t)root->count + 1, sizeof *view.items);
  if (view.items == NULL) return out_of_memory(builder->origin);
  Status status = STATUS_OK;
  for (int i = 0; i < root->count && status == STATUS_OK; i++) {
    if (is_plan_word(root->items[i].key)) continue;
    view.items[view.count++] = root->items[i];
    status = refuse_near_words(&root->items[i], builder->origin);
  }
  if (status == STATUS_OK) status = config_visit_map(&view, builder->origin, set_base, builder);
  free(view.items);
  return status;
}

// ---- axes ----

// NULL where the knob is not swept.
static PlanAxis *find_axis(const Plan *plan, const KeyInfo *key) {
  for (int i = 0; i < plan->axis_count; i++)
    if (plan->axes[i].key == key) return &plan->axes[i];
  return NULL;
}

static int compare_texts(const void *a, const void *b) {
  return strcmp(a, b);
}

// Sorts a copy: a list may have 100,000 values.
static Status refuse_twins(const Builder *builder, const PlanAxis *axis, int line) {
  const size_t bytes = (size_t)axis->count * sizeof *axis->values;
  char(*sorted)[CONFIG_TEXT_BYTES] = malloc(bytes);
  if (sorted == NULL) return out_of_memory(builder->origin);
  memcpy(sorted, axis->values, bytes);
  qsort(sorted, (size_t)axis->count, sizeof *sorted, compare_texts);
  Status status = STATUS_OK;
  for (int i = 1; i < axis->count && status == STATUS_OK; i++)
    if (strcmp(sorted[i - 1], sorted[i]) == 0)
      status = yaml_value_fail(builder->origin, line, "axes: %s: the value %s stands here twice",
                               axis->key->name, sorted[i]);
  free(sorted);
  return status;
}

// Reads the values of an axis, canonical, into a fresh array.
static Status read_values(const Builder *builder, const YamlValue *list, PlanAxis *axis) {
  axis->count = list->count;
  axis->values = calloc((size_t)list->count, sizeof *axis->values);
  if (axis->values == NULL) return out_of_memory(builder->origin);
  Config scratch;
  config_default(&scratch);
  for (int i = 0; i < list->count; i++) {
    TRY(config_set(&scratch, axis->key->name, &list->items[i], builder->origin));
    config_get_text(&scratch, axis->key, axis->values[i], CONFIG_TEXT_BYTES);
  }
  return refuse_twins(builder, axis, list->line);
}

// Puts `axis`, whose values it takes, in place of the axis with the same key, or at the end.
static Status put_axis(Builder *builder, PlanAxis axis) {
  Plan *plan = builder->plan;
  PlanAxis *old = find_axis(plan, axis.key);
  if (old == NULL) {
    PlanAxis *axes = realloc(plan->axes, (size_t)(plan->axis_count + 1) * sizeof *axes);
    if (axes == NULL) {
      free(axis.values);
      return out_of_memory(builder->origin);
    }
    plan->axes = axes;
    old = &axes[plan->axis_count++];
    old->values = NULL;
  }
  free(old->values);
  *old = axis;
  return STATUS_OK;
}

// The example shows the form, brackets and all: a list of ranges is easily written one bracket short.
static Status refuse_list(const Builder *builder, const char *key, const char *example,
                          const YamlValue *value) {
  char given[SHOWN_BYTES];
  return yaml_value_fail(
      builder->origin, value->line, "%s: expected a list of 1 to %d values, as in %s, not %s", key,
      PLAN_TRIALS_MAX, example,
      value->kind == YAML_LIST && value->count > 0 ? "more"
                                                   : yaml_value_describe(value, given, sizeof given));
}

static bool is_filled_list(const YamlValue *value) {
  return value->kind == YAML_LIST && value->count > 0 && value->count <= PLAN_TRIALS_MAX;
}

// Adds the axis, or puts it in place of the one on the same knob.
static Status set_axis(void *context, const KeyInfo *key, const YamlValue *value) {
  Builder *builder = context;
  if (strcmp(key->name, "seed") == 0) return refuse_seed(builder, value->line);
  if (!is_filled_list(value)) return refuse_list(builder, key->name, "agent.ticks: [[2, 3], [8, 24]]", value);
  if (builder->is_set[key_index(key)])
    return yaml_value_fail(builder->origin, value->line, "%s: is both an axis and set for all trials",
                           key->name);
  PlanAxis axis = {.key = key};
  const Status status = read_values(builder, value, &axis);
  if (status == STATUS_OK) return put_axis(builder, axis);
  free(axis.values);
  return status;
}

// ---- seeds ----

static int compare_seeds(const void *a, const void *b) {
  const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

static Status refuse_twin_seeds(const Builder *builder, int line) {
  const size_t count = (size_t)builder->plan->seed_count;
  int64_t *sorted = malloc(count * sizeof *sorted);
  if (sorted == NULL) return out_of_memory(builder->origin);
  memcpy(sorted, builder->plan->seeds, count * sizeof *sorted);
  qsort(sorted, count, sizeof *sorted, compare_seeds);
  Status status = STATUS_OK;
  for (size_t i = 1; i < count && status == STATUS_OK; i++)
    if (sorted[i - 1] == sorted[i])
      status = yaml_value_fail(builder->origin, line, "seeds: %lld stands here twice", (long long)sorted[i]);
  free(sorted);
  return status;
}

// Takes the list in place of the seeds so far.
static Status set_seeds(Builder *builder, const YamlValue *value) {
  Plan *plan = builder->plan;
  if (!is_filled_list(value)) return refuse_list(builder, "seeds", "seeds: [1, 2, 3]", value);
  int64_t *seeds = realloc(plan->seeds, (size_t)value->count * sizeof *seeds);
  if (seeds == NULL) return out_of_memory(builder->origin);
  plan->seeds = seeds;
  plan->seed_count = value->count;
  Config scratch;
  config_default(&scratch);
  for (int i = 0; i < value->count; i++) {
    TRY(config_set(&scratch, "seed", &value->items[i], builder->origin));
    seeds[i] = scratch.seed;
  }
  return refuse_twin_seeds(builder, value->line);
}

// ---- the file and the command line ----

static Status set_default_seeds(Builder *builder) {
  Plan *plan = builder->plan;
  plan->seeds = malloc(sizeof *plan->seeds);
  if (plan->seeds == NULL) return out_of_memory(builder->origin);
  plan->seeds[0] = plan->base.seed;
  plan->seed_count = 1;
  return STATUS_OK;
}

// The order matters: an axis is held against the base knobs that the file sets.
static Status read_root(Builder *builder, const YamlValue *root) {
  config_default(&builder->plan->base);
  char given[SHOWN_BYTES];
  if (root->kind != YAML_MAP)
    return yaml_value_fail(builder->origin, root->line,
                           "expected keys with values, as in name: quickstart, not %s",
                           yaml_value_describe(root, given, sizeof given));
  const YamlValue *name = yaml_value_find(root, "name");
  const YamlValue *axes = yaml_value_find(root, "axes");
  const YamlValue *seeds = yaml_value_find(root, "seeds");
  if (name != NULL) TRY(set_name(builder, name));
  TRY(read_base(builder, root));
  if (axes != NULL) TRY(config_visit_map(axes, builder->origin, set_axis, builder));
  return seeds != NULL ? set_seeds(builder, seeds) : set_default_seeds(builder);
}

// axes.KNOB=LIST: the knob is swept, whether it was an axis, a base knob or left at its default.
static Status override_axis(Builder *builder, const char *name, const YamlValue *value) {
  const KeyInfo *key = config_find_key(name);
  if (key == NULL) return config_refuse_key(command_line, 0, name);
  builder->is_set[key_index(key)] = false;
  Config defaults;
  config_default(&defaults);
  config_copy_value(&builder->plan->base, &defaults, key);
  return set_axis(builder, key, value);
}

// KNOB=VALUE: a swept knob keeps its axis, with this one value, so that trials keep their names.
static Status override_knob(Builder *builder, const char *name, YamlValue *value) {
  const KeyInfo *key = config_find_key(name);
  if (key == NULL) return config_refuse_key(command_line, 0, name);
  if (find_axis(builder->plan, key) == NULL) return set_base(builder, key, value);
  const YamlValue list = {.kind = YAML_LIST, .count = 1, .items = value};
  return set_axis(builder, key, &list);
}

// Overrides apply in turn, so the last of two on one key wins, as with Hydra.
static Status apply_override(Builder *builder, const char *name, YamlValue *value) {
  static const char axes_prefix[] = "axes.";
  const size_t prefix_length = sizeof axes_prefix - 1;
  if (strcmp(name, "name") == 0) return set_name(builder, value);
  if (strcmp(name, "seeds") == 0) return set_seeds(builder, value);
  if (strncmp(name, axes_prefix, prefix_length) == 0)
    return override_axis(builder, name + prefix_length, value);
  if (strcmp(name, "axes") == 0)
    return yaml_value_fail(command_line, 0, "axes: name the knob, as in axes.agent.ticks=[[2, 3], [8, 24]]");
  return override_knob(builder, name, value);
}

// One "key=value"; the first = divides, so that values may hold others.
static Status read_override(Builder *builder, const char *text) {
  const char *equals = strchr(text, '=');
  char shown[SHOWN_BYTES], name[4 * CONFIG_TEXT_BYTES], origin[SHOWN_BYTES + 32];
  if (equals == NULL || equals == text)
    return yaml_value_fail(command_line, 0, "%s: expected key=value, as in env.loops=0.3",
                           text_printable(text, shown, sizeof shown));
  snprintf(name, sizeof name, "%.*s", (int)(equals - text), text);  // a name cut here is unknown all the same
  snprintf(origin, sizeof origin, "%s: %s", command_line, text_printable(name, shown, sizeof shown));
  YamlValue *value;
  TRY(yaml_value_read_text(equals + 1, strlen(equals + 1), origin, false, &value));
  const Status status = apply_override(builder, name, value);
  yaml_value_free(value);
  return status;
}

// File, command line, name, grid: in this order, so that overrides can mend what the file leaves open.
static Status build(Builder *builder, const YamlValue *root, int override_count, char *const *overrides) {
  const char *origin = builder->origin;
  TRY(read_root(builder, root));
  builder->origin = command_line;
  for (int i = 0; i < override_count; i++) TRY(read_override(builder, overrides[i]));
  builder->origin = origin;
  if (builder->plan->name[0] == '\0') TRY(set_default_name(builder));
  return plan_resolve(builder->plan, origin);
}

static Status read_plan(const YamlValue *root, const char *origin, int override_count, char *const *overrides,
                        Plan *plan) {
  memset(plan, 0, sizeof *plan);
  Builder builder = {.plan = plan, .origin = origin};
  const Status status = build(&builder, root, override_count, overrides);
  if (status != STATUS_OK) plan_free(plan);
  return status;
}

Status plan_read(const char *path, int override_count, char *const *overrides, Plan *plan) {
  YamlValue *root;
  TRY(yaml_value_read_file(path, &root));
  const Status status = read_plan(root, path, override_count, overrides, plan);
  yaml_value_free(root);
  return status;
}

Status plan_read_text(const char *text, size_t size, const char *origin, int override_count,
                      char *const *overrides, Plan *plan) {
  YamlValue *root;
  TRY(yaml_value_read_text(text, size, origin, true, &root));
  const Status status = read_plan(root, origin, override_count, overrides, plan);
  yaml_value_free(root);
  return status;
}

// ---- writing ----

// Dotted keys throughout, the form that the command line takes too.
static void write_axes(FILE *file, const Plan *plan) {
  if (plan->axis_count > 0) fprintf(file, "axes:\n");
  for (int a = 0; a < plan->axis_count; a++) {
    const PlanAxis *axis = &plan->axes[a];
    fprintf(file, "  %s: [", axis->key->name);
    for (int v = 0; v < axis->count; v++) fprintf(file, "%s%s", v > 0 ? ", " : "", axis->values[v]);
    fprintf(file, "]\n");
  }
}

void plan_write_yaml(FILE *file, const Plan *plan) {
  fprintf(file, "name: \"%s\"\n", plan->name);  // quoted: 2024 or true would not be a text to other readers
  int count;
  const KeyInfo *keys = config_keys(&count);
  for (int i = 0; i < count; i++) {
    if (strcmp(keys[i].name, "seed") == 0 || find_axis(plan, &keys[i]) != NULL) continue;
    char text[CONFIG_TEXT_BYTES];
    config_get_text(&plan->base, &keys[i], text, sizeof text);
    fprintf(file, "%s: %s\n", keys[i].name, text);
  }
  write_axes(file, plan);
  fprintf(file, "seeds: [");
  for (int s = 0; s < plan->seed_count; s++)
    fprintf(file, "%s%lld", s > 0 ? ", " : "", (long long)plan->seeds[s]);
  fprintf(file, "]\n");
}

void plan_free(Plan *plan) {
  for (int a = 0; a < plan->axis_count; a++) free(plan->axes[a].values);
  free(plan->axes);
  free(plan->seeds);
  free(plan->settings);
  free(plan->trials);
  memset(plan, 0, sizeof *plan);
}
