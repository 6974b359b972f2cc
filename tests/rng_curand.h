// What rng_curand.cu offers to the tests.
#ifndef MESAGRID_TESTS_RNG_CURAND_H
#define MESAGRID_TESTS_RNG_CURAND_H

#include <cstdint>

// Draws [offset, offset + count) of a stream.
struct RngSpan {
  uint64_t seed, stream, offset;
  int count;
};

// out(span.count), drawn on the host by cuRAND's own code.
void rng_curand_host(RngSpan span, uint32_t *out);

// out(count, spans[0].count), drawn on the current GPU; all spans have one count. Returns what went wrong, or
// null.
const char *rng_curand_device(const RngSpan *spans, int count, uint32_t *out);

#endif
