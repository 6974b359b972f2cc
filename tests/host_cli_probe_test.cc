// `mesagrid probe` and `mesagrid calibrate` as their users meet them.
#include <map>

#include "tests/students_cache.h"
#include "tests/sweep_runs.h"

namespace {

// Content and time of change of every file below a directory.
using Tree = std::map<std::string, std::pair<std::string, std::filesystem::file_time_type>>;

Tree tree_with_times(const std::string &directory) {
  Tree tree;
  for (const auto &entry : std::filesystem::recursive_directory_iterator(directory))
    if (entry.is_regular_file())
      tree[std::filesystem::relative(entry.path(), directory).string()] = {read_all(entry.path().string()),
                                                                           entry.last_write_time()};
  return tree;
}

// The tiny trial of all tests of the command line, with students of its world that were never taught.
class CliProbe : public Cli {
 protected:
  inline static std::string cache;

  static void SetUpTestSuite() {
    Cli::SetUpTestSuite();
    cache = root + "cache";
    Config config;
    ASSERT_EQ(config_read_yaml((trial + "/config.yaml").c_str(), &config), STATUS_OK) << status_message();
    fill_students_cache(cache, config);
  }
  static Outcome probe(const std::string &directory, const Words &more = {}) {
    Words words = {"probe", directory, "--cache", cache};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }
  // Refused, and not a byte of the directory is touched.
  static void expect_untouched(const std::string &directory, int code, const std::string &part) {
    const Tree before = tree_with_times(directory);
    expect_refused({"probe", directory, "--cache", cache}, code, part);
    EXPECT_TRUE(tree_with_times(directory) == before) << directory;
  }
};

// ---- What is refused ----

TEST_F(CliProbe, TrialsThatDidNotEndWellAreRefusedByName) {
  const std::string diverged = make_trial("diverged", AGENT_DIVERGED),
                    unfinished = make_trial("unfinished", AGENT_TRAINING);
  expect_untouched(diverged, 1, "diverged: its training diverged after update 7: not probed");
  expect_untouched(unfinished, 1, "unfinished: it is not trained to the end, update 7 of 1500: not probed");
}

TEST_F(CliProbe, WhatIsNoTrialIsRefusedByName) {
  expect_refused({"probe", root + "none", "--cache", cache}, 1, "none");
  std::filesystem::create_directory(root + "empty");
  expect_untouched(root + "empty", 1, "empty: not the directory of one trial");
  const std::string damaged = make_trial("damaged", AGENT_DONE), path = damaged + "/checkpoint.safetensors";
  write_all(path, read_all(path).substr(0, 99));
  expect_untouched(damaged, 1, "checkpoint.safetensors");
}

TEST_F(CliProbe, ASweepWithoutAFinishedTrialIsRefusedAndEachTrialNamed) {
  const std::string sweep = root + "unborn";
  std::filesystem::create_directory(sweep);
  write_all(sweep + "/sweep.yaml", "name: unborn\nagent.channels: 8\nseeds: [1, 2]\n");
  make_trial("unborn/seed=1", AGENT_DIVERGED);
  make_trial("unborn/seed=2", AGENT_TRAINING);
  const Tree before = tree_with_times(sweep);
  const Outcome outcome = probe(sweep);
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.out, "");
  for (const char *part : {"seed=1: its training diverged", "seed=2: it is not trained to the end",
                           "unborn: it has no trial that can be probed"})
    EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
  EXPECT_TRUE(tree_with_times(sweep) == before);
}

TEST_F(CliProbe, BadRequestsAreRefusedBeforeAnythingIsDone) {
  const Tree before = tree_with_times(trial);
  expect_refused({"probe"}, 2, "probe");
  expect_refused({"probe", trial, trial}, 2, "probe");
  expect_refused({"probe", trial, "--agian"}, 2, "--again");
  expect_refused({"probe", trial, "--threads", "0"}, 2, "--threads");
  expect_refused({"probe", trial, "--cache"}, 2, "--cache");
  EXPECT_TRUE(tree_with_times(trial) == before);
}

TEST_F(CliProbe, ACacheThatIsAFileIsRefused) {
  const std::string file = root + "file";
  write_all(file, "");
  const Tree before = tree_with_times(trial);
  expect_refused({"probe", trial, "--quiet", "--cache", file}, 1, "file");
  EXPECT_TRUE(tree_with_times(trial) == before);
}

