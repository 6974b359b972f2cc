// Reads knobs from YAML values: types, bounds, nested and dotted keys, and errors that name the place.
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/config.h"
#include "host/text.h"

enum { SHOWN_BYTES = 96 };  // of a user's text in an error

// Digits, sign, point and exponent only, and no 010, which is eight in YAML 1.1 and ten to people; so no nan,
// no hex.
static bool is_number(const YamlValue *value) {
  if (value->kind != YAML_SCALAR || value->quoted) return false;
  const char *text = value->text;
  if (text[strspn(text, "0123456789+-.eE")] != '\0') return false;
  text += strspn(text, "+-");
  return text[0] != '0' || strspn(text, "0123456789") == 1;
}

// Any finite number; the caller sees to the bounds. strtod reads a point because no part of mesagrid sets a
// locale.
static bool read_real(const YamlValue *value, double *number) {
  if (!is_number(value)) return false;
  char *end;
  *number = strtod(value->text, &end) + 0.0;  // + 0.0 makes -0 a plain 0
  return end != value->text && *end == '\0' && isfinite(*number);
}

// Whole numbers may be written 2e6. Doubles hold them exactly: no bound of the table goes past 2^53.
static bool read_whole(const YamlValue *value, const KeyInfo *key, int64_t *number) {
  double real;
  if (!read_real(value, &real) || real != floor(real)) return false;
  if (real < key->min || real > key->max) return false;
  *number = (int64_t)real;
  return true;
}

// A whole number that fits an int, for the table bounds every INT by less than 2^31.
static bool read_int(const YamlValue *value, const KeyInfo *key, bool is_odd, int *number) {
  int64_t whole;
  if (!read_whole(value, key, &whole) || (is_odd && whole % 2 == 0)) return false;
  *number = (int)whole;
  return true;
}

// [lo, hi], or n for [n, n].
static bool read_range(const YamlValue *value, const KeyInfo *key, bool is_odd, Range *range) {
  Range read;
  const bool is_list = value->kind == YAML_LIST;
  if (is_list && value->count != 2) return false;
  if (!read_int(is_list ? &value->items[0] : value, key, is_odd, &read.lo)) return false;
  if (!read_int(is_list ? &value->items[1] : value, key, is_odd, &read.hi)) return false;
  if (read.lo > read.hi) return false;
  *range = read;
  return true;
}

// The place of the name in "a|b|c". Quotes do not matter here: a name is a text either way.
static bool read_choice(const YamlValue *value, const KeyInfo *key, int *place_of_name) {
  if (value->kind != YAML_SCALAR) return false;
  const size_t length = strlen(value->text);
  const char *name = key->choices;
  for (int i = 0; name != NULL; i++) {
    if (strcspn(name, "|") == length && memcmp(name, value->text, length) == 0) {
      *place_of_name = i;
      return true;
    }
    name = strchr(name, '|');
    if (name != NULL) name++;
  }
  return false;
}

// Writes the value into its field if it is of the type and within the bounds; otherwise changes nothing.
static bool read_field(const YamlValue *value, const KeyInfo *key, void *field) {
  double real;
  switch (key->type) {
    case KEY_INT:
      return read_int(value, key, false, field);
    case KEY_ODD:
      return read_int(value, key, true, field);
    case KEY_LONG:
      return read_whole(value, key, field);
    case KEY_RANGE:
      return read_range(value, key, false, field);
    case KEY_ODD_RANGE:
      return read_range(value, key, true, field);
    case KEY_CHOICE:
      return read_choice(value, key, field);
    case KEY_REAL:
      if (!read_real(value, &real) || real < key->min || real > key->max) return false;
      *(double *)field = real;
      return true;
  }
  return false;
}

// One sentence for every wrong value: what would be right, and what was given.
static Status refuse_value(const KeyInfo *key, const YamlValue *value, const char *origin) {
  char given[SHOWN_BYTES], bounds[160];
  config_bounds_text(key, bounds, sizeof bounds);
  return yaml_value_fail(origin, value->line, "%s: expected %s, not %s", key->name, bounds,
                         yaml_value_describe(value, given, sizeof given));
}

static Status set_key(Config *config, const KeyInfo *key, const YamlValue *value, const char *origin) {
  if (read_field(value, key, (char *)config + key->offset)) return STATUS_OK;
  return refuse_value(key, value, origin);
}

Status config_refuse_key(const char *origin, int line, const char *name) {
  char shown[SHOWN_BYTES];
  return yaml_value_fail(origin, line, "%s: unknown key, did you mean %s?",
                         text_printable(name, shown, sizeof shown), config_nearest_key(name)->name);
}

