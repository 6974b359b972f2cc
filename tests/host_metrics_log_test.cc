// Checks that a resumed run's metrics file equals that of a run never stopped.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "host/metrics_log.h"
#include "host/system_call.h"

namespace {

class MetricsLogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "metrics_log_test.XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    path_ = directory_ + "/metrics.jsonl";
  }
  void TearDown() override {
    system_call_fail_after(0, 0, false);
    std::filesystem::remove_all(directory_);
  }

  std::string Content() const {
    std::ostringstream text;
    text << std::ifstream(path_, std::ios::binary).rdbuf();
    return text.str();
  }
  void Put(const std::string &text) const { std::ofstream(path_, std::ios::binary) << text; }

  // What a training run writes for updates first … last after resuming at `resume`.
  void Write(int64_t resume, int64_t first, int64_t last) const {
    MetricsLog log;
    ASSERT_EQ(metrics_log_open(path_.c_str(), resume, &log), STATUS_OK) << status_message();
    for (int64_t update = first; update <= last; ++update) {
      const Metric metrics[] = {metric_integer("steps", 512 * update),
                                metric_number("loss", 1.0f / static_cast<float>(update + 3))};
      ASSERT_EQ(metrics_log_append(&log, update, metrics, 2), STATUS_OK) << status_message();
    }
    EXPECT_EQ(metrics_log_sync(&log), STATUS_OK);
    metrics_log_close(&log);
  }

  std::string directory_, path_;
};

TEST_F(MetricsLogTest, LinesAreTheExpectedText) {
  MetricsLog log;
  ASSERT_EQ(metrics_log_open(path_.c_str(), -1, &log), STATUS_OK);
  const Metric metrics[] = {metric_integer("steps", 9007199254740993), metric_number("train.loss", 0.1f),
                            metric_number("entropy", std::numeric_limits<float>::quiet_NaN()),
                            metric_number("value", -std::numeric_limits<float>::infinity())};
  ASSERT_EQ(metrics_log_append(&log, 7, metrics, 4), STATUS_OK);
  metrics_log_close(&log);
  EXPECT_EQ(Content(),
            "{\"update\": 7, \"steps\": 9007199254740993, \"train.loss\": 0.100000001, \"entropy\": null, "
            "\"value\": null}\n");
}

TEST_F(MetricsLogTest, EveryFloatComesBackBitForBit) {
  const float numbers[] = {0.1f, 1.0f / 3,    1e-45f, 3.4028235e38f, -0.0f,
                           0.0f, 16777216.0f, 1e10f,  0.30000001f};
  MetricsLog log;
  ASSERT_EQ(metrics_log_open(path_.c_str(), -1, &log), STATUS_OK);
  for (float number : numbers) {
    const Metric metric = metric_number("x", number);
    ASSERT_EQ(metrics_log_append(&log, 0, &metric, 1), STATUS_OK);
  }
  metrics_log_close(&log);
  json_t *lines;
  ASSERT_EQ(metrics_log_read(path_.c_str(), &lines), STATUS_OK) << status_message();
  ASSERT_EQ(json_array_size(lines), std::size(numbers));
  for (size_t i = 0; i < std::size(numbers); ++i) {
    const auto back = static_cast<float>(json_number_value(json_object_get(json_array_get(lines, i), "x")));
    EXPECT_EQ(memcmp(&back, &numbers[i], sizeof back), 0) << i;
  }
  json_decref(lines);
}

TEST_F(MetricsLogTest, ResumedAtAnyUpdateEqualsNeverStopped) {
  Write(-1, 1, 20);
  const std::string whole = Content();
  for (int64_t stop = 1; stop <= 20; ++stop)
    for (int64_t resume = 0; resume <= stop; ++resume) {
      Write(-1, 1, stop);
      Write(resume, resume + 1, 20);
      ASSERT_EQ(Content(), whole) << stop << " " << resume;
    }
}

