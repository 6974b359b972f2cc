// Builds the value tree from libyaml's events and refuses what a file of knobs does not need.
#include "host/yaml_value.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "host/files.h"
#include "host/text.h"

enum { PLACE_BYTES = 320 };  // "file:line:column" in a message

// One text being read.
typedef struct Reader {
  yaml_parser_t parser;
  const char *origin;
  bool has_lines;
} Reader;

// Frees what a value owns but not the value itself; the recursion is at most YAML_DEPTH_MAX deep.
static void value_clear(YamlValue *value) {
  for (int i = 0; i < value->count; i++) value_clear(&value->items[i]);
  free(value->items);
  free(value->key);
  free(value->text);
}

void yaml_value_free(YamlValue *root) {
  if (root != NULL) value_clear(root);
  free(root);
}

static const char *place(const Reader *reader, yaml_mark_t mark, char *buffer) {
  char origin[PLACE_BYTES - 64];
  text_printable(reader->origin, origin, sizeof origin);
  if (!reader->has_lines)
    snprintf(buffer, PLACE_BYTES, "%s", origin);
  else
    snprintf(buffer, PLACE_BYTES, "%s:%zu:%zu", origin, mark.line + 1, mark.column + 1);
  return buffer;
}

static Status refuse(const Reader *reader, yaml_mark_t mark, const char *why) {
  char where[PLACE_BYTES];
  return status_fail(STATUS_DATA, "%s: %s", place(reader, mark, where), why);
}

static Status out_of_memory(const Reader *reader) {
  return status_fail(STATUS_MEMORY, "%s: out of memory", reader->origin);
}

// What libyaml found wrong, in its own words.
static Status refuse_syntax(const Reader *reader) {
  const yaml_parser_t *parser = &reader->parser;
  if (parser->error == YAML_MEMORY_ERROR) return out_of_memory(reader);
  char where[PLACE_BYTES];
  // A reader error (bytes that are no UTF-8) has an offset but no mark of its own.
  const bool has_mark = parser->error != YAML_READER_ERROR;
  place(reader, has_mark ? parser->problem_mark : parser->mark, where);
  return status_fail(STATUS_DATA, "%s: not YAML: %s", where,
                     parser->problem != NULL ? parser->problem : "unknown problem");
}

// NULL where the event has none or can have none; the same goes for event_tag.
static const yaml_char_t *event_anchor(const yaml_event_t *event) {
  switch (event->type) {
    case YAML_SCALAR_EVENT:
      return event->data.scalar.anchor;
    case YAML_SEQUENCE_START_EVENT:
      return event->data.sequence_start.anchor;
    case YAML_MAPPING_START_EVENT:
      return event->data.mapping_start.anchor;
    default:
      return NULL;
  }
}

static const yaml_char_t *event_tag(const yaml_event_t *event) {
  switch (event->type) {
    case YAML_SCALAR_EVENT:
      return event->data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT:
      return event->data.sequence_start.tag;
    case YAML_MAPPING_START_EVENT:
      return event->data.mapping_start.tag;
    default:
      return NULL;
  }
}

// The next event, which the caller deletes; nothing to delete after a failure.
static Status next_event(Reader *reader, yaml_event_t *event) {
  if (!yaml_parser_parse(&reader->parser, event)) return refuse_syntax(reader);
  const char *why = NULL;
  if (event->type == YAML_ALIAS_EVENT || event_anchor(event) != NULL)
    why = "anchors (&name) and aliases (*name) are not supported: write the value out";
  else if (event_tag(event) != NULL)
    why = "tags (!name) are not supported";
  if (why == NULL) return STATUS_OK;
  const yaml_mark_t mark = event->start_mark;
  yaml_event_delete(event);
  return refuse(reader, mark, why);
}

// A copy of a scalar's text; NULL when out of memory. The caller has refused zero bytes.
static char *copy_scalar(const yaml_event_t *event) {
  const size_t length = event->data.scalar.length;
  char *text = malloc(length + 1);
  if (text == NULL) return NULL;
  memcpy(text, event->data.scalar.value, length);
  text[length] = '\0';
  return text;
}

