// Claims about sweep files: the grid, its names, its cohorts, the command line's changes, and what is
// refused.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "host/cohort.h"
#include "host/plan.h"

#ifndef MESAGRID_SOURCE_DIR  // the build names the repository's root
#define MESAGRID_SOURCE_DIR "."
#endif

namespace {

using Overrides = std::vector<std::string>;

// A plan that frees itself.
struct Sweep {
  Plan plan = {};
  std::string error;  // "" when it was read
  Sweep(const std::string &text, const Overrides &overrides = {}, const char *origin = "dir/file.yaml") {
    std::vector<char *> pointers;
    for (const std::string &override : overrides) pointers.push_back(const_cast<char *>(override.c_str()));
    if (plan_read_text(text.data(), text.size(), origin, static_cast<int>(pointers.size()), pointers.data(),
                       &plan) != STATUS_OK)
      error = status_message();
  }
  ~Sweep() { plan_free(&plan); }
  Sweep(const Sweep &) = delete;
};

std::vector<std::string> names(const Plan &plan) {
  std::vector<std::string> result;
  for (int t = 0; t < plan.trial_count; t++) result.push_back(plan.trials[t].name);
  return result;
}

std::vector<std::string> labels(const Plan &plan) {
  std::vector<std::string> result;
  for (int s = 0; s < plan.setting_count; s++) result.push_back(plan.settings[s].label);
  return result;
}

std::string written(const Plan &plan) {
  char *bytes = nullptr;
  size_t size = 0;
  FILE *file = open_memstream(&bytes, &size);
  plan_write_yaml(file, &plan);
  fclose(file);
  const std::string text(bytes, size);
  free(bytes);
  return text;
}

std::string config_text(const Config &config) {
  char *bytes = nullptr;
  size_t size = 0;
  FILE *file = open_memstream(&bytes, &size);
  config_write_yaml(file, &config);
  fclose(file);
  const std::string text(bytes, size);
  free(bytes);
  return text;
}

void expect_same(const Plan &a, const Plan &b) {
  EXPECT_STREQ(a.name, b.name);
  EXPECT_EQ(names(a), names(b));
  EXPECT_EQ(labels(a), labels(b));
  EXPECT_EQ(config_text(a.base), config_text(b.base));
  ASSERT_EQ(a.trial_count, b.trial_count);
  EXPECT_EQ(a.cohort_count, b.cohort_count);
  for (int t = 0; t < a.trial_count; t++) {
    EXPECT_EQ(config_text(a.trials[t].config), config_text(b.trials[t].config));
    EXPECT_EQ(a.trials[t].cohort, b.trials[t].cohort);
    EXPECT_EQ(a.trials[t].setting, b.trials[t].setting);
  }
}

const char *const quickstart = "axes: {agent.ticks: [[2, 3], [4, 6], [8, 24]]}\nseeds: [1, 2, 3]\n";

TEST(Plan, TheQuickstartIsNineTrialsInThreeCohorts) {
  Plan plan;
  const std::string path = std::string(MESAGRID_SOURCE_DIR) + "/sweeps/quickstart.yaml";
  ASSERT_EQ(plan_read(path.c_str(), 0, nullptr, &plan), STATUS_OK) << status_message();
  EXPECT_STREQ(plan.name, "quickstart");
  EXPECT_EQ(names(plan),
            (std::vector<std::string>{"ticks=2-3,seed=1", "ticks=2-3,seed=2", "ticks=2-3,seed=3",
                                      "ticks=4-6,seed=1", "ticks=4-6,seed=2", "ticks=4-6,seed=3",
                                      "ticks=8-24,seed=1", "ticks=8-24,seed=2", "ticks=8-24,seed=3"}));
  EXPECT_EQ(labels(plan), (std::vector<std::string>{"ticks 2–3", "ticks 4–6", "ticks 8–24"}));
  EXPECT_EQ(plan.cohort_count, 1) << "agents that think for longer and for less train as one batch";
  for (int t = 0; t < 9; t++) {
    EXPECT_EQ(plan.trials[t].cohort, 0);
    EXPECT_EQ(plan.trials[t].setting, t / 3);
    EXPECT_EQ(plan.trials[t].config.seed, t % 3 + 1);
  }
  EXPECT_EQ(plan.trials[8].config.agent_ticks.lo, 8);
  EXPECT_EQ(plan.trials[8].config.agent_ticks.hi, 24);
  Config defaults;
  config_default(&defaults);
  EXPECT_EQ(config_text(plan.trials[6].config), config_text(defaults));
  plan_free(&plan);
}

TEST(Plan, AFileWithoutAxesIsOneTrialNamedByItsSeed) {
  Sweep sweep("env.loops: 0.3\n");
  ASSERT_EQ(sweep.error, "");
  EXPECT_STREQ(sweep.plan.name, "file");
  EXPECT_EQ(names(sweep.plan), std::vector<std::string>{"seed=1"});
  EXPECT_EQ(labels(sweep.plan), std::vector<std::string>{"file"});
  EXPECT_EQ(sweep.plan.trials[0].config.env_loops, 0.3);
}

TEST(Plan, TheLastAxisVariesFastest) {
  Sweep sweep("axes: {env.loops: [0, 0.5], train.updates: [10, 20]}\nseeds: [7, 5]");
  ASSERT_EQ(sweep.error, "");
  EXPECT_EQ(names(sweep.plan),
            (std::vector<std::string>{"loops=0,updates=10,seed=7", "loops=0,updates=10,seed=5",
                                      "loops=0,updates=20,seed=7", "loops=0,updates=20,seed=5",
                                      "loops=0.5,updates=10,seed=7", "loops=0.5,updates=10,seed=5",
                                      "loops=0.5,updates=20,seed=7", "loops=0.5,updates=20,seed=5"}));
  EXPECT_EQ(labels(sweep.plan)[2], "loops 0.5, updates 10");
  EXPECT_EQ(sweep.plan.trials[5].config.env_loops, 0.5);
  EXPECT_EQ(sweep.plan.trials[5].config.train_updates, 10);
  EXPECT_EQ(sweep.plan.trials[5].config.seed, 5);
}

TEST(Plan, NestedAndDottedAxesAndBasesAreTheSame) {
  Sweep nested("env: {loops: 0.2}\naxes: {agent: {ticks: [3, [4, 6]], channels: [8]}}");
  Sweep dotted("env.loops: 0.2\naxes: {agent.ticks: [[3, 3], [4, 6]], agent.channels: [8]}");
  ASSERT_EQ(nested.error + dotted.error, "");
  expect_same(nested.plan, dotted.plan);
  EXPECT_EQ(names(nested.plan)[0], "ticks=3,channels=8,seed=1");
}

TEST(Plan, TrialsShareACohortExactlyWhenTheirShapesAreEqual) {
  Sweep sweep(
      "axes: {agent.weights: [tied, untied], agent.ticks: [3, 4], env.loops: [0, 0.5], agent.channels: [8, "
      "16, 4]}\n"
      "seeds: [1, 2]");
  ASSERT_EQ(sweep.error, "");
  const Plan &plan = sweep.plan;
  ASSERT_EQ(plan.trial_count, 48);
  EXPECT_EQ(plan.cohort_count, 6);
  int highest = -1;
  for (int a = 0; a < plan.trial_count; a++) {
    ASSERT_LE(plan.trials[a].cohort, highest + 1) << "numbered by first appearance";
    highest = std::max(highest, plan.trials[a].cohort);
    for (int b = 0; b < plan.trial_count; b++)
      EXPECT_EQ(plan.trials[a].cohort == plan.trials[b].cohort,
                config_same_shape(&plan.trials[a].config, &plan.trials[b].config));
  }
}

TEST(Plan, DepthsOfUntiedNetsShareTheDeepestsLayoutAndAreTheirOwnByThemselves) {
  Sweep sweep("axes: {agent.weights: [tied, untied], agent.ticks: [3, 7, 5]}");
  ASSERT_EQ(sweep.error, "");
  const Plan &plan = sweep.plan;
  ASSERT_EQ(plan.cohort_count, 2);
  for (int t = 0; t < plan.trial_count; t++) {
    const Config &config = plan.trials[t].config;
    const bool untied = config.agent_weights == WEIGHTS_UNTIED;
    const PopulationShape shape = cohort_shape(&config, 3, cohort_ticks_max(&plan, plan.trials[t].cohort));
    EXPECT_EQ(shape.ticks_max, 7) << plan.trials[t].name;
    EXPECT_EQ(shape.agent.layers, untied ? 7 : 0) << plan.trials[t].name;
    EXPECT_EQ(cohort_agent_shape(&config).layers, untied ? config.agent_ticks.hi : 0) << plan.trials[t].name;
  }
}

TEST(Plan, NamesAreUniqueAndSafeForDirectories) {
  Sweep sweep(
      "axes:\n  agent.ticks: [[1, 2], 1, 12]\n  eval.ticks: [1, 12]\n  train.max_grad_norm: [1e6, 1e5, "
      "1e-5]\n"
      "  eval.seed: [1, 2]\n  env.kind: [maze]\nseeds: [1, 2]");
  ASSERT_EQ(sweep.error, "");
  std::set<std::string> seen;
  for (const std::string &name : names(sweep.plan)) {
    EXPECT_TRUE(seen.insert(name).second) << name;
    EXPECT_EQ(name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._=,-"),
              std::string::npos)
        << name;
  }
  EXPECT_EQ(names(sweep.plan)[0],
            "agent.ticks=1-2,eval.ticks=1,max_grad_norm=1.0e06,eval.seed=1,kind=maze,seed=1");
}

TEST(Plan, ABaseKeyOnTheCommandLineWinsOverTheFile) {
  Sweep sweep("env.loops: 0.1\ntrain: {updates: 5}",
              {"env.loops=0.3", "train.updates=40", "train.updates=41"});
  ASSERT_EQ(sweep.error, "");
  EXPECT_EQ(sweep.plan.trials[0].config.env_loops, 0.3);
  EXPECT_EQ(sweep.plan.trials[0].config.train_updates, 41);
}

TEST(Plan, ASweptKeyOnTheCommandLineReplacesItsAxisByOneValue) {
  Sweep sweep(quickstart, {"agent.ticks=[8,24]"});
  ASSERT_EQ(sweep.error, "");
  EXPECT_EQ(names(sweep.plan),
            (std::vector<std::string>{"ticks=8-24,seed=1", "ticks=8-24,seed=2", "ticks=8-24,seed=3"}));
}

TEST(Plan, AxesSeedsAndNameCanBeGivenOnTheCommandLine) {
  Sweep sweep(std::string("env.loops: 0.7\n") + quickstart,
              {"axes.agent.ticks=[[2,3],[4,6]]", "seeds=[9]", "name=mine", "axes.env.loops=[0.2]"});
  ASSERT_EQ(sweep.error, "");
  EXPECT_STREQ(sweep.plan.name, "mine");
  EXPECT_EQ(names(sweep.plan),
            (std::vector<std::string>{"ticks=2-3,loops=0.2,seed=9", "ticks=4-6,loops=0.2,seed=9"}));
}

TEST(Plan, WhatIsWrittenReadsBackAsTheSamePlan) {
  const std::vector<std::pair<std::string, Overrides>> cases = {
      {quickstart, {}},
      {"env: {loops: 0.1}\n", {}},
      {"name: '12'\n", {}},
      {quickstart, {"agent.ticks=5", "name=true", "axes.env.sizes=[7,[5,9]]", "env.loops=0.123456789012345"}},
      {"agent.ticks: [2, 3]\n", {"axes.agent.ticks=[3,4]", "seeds=[0,9007199254740991]"}},
      {"axes: {agent.core: [conv_mgu], train.adam_eps: [1e-7, 1e-8]}\n", {"train.learning_rate=1e-4"}},
  };
  for (const auto &[text, overrides] : cases) {
    Sweep sweep(text, overrides);
    ASSERT_EQ(sweep.error, "");
    Sweep again(written(sweep.plan), {}, "elsewhere/resolved.yaml");
    ASSERT_EQ(again.error, "") << written(sweep.plan);
    expect_same(sweep.plan, again.plan);
    EXPECT_EQ(written(sweep.plan), written(again.plan));
  }
}

TEST(Plan, EveryMistakeIsNamedWithItsPlace) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"env.lops: 1\n", "dir/file.yaml:1: env.lops: unknown key, did you mean env.loops?"},
      {"axis: {}\n", "dir/file.yaml:1: axis: unknown key, did you mean axes?"},
      {"\nnam: x\n", "dir/file.yaml:2: nam: unknown key, did you mean name?"},
      {"axes:\n  agent.tick: [1]\n", "dir/file.yaml:2: agent.tick: unknown key, did you mean agent.ticks?"},
      {"axes:\n  agent.ticks: []\n",
       "dir/file.yaml:2: agent.ticks: expected a list of 1 to 100000 values, as in agent.ticks: [[2, 3], [8, "
       "24]], "
       "not []"},
      {"axes:\n  agent.ticks: 3\n",
       "dir/file.yaml:2: agent.ticks: expected a list of 1 to 100000 values, as in agent.ticks: [[2, 3], [8, "
       "24]], "
       "not 3"},
      {"axes:\n  agent.ticks:\n  - 3\n  - 200\n",
       "dir/file.yaml:4: agent.ticks: expected a range [lo, hi], lo <= hi, or one whole number, 1 to 128, "
       "not 200"},
      {"axes:\n", "dir/file.yaml:1: expected keys with values, as in env.loops: 0.1, not nothing"},
      {"axes: {env.loops: [0.1, 0.2, 0.10]}\n",
       "dir/file.yaml:1: axes: env.loops: the value 0.1 stands here twice"},
      {"axes: {agent.ticks: [3, [3, 3]]}\n",
       "dir/file.yaml:1: axes: agent.ticks: the value [3, 3] stands here twice"},
      {"axes: {env.loops: [0.1], env: {loops: [0.2]}}\n",
       "dir/file.yaml:1: env.loops: the key stands here twice, dotted and nested"},
      {"env.loops: 0.1\naxes: {env.loops: [0.1]}\n",
       "dir/file.yaml:2: env.loops: is both an axis and set for all trials"},
      {"seeds: []\n",
       "dir/file.yaml:1: seeds: expected a list of 1 to 100000 values, as in seeds: [1, 2, 3], not []"},
      {"seeds: 3\n",
       "dir/file.yaml:1: seeds: expected a list of 1 to 100000 values, as in seeds: [1, 2, 3], not 3"},
      {"seeds: [1, x]\n", "dir/file.yaml:1: seed: expected a whole number, 0 to 9007199254740991, not x"},
      {"seeds: [1, 2, 1]\n", "dir/file.yaml:1: seeds: 1 stands here twice"},
      {"seed: 3\n", "dir/file.yaml:1: seed: a sweep lists its seeds, as in seeds: [1, 2, 3]"},
      {"axes: {seed: [3]}\n", "dir/file.yaml:1: seed: a sweep lists its seeds, as in seeds: [1, 2, 3]"},
      {"name: a/b\n",
       "dir/file.yaml:1: name: expected 1 to 63 letters, digits, - (not first) and _, not a/b"},
      {"name: -a\n", "dir/file.yaml:1: name: expected 1 to 63 letters, digits, - (not first) and _, not -a"},
      {"name: ..\n", "dir/file.yaml:1: name: expected 1 to 63 letters, digits, - (not first) and _, not .."},
      {"- 1\n", "dir/file.yaml:1: expected keys with values, as in name: quickstart, not [1]"},
      {"axes: [1\n", "dir/file.yaml:2:1: not YAML: did not find expected ',' or ']'"},
      {"", "dir/file.yaml:1:1: there is nothing in it"},
      {"train.shards: 5\n", "dir/file.yaml: train.shards: 5 does not divide train.levels, 64"},
      {"axes: {train.shards: [4, 5]}\n", "dir/file.yaml: train.shards: 5 does not divide train.levels, 64"},
  };
  for (const auto &[text, error] : cases) {
    Sweep sweep(text);
    EXPECT_EQ(sweep.error, error) << text;
    EXPECT_EQ(sweep.plan.trials, nullptr) << "nothing is left behind";
  }
}

