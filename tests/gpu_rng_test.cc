// Claims about random numbers: on a GPU cuRAND draws what Random123 draws on the CPU.
#include "tests/gpu_device.h"
#include "tests/rng_spans.h"

namespace {

using GpuRng = Gpu;

TEST_F(GpuRng, DrawsWhatRandom123Draws) {
#ifdef MESAGRID_CUDA
  const std::vector<RngSpan> spans = rng_spans();
  std::vector<uint32_t> draws(static_cast<size_t>(kSpans) * kSpanDraws);
  const char *error = rng_curand_device(spans.data(), kSpans, draws.data());
  ASSERT_EQ(error, nullptr) << error;
  long differ = 0;
  for (int i = 0; i < kSpans; ++i) differ += rng_differences(spans[i], draws.data() + i * kSpanDraws);
  EXPECT_EQ(differ, 0) << "of " << draws.size();
#endif
}

}  // namespace
