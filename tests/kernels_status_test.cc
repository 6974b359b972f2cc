// Claims about the sentence that goes with a failure: kept per thread, wrapped by callers, cut rather than
// overrun.
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "kernels/status.h"

namespace {

TEST(Status, KeepsTheSentenceAndReturnsTheCode) {
  EXPECT_EQ(status_fail(STATUS_DATA, "%d walls in %s", 3, "a row"), STATUS_DATA);
  EXPECT_STREQ(status_message(), "3 walls in a row");
}

TEST(Status, WrapPutsThePlaceBeforeTheCause) {
  status_fail(STATUS_IO, "disk full");
  EXPECT_EQ(status_wrap(STATUS_IO, "cannot write '%s'", "a.csv"), STATUS_IO);
  EXPECT_STREQ(status_message(), "cannot write 'a.csv': disk full");
}

TEST(Status, LongSentencesLoseTheirEndAndNothingElse) {
  const std::string cause(5000, 'c'), place(900, 'p'), endless(5000, 'e');
  status_fail(STATUS_DATA, "%s", cause.c_str());
  const size_t capacity = std::string(status_message()).size();
  EXPECT_EQ(capacity, 1023u);
  status_wrap(STATUS_DATA, "%s", place.c_str());
  EXPECT_EQ(status_message(), place + ": " + std::string(capacity - place.size() - 2, 'c'));
  status_wrap(STATUS_DATA, "%s", endless.c_str());
  EXPECT_EQ(status_message(), std::string(capacity, 'e'));
}

TEST(Status, EachThreadHasItsOwn) {
  status_fail(STATUS_DATA, "mine");
  std::thread([] {
    EXPECT_STREQ(status_message(), "");
    status_fail(STATUS_DATA, "theirs");
  }).join();
  EXPECT_STREQ(status_message(), "mine");
}

}  // namespace
