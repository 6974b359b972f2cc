// The decoder of safetensors files: it trusts no byte before the checksum, and no number before its bounds.
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/files.h"
#include "host/safetensors_format.h"

enum { DATA_ALIGNMENT = 64 };  // bytes: a cache line and the widest vector

static const size_t file_limit = (size_t)1 << 32;  // bytes: far above any population, below any memory

// The file's parts. The header's length is checked, its text is not.
typedef struct Parts {
  const char *header, *data;
  size_t header_bytes, data_bytes;
} Parts;

// Finds the header and the data. Only the first 8 bytes have been looked at after this.
static Status split(const char *bytes, size_t size, Parts *parts) {
  uint64_t length;
  if (size < sizeof length) return status_fail(STATUS_DATA, "cut short: only %zu bytes", size);
  memcpy(&length, bytes, sizeof length);
  if (length > SAFETENSORS_HEADER_MAX || length > size - sizeof length)
    return status_fail(STATUS_DATA,
                       "cut short, or not a safetensors file: it has %zu bytes and claims a header of %llu",
                       size, (unsigned long long)length);
  parts->header = bytes + sizeof length;
  parts->header_bytes = (size_t)length;
  parts->data = parts->header + length;
  parts->data_bytes = size - sizeof length - (size_t)length;
  return STATUS_OK;
}

// Compares the checksum before anything else is read, so that no parser ever sees damaged bytes of ours.
static Status verify(const char *bytes, size_t size, const Parts *parts) {
  const size_t prefix = sizeof SAFETENSORS_PREFIX - 1;
  if (parts->header_bytes < prefix + SAFETENSORS_DIGITS ||
      memcmp(parts->header, SAFETENSORS_PREFIX, prefix) != 0)
    return status_fail(STATUS_DATA,
                       "damaged, or written by another program: it does not begin with our checksum");
  char digits[SAFETENSORS_DIGITS + 1];
  safetensors_checksum(bytes, size, digits);
  if (memcmp(bytes + SAFETENSORS_DIGITS_AT, digits, SAFETENSORS_DIGITS) != 0)
    return status_fail(STATUS_DATA, "damaged: its bytes do not fit its checksum");
  return STATUS_OK;
}

// Takes over the metadata but for the checksum, which the encoder makes anew.
static Status decode_notes(json_t *object, TensorFile *file) {
  const char *key;
  json_t *value;
  if (!json_is_object(object)) return status_fail(STATUS_DATA, "its metadata is not a table");
  json_object_foreach(object, key, value) {
    if (!json_is_string(value)) return status_fail(STATUS_DATA, "its metadata \"%.64s\" is not text", key);
    if (strcmp(key, SAFETENSORS_CHECKSUM) != 0) TRY(safetensors_note(file, key, json_string_value(value)));
  }
  return STATUS_OK;
}

// json_string_value() answers NULL for what is no text.
static bool decode_dtype(const json_t *value, Dtype *dtype) {
  const char *text = json_string_value(value);
  for (int i = 0; text && i < DTYPE_COUNT; ++i) {
    *dtype = (Dtype)i;
    if (strcmp(text, safetensors_dtype_name(*dtype)) == 0) return true;
  }
  return false;
}

// Whether the sizes make sense together is for safetensors_add() to judge.
static bool decode_shape(const json_t *value, int *rank, int64_t *shape) {
  const size_t count = json_array_size(value);
  if (!json_is_array(value) || count > TENSOR_RANK_MAX) return false;
  *rank = (int)count;
  for (size_t i = 0; i < count; ++i) {
    const json_t *number = json_array_get(value, i);
    if (!json_is_integer(number)) return false;
    shape[i] = json_integer_value(number);
  }
  return true;
}

// Reads [begin, end) and checks it against the file.
static bool decode_offsets(const json_t *value, size_t data_bytes, size_t *begin, size_t *end) {
  if (json_array_size(value) != 2) return false;
  const json_t *first = json_array_get(value, 0), *last = json_array_get(value, 1);
  if (!json_is_integer(first) || !json_is_integer(last)) return false;
  const json_int_t from = json_integer_value(first), to = json_integer_value(last);
  *begin = (size_t)from;
  *end = (size_t)to;
  return from >= 0 && from <= to && (uint64_t)to <= data_bytes;
}

// Adds the tensor, which points into the file's bytes for now.
static Status decode_tensor(const char *name, const json_t *entry, const Parts *parts, TensorFile *file) {
  Dtype dtype;
  int rank;
  int64_t shape[TENSOR_RANK_MAX];
  size_t begin, end, bytes;
  if (!json_is_object(entry) || json_object_size(entry) != 3)
    return status_fail(STATUS_DATA, "tensor \"%.64s\" needs exactly dtype, shape and data_offsets", name);
  if (!decode_dtype(json_object_get(entry, "dtype"), &dtype))
    return status_fail(STATUS_DATA, "tensor \"%.64s\": only F32, F64, U32 and U64 are read", name);
  if (!decode_shape(json_object_get(entry, "shape"), &rank, shape))
    return status_fail(STATUS_DATA, "tensor \"%.64s\": its shape is not a list of up to %d integers", name,
                       TENSOR_RANK_MAX);
  if (!decode_offsets(json_object_get(entry, "data_offsets"), parts->data_bytes, &begin, &end))
    return status_fail(STATUS_DATA, "tensor \"%.64s\": its data lie outside the file", name);
  TRY(safetensors_add(file, name, dtype, rank, shape, parts->data + begin));
  if (!safetensors_bytes(&file->tensors[file->count - 1], &bytes) || bytes != end - begin)
    return status_fail(STATUS_DATA, "tensor \"%.64s\": its shape and its data disagree in size", name);
  return STATUS_OK;
}

