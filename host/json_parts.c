// Puts parts into objects and arrays.
#include "host/json_parts.h"

#include "host/evaluate.h"

void parts_put(json_t *object, const char *key, json_t *value, bool *good) {
  if (json_object_set_new(object, key, value) != 0) *good = false;
}

void parts_append(json_t *array, json_t *value, bool *good) {
  if (json_array_append_new(array, value) != 0) *good = false;
}

json_t *parts_interval(Interval interval, bool *good) {
  json_t *const object = json_object();
  parts_put(object, "value", evaluate_number(interval.value), good);
  parts_put(object, "lo", evaluate_number(interval.lo), good);
  parts_put(object, "hi", evaluate_number(interval.hi), good);
  return object;
}

Status parts_deliver(json_t *whole, bool good, json_t **result) {
  if (whole && good) {
    *result = whole;
    return STATUS_OK;
  }
  json_decref(whole);
  return status_fail(STATUS_MEMORY, "no memory for results");
}
