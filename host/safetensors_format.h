// What the encoder and the decoder of safetensors files agree on; for these two only.
#ifndef MESAGRID_HOST_SAFETENSORS_FORMAT_H
#define MESAGRID_HOST_SAFETENSORS_FORMAT_H

#include "host/safetensors.h"

#define SAFETENSORS_METADATA "__metadata__"
#define SAFETENSORS_CHECKSUM "checksum"

// How the JSON of our files begins; the digits of the checksum follow, at a place that needs no parser.
#define SAFETENSORS_PREFIX "{\"" SAFETENSORS_METADATA "\":{\"" SAFETENSORS_CHECKSUM "\":\""

enum {
  SAFETENSORS_LENGTH_BYTES = 8,  // of the header's length, at the start of the file
  SAFETENSORS_DIGITS = 32,       // of the checksum, hexadecimal
  SAFETENSORS_DIGITS_AT = SAFETENSORS_LENGTH_BYTES + sizeof SAFETENSORS_PREFIX - 1,
  SAFETENSORS_HEADER_MAX = 100000000,  // bytes, as in the reference reader
};

// The XXH3-128 of a file of at least DIGITS_AT + DIGITS bytes, taken with '0' for each of its checksum's
// digits.
void safetensors_checksum(const void *bytes, size_t size, char digits[SAFETENSORS_DIGITS + 1]);

// The size of a tensor's data; false if it is negative or does not fit.
bool safetensors_bytes(const Tensor *tensor, size_t *bytes);

// "F32" and so on.
const char *safetensors_dtype_name(Dtype dtype);

#endif
