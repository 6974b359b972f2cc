// Claims about whole sweeps by the built program: the same bytes however they are run, refusals that leave
// nothing behind, budgets, axes, divergence, full disks, and what is printed where.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <set>

#include "kernels/phases.h"
#include "tests/sweep_runs.h"

namespace {

using Tree = std::map<std::string, std::string>;

class Sweep : public Sweeps {
 protected:
  inline static Tree reference;  // of the tiny sweep on one thread

  static void SetUpTestSuite() {
    Sweeps::SetUpTestSuite();
    reference = swept("reference", {"--threads", "1"});
  }
  // The part of a tree below one directory.
  static Tree below(const Tree &tree, const std::string &directory) {
    Tree part;
    for (const auto &[path, content] : tree)
      if (path.rfind(directory + "/", 0) == 0) part[path] = content;
    return part;
  }
  // Names of all that lies in the root.
  static std::set<std::string> names() {
    std::set<std::string> names;
    for (const auto &entry : std::filesystem::directory_iterator(root))
      if (entry.path().filename().string().rfind(".program", 0) != 0) names.insert(entry.path().filename());
    return names;
  }
};

// ---- The same bytes ----

TEST_F(Sweep, LeavesWhatItsHelpSays) {
  std::set<std::string> expected = {"sweep.yaml", "results.csv", "baselines.json", "report.html"}, found;
  for (const char *trial : {"seed=1/", "seed=2/", "seed=3/"})
    for (const char *name :
         {"config.yaml", "metrics.jsonl", "checkpoint.safetensors", "evaluation.jsonl", "result.json"})
      expected.insert(std::string(trial) + name);
  for (const auto &[path, content] : reference) {
    found.insert(path);
    EXPECT_FALSE(content.empty()) << path;
    EXPECT_EQ(content.find(root), std::string::npos) << path << " holds a path";
  }
  EXPECT_EQ(found, expected);
}

TEST_F(Sweep, ThreadsDoNotMatterWhereEachTakesWholeAgents) {
  for (const char *threads : {"2", "3"}) {
    SCOPED_TRACE(threads);
    expect_same_tree(reference, swept(std::string("threads") + threads, {"--threads", threads}));
  }
}

TEST_F(Sweep, ThreadsDoNotMatterWhereAllShareAnAgent) {
  expect_same_tree(reference, swept("threads8", {"--threads", "8"}));
  const Tree alone = swept("alone1", {"seeds=[2]", "--threads", "1"});
  for (const char *threads : {"2", "3", "8"}) {
    SCOPED_TRACE(threads);
    expect_same_tree(alone, swept(std::string("alone") + threads, {"seeds=[2]", "--threads", threads}));
  }
}

// The baseline computes its fused products in software: a short training will do.
TEST_F(Sweep, TheInstructionSetDoesNotMatter) {
  const Words shorter = {"seeds=[1,2]", "train.updates=6", "eval.levels=10"};
  const Tree expected = swept("isa", shorter);
  int tried = 0;
  for (const char *isa : {"baseline", "avx2", "avx512"}) {
    const Phases *phases;
    if (phases_choose(isa, &phases) != STATUS_OK) continue;
    SCOPED_TRACE(isa);
    Words words = shorter;
    words.insert(words.end(), {"--isa", isa});
    expect_same_tree(expected, swept(std::string("isa-") + isa, words));
    ++tried;
  }
  if (tried < 3) GTEST_SKIP() << "this machine lacks " << 3 - tried << " of the instruction sets";
}

TEST_F(Sweep, ATrialIsTheSameAloneAndInItsCohort) {
  const Tree alone = swept("lone", {"seeds=[2]", "--threads", "2"});
  expect_same_tree(below(reference, "seed=2"), below(alone, "seed=2"));
  const std::vector<std::string> rows = lines_of(alone.at("results.csv"));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1], lines_of(reference.at("results.csv"))[2]);
  EXPECT_TRUE(alone.at("baselines.json") == reference.at("baselines.json"));
}

// ---- One directory, one sweep, one process ----

