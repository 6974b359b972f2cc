// Small helpers on text that people read or typed.
#ifndef MESAGRID_HOST_TEXT_H
#define MESAGRID_HOST_TEXT_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// Fewest insertions, deletions and replacements of a byte that turn `a` into `b` (Levenshtein 1966). Only the
// first 63 bytes of each count.
int text_distance(const char *a, const char *b);

// Copies `text` for a message: control bytes become '?', and what does not fit ends in "..." at a whole UTF-8
// character. `size` is at least 8. Returns `buffer`.
const char *text_printable(const char *text, char *buffer, size_t size);

// The shortest decimal text that reads back to exactly `value` (finite), in a form that YAML 1.1 takes for a
// number: "0.003", "1.0e-05". -0 is written 0. `size` of 32 always suffices.
void text_from_real(double value, char *buffer, size_t size);

#ifdef __cplusplus
}
#endif
#endif