TEST(Plan, EveryMistakeOnTheCommandLineIsNamed) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"agent.tick=3", "command line: agent.tick: unknown key, did you mean agent.ticks?"},
      {"axes.agent.tick=[3]", "command line: agent.tick: unknown key, did you mean agent.ticks?"},
      {"agent.ticks", "command line: agent.ticks: expected key=value, as in env.loops=0.3"},
      {"=3", "command line: =3: expected key=value, as in env.loops=0.3"},
      {"env.loops=2", "command line: env.loops: expected a number, 0 to 1, not 2"},
      {"env.loops=", "command line: env.loops: there is nothing in it"},
      {"agent.ticks=[1,", "command line: agent.ticks: not YAML: did not find expected node content"},
      {"agent.ticks=[[2,3],[8,24]]",
       "command line: agent.ticks: expected a range [lo, hi], lo <= hi, or one whole number, 1 to 128, not "
       "[[2, 3], [8, 24]]"},
      {"axes.agent.ticks=[]",
       "command line: agent.ticks: expected a list of 1 to 100000 values, as in agent.ticks: [[2, 3], [8, "
       "24]], "
       "not []"},
      {"axes={}", "command line: axes: name the knob, as in axes.agent.ticks=[[2, 3], [8, 24]]"},
      {"seeds=1",
       "command line: seeds: expected a list of 1 to 100000 values, as in seeds: [1, 2, 3], not 1"},
      {"seed=1", "command line: seed: a sweep lists its seeds, as in seeds: [1, 2, 3]"},
      {"name=a b", "command line: name: expected 1 to 63 letters, digits, - (not first) and _, not a b"},
  };
  for (const auto &[override, error] : cases)
    EXPECT_EQ(Sweep(quickstart, {override}).error, error) << override;
}

