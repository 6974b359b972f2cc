// Spans of random draws that reach every word of key and counter, and what Random123 draws there.
#ifndef MESAGRID_TESTS_RNG_SPANS_H
#define MESAGRID_TESTS_RNG_SPANS_H

#include <vector>

#include "envs/rng.h"
#include "tests/rng_curand.h"

constexpr int kSpans = 4000, kSpanDraws = 250;  // 10^6 draws in all

inline std::vector<RngSpan> rng_spans() {
  std::vector<RngSpan> spans;
  Rng rng = rng_at(7, 7, 0);
  const auto wide = [&rng] { return static_cast<uint64_t>(rng_next(&rng)) << 32 | rng_next(&rng); };
  for (int i = 0; i < kSpans; ++i) {
    const uint64_t seed = wide(), stream = wide(), offset = i % 2 ? wide() >> 8 : static_cast<uint64_t>(i);
    spans.push_back({i == 0 ? 0 : seed, i == 0 ? 0 : stream, offset, kSpanDraws});
  }
  return spans;
}

// Draws that differ from Random123's.
inline long rng_differences(const RngSpan &span, const uint32_t *draws) {
  long differ = 0;
  Rng rng = rng_at(span.seed, span.stream, span.offset);
  for (int i = 0; i < span.count; ++i) differ += rng_next(&rng) != draws[i];
  return differ;
}

#endif