Status config_set(Config *config, const char *key, const YamlValue *value, const char *origin) {
  const KeyInfo *info = config_find_key(key);
  return info != NULL ? set_key(config, info, value, origin) : config_refuse_key(origin, value->line, key);
}

Status config_set_text(Config *config, const char *key, const char *text, const char *origin) {
  const KeyInfo *info = config_find_key(key);
  if (info == NULL) return config_refuse_key(origin, 0, key);
  char where[512];
  snprintf(where, sizeof where, "%s: %s", origin, key);
  YamlValue *value;
  TRY(yaml_value_read_text(text, strlen(text), where, false, &value));
  const Status status = set_key(config, info, value, origin);
  yaml_value_free(value);
  return status;
}

// A walk over a map of knobs.
typedef struct Walk {
  const char *origin;
  ConfigVisit *visit;
  void *context;
  bool seen[CONFIG_KEY_COUNT];  // knobs that the walk has met
} Walk;

// `name` is dotted.
static Status visit_key(Walk *walk, const char *name, const YamlValue *value) {
  const KeyInfo *key = config_find_key(name);
  if (key == NULL) return config_refuse_key(walk->origin, value->line, name);
  int count;
  bool *seen = &walk->seen[key - config_keys(&count)];
  if (*seen)
    return yaml_value_fail(walk->origin, value->line, "%s: the key stands here twice, dotted and nested",
                           name);
  *seen = true;
  return walk->visit(walk->context, key, value);
}

// The keys below "env:".
static Status visit_section(Walk *walk, const YamlValue *section) {
  if (section->kind != YAML_MAP || section->count == 0)
    return yaml_value_fail(walk->origin, section->line, "%s: expected the keys of this section below it",
                           section->key);
  for (int i = 0; i < section->count; i++) {
    char name[4 * CONFIG_TEXT_BYTES];  // a name cut here is unknown all the same
    snprintf(name, sizeof name, "%s.%s", section->key, section->items[i].key);
    TRY(visit_key(walk, name, &section->items[i]));
  }
  return STATUS_OK;
}

// True for "env", "agent" …: sections exist by having keys.
static bool is_section(const char *name) {
  int count;
  const KeyInfo *keys = config_keys(&count);
  for (int i = 0; i < count; i++)
    if (keys[i].section[0] != '\0' && strcmp(keys[i].section, name) == 0) return true;
  return false;
}

Status config_visit_map(const YamlValue *map, const char *origin, ConfigVisit *visit, void *context) {
  char given[SHOWN_BYTES];
  if (map->kind != YAML_MAP)
    return yaml_value_fail(origin, map->line, "expected keys with values, as in env.loops: 0.1, not %s",
                           yaml_value_describe(map, given, sizeof given));
  Walk walk = {.origin = origin, .visit = visit, .context = context};
  for (int i = 0; i < map->count; i++) {
    const YamlValue *item = &map->items[i];
    TRY(is_section(item->key) ? visit_section(&walk, item) : visit_key(&walk, item->key, item));
  }
  return STATUS_OK;
}

// What config_set_map's walk carries.
typedef struct SetContext {
  Config *config;
  const char *origin;
} SetContext;

static Status set_visited(void *context, const KeyInfo *key, const YamlValue *value) {
  const SetContext *set = context;
  return set_key(set->config, key, value, set->origin);
}

Status config_set_map(Config *config, const YamlValue *map, const char *origin) {
  SetContext context = {config, origin};
  return config_visit_map(map, origin, set_visited, &context);
}

Status config_check(const Config *config, const char *origin) {
  const Range ticks = config->agent_ticks;
  if (config->train_levels % config->train_shards != 0)
    return status_fail(STATUS_USAGE, "%s: train.shards: %d does not divide train.levels, %d", origin,
                       config->train_shards, config->train_levels);
  if (config->agent_weights == WEIGHTS_UNTIED && ticks.lo != ticks.hi)
    return status_fail(
        STATUS_USAGE,
        "%s: agent.ticks: [%d, %d]: a net with untied weights has a fixed depth; give one number", origin,
        ticks.lo, ticks.hi);
  return STATUS_OK;
}

Status config_read_yaml(const char *path, Config *config) {
  // A config written by an earlier version may lack knobs that are new since: they take their defaults.
  YamlValue *root;
  TRY(yaml_value_read_file(path, &root));
  config_default(config);
  Status status = config_set_map(config, root, path);
  if (status == STATUS_OK) status = config_check(config, path);
  yaml_value_free(root);
  return status;
}
