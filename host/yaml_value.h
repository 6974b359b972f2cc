// A YAML text as a tree of scalars, lists and maps that remember their lines; libyaml does the reading.
#ifndef MESAGRID_HOST_YAML_VALUE_H
#define MESAGRID_HOST_YAML_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

// All names start with yaml_value_: libyaml itself exports yaml_free and its like.

// What is refused beyond these: a file of knobs is small, and a hostile one must not cost time or memory.
enum {
  YAML_BYTES_MAX = 1 << 20,  // of one text
  YAML_DEPTH_MAX = 16,       // lists and maps inside each other
  YAML_KEYS_MAX = 256,       // of one map
};

typedef enum YamlKind { YAML_SCALAR, YAML_LIST, YAML_MAP } YamlKind;

typedef struct YamlValue {
  YamlKind kind;
  int line;                 // of the key if it has one, else of the value; from 1, 0 = no file (command line)
  char *key;                // its name in the map that holds it; NULL elsewhere
  char *text;               // scalars: UTF-8 with no zero byte inside; NULL elsewhere
  bool quoted;              // scalars: "1" is a string, 1 a number
  int count;                // lists and maps
  struct YamlValue *items;  // (count), in the order of the file; keys of a map are distinct
} YamlValue;

// Reads the one document in `path`. The caller frees *root with yaml_value_free; it is NULL after a failure.
// Anchors, aliases, tags, a second document and an empty file are refused.
Status yaml_value_read_file(const char *path, YamlValue **root);

// The same for `size` bytes of text. `origin` stands in errors; with has_lines false all lines are 0.
Status yaml_value_read_text(const char *text, size_t size, const char *origin, bool has_lines,
                            YamlValue **root);

// Records "origin:line: sentence", without the line where it is 0, and returns STATUS_USAGE.
Status yaml_value_fail(const char *origin, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Frees the tree; NULL does nothing.
void yaml_value_free(YamlValue *root);

// The item of a map with this key; NULL if there is none or `map` is no map.
const YamlValue *yaml_value_find(const YamlValue *map, const char *key);

// The value in YAML's flow form on one line ("[8, 24]"), cut to fit and safe to print; returns `buffer`.
// `size` is 8 to 256.
const char *yaml_value_describe(const YamlValue *value, char *buffer, size_t size);

#ifdef __cplusplus
}
#endif
#endif