TEST_F(CliProbe, CalibrateRefusesWhatItDoesNotKnow) {
  expect_refused({"calibrate"}, 2, "calibrate");
  expect_refused({"calibrate", "nowhere"}, 2, "there is no world 'nowhere'");
  expect_refused({"calibrate", "maze", "nonsense=1", "--out", root + "cal"}, 2, "nonsense: unknown key");
  expect_refused({"calibrate", "maze", "env.lops=0", "--out", root + "cal"}, 2, "did you mean env.loops?");
  expect_refused({"calibrate", "maze", "--bilt"}, 2, "--built");
  EXPECT_FALSE(exists(root + "cal"));
}

TEST_F(CliProbe, HelpOfBothCommandsNamesTheirOptions) {
  for (const std::string command : {"probe", "calibrate"}) {
    const Outcome help = run({command, "--help"});
    for (const char *part : {"--cache DIR", "--threads N", "--json", "--quiet"})
      EXPECT_NE(help.out.find(part), std::string::npos) << part << " in " << help.out;
  }
}

// ---- What is done ----

TEST_F(CliProbe, ATrialIsProbedOnceAndNothingElseInItsDirectoryChanges) {
  Tree before = tree_with_times(trial);
  const Outcome first = probe(trial, {"--json"});
  ASSERT_EQ(first.code, 0) << first.err;
  const Parsed printed(first.out), written(read_all(trial + "/probe.json"));
  ASSERT_NE(printed.value, nullptr) << first.out;
  EXPECT_TRUE(json_equal(printed.value, written.value));
  EXPECT_EQ(printed.text("name"), "seed=1");
  EXPECT_EQ(json_number_value(printed["S"]), 0) << "20 updates teach nothing: " << printed.text("reason");
  EXPECT_TRUE(json_is_object(printed["extras"]));
  EXPECT_EQ(printed.text("weights").size(), 16u);
  EXPECT_NE(read_all(trial + "/probe.html").find("<html"), std::string::npos);

  const Tree after = tree_with_times(trial);
  const Outcome second = probe(trial, {"--json"});
  EXPECT_EQ(second.out, first.out);
  EXPECT_TRUE(tree_with_times(trial) == after) << "a second time it is not probed again";
  ASSERT_EQ(probe(trial, {"--again", "--threads", "2"}).code, 0);
  EXPECT_TRUE(read_all(trial + "/probe.json") == after.at("probe.json").first) << "on any number of threads";
  for (const char *name : {"probe.json", "probe.html"}) before[name] = tree_with_times(trial)[name];
  EXPECT_TRUE(tree_with_times(trial) == before) << "but for the two files, all is as it was";
}

TEST_F(CliProbe, ASweepIsProbedTrialByTrialAndItsReportSaysSo) {
  const std::string sweep = root + "two";
  const Outcome trained = run({"sweep", root + "tiny.yaml", "seeds=[1, 2]", "--out", sweep, "--quiet"});
  ASSERT_EQ(trained.code, 0) << trained.err;
  const std::string report = read_all(sweep + "/report.html");
  const Outcome outcome = probe(sweep, {"--json", "--scores", "--quiet"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const Parsed found(outcome.out);
  ASSERT_EQ(json_array_size(found["agents"]), 2u) << outcome.out;
  ASSERT_EQ(json_array_size(found["settings"]), 1u) << outcome.out;
  EXPECT_EQ(json_integer_value(json_object_get(json_array_get(found["settings"], 0), "seeds")), 2);
  EXPECT_TRUE(json_is_object(found["phases"]));
  for (size_t i = 0; i < 2; ++i) {
    const std::string name = "seed=" + std::to_string(i + 1);
    const json_t *const one = json_array_get(found["agents"], i);
    EXPECT_EQ(json_string_value(json_object_get(one, "name")), name);
    EXPECT_EQ(json_object_get(one, "extras"), nullptr) << "--scores leaves out what is only shown";
    EXPECT_TRUE(exists(sweep + "/" + name + "/probe.html"));
  }
  EXPECT_FALSE(read_all(sweep + "/report.html") == report) << "the report is written anew";
  const Outcome table = probe(sweep, {"--scores", "--quiet"});
  ASSERT_EQ(table.code, 0) << table.err;
  for (const char *part : {"\nseed=1 ", "\nseed=2 "})
    EXPECT_NE(table.out.find(part), std::string::npos) << table.out;
  EXPECT_NE(table.out.find("Page: " + sweep + "/report.html"), std::string::npos) << table.out;
}

}  // namespace
