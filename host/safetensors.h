// Tensors in the public safetensors format, with a checksum of the whole file that is verified first.
#ifndef MESAGRID_HOST_SAFETENSORS_H
#define MESAGRID_HOST_SAFETENSORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { TENSOR_NAME_BYTES = 64, TENSOR_RANK_MAX = 4, TENSOR_COUNT_MAX = 4096 };

typedef enum Dtype { DTYPE_F32, DTYPE_F64, DTYPE_U32, DTYPE_U64, DTYPE_COUNT } Dtype;

// One named array, row-major. A rank of 0 is a single number.
typedef struct Tensor {
  char name[TENSOR_NAME_BYTES];
  Dtype dtype;
  int rank;                        // 0 … TENSOR_RANK_MAX
  int64_t shape[TENSOR_RANK_MAX];  // 1 beyond the rank
  const void *data;                // 64-byte aligned in a decoded file; little-endian in the file
} Tensor;

// A word about the file: the format's __metadata__.
typedef struct TensorNote {
  char *key, *value;  // UTF-8
} TensorNote;

// A file in memory. Start from zero bytes, `TensorFile file = {0}`, and end with safetensors_free().
typedef struct TensorFile {
  Tensor *tensors;  // (count)
  int count;
  TensorNote *notes;  // (note_count), without the checksum
  int note_count;
  char *origin;   // for messages; NULL in a file made by safetensors_add()
  void *storage;  // the decoded tensors' data; NULL in a file made by safetensors_add()
} TensorFile;

// Adds a tensor that borrows `data` (which must live until the file is encoded). Names are made of letters,
// digits and "_.-/".
Status safetensors_add(TensorFile *file, const char *name, Dtype dtype, int rank, const int64_t *shape,
                       const void *data);

// Adds a copy of a key and its text. The key "checksum" is the file's own.
Status safetensors_note(TensorFile *file, const char *key, const char *value);

// The text of a key, or NULL.
const char *safetensors_find_note(const TensorFile *file, const char *key);

// The tensor of that name, or NULL.
const Tensor *safetensors_find(const TensorFile *file, const char *name);

// Like find, but fails with a sentence unless dtype, rank and every shape[i] >= 0 agree; -1 stands for any
// size.
Status safetensors_require(const TensorFile *file, const char *name, Dtype dtype, int rank,
                           const int64_t *shape, const Tensor **tensor);

// The bytes of the file, which the caller frees. They depend on the content alone, not on the order of
// adding.
Status safetensors_encode(const TensorFile *file, void **bytes, size_t *size);

// Reads bytes that safetensors_encode() made; anything else, be it one flipped bit, is refused. `origin` is
// the path for messages. `file` is filled anew and owns all it holds; after a failure it is empty.
Status safetensors_decode(const void *bytes, size_t size, const char *origin, TensorFile *file);

// Reads any valid safetensors file of our dtypes and sizes; a checksum, if there is one, is not looked at.
Status safetensors_decode_foreign(const void *bytes, size_t size, const char *origin, TensorFile *file);

// Encode and write atomically; read and decode.
Status safetensors_save(const char *path, const TensorFile *file, bool keep_previous);
Status safetensors_load(const char *path, TensorFile *file);

void safetensors_free(TensorFile *file);

// Bytes of one number of a dtype; and the whole tensor's numbers.
size_t safetensors_dtype_bytes(Dtype dtype);
int64_t safetensors_elements(const Tensor *tensor);

#ifdef __cplusplus
}
#endif
#endif
