// Config: every knob of one trial, made from the table in config_keys.h; reading, writing and comparing it.
#ifndef MESAGRID_HOST_CONFIG_H
#define MESAGRID_HOST_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "host/config_keys.h"
#include "host/yaml_value.h"
#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { CONFIG_TEXT_BYTES = 64 };  // longest canonical text of a value, with its zero

typedef struct Range {
  int lo, hi;  // lo <= hi, both included
} Range;

// Places of the names in ONE_OF of agent.weights, agent.distance and train.teacher.
enum { WEIGHTS_TIED, WEIGHTS_UNTIED };
enum { DISTANCE_HIDDEN, DISTANCE_SHOWN };
enum { TEACHER_REWARD, TEACHER_ORACLE };

typedef enum KeyType {
  KEY_INT,
  KEY_LONG,
  KEY_ODD,
  KEY_REAL,
  KEY_RANGE,
  KEY_ODD_RANGE,
  KEY_CHOICE,
} KeyType;

typedef enum KeyScope {
  KEY_SHAPE,   // splits cohorts
  KEY_SCALAR,  // may differ inside a cohort
  KEY_EVAL,    // read after training only
} KeyScope;

// The C type of each type of the table.
#define CONFIG_FIELD_INT int
#define CONFIG_FIELD_LONG int64_t
#define CONFIG_FIELD_ODD int
#define CONFIG_FIELD_REAL double
#define CONFIG_FIELD_RANGE Range
#define CONFIG_FIELD_ODD_RANGE Range
#define CONFIG_FIELD_CHOICE int
#define CONFIG_TOP_FIELD(name, type, value, bounds, scope, help) CONFIG_FIELD_##type name;
#define CONFIG_KEY_FIELD(section, name, type, value, bounds, scope, help) \
  CONFIG_FIELD_##type section##_##name;

// One field a row: seed, env_kind, env_sizes … eval_seed.
typedef struct Config {
  CONFIG_KEYS(CONFIG_TOP_FIELD, CONFIG_KEY_FIELD)
} Config;

#define CONFIG_ADD_ROW(...) +1
enum { CONFIG_KEY_COUNT = 0 CONFIG_KEYS(CONFIG_ADD_ROW, CONFIG_ADD_ROW) };

// One row of the table as data.
typedef struct KeyInfo {
  const char *name;     // "env.loops"
  const char *section;  // "env"; "" for a key at the top
  const char *leaf;     // "loops"
  KeyType type;
  KeyScope scope;
  const char *default_text;  // canonical
  double min, max;           // allowed, both included; of both ends of a range; unused for choices
  const char *choices;       // "a|b|c"; NULL unless a choice
  const char *help;
  size_t offset;  // of the field in Config [bytes]
} KeyInfo;

// The whole table, in the order of config_keys.h; *count receives its length.
const KeyInfo *config_keys(int *count);

// The row of a dotted name; NULL if there is none.
const KeyInfo *config_find_key(const char *name);

// The row whose name is the fewest edits away, where only a wrong or missing section counts as one edit:
// "ticks" finds agent.ticks. Never NULL.
const KeyInfo *config_nearest_key(const char *name);

// Sets every knob to its default.
void config_default(Config *config);

// Copies one knob.
void config_copy_value(Config *to, const Config *from, const KeyInfo *key);

// Sets one knob. `origin` is the file or "command line"; errors read "origin:line: key: what is wrong".
// On failure *config is unchanged.
Status config_set(Config *config, const char *key, const YamlValue *value, const char *origin);

// The same from YAML flow text: config_set_text(&config, "agent.ticks", "[8, 24]", "command line").
Status config_set_text(Config *config, const char *key, const char *text, const char *origin);

// Called with each knob of a map. A failure stops the walk.
typedef Status ConfigVisit(void *context, const KeyInfo *key, const YamlValue *value);

// Walks a map whose keys are dotted ("env.loops: 0") or nested ("env: {loops: 0}"), in the order of the file.
// Unknown keys are refused, and so is a knob that stands there twice.
Status config_visit_map(const YamlValue *map, const char *origin, ConfigVisit *visit, void *context);

// Sets the knobs of such a map. On failure *config may have been set in part.
Status config_set_map(Config *config, const YamlValue *map, const char *origin);

// Fails with "origin:line: name: unknown key, did you mean agent.ticks?"; line 0 is left out.
Status config_refuse_key(const char *origin, int line, const char *name);

// What rules between knobs ask for (train.shards divides train.levels …); `origin` stands in the error.
Status config_check(const Config *config, const char *origin);

// Canonical text of one knob, equal exactly when the values are: "[8, 24]", "0.003", "maze". Reads back to
// the same value. `size` of CONFIG_TEXT_BYTES always suffices.
void config_get_text(const Config *config, const KeyInfo *key, char *buffer, size_t size);

// What a key takes: "a number, 0 to 1", "an odd whole number, 5 to 31", "one of maze, sokoban"; cut to fit.
void config_bounds_text(const KeyInfo *key, char *buffer, size_t size);

// All knobs as YAML, a section each; stops silently on a write error, which ferror() of the file tells.
void config_write_yaml(FILE *file, const Config *config);

// Defaults, then what the file says, then config_check.
Status config_read_yaml(const char *path, Config *config);

// Two lines a knob, for `mesagrid list keys` and --help.
void config_write_help(FILE *file);

// True if all SHAPE knobs are equal: such trials train in one cohort.
bool config_same_shape(const Config *a, const Config *b);

// XXH3 over name and canonical text of every knob that decides training, so of all but eval.*; a checkpoint
// carries it.
uint64_t config_fingerprint(const Config *config);

#ifdef __cplusplus
}
#endif
#endif