// Reads every entry; duplicates have been refused by the JSON parser.
static Status decode_header(json_t *root, const Parts *parts, TensorFile *file) {
  const char *key;
  json_t *value;
  if (!json_is_object(root)) return status_fail(STATUS_DATA, "its header is not a table");
  json_object_foreach(root, key, value) {
    if (strcmp(key, SAFETENSORS_METADATA) == 0)
      TRY(decode_notes(value, file));
    else
      TRY(decode_tensor(key, value, parts, file));
  }
  return STATUS_OK;
}

// By place in the file; a tensor without elements comes before the one that begins where it ends.
static int compare_places(const void *left, const void *right) {
  const Tensor *a = (const Tensor *)left, *b = (const Tensor *)right;
  if (a->data != b->data) return (const char *)a->data < (const char *)b->data ? -1 : 1;
  const bool empty_a = safetensors_elements(a) == 0, empty_b = safetensors_elements(b) == 0;
  return empty_a != empty_b ? (empty_a ? -1 : 1) : strcmp(a->name, b->name);
}

// Sorts the tensors and checks that they fill the data without a gap or an overlap, as the format demands.
static Status check_places(const Parts *parts, TensorFile *file) {
  if (file->count > 0) qsort(file->tensors, (size_t)file->count, sizeof *file->tensors, compare_places);
  const char *end = parts->data;
  for (int i = 0; i < file->count; ++i) {
    size_t bytes = 0;
    if ((const char *)file->tensors[i].data != end || !safetensors_bytes(&file->tensors[i], &bytes))
      return status_fail(STATUS_DATA, "tensor \"%s\" overlaps another, or leaves a gap",
                         file->tensors[i].name);
    end += bytes;
  }
  if (end != parts->data + parts->data_bytes)
    return status_fail(STATUS_DATA, "%zu bytes at its end belong to no tensor",
                       (size_t)(parts->data + parts->data_bytes - end));
  return STATUS_OK;
}

// Moves the data, so far in the caller's bytes, to storage of the file's own.
static Status copy_data(const Parts *parts, TensorFile *file) {
  const size_t room = parts->data_bytes + ((size_t)file->count + 1) * DATA_ALIGNMENT;
  char *to = (char *)aligned_alloc(DATA_ALIGNMENT, room / DATA_ALIGNMENT * DATA_ALIGNMENT);
  if (!to) return status_fail(STATUS_MEMORY, "no memory for its %zu bytes", parts->data_bytes);
  file->storage = to;
  for (int i = 0; i < file->count; ++i) {
    size_t bytes = 0;
    if (safetensors_bytes(&file->tensors[i], &bytes) && bytes > 0) memcpy(to, file->tensors[i].data, bytes);
    file->tensors[i].data = to;
    to += (bytes + DATA_ALIGNMENT - 1) / DATA_ALIGNMENT * DATA_ALIGNMENT;
  }
  return STATUS_OK;
}

// The way from bytes to tensors. Until the last step they point into the caller's bytes.
static Status decode(const char *bytes, size_t size, bool foreign, TensorFile *file) {
  Parts parts = {0};
  TRY(split(bytes, size, &parts));
  if (!foreign) TRY(verify(bytes, size, &parts));
  json_error_t error;
  json_t *root = json_loadb(parts.header, parts.header_bytes, JSON_REJECT_DUPLICATES, &error);
  // What carries our checksum is JSON, so only memory can be missing; of others, Jansson leaves the text
  // empty then.
  if (!root && (!foreign || !*error.text)) return status_fail(STATUS_MEMORY, "no memory for its header");
  if (!root) return status_fail(STATUS_DATA, "its header is not JSON: %s", error.text);
  Status status = decode_header(root, &parts, file);
  json_decref(root);
  if (status == STATUS_OK) status = check_places(&parts, file);
  return status == STATUS_OK ? copy_data(&parts, file) : status;
}

// Adds the origin to each message; whatever was gathered before a failure is given back.
static Status decode_from(const void *bytes, size_t size, const char *origin, bool foreign,
                          TensorFile *file) {
  *file = (TensorFile){.origin = strdup(origin)};
  if (!file->origin) return status_fail(STATUS_MEMORY, "%s: no memory for its name", origin);
  const Status status = decode((const char *)bytes, size, foreign, file);
  if (status == STATUS_OK) return STATUS_OK;
  safetensors_free(file);
  return status_wrap(status == STATUS_MEMORY ? status : STATUS_DATA, "%s", origin);
}

Status safetensors_decode(const void *bytes, size_t size, const char *origin, TensorFile *file) {
  return decode_from(bytes, size, origin, false, file);
}

Status safetensors_decode_foreign(const void *bytes, size_t size, const char *origin, TensorFile *file) {
  return decode_from(bytes, size, origin, true, file);
}

Status safetensors_load(const char *path, TensorFile *file) {
  void *bytes;
  size_t size;
  *file = (TensorFile){0};
  TRY(files_read(path, &bytes, &size, file_limit));
  const Status status = safetensors_decode(bytes, size, path, file);
  free(bytes);
  return status;
}