// The caller frees *text.
static Status read_scalar(const Reader *reader, const yaml_event_t *event, char **text) {
  if (memchr(event->data.scalar.value, '\0', event->data.scalar.length) != NULL)
    return refuse(reader, event->start_mark, "a text with a zero byte inside");
  *text = copy_scalar(event);
  return *text != NULL ? STATUS_OK : out_of_memory(reader);
}

// Adds a zeroed item at the end; NULL when out of memory. Room doubles whenever the count is a power of two.
static YamlValue *append_item(YamlValue *parent) {
  const int count = parent->count;
  if ((count & (count - 1)) == 0) {
    const size_t room = count == 0 ? 1 : 2 * (size_t)count;
    YamlValue *items = realloc(parent->items, room * sizeof *items);
    if (items == NULL) return NULL;
    parent->items = items;
  }
  YamlValue *item = &parent->items[parent->count++];
  *item = (YamlValue){0};
  return item;
}

static Status read_value(Reader *reader, const yaml_event_t *event, int depth, YamlValue *value);

// Reads items up to the list's end event.
static Status read_list(Reader *reader, int depth, YamlValue *list) {
  for (;;) {
    yaml_event_t event;
    TRY(next_event(reader, &event));
    if (event.type == YAML_SEQUENCE_END_EVENT) break;
    YamlValue *item = append_item(list);
    const Status status = item == NULL ? out_of_memory(reader) : read_value(reader, &event, depth, item);
    yaml_event_delete(&event);
    TRY(status);
  }
  return STATUS_OK;
}

// Takes the key of the map's next item, whose text and line the item keeps.
static Status read_key(const Reader *reader, const yaml_event_t *event, YamlValue *map) {
  if (event->type != YAML_SCALAR_EVENT)
    return refuse(reader, event->start_mark, "a key must be a plain word");
  if (map->count == YAML_KEYS_MAX) return refuse(reader, event->start_mark, "a map with more than 256 keys");
  char *key = NULL;
  TRY(read_scalar(reader, event, &key));
  const YamlValue *twin = yaml_value_find(map, key);
  YamlValue *item = twin == NULL ? append_item(map) : NULL;
  if (item != NULL) {
    item->key = key;
    item->line = reader->has_lines ? (int)event->start_mark.line + 1 : 0;
    return STATUS_OK;
  }
  char name[64], why[128];
  snprintf(why, sizeof why, "%s: the key stands here twice", text_printable(key, name, sizeof name));
  free(key);
  return twin == NULL ? out_of_memory(reader) : refuse(reader, event->start_mark, why);
}

// Reads pairs up to the map's end event.
static Status read_map(Reader *reader, int depth, YamlValue *map) {
  for (;;) {
    yaml_event_t event;
    TRY(next_event(reader, &event));
    if (event.type == YAML_MAPPING_END_EVENT) break;
    Status status = read_key(reader, &event, map);
    yaml_event_delete(&event);
    TRY(status);
    TRY(next_event(reader, &event));
    status = read_value(reader, &event, depth, &map->items[map->count - 1]);
    yaml_event_delete(&event);
    TRY(status);
  }
  return STATUS_OK;
}

// Fills a zeroed value (a key may be set) from its first event; after a failure the value can be cleared as
// it is.
static Status read_value(Reader *reader, const yaml_event_t *event, int depth, YamlValue *value) {
  if (value->key == NULL) value->line = reader->has_lines ? (int)event->start_mark.line + 1 : 0;
  if (event->type == YAML_SCALAR_EVENT) {
    value->kind = YAML_SCALAR;
    value->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return read_scalar(reader, event, &value->text);
  }
  if (depth == YAML_DEPTH_MAX) return refuse(reader, event->start_mark, "nested more than 16 levels deep");
  value->kind = event->type == YAML_SEQUENCE_START_EVENT ? YAML_LIST : YAML_MAP;
  return value->kind == YAML_LIST ? read_list(reader, depth + 1, value) : read_map(reader, depth + 1, value);
}

