// The table of tensors in memory: adding, finding, freeing.
#include "host/safetensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/safetensors_format.h"

enum { NOTE_COUNT_MAX = 256 };

// ---- Sizes and names ----

size_t safetensors_dtype_bytes(Dtype dtype) {
  return dtype == DTYPE_F32 || dtype == DTYPE_U32 ? 4 : 8;
}

const char *safetensors_dtype_name(Dtype dtype) {
  static const char *const names[DTYPE_COUNT] = {"F32", "F64", "U32", "U64"};
  return names[dtype];
}

// The product cannot overflow: safetensors_add() has checked that the bytes fit.
int64_t safetensors_elements(const Tensor *tensor) {
  int64_t elements = 1;
  for (int i = 0; i < tensor->rank; ++i) elements *= tensor->shape[i];
  return elements;
}

bool safetensors_bytes(const Tensor *tensor, size_t *bytes) {
  *bytes = safetensors_dtype_bytes(tensor->dtype);
  for (int i = 0; i < tensor->rank; ++i)
    if (tensor->shape[i] < 0 || __builtin_mul_overflow(*bytes, (size_t)tensor->shape[i], bytes)) return false;
  return *bytes <= INT64_MAX;
}

// Names that need no escape in JSON, a path or a shell.
static bool name_is_plain(const char *name) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-/";
  const size_t length = strlen(name);
  return length > 0 && length < TENSOR_NAME_BYTES && strspn(name, plain) == length &&
         strcmp(name, SAFETENSORS_METADATA) != 0;
}

// ---- Adding ----

Status safetensors_add(TensorFile *file, const char *name, Dtype dtype, int rank, const int64_t *shape,
                       const void *data) {
  if (!name_is_plain(name)) return status_fail(STATUS_USAGE, "\"%s\" cannot name a tensor", name);
  if (safetensors_find(file, name)) return status_fail(STATUS_USAGE, "two tensors are named \"%s\"", name);
  if (rank < 0 || rank > TENSOR_RANK_MAX || file->count >= TENSOR_COUNT_MAX)
    return status_fail(STATUS_USAGE, "tensor \"%s\": too many dimensions or tensors", name);
  Tensor tensor = {.dtype = dtype, .rank = rank, .shape = {1, 1, 1, 1}, .data = data};
  strcpy(tensor.name, name);
  for (int i = 0; i < rank; ++i) tensor.shape[i] = shape[i];
  size_t bytes;
  if (!safetensors_bytes(&tensor, &bytes) || (bytes > 0 && !data))
    return status_fail(STATUS_USAGE, "tensor \"%s\": its shape or data cannot be", name);
  // One more each time: tables are made a few times a run and hold some tens of tensors.
  Tensor *grown = (Tensor *)realloc(file->tensors, ((size_t)file->count + 1) * sizeof *grown);
  if (!grown) return status_fail(STATUS_MEMORY, "no memory for tensor \"%s\"", name);
  file->tensors = grown;
  grown[file->count++] = tensor;
  return STATUS_OK;
}

// Appends without a look at what is there.
static Status note_append(TensorFile *file, const char *key, const char *value) {
  TensorNote *grown = (TensorNote *)realloc(file->notes, ((size_t)file->note_count + 1) * sizeof *grown);
  if (grown) file->notes = grown;  // the old block is gone, whatever happens next
  const TensorNote note = {strdup(key), strdup(value)};
  if (!grown || !note.key || !note.value) {
    free(note.key);
    free(note.value);
    return status_fail(STATUS_MEMORY, "no memory for the note \"%s\"", key);
  }
  grown[file->note_count++] = note;
  return STATUS_OK;
}

// How many bytes follow this first one of a UTF-8 character; -1 if none begins so (Unicode 15, table 3-7).
static int utf8_following(int lead) {
  if (lead < 0x80) return 0;
  if (lead < 0xc2 || lead > 0xf4) return -1;
  return lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
}

// True for UTF-8 as JSON allows it: no overlong forms, no surrogates, nothing beyond U+10FFFF.
static bool is_utf8(const char *text) {
  for (const unsigned char *c = (const unsigned char *)text; *c;) {
    const int lead = *c++, following = utf8_following(lead);
    if (following < 0) return false;
    int lo = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    int hi = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    for (int i = 0; i < following; ++i, ++c, lo = 0x80, hi = 0xbf)
      if (*c < lo || *c > hi) return false;  // the text's end, too
  }
  return true;
}

Status safetensors_note(TensorFile *file, const char *key, const char *value) {
  if (strcmp(key, SAFETENSORS_CHECKSUM) == 0 || safetensors_find_note(file, key) ||
      file->note_count >= NOTE_COUNT_MAX)
    return status_fail(STATUS_USAGE, "a note \"%s\" cannot be added", key);
  if (!is_utf8(key) || !is_utf8(value)) return status_fail(STATUS_USAGE, "a note is not UTF-8 text");
  return note_append(file, key, value);
}

// ---- Finding ----

const char *safetensors_find_note(const TensorFile *file, const char *key) {
  for (int i = 0; i < file->note_count; ++i)
    if (strcmp(file->notes[i].key, key) == 0) return file->notes[i].value;
  return NULL;
}

const Tensor *safetensors_find(const TensorFile *file, const char *name) {
  for (int i = 0; i < file->count; ++i)
    if (strcmp(file->tensors[i].name, name) == 0) return &file->tensors[i];
  return NULL;
}

// "(2, 3)", with "any" for a size that does not matter.
static void print_shape(char *text, size_t size, int rank, const int64_t *shape) {
  size_t used = (size_t)snprintf(text, size, "(");
  for (int i = 0; i < rank && used < size; ++i)
    used += (size_t)(shape[i] < 0
                         ? snprintf(text + used, size - used, i ? ", any" : "any")
                         : snprintf(text + used, size - used, i ? ", %lld" : "%lld", (long long)shape[i]));
  if (used < size) snprintf(text + used, size - used, ")");
}

Status safetensors_require(const TensorFile *file, const char *name, Dtype dtype, int rank,
                           const int64_t *shape, const Tensor **tensor) {
  const char *origin = file->origin ? file->origin : "tensors in memory";
  const Tensor *found = *tensor = safetensors_find(file, name);
  if (!found) return status_fail(STATUS_DATA, "%s: there is no tensor \"%s\"", origin, name);
  bool agrees = found->dtype == dtype && found->rank == rank;
  for (int i = 0; agrees && i < rank; ++i) agrees = shape[i] < 0 || shape[i] == found->shape[i];
  if (agrees) return STATUS_OK;
  char wanted[128], is[128];
  print_shape(wanted, sizeof wanted, rank, shape);
  print_shape(is, sizeof is, found->rank, found->shape);
  return status_fail(STATUS_DATA, "%s: tensor \"%s\" is %s %s, not %s %s as expected", origin, name,
                     safetensors_dtype_name(found->dtype), is, safetensors_dtype_name(dtype), wanted);
}

void safetensors_free(TensorFile *file) {
  for (int i = 0; i < file->note_count; ++i) {
    free(file->notes[i].key);
    free(file->notes[i].value);
  }
  free(file->notes);
  free(file->tensors);
  free(file->origin);
  free(file->storage);
  *file = (TensorFile){0};
}
