// The GPU that the tests use, or why there is none.
#ifndef MESAGRID_TESTS_GPU_DEVICE_H
#define MESAGRID_TESTS_GPU_DEVICE_H

#include <gtest/gtest.h>

#include "kernels/device.h"

// Skips where there is no GPU, and says why.
class Gpu : public testing::Test {
 protected:
  void SetUp() override {
    int count;
    if (device_count(&count) != STATUS_OK) GTEST_SKIP() << status_message();
  }
};

#endif
