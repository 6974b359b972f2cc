// The table of knobs as data: defaults, canonical texts, writing, comparing. Reading is in config_read.c.
#include "host/config.h"

#include <string.h>
#include <xxhash.h>

#include "host/text.h"

// A bounds cell of the table becomes these fields of KeyInfo.
#define WITHIN(low, high) .min = (low), .max = (high)
#define ONE_OF(names) .choices = (names)

// clang-format off
#define TOP_INFO(field, type_, text, bounds, scope_, help_)                                                  \
  {.name = #field, .section = "", .leaf = #field, .type = KEY_##type_, .scope = KEY_##scope_,                \
   .default_text = (text), .help = (help_), .offset = offsetof(Config, field), bounds},
#define KEY_INFO(section_, leaf_, type_, text, bounds, scope_, help_)                                        \
  {.name = #section_ "." #leaf_, .section = #section_, .leaf = #leaf_, .type = KEY_##type_,                  \
   .scope = KEY_##scope_, .default_text = (text), .help = (help_),                                           \
   .offset = offsetof(Config, section_##_##leaf_), bounds},
// clang-format on

static const KeyInfo table[CONFIG_KEY_COUNT] = {CONFIG_KEYS(TOP_INFO, KEY_INFO)};

const KeyInfo *config_keys(int *count) {
  *count = CONFIG_KEY_COUNT;
  return table;
}

const KeyInfo *config_find_key(const char *name) {
  for (int i = 0; i < CONFIG_KEY_COUNT; i++)
    if (strcmp(table[i].name, name) == 0) return &table[i];
  return NULL;
}

// A wrong section is one slip, however many letters it has.
static int key_distance(const KeyInfo *key, const char *name, const char *leaf) {
  const int whole = text_distance(name, key->name);
  const int last_part = 1 + text_distance(leaf, key->leaf);
  return whole < last_part ? whole : last_part;
}

const KeyInfo *config_nearest_key(const char *name) {
  const char *dot = strrchr(name, '.');
  const char *leaf = dot != NULL ? dot + 1 : name;
  const KeyInfo *nearest = &table[0];
  for (int i = 1; i < CONFIG_KEY_COUNT; i++)
    if (key_distance(&table[i], name, leaf) < key_distance(nearest, name, leaf)) nearest = &table[i];
  return nearest;
}

// Of the field in Config.
static size_t field_bytes(const KeyInfo *key) {
  switch (key->type) {
    case KEY_LONG:
      return sizeof(int64_t);
    case KEY_REAL:
      return sizeof(double);
    case KEY_RANGE:
    case KEY_ODD_RANGE:
      return sizeof(Range);
    default:
      return sizeof(int);
  }
}

void config_copy_value(Config *to, const Config *from, const KeyInfo *key) {
  memcpy((char *)to + key->offset, (const char *)from + key->offset, field_bytes(key));
}

// Reads a default without libyaml, so that nothing is allocated and nothing can fail.
static void set_default(Config *config, const KeyInfo *key) {
  Range *range = (Range *)((char *)config + key->offset);
  if (key->default_text[0] == '[') {
    (void)sscanf(key->default_text, "[%d, %d]", &range->lo, &range->hi);
    return;
  }
  const YamlValue value = {.kind = YAML_SCALAR, .text = (char *)key->default_text};  // read, never written
  (void)config_set(config, key->name, &value, "default");
}

void config_default(Config *config) {
  memset(config, 0, sizeof *config);  // padding too
  for (int i = 0; i < CONFIG_KEY_COUNT; i++) set_default(config, &table[i]);
}

// The place-th name of "a|b|c", zero-ended; empty past the end.
static void choice_name(const char *choices, int place, char *buffer, size_t size) {
  for (; place > 0 && choices != NULL; place--) {
    choices = strchr(choices, '|');
    if (choices != NULL) choices++;
  }
  if (choices == NULL) choices = "";
  snprintf(buffer, size, "%.*s", (int)strcspn(choices, "|"), choices);
}

void config_get_text(const Config *config, const KeyInfo *key, char *buffer, size_t size) {
  const void *field = (const char *)config + key->offset;
  // One value, one text: cohorts, fingerprints and the check for twins on an axis all compare these texts.
  switch (key->type) {
    case KEY_INT:
    case KEY_ODD:
      snprintf(buffer, size, "%d", *(const int *)field);
      break;
    case KEY_LONG:
      snprintf(buffer, size, "%lld", (long long)*(const int64_t *)field);
      break;
    case KEY_REAL:
      text_from_real(*(const double *)field, buffer, size);
      break;
    case KEY_RANGE:
    case KEY_ODD_RANGE: {
      const Range *range = field;
      snprintf(buffer, size, "[%d, %d]", range->lo, range->hi);
      break;
    }
    case KEY_CHOICE:
      choice_name(key->choices, *(const int *)field, buffer, size);
      break;
  }
}

void config_bounds_text(const KeyInfo *key, char *buffer, size_t size) {
  static const char *const kinds[] = {
      [KEY_INT] = "a whole number",
      [KEY_LONG] = "a whole number",
      [KEY_ODD] = "an odd whole number",
      [KEY_REAL] = "a number",
      [KEY_RANGE] = "a range [lo, hi], lo <= hi, or one whole number,",
      [KEY_ODD_RANGE] = "a range [lo, hi] of odd numbers, lo <= hi, or one odd number,",
  };
  // Choices have no bounds to add: their names say it all.
  if (key->type == KEY_CHOICE) {
    const bool is_lone = strchr(key->choices, '|') == NULL;
    snprintf(buffer, size, "%s%s", is_lone ? "" : "one of ", key->choices);
    return;
  }
  char low[32], high[32];
  text_from_real(key->min, low, sizeof low);
  text_from_real(key->max, high, sizeof high);
  const bool is_range = key->type == KEY_RANGE || key->type == KEY_ODD_RANGE;
  snprintf(buffer, size, "%s%s %s to %s", kinds[key->type], is_range ? "" : ",", low, high);
}

void config_write_yaml(FILE *file, const Config *config) {
  const char *section = "";
  for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
    const KeyInfo *key = &table[i];
    // The table keeps the keys of a section together.
    if (strcmp(section, key->section) != 0) fprintf(file, "%s:\n", key->section);
    section = key->section;
    char text[CONFIG_TEXT_BYTES];
    config_get_text(config, key, text, sizeof text);
    fprintf(file, "%s%s: %s\n", section[0] != '\0' ? "  " : "", key->leaf, text);
  }
}

void config_write_help(FILE *file) {
  // What a reader needs to know about the scope: whether a sweep over this key still trains as one batch.
  static const char *const scopes[] = {
      [KEY_SHAPE] = "splits cohorts", [KEY_SCALAR] = "per agent", [KEY_EVAL] = "evaluation"};
  for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
    const KeyInfo *key = &table[i];
    char bounds[160];
    config_bounds_text(key, bounds, sizeof bounds);
    fprintf(file, "%s = %s  (%s; %s)\n    %s\n", key->name, key->default_text, bounds, scopes[key->scope],
            key->help);
  }
}

// Compares texts, so that no type needs a rule of its own.
static bool same_value(const Config *a, const Config *b, const KeyInfo *key) {
  char a_text[CONFIG_TEXT_BYTES], b_text[CONFIG_TEXT_BYTES];
  config_get_text(a, key, a_text, sizeof a_text);
  config_get_text(b, key, b_text, sizeof b_text);
  return strcmp(a_text, b_text) == 0;
}

bool config_same_shape(const Config *a, const Config *b) {
  for (int i = 0; i < CONFIG_KEY_COUNT; i++)
    if (table[i].scope == KEY_SHAPE && !same_value(a, b, &table[i])) return false;
  return true;
}

uint64_t config_fingerprint(const Config *config) {
  uint64_t hash = 0;
  for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
    if (table[i].scope == KEY_EVAL) continue;  // a finished checkpoint may be evaluated anew
    char text[CONFIG_TEXT_BYTES], line[2 * CONFIG_TEXT_BYTES];
    config_get_text(config, &table[i], text, sizeof text);
    const int length = snprintf(line, sizeof line, "%s=%s\n", table[i].name, text);
    hash = XXH3_64bits_withSeed(line, (size_t)length, hash);  // chained: each line's hash seeds the next
  }
  return hash;
}