TEST(Plan, TheFilesStemMustBeANameUnlessOneIsGiven) {
  EXPECT_EQ(Sweep("seeds: [1]", {}, "a/my sweep.yaml").error,
            "a/my sweep.yaml: \"my sweep.yaml\" cannot name the sweep: give it a name: of letters, digits, - "
            "and _");
  EXPECT_EQ(Sweep("seeds: [1]", {"name=ok"}, "a/my sweep.yaml").error, "");
  EXPECT_NE(Sweep("seeds: [1]", {}, "v1.2.yaml").error, "");
  EXPECT_NE(Sweep("seeds: [1]", {}, ".yaml").error, "");
}

TEST(Plan, AMissingFileIsAnInputError) {
  Plan plan;
  EXPECT_EQ(plan_read("/no/such/sweep.yaml", 0, nullptr, &plan), STATUS_IO);
  EXPECT_NE(std::string(status_message()).find("/no/such/sweep.yaml"), std::string::npos);
}

std::string numbers(int count) {
  std::string list = "[1";
  for (int i = 2; i <= count; i++) list += "," + std::to_string(i);
  return list + "]";
}

TEST(Plan, AHundredThousandTrialsAreMadeAndOneMoreIsRefused) {
  Sweep most("seeds: " + numbers(100000));
  EXPECT_EQ(most.error, "");
  EXPECT_EQ(most.plan.trial_count, 100000);
  EXPECT_NE(Sweep("seeds: " + numbers(100001)).error.find("not more"), std::string::npos);
  Sweep grid("axes: {train.updates: " + numbers(1000) + ", train.levels: [64, 128]}\nseeds: " + numbers(50));
  EXPECT_EQ(grid.error, "");
  EXPECT_EQ(grid.plan.cohort_count, 2);
  EXPECT_EQ(Sweep("axes: {train.updates: " + numbers(1001) + "}\nseeds: " + numbers(100)).error,
            "dir/file.yaml: the grid has more than 100000 trials: sweep fewer values or seeds");
  const std::string wide = numbers(60000);
  EXPECT_NE(
      Sweep("axes: {train.updates: " + wide + ", train.steps: " + wide + ", eval.seed: " + wide + "}").error,
      "");
}

