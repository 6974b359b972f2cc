// Edit distance for "did you mean", text made safe for messages, and the shortest text of a number.
#include "host/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DISTANCE_BYTES = 63 };  // hostile input must not cost quadratic time

static int min_int(int a, int b) {
  return a < b ? a : b;
}

int text_distance(const char *a, const char *b) {
  const int a_length = (int)strnlen(a, DISTANCE_BYTES);
  const int b_length = (int)strnlen(b, DISTANCE_BYTES);
  int row[DISTANCE_BYTES + 1];  // (b_length + 1): distance of a's first i bytes to b's first j
  for (int j = 0; j <= b_length; j++) row[j] = j;
  for (int i = 1; i <= a_length; i++) {
    int diagonal = row[0];
    row[0] = i;
    for (int j = 1; j <= b_length; j++) {
      const int replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = min_int(replaced, 1 + min_int(row[j], row[j - 1]));
    }
  }
  return row[b_length];
}

const char *text_printable(const char *text, char *buffer, size_t size) {
  size_t length = strnlen(text, size);
  const int is_cut = length == size;
  if (is_cut) {
    length = size - 4;
    // Bytes 10xxxxxx continue a character: step back to where the next one starts.
    while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80) length--;
  }
  for (size_t i = 0; i < length; i++) {
    const unsigned char byte = (unsigned char)text[i];
    buffer[i] = byte < 0x20 || byte == 0x7F ? '?' : text[i];
  }
  memcpy(buffer + length, is_cut ? "..." : "", is_cut ? 4 : 1);
  return buffer;
}

// YAML 1.1 wants a point in a number with an exponent: 1e-05 is a string to PyYAML, 1.0e-05 a number.
static void insert_point(char *text, size_t size) {
  char *exponent = strchr(text, 'e');
  const size_t length = strlen(text);
  if (exponent == NULL || strchr(text, '.') != NULL || length + 3 > size) return;
  memmove(exponent + 2, exponent, length + 1 - (size_t)(exponent - text));
  memcpy(exponent, ".0", 2);
}

void text_from_real(double value, char *buffer, size_t size) {
  const double unsigned_zero = value + 0.0;  // -0 + 0 = 0
  for (int digits = 1; digits <= 17; digits++) {
    snprintf(buffer, size, "%.*g", digits, unsigned_zero);
    if (strtod(buffer, NULL) == unsigned_zero) break;
  }
  insert_point(buffer, size);
}