TEST_F(Sweep, AFinishedOneIsLeftAloneAndReportedAnew) {
  swept("finished", {"--threads", "1"});
  const auto stamp = [&](const std::string &path) {
    struct stat found;
    EXPECT_EQ(stat((root + "finished/" + path).c_str(), &found), 0) << path;
    return std::to_string(found.st_ino) + " " + std::to_string(found.st_mtim.tv_sec) + "." +
           std::to_string(found.st_mtim.tv_nsec);
  };
  const std::vector<std::string> kept = {
      "sweep.yaml",           "baselines.json",          "seed=1/checkpoint.safetensors",
      "seed=1/metrics.jsonl", "seed=3/evaluation.jsonl", "seed=3/result.json"};
  std::vector<std::string> before;
  for (const std::string &path : kept) before.push_back(stamp(path));
  std::filesystem::remove(root + "finished/report.html");
  std::filesystem::remove(root + "finished/results.csv");
  const Ending again = sweep("finished", {"--threads", "2"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(again.err, "") << "nothing goes on";
  for (size_t i = 0; i < kept.size(); ++i) EXPECT_EQ(stamp(kept[i]), before[i]) << kept[i] << " was touched";
  expect_same_tree(reference, tree("finished"));
}

TEST_F(Sweep, AnotherOneInTheSameDirectoryIsRefusedAndChangesNothing) {
  swept("taken", {});
  for (const char *change :
       {"train.updates=31", "seeds=[1,2]", "eval.levels=21", "name=other", "axes.env.loops=[0.1,0.2]"}) {
    const Ending other = sweep("taken", {change});
    EXPECT_EQ(other.code, 2) << change;
    EXPECT_EQ(other.out, "");
    EXPECT_NE(other.err.find(root + "taken holds another sweep"), std::string::npos) << other.err;
    expect_same_tree(reference, tree("taken"));
  }
}

TEST_F(Sweep, ASecondProcessInTheSameDirectoryIsRefused) {
  const Words words = sweep_words("shared", {"train.updates=1000000", "--threads", "1"});
  Running first(words, root + ".first");
  ASSERT_TRUE(first.reach_file(root + "shared/seed=3/metrics.jsonl"));
  const Ending second = Running(words, root + ".second").end();
  EXPECT_EQ(second.code, 2);
  EXPECT_EQ(second.out, "");
  EXPECT_NE(second.err.find("shared is in use by process " + std::to_string(first.id())), std::string::npos)
      << second.err;
  first.send(SIGTERM);
  EXPECT_EQ(first.end().code, 130) << "the first one goes on meanwhile";
}

// ---- Budgets and axes ----

TEST_F(Sweep, ABudgetOfStepsEndsTraining) {
  const Tree tree = swept("steps", {"seeds=[1]", "train.steps=20000"});
  const Parsed result(tree.at("seed=1/result.json"));
  const int64_t steps = json_integer_value(result["env_steps"]),
                updates = json_integer_value(result["updates"]);
  EXPECT_EQ(result.text("status"), "done");
  EXPECT_GE(steps, 20000);
  EXPECT_LT(steps, 22500) << "one update is some 1,600 steps";
  EXPECT_GT(updates, 5);
  EXPECT_LT(updates, 30);
  const std::vector<std::string> lines = lines_of(tree.at("seed=1/metrics.jsonl"));
  EXPECT_EQ(json_integer_value(Parsed(lines.back())["update"]), updates) << "the last updates are logged too";
}

TEST_F(Sweep, AnUntrainedAgentIsEvaluated) {
  const Tree tree = swept("untrained", {"train.updates=0"});
  const Parsed result(tree.at("seed=2/result.json"));
  EXPECT_EQ(json_integer_value(result["updates"]), 0);
  EXPECT_EQ(result.text("status"), "done");
  EXPECT_EQ(json_object_size(result["worlds"]), 6u);
  EXPECT_EQ(tree.at("seed=2/metrics.jsonl"), "");
  const Ending again = sweep("untrained", {"train.updates=0"});
  EXPECT_EQ(again.code, 0) << again.err;
  expect_same_tree(tree, Sweeps::tree("untrained"));
}

TEST_F(Sweep, ASeedAndNoAxesAreOneTrial) {
  const Tree tree = swept("single", {"seeds=[7]"});
  EXPECT_EQ(lines_of(tree.at("results.csv")).size(), 2u);
  EXPECT_EQ(Parsed(tree.at("seed=7/result.json")).text("trial"), "seed=7");
  EXPECT_EQ(json_object_size(Parsed(tree.at("seed=7/result.json"))["values"]), 0u);
}

// Two axes, one of which splits cohorts: every trial is what it is alone.
TEST_F(Sweep, TwoAxesAreAGridOfTrialsThatAreTheSameAlone) {
  const Tree tree =
      swept("grid", {"axes.agent.ticks=[[2,3],[4,4]]", "axes.agent.channels=[8,4]", "seeds=[1]"});
  EXPECT_EQ(lines_of(tree.at("results.csv")).size(), 5u);
  const std::string trial = "ticks=4,channels=4,seed=1";
  const auto checkpoint = tree.find(trial + "/checkpoint.safetensors");
  ASSERT_NE(checkpoint, tree.end());
  const Tree alone = swept("grid-alone", {"agent.ticks=[4,4]", "agent.channels=4", "seeds=[1]"});
  EXPECT_TRUE(checkpoint->second == alone.at("seed=1/checkpoint.safetensors"));
  const Parsed result(tree.at(trial + "/result.json"));
  EXPECT_STREQ(json_string_value(json_object_get(result["values"], "agent.ticks")), "[4, 4]");
  EXPECT_STREQ(json_string_value(json_object_get(result["values"], "agent.channels")), "4");
  EXPECT_EQ(json_integer_value(result["setting"]), 3);
}

TEST_F(Sweep, AnAxisOfTheWorldIsEvaluatedOnEachSettingsOwnLevels) {
  const Tree tree = swept("loops", {"axes.env.loops=[0.1,0.3]", "seeds=[1,2]"});
  for (const char *loops : {"0.1", "0.3"}) {
    const Tree alone = swept(std::string("loops") + loops, {std::string("env.loops=") + loops, "seeds=[2]"});
    const Parsed together(tree.at(std::string("loops=") + loops + ",seed=2/result.json")),
        single(alone.at("seed=2/result.json"));
    ASSERT_EQ(json_object_size(together["worlds"]), 6u);
    EXPECT_TRUE(json_equal(together["worlds"], single["worlds"])) << loops;
  }
  const Parsed less(tree.at("loops=0.1,seed=2/result.json")), more(tree.at("loops=0.3,seed=2/result.json"));
  EXPECT_FALSE(json_equal(less["worlds"], more["worlds"]));
}

// ---- Divergence ----

TEST_F(Sweep, ATrialThatDivergesIsMarkedAndHarmsNoOther) {
  const std::string file = root + "wild.yaml";
  // Adam without a memory of its squares takes large steps, and 64 ticks of thought multiply them.
  write_all(file,
            "env.sizes: [5, 5]\nagent.ticks: [64, 64]\n"
            "train: {updates: 20, levels: 4, walkers: 2, shards: 4, learning_rate: 0.02, vf_coef: 10,\n"
            "        adam_eps: 1.0e-12, max_grad_norm: 1000000}\n"
            "eval: {levels: 20, levels_apart: 10, ticks: 8, far_size: 9, farther_size: 11}\n"
            "axes: {train.adam_beta2: [0.99, 0]}\nseeds: [1, 2, 3]\n");
  const Ending ending = sweep("wild", {"--threads", "2", "--json"}, file);
  ASSERT_EQ(ending.code, 0) << ending.err;
  const Tree tree = Sweeps::tree("wild");
  int diverged = 0;
  for (int seed = 1; seed <= 3; ++seed) {
    const std::string trial = "adam_beta2=0,seed=" + std::to_string(seed);
    const Parsed result(tree.at(trial + "/result.json"));
    if (result.text("status") != "diverged") continue;
    ++diverged;
    EXPECT_NE(result.text("reason"), "");
    EXPECT_EQ(result["worlds"], nullptr);
    EXPECT_LT(json_integer_value(result["updates"]), 20);
    EXPECT_NE(ending.err.find(trial + " diverged at update"), std::string::npos) << ending.err;
    const std::string row = lines_of(tree.at("results.csv"))[static_cast<size_t>(3 + seed)];
    EXPECT_NE(row.find("\"" + trial + "\""), std::string::npos) << row;
    EXPECT_NE(row.find(",diverged,"), std::string::npos) << row;
    EXPECT_EQ(row.find("nan"), std::string::npos) << row;
    for (const std::string &line : lines_of(tree.at(trial + "/metrics.jsonl")))
      EXPECT_NE(Parsed(line).value, nullptr) << line;
  }
  ASSERT_GT(diverged, 0) << "nothing diverged: this test shows nothing";
  EXPECT_NE(Parsed(ending.out).value, nullptr);
  EXPECT_GT(tree.at("report.html").size(), 100000u);
  ASSERT_EQ(sweep("tame", {"train.adam_beta2=0.99"}, file).code, 0);
  for (int seed = 1; seed <= 3; ++seed) {
    const std::string trial = "adam_beta2=0.99,seed=" + std::to_string(seed);
    expect_same_tree(below(Sweeps::tree("tame"), trial), below(tree, trial));
  }
}

// ---- Bad input ----

struct Refusal {
  const char *text;  // of the sweep file; NULL: the tiny one
  Words more;
  const char *said;
  int code = 2;
};

TEST_F(Sweep, BadInputIsRefusedByItsPlaceAndLeavesNothingBehind) {
  const Refusal refusals[] = {
      {"train.updates: 3\nagent.tick: [2, 3]\n",
       {},
       "bad.yaml:2: agent.tick: unknown key, did you mean agent.ticks?"},
      {"train:\n  updates: many\n", {}, "bad.yaml:2: train.updates: expected a whole number"},
      {"env.loops: 2\n", {}, "bad.yaml:1: env.loops: "},
      {"seeds: [1]\naxes:\n  env.loops: []\n", {}, "bad.yaml:3: env.loops: "},
      {"seeds: []\n", {}, "bad.yaml:1: seeds: "},
      {"seeds: [1, 1]\n", {}, "bad.yaml:1: seeds: 1 stands here twice"},
      {"env: [1\n", {}, "bad.yaml:", 1},
      {"train.shards: 3\n", {}, "train.shards"},
      {nullptr, {"train.update=3"}, "command line: train.update: unknown key, did you mean train.updates?"},
      {nullptr, {"train.updates"}, "command line: train.updates: expected key=value"},
      {nullptr, {"env.sizes=[4,6]"}, "command line: env.sizes: "},
      {nullptr, {"--threads", "0"}, "--threads"},
      {nullptr, {"--threads", "two"}, "--threads"},
      {nullptr, {"--isa", "nonsense"}, "unknown instruction set 'nonsense'"},
      {nullptr, {"--nonsense"}, "--nonsense"},
      {nullptr, {"env.loops=1"}, "env.sizes = 5 is too small for an evaluation"},
      {nullptr, {"axes.env.loops=[0.1,1]"}, "env.sizes = 5 is too small for an evaluation"},
  };
  write_all(root + "bad.yaml", "");
  const std::set<std::string> before = names();
  for (const Refusal &refusal : refusals) {
    SCOPED_TRACE(refusal.said);
    if (refusal.text) write_all(root + "bad.yaml", refusal.text);
    const Ending ending = sweep("refused", refusal.more, refusal.text ? root + "bad.yaml" : tiny);
    EXPECT_EQ(ending.code, refusal.code);
    EXPECT_EQ(ending.out, "");
    EXPECT_NE(ending.err.find(refusal.said), std::string::npos) << ending.err;
    EXPECT_EQ(lines_of(ending.err).size(), 1u) << ending.err;
    EXPECT_EQ(names(), before);
  }
}

TEST_F(Sweep, AMissingFileIsRefusedByName) {
  const std::set<std::string> before = names();
  const Ending ending = sweep("refused", {}, root + "none.yaml");
  EXPECT_EQ(ending.code, 1);
  EXPECT_NE(ending.err.find(root + "none.yaml: No such file or directory"), std::string::npos) << ending.err;
  EXPECT_EQ(names(), before);
}

TEST_F(Sweep, AFileInThePlaceOfItsDirectoryIsLeftAlone) {
  write_all(root + "plain", "a file");
  const std::set<std::string> before = names();
  for (const char *out : {"plain", "plain/below"}) {
    const Ending ending = sweep(out, {});
    EXPECT_EQ(ending.code, 1);
    EXPECT_NE(ending.err.find(root + "plain"), std::string::npos) << ending.err;
    EXPECT_NE(ending.err.find("Not a directory"), std::string::npos) << ending.err;
    EXPECT_EQ(read_all(root + "plain"), "a file");
    EXPECT_EQ(names(), before);
  }
}

// ---- What is printed where ----

TEST_F(Sweep, StandardOutputHoldsTheTableAlone) {
  const Ending ending = sweep("reference", {});
  const std::vector<std::string> lines = lines_of(ending.out);
  ASSERT_GE(lines.size(), 6u);
  EXPECT_EQ(lines[0].rfind("share solved", 0), 0u) << ending.out;
  for (const char *row : {"tiny ", "random ", "greedy ", "value iteration "})
    EXPECT_NE(ending.out.find(std::string("\n") + row), std::string::npos) << row;
  EXPECT_NE(lines.back().find("Report: " + root + "reference/report.html"), std::string::npos)
      << lines.back();
  EXPECT_EQ(ending.out.find('\r'), std::string::npos);
}

TEST_F(Sweep, JsonIsAllThatAMachineReads) {
  const Ending ending = sweep("reference", {"--json"});
  const Parsed results(ending.out);
  ASSERT_NE(results.value, nullptr) << ending.out;
  EXPECT_EQ(results.text("name"), "tiny");
  EXPECT_EQ(results.text("training_world"), "5x5");
  EXPECT_EQ(json_array_size(results["baselines"]), 3u);
  const json_t *const setting = json_array_get(results["settings"], 0);
  EXPECT_EQ(json_integer_value(json_object_get(setting, "evaluated")), 3);
  const json_t *const best =
      json_object_get(json_object_get(json_object_get(setting, "worlds"), "9x9"), "best");
  EXPECT_EQ(json_integer_value(json_object_get(best, "seeds")), 3);
}

TEST_F(Sweep, QuietIsQuiet) {
  const Ending ending = sweep("quiet", {"--quiet"});
  EXPECT_EQ(ending.code, 0);
  EXPECT_EQ(ending.err, "");
  EXPECT_NE(ending.out, "");
}

// Runs a sweep whose standard error is a terminal, and returns what that terminal got.
std::string on_terminal(const Words &words) {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  EXPECT_TRUE(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
  const int programs_side = open(ptsname(terminal), O_RDWR | O_NOCTTY);
  const pid_t child = fork();
  if (child == 0) {
    (void)!freopen("/dev/null", "wb", stdout);
    dup2(programs_side, STDERR_FILENO);
    close(programs_side);
    run_program(words);
  }
  close(programs_side);
  std::string text;
  char bytes[4096];
  for (ssize_t got; (got = read(terminal, bytes, sizeof bytes)) > 0;)  // fails once the other side is closed
    text.append(bytes, static_cast<size_t>(got));
  close(terminal);
  EXPECT_EQ(exit_code(child), 0);
  return text;
}

TEST_F(Sweep, ATerminalGetsABarThatIsClearedAtTheEnd) {
  const std::string text = on_terminal(sweep_words("terminal", {"--threads", "1"}));
  const std::string clear = "\r\033[K";
  EXPECT_NE(text.find(clear + "[........................]   0 %  ETA"), std::string::npos) << text;
  EXPECT_NE(text.find("training cohort 1 of 1"), std::string::npos);
  EXPECT_NE(text.find("evaluating seed=3 (3 of 3)"), std::string::npos);
  EXPECT_NE(text.find("steps/s"), std::string::npos);
  ASSERT_GE(text.size(), clear.size());
  EXPECT_EQ(text.substr(text.size() - clear.size()), clear);
  EXPECT_EQ(on_terminal(sweep_words("terminal-quiet", {"--quiet"})), "");
}

}  // namespace