TEST(Plan, NamesTooLongForADirectoryAreRefused) {
  std::string axes;
  int count;
  const KeyInfo *keys = config_keys(&count);
  for (int i = 1; i < count; i++)
    axes += std::string("  ") + keys[i].name + ": [" + keys[i].default_text + "]\n";
  EXPECT_EQ(Sweep("axes:\n" + axes).error,
            "dir/file.yaml: too many axes at once: the trials' names would be too long");
}

// Random edits of a good file and of overrides: whatever comes out, it is a plan or a sentence. The
// sanitizers watch.
TEST(Plan, SurvivesAnyBytes) {
  std::mt19937_64 random(5);
  const std::string good = "name: a\nenv: {loops: 0.1}\n" + std::string(quickstart);
  const std::string alphabet = "[]{}:,-&*!|>'\"%@`#?\n\t ~.0123456789eabcdxyz\\=\xc3\xa9\xff";
  const auto damage = [&](std::string text) {
    for (int edits = 1 + random() % 3; edits > 0; edits--) {
      const size_t at = random() % text.size();
      if (random() % 3 == 0 && text.size() > 2)
        text.erase(at, 1 + random() % 4);
      else if (random() % 2 == 0)
        text[at] = alphabet[random() % alphabet.size()];
      else
        text.insert(at, text.substr(random() % text.size(), random() % 12));
      if (text.empty()) text = " ";
    }
    return text;
  };
  int read = 0;
  for (int round = 0; round < 3000; round++) {
    Sweep sweep(damage(good), {damage("axes.agent.ticks=[[2,3],[4,6]]"), damage("env.loops=0.3")});
    Sweep file_only(damage(good));
    read += sweep.error.empty() + file_only.error.empty();
    if (file_only.error.empty()) {
      Sweep again(written(file_only.plan));
      ASSERT_EQ(again.error, "") << written(file_only.plan);
      expect_same(file_only.plan, again.plan);
    }
  }
  EXPECT_GT(read, 30) << "too few files survive their damage to test anything";
}

}  // namespace
