// The encoder of safetensors files.
//
// The format (https://github.com/huggingface/safetensors): 8 bytes N, little-endian; N bytes of JSON, padded
// with spaces to a multiple of 8; the data. Our files begin their JSON with the checksum, so that it has a
// fixed place.
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "host/files.h"
#include "host/safetensors_format.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "data is written as it lies in memory");

static const char no_digits[] = "00000000000000000000000000000000";  // the checksum's place while it is taken

void safetensors_checksum(const void *bytes, size_t size, char digits[SAFETENSORS_DIGITS + 1]) {
  const char *after = (const char *)bytes + SAFETENSORS_DIGITS_AT + SAFETENSORS_DIGITS;
  XXH3_state_t state;
  XXH3_128bits_reset(&state);
  XXH3_128bits_update(&state, bytes, SAFETENSORS_DIGITS_AT);
  XXH3_128bits_update(&state, no_digits, SAFETENSORS_DIGITS);
  XXH3_128bits_update(&state, after, size - SAFETENSORS_DIGITS_AT - SAFETENSORS_DIGITS);
  const XXH128_hash_t hash = XXH3_128bits_digest(&state);
  snprintf(digits, SAFETENSORS_DIGITS + 1, "%016llx%016llx", (unsigned long long)hash.high64,
           (unsigned long long)hash.low64);
}

// By key: qsort() needs no stability, since keys are unique.
static int compare_notes(const void *left, const void *right) {
  return strcmp(((const TensorNote *)left)->key, ((const TensorNote *)right)->key);
}

// Wider numbers first, as the reference writer does, so that every tensor is aligned; then by name.
static int compare_tensors(const void *left, const void *right) {
  const Tensor *a = (const Tensor *)left, *b = (const Tensor *)right;
  const size_t bytes_a = safetensors_dtype_bytes(a->dtype), bytes_b = safetensors_dtype_bytes(b->dtype);
  if (bytes_a != bytes_b) return bytes_a > bytes_b ? -1 : 1;
  return strcmp(a->name, b->name);
}

// The metadata, checksum first: Jansson writes keys in the order of their insertion. NULL without memory.
static json_t *encode_notes(TensorNote *notes, int count) {
  if (count > 0) qsort(notes, (size_t)count, sizeof *notes, compare_notes);
  json_t *object = json_object();
  bool good = json_object_set_new(object, SAFETENSORS_CHECKSUM, json_string(no_digits)) == 0;
  for (int i = 0; good && i < count; ++i)
    good = json_object_set_new(object, notes[i].key, json_string(notes[i].value)) == 0;
  if (good) return object;
  json_decref(object);
  return NULL;
}

// {"dtype": …, "shape": […], "data_offsets": [begin, end]}, or NULL without memory.
static json_t *encode_tensor(const Tensor *tensor, size_t begin, size_t end) {
  json_t *shape = json_array();
  for (int i = 0; i < tensor->rank; ++i)
    if (json_array_append_new(shape, json_integer(tensor->shape[i])) != 0) {
      json_decref(shape);
      return NULL;
    }
  return json_pack("{s:s, s:o, s:[I, I]}", "dtype", safetensors_dtype_name(tensor->dtype), "shape", shape,
                   "data_offsets", (json_int_t)begin, (json_int_t)end);
}

// The header's JSON without padding, or NULL; *data_bytes becomes the sum of the tensors' sizes.
static char *encode_header(TensorFile *sorted, size_t *data_bytes) {
  json_t *root = json_object();
  bool good =
      json_object_set_new(root, SAFETENSORS_METADATA, encode_notes(sorted->notes, sorted->note_count)) == 0;
  *data_bytes = 0;
  for (int i = 0; good && i < sorted->count; ++i) {
    size_t bytes;
    const size_t begin = *data_bytes;
    good = safetensors_bytes(&sorted->tensors[i], &bytes) &&
           !__builtin_add_overflow(begin, bytes, data_bytes) &&
           json_object_set_new(root, sorted->tensors[i].name,
                               encode_tensor(&sorted->tensors[i], begin, *data_bytes)) == 0;
  }
  char *text = good ? json_dumps(root, JSON_COMPACT) : NULL;
  json_decref(root);
  return text;
}

// Puts the file together and, last of all, its checksum into the place kept for it.
static char *assemble(const TensorFile *sorted, const char *header, size_t data_bytes, size_t *size) {
  const size_t text = strlen(header), length = (text + 7) / 8 * 8;
  *size = SAFETENSORS_LENGTH_BYTES + length + data_bytes;
  char *bytes = (char *)malloc(*size);
  if (!bytes) return NULL;
  const uint64_t stored = length;
  memcpy(bytes, &stored, sizeof stored);
  memcpy(bytes + SAFETENSORS_LENGTH_BYTES, header, text);
  memset(bytes + SAFETENSORS_LENGTH_BYTES + text, ' ', length - text);
  // Tensors without elements may come without data, which memcpy() must not see.
  char *data = bytes + SAFETENSORS_LENGTH_BYTES + length;
  for (int i = 0; i < sorted->count; ++i) {
    size_t part;
    if (safetensors_bytes(&sorted->tensors[i], &part) && part > 0)
      memcpy(data, sorted->tensors[i].data, part);
    data += part;
  }
  char digits[SAFETENSORS_DIGITS + 1];
  safetensors_checksum(bytes, *size, digits);
  memcpy(bytes + SAFETENSORS_DIGITS_AT, digits, SAFETENSORS_DIGITS);
  return bytes;
}

Status safetensors_encode(const TensorFile *file, void **bytes, size_t *size) {
  *bytes = NULL;
  // A shallow copy to sort; the last element keeps an empty table from asking for zero bytes.
  TensorFile sorted = *file;
  sorted.tensors = (Tensor *)calloc((size_t)file->count + 1, sizeof *sorted.tensors);
  sorted.notes = (TensorNote *)calloc((size_t)file->note_count + 1, sizeof *sorted.notes);
  char *header = NULL;
  size_t data_bytes = 0;
  if (sorted.tensors && sorted.notes) {
    if (file->count) memcpy(sorted.tensors, file->tensors, (size_t)file->count * sizeof *sorted.tensors);
    if (file->note_count) memcpy(sorted.notes, file->notes, (size_t)file->note_count * sizeof *sorted.notes);
    qsort(sorted.tensors, (size_t)sorted.count, sizeof *sorted.tensors, compare_tensors);
    header = encode_header(&sorted, &data_bytes);
  }
  if (header) *bytes = assemble(&sorted, header, data_bytes, size);
  free(header);
  free(sorted.tensors);
  free(sorted.notes);
  return *bytes ? STATUS_OK : status_fail(STATUS_MEMORY, "no memory to encode %d tensors", file->count);
}

Status safetensors_save(const char *path, const TensorFile *file, bool keep_previous) {
  void *bytes;
  size_t size;
  TRY(safetensors_encode(file, &bytes, &size));  // whole in memory, so that a failure here touches no file
  const Status status = files_write_atomic(path, bytes, size, keep_previous);
  free(bytes);
  return status;
}