// Reads events up to the start of the document's value.
static Status read_start(Reader *reader, yaml_event_t *event) {
  for (;;) {
    TRY(next_event(reader, event));
    if (event->type == YAML_STREAM_END_EVENT) {
      const yaml_mark_t mark = event->start_mark;
      yaml_event_delete(event);
      return refuse(reader, mark, "there is nothing in it");
    }
    if (event->type != YAML_STREAM_START_EVENT && event->type != YAML_DOCUMENT_START_EVENT) return STATUS_OK;
    yaml_event_delete(event);
  }
}

// Reads the end of the document and sees that no other follows.
static Status read_end(Reader *reader) {
  for (;;) {
    yaml_event_t event;
    TRY(next_event(reader, &event));
    const yaml_event_type_t type = event.type;
    const yaml_mark_t mark = event.start_mark;
    yaml_event_delete(&event);
    if (type == YAML_STREAM_END_EVENT) return STATUS_OK;
    if (type == YAML_DOCUMENT_START_EVENT) return refuse(reader, mark, "a second document (---) in one file");
  }
}

static Status read_document(Reader *reader, YamlValue *root) {
  yaml_event_t event;
  TRY(read_start(reader, &event));
  const Status status = read_value(reader, &event, 0, root);
  yaml_event_delete(&event);
  TRY(status);
  return read_end(reader);
}

Status yaml_value_read_text(const char *text, size_t size, const char *origin, bool has_lines,
                            YamlValue **root) {
  *root = NULL;
  if (size > YAML_BYTES_MAX) return status_fail(STATUS_DATA, "%s: larger than 1 MiB", origin);
  Reader reader = {.origin = origin, .has_lines = has_lines};
  if (!yaml_parser_initialize(&reader.parser)) return out_of_memory(&reader);
  yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, size);
  YamlValue *value = calloc(1, sizeof *value);
  const Status status = value != NULL ? read_document(&reader, value) : out_of_memory(&reader);
  yaml_parser_delete(&reader.parser);
  if (status == STATUS_OK)
    *root = value;
  else
    yaml_value_free(value);
  return status;
}

Status yaml_value_read_file(const char *path, YamlValue **root) {
  *root = NULL;
  void *text;
  size_t size;
  TRY(files_read(path, &text, &size, YAML_BYTES_MAX));
  const Status status = yaml_value_read_text(text, size, path, true, root);
  free(text);
  return status;
}

const YamlValue *yaml_value_find(const YamlValue *map, const char *key) {
  if (map->kind != YAML_MAP) return NULL;
  for (int i = 0; i < map->count; i++)
    if (strcmp(map->items[i].key, key) == 0) return &map->items[i];
  return NULL;
}

Status yaml_value_fail(const char *origin, int line, const char *format, ...) {
  char sentence[768];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(sentence, sizeof sentence, format, arguments);
  va_end(arguments);
  if (line > 0) return status_fail(STATUS_USAGE, "%s:%d: %s", origin, line, sentence);
  return status_fail(STATUS_USAGE, "%s: %s", origin, sentence);
}

// Appends to a zero-ended buffer as far as there is room.
static void append_text(char *buffer, size_t size, const char *text) {
  const size_t used = strlen(buffer);
  snprintf(buffer + used, size - used, "%s", text);
}

static void append_value(const YamlValue *value, char *buffer, size_t size) {
  if (value->kind == YAML_SCALAR) {
    const char *quote = value->quoted ? "\"" : "";
    append_text(buffer, size, quote);
    append_text(buffer, size, value->text);
    append_text(buffer, size, quote);
    return;
  }
  append_text(buffer, size, value->kind == YAML_LIST ? "[" : "{");
  for (int i = 0; i < value->count; i++) {
    if (strlen(buffer) + 1 >= size) return;  // full: a long list costs no more than what is shown
    if (i > 0) append_text(buffer, size, ", ");
    if (value->kind == YAML_MAP) {
      append_text(buffer, size, value->items[i].key);
      append_text(buffer, size, ": ");
    }
    append_value(&value->items[i], buffer, size);
  }
  append_text(buffer, size, value->kind == YAML_LIST ? "]" : "}");
}

const char *yaml_value_describe(const YamlValue *value, char *buffer, size_t size) {
  char whole[512] = "";  // more than any message shows, so that text_printable makes the cut
  append_value(value, whole, sizeof whole);
  return text_printable(whole[0] != '\0' ? whole : "nothing", buffer, size);
}
