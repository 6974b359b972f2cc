// JSON put together piece by piece, with one check for memory at the end.
#ifndef MESAGRID_HOST_JSON_PARTS_H
#define MESAGRID_HOST_JSON_PARTS_H

#include <jansson.h>
#include <stdbool.h>

#include "host/statistics.h"

#ifdef __cplusplus
extern "C" {
#endif

// Take `value` over, which may be NULL for want of memory; then, or if it does not fit, *good becomes false,
// and the whole is dropped by parts_deliver.
void parts_put(json_t *object, const char *key, json_t *value, bool *good);
void parts_append(json_t *array, json_t *value, bool *good);

// {value, lo, hi}, numbers as results hold them (host/evaluate.h).
json_t *parts_interval(Interval interval, bool *good);

// Hands a whole over to *result, or drops it and fails.
Status parts_deliver(json_t *whole, bool good, json_t **result);

#ifdef __cplusplus
}
#endif
#endif