TEST_F(MetricsLogTest, KilledAtAnyByteAndResumedEqualsNeverStopped) {
  Write(-1, 1, 6);
  const std::string whole = Content();
  size_t lines = 0;
  for (size_t bytes = 0; bytes <= whole.size(); ++bytes) {
    if (bytes > 0 && whole[bytes - 1] == '\n') ++lines;
    Put(whole.substr(0, bytes));
    const auto resume = static_cast<int64_t>(lines);
    Write(resume, resume + 1, 6);
    ASSERT_EQ(Content(), whole) << bytes;
  }
}

TEST_F(MetricsLogTest, StartsAfreshOverAnything) {
  Put("not metrics\n");
  Write(-1, 1, 1);
  EXPECT_EQ(Content(), "{\"update\": 1, \"steps\": 512, \"loss\": 0.25}\n");
}

TEST_F(MetricsLogTest, ResumesWithoutAFile) {
  Write(3, 4, 4);
  EXPECT_EQ(Content(), "{\"update\": 4, \"steps\": 2048, \"loss\": 0.142857149}\n");
}

TEST_F(MetricsLogTest, NamesTheDamagedLine) {
  for (const char *bad : {"{\"update\": 2, \"lo\n", "[]\n", "{\"loss\": 1}\n", "{\"update\": 1.5}\n", "\n",
                          "{\"update\": 2, \"update\": 2}\n"}) {
    Put(std::string("{\"update\": 1}\n") + bad + "{\"update\": 3}\n");
    json_t *lines;
    EXPECT_EQ(metrics_log_read(path_.c_str(), &lines), STATUS_DATA) << bad;
    EXPECT_NE(strstr(status_message(), "metrics.jsonl:2: not a line of metrics"), nullptr)
        << status_message();
    EXPECT_EQ(lines, nullptr);
    MetricsLog log;
    EXPECT_EQ(metrics_log_open(path_.c_str(), 1, &log), STATUS_DATA) << bad;
    metrics_log_close(&log);
  }
}

TEST_F(MetricsLogTest, ReadersSeeNoTornLastLine) {
  Put("{\"update\": 1}\n{\"update\": 2, \"lo");
  json_t *lines;
  ASSERT_EQ(metrics_log_read(path_.c_str(), &lines), STATUS_OK);
  EXPECT_EQ(json_array_size(lines), 1u);
  json_decref(lines);
}

TEST_F(MetricsLogTest, RefusesNamesAndLinesThatWouldBreakTheFile) {
  MetricsLog log;
  ASSERT_EQ(metrics_log_open(path_.c_str(), -1, &log), STATUS_OK);
  for (const char *name : {"", "a\"b", "update", "a b"}) {
    const Metric metric = metric_number(name, 1);
    EXPECT_EQ(metrics_log_append(&log, 1, &metric, 1), STATUS_USAGE) << name;
  }
  const std::string name(100, 'x');
  const std::vector<Metric> many(60, metric_number(name.c_str(), 1));
  EXPECT_EQ(metrics_log_append(&log, 1, many.data(), 60), STATUS_USAGE);
  metrics_log_close(&log);
  EXPECT_EQ(Content(), "");
}

// Each system call of a whole run fails once, or from then on; what is left can always be read and resumed.
TEST_F(MetricsLogTest, AnySystemCallMayFail) {
  Write(-1, 1, 3);
  const std::string whole = Content();
  for (bool stays : {false, true})
    for (int call = 1; call < 30; ++call) {
      Put(whole + "{\"update\": 4");
      MetricsLog log;
      system_call_fail_after(call, ENOSPC, stays);
      Status status = metrics_log_open(path_.c_str(), 2, &log);
      const Metric metrics[] = {metric_integer("steps", 1536), metric_number("loss", 1.0f / 6)};
      if (status == STATUS_OK) status = metrics_log_append(&log, 3, metrics, 2);
      const bool failed = status != STATUS_OK;
      system_call_fail_after(0, 0, false);
      if (failed && log.appender.descriptor >= 0) {  // the disk has room again, and the trainer goes on
        ASSERT_EQ(metrics_log_append(&log, 3, metrics, 2), STATUS_OK);
        EXPECT_EQ(Content(), whole) << call;
      }
      metrics_log_close(&log);
      Write(2, 3, 3);
      ASSERT_EQ(Content(), whole) << call << " " << stays;
    }
}

}  // namespace
