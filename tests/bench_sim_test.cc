// Claims about `mesagrid bench`: the program beside mesagrid runs, and says what it measured.
#include <gtest/gtest.h>
#include <jansson.h>

#include <cstdio>
#include <string>

namespace {

struct Ran {
  int code;
  std::string output;
};

Ran run(const std::string &arguments) {
  FILE *const pipe = popen((std::string(MESAGRID_BINARY) + " bench " + arguments + " 2>&1").c_str(), "r");
  Ran ran = {-1, ""};
  char buffer[4096];
  for (size_t got; (got = fread(buffer, 1, sizeof buffer, pipe)) > 0;) ran.output.append(buffer, got);
  const int status = pclose(pipe);
  ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

const char kShort[] = " --envs 100 --steps 200 --rounds 1 --json";

double number(const json_t *json, const char *name) {
  return json_number_value(json_object_get(json, name));
}

TEST(BenchSim, SaysWhatItMeasuredAndWhatIsWritten) {
  const struct {
    const char *options;
    int bytes;
  } cases[] = {{"--obs none", 0},
               {"", 17},
               {"--pack bytes", 122},
               {"--obs window:5 --levels fresh", 5},
               {"--obs full --size 9 --threads 2", 13},
               {"--obs full --pack bytes --isa baseline", 170}};
  for (const auto &c : cases) {
    const Ran ran = run(std::string("sim ") + c.options + kShort);
    ASSERT_EQ(ran.code, 0) << c.options << ": " << ran.output;
    json_t *const json = json_loads(ran.output.c_str(), 0, nullptr);
    ASSERT_NE(json, nullptr) << ran.output;
    EXPECT_EQ(number(json, "bytes_written_per_step"), c.bytes) << c.options;
    EXPECT_GT(number(json, "steps_per_second"), 0) << c.options;
    EXPECT_GT(number(json, "yardstick_steps_per_second"), 0) << c.options;
    EXPECT_GT(number(json, "ratio_to_yardstick"), 0) << c.options;
    EXPECT_GT(number(json, "episodes"), 0) << c.options;
    EXPECT_STREQ(json_string_value(json_object_get(json, "device")), "cpu");
    for (const char *name :
         {"env", "size", "obs", "pack", "levels", "limit_steps", "isa", "threads", "solved_share"})
      EXPECT_NE(json_object_get(json, name), nullptr) << name;
    json_decref(json);
  }
}

TEST(BenchSim, EndsTheSameEpisodesOnEveryInstructionSetAndNumberOfThreads) {
  std::string episodes;
  for (const char *options : {"", "--isa baseline", "--threads 3", "--obs none"}) {
    const Ran ran = run(std::string("sim ") + options + kShort);
    json_t *const json = json_loads(ran.output.c_str(), 0, nullptr);
    ASSERT_NE(json, nullptr) << ran.output;
    const std::string here =
        std::to_string(number(json, "episodes")) + std::to_string(number(json, "reward_per_step"));
    if (episodes.empty()) episodes = here;
    EXPECT_EQ(here, episodes) << options;
    json_decref(json);
  }
}

TEST(BenchSim, RefusesWhatItCannotDo) {
  for (const char *options :
       {"sim --size 8", "sim --obs window:4", "sim --obs all", "sim --pack words", "sim --levels pool:0",
        "sim --levels some", "sim --device tpu", "sim --envs 0", "sim --isa z80", "sim extra",
        "train --ticks 9:3", "train --levels 7", "train --agents 0", "swim"}) {
    const Ran ran = run(options);
    EXPECT_EQ(ran.code, 2) << options << ": " << ran.output;
    EXPECT_EQ(ran.output.rfind("mesagrid: ", 0), 0u) << ran.output;
  }
}

TEST(BenchTrain, SaysTheShareOfThePeak) {
  const Ran ran = run("train --threads 1 --agents 2 --updates 3 --channels 8 --ticks 1:2 --levels 16 --json");
  ASSERT_EQ(ran.code, 0) << ran.output;
  json_t *const json = json_loads(ran.output.c_str(), 0, nullptr);
  ASSERT_NE(json, nullptr) << ran.output;
  const json_t *const first = json_array_get(json_object_get(json, "train"), 0);
  EXPECT_EQ(number(first, "agents"), 2);
  EXPECT_GT(number(first, "env_steps_per_second"), 0);
  EXPECT_GT(number(first, "share_of_peak"), 0);
  json_decref(json);
}

TEST(Bench, HelpNamesEveryBenchmark) {
  for (const char *options : {"--help", "sim --help", "train --help", "ops --help"}) {
    const Ran ran = run(options);
    EXPECT_EQ(ran.code, 0) << ran.output;
    EXPECT_NE(ran.output.find("usage: mesagrid bench"), std::string::npos) << ran.output;
  }
}

}  // namespace
