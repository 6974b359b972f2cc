// `mesagrid eval` as its users meet it.
#include <jansson.h>

#include <cstring>
#include <map>

#include "envs/catalogue.h"
#include "tests/cli_program.h"

namespace {

// ---- eval ----

TEST_F(Cli, EveryWalkIsLegalAndEndsAsItsLineSays) {
  const std::string out = root + "walks.jsonl";
  const Outcome outcome = run({"eval", trial, "--levels", levels, "--ticks", "6", "--out", out});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  const ReadLevels read(read_all(levels));
  const std::vector<std::string> lines = lines_of(read_all(out));
  ASSERT_EQ(lines.size(), (size_t)read.count);
  int arrived = 0;
  for (int i = 0; i < read.count; ++i) {
    const Level &level = read.levels[i].level;
    const char *name, *actions;
    int number, solved, steps;
    json_t *walk = json_loads(lines[(size_t)i].c_str(), 0, nullptr);
    ASSERT_EQ(json_unpack(walk, "{s:i, s:s, s:b, s:i, s:s}", "level", &number, "name", &name, "solved",
                          &solved, "steps", &steps, "actions", &actions),
              0);
    EXPECT_EQ(number, i);
    EXPECT_STREQ(name, read.levels[i].name);
    EXPECT_EQ((size_t)steps, strlen(actions));
    EnvState state = {level.start, 0};
    bool terminated = false;
    for (const char *action = actions; *action; ++action) {
      const char *letter = strchr("URDL", *action);
      ASSERT_NE(letter, nullptr) << actions;
      ASSERT_FALSE(terminated) << "it walks on after the goal: " << actions;
      terminated = env_step(ENV_MAZE, &level, 1 << 20, &state, (int)(letter - "URDL")).terminated;
    }
    EXPECT_EQ(terminated, solved != 0) << lines[(size_t)i];
    arrived += solved;
    json_decref(walk);
  }
  EXPECT_GT(arrived, 0) << "these walks show nothing";
  EXPECT_LT(arrived, read.count) << "these walks show nothing";
  const std::string counted =
      std::to_string(arrived) + " of " + std::to_string(read.count) + " levels solved";
  EXPECT_EQ(outcome.err.rfind(counted, 0), 0u) << outcome.err;
}

TEST_F(Cli, WalksAreTheSameForAnyNumberOfThreads) {
  const std::string one = run({"eval", trial, "--levels", levels, "--threads", "1"}).out;
  EXPECT_EQ(lines_of(one).size(), 40u);
  EXPECT_EQ(run({"eval", trial, "--levels", levels, "--threads", "3"}).out, one);
}

TEST_F(Cli, EvalThinksAsLongAsTheAgentWasTrainedTo) {
  const Outcome usual = run({"eval", trial, "--levels", levels}),
                six = run({"eval", trial, "--levels", levels, "--ticks=6"});
  EXPECT_EQ(usual.out, six.out);
  EXPECT_EQ(usual.err, six.err);
  EXPECT_NE(run({"eval", trial, "--levels", levels, "--ticks=1"}).out, six.out);
}

TEST_F(Cli, EvalSummaryAsJsonCountsTheLines) {
  const std::string out = root + "counted.jsonl";
  const Outcome outcome = run({"eval", trial, "--levels", levels, "--ticks", "6", "--json", "--out", out});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  json_t *summary = json_loads(outcome.out.c_str(), 0, nullptr);
  int count, ticks, solved;
  double solve, spl;
  ASSERT_EQ(json_unpack(summary, "{s:i, s:i, s:i, s:f, s:f}", "levels", &count, "ticks", &ticks, "solved",
                        &solved, "solve", &solve, "spl", &spl),
            0)
      << outcome.out;
  int in_file = 0;
  for (const std::string &line : lines_of(read_all(out)))
    in_file += line.find("\"solved\": true") != std::string::npos;
  EXPECT_EQ(count, 40);
  EXPECT_EQ(ticks, 6);
  EXPECT_EQ(solved, in_file);
  EXPECT_NEAR(solve, solved / 40.0, 1e-6);
  EXPECT_LE(spl, solve + 1e-6);
  json_decref(summary);
}

TEST_F(Cli, EvalTakesTheSmallestAndOblongLevels) {
  write_all(root + "small.txt", "####\n#@G#\n####\n\n; tall\n###\n#G#\n# #\n# #\n#@#\n###\n");
  const Outcome outcome = run({"eval", trial, "--levels", root + "small.txt"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(lines_of(outcome.out).size(), 2u);
}

TEST_F(Cli, BadLevelFilesAreRefusedWithTheirPlaceAndNothingIsWritten) {
  const std::string out = root + "refused.jsonl", bad = root + "bad.txt";
  const std::map<std::string, std::string> files = {
      {"#####\n#@  #\n#####\n", "bad.txt:1: level has no goal"},
      {"#####\n#@#G#\n#####\n", "bad.txt:2: no way from the start to the goal"},
      {"#####\n#@G#\n#####\n", "bad.txt:2: ragged row"},
      {"#####\n#@xG#\n#####\n", "bad.txt:2:3: unknown character 'x'"},
      {std::string(32, '#') + "\n", "bad.txt:1: level is larger than 31 x 31"},
      {"", "bad.txt: holds no level"},
  };
  for (const auto &file : files) {
    write_all(bad, file.first);
    expect_refused({"eval", trial, "--levels", bad, "--out", out}, 1, file.second);
    expect_refused({"watch", trial, "--level", bad}, 1, file.second);
  }
  expect_refused({"eval", trial, "--levels", root + "none.txt", "--out", out}, 1, "none.txt");
  EXPECT_FALSE(exists(out));
}

TEST_F(Cli, BadTrialsAreRefusedAndNothingIsWritten) {
  const std::string out = root + "refused.jsonl", broken = make_trial("broken", AGENT_DONE);
  expect_refused({"eval", root + "none", "--levels", levels, "--out", out}, 1,
                 "none: there is no such directory");
  expect_refused({"eval", root + "run", "--levels", levels, "--out", out}, 1,
                 "run: not the directory of one trial");
  const std::string path = broken + "/checkpoint.safetensors", whole = read_all(path);
  std::string flipped = whole;
  flipped[flipped.size() / 2] ^= 1;
  for (const std::string &damaged : {whole.substr(0, whole.size() / 2), flipped, std::string()}) {
    write_all(path, damaged);
    expect_refused({"eval", broken, "--levels", levels, "--out", out}, 1, "checkpoint.safetensors");
    EXPECT_EQ(read_all(path), damaged) << "reading changes nothing";
  }
  unlink(path.c_str());
  expect_refused({"watch", broken}, 1, "checkpoint.safetensors");
  write_all(broken + "/config.yaml", "agent.tikcs: 3\n");
  expect_refused({"watch", broken}, 2, "config.yaml:1: agent.tikcs");
  EXPECT_FALSE(exists(out));
}

TEST_F(Cli, BadEvalRequestsAreRefused) {
  expect_refused({"eval", trial, "--levels", levels, "--ticks", "0"}, 2,
                 "--ticks takes a whole number from 1 to 1000");
  expect_refused({"eval", trial, "--levels", levels, "--threads", "0"}, 2, "--threads");
  expect_refused({"eval", trial, "--levels", levels, "--json"}, 2, "--out FILE");
  expect_refused({"eval", trial, "--levels", levels, "--out", root + "no/file"}, 1, "no/file: cannot write");
}

TEST_F(Cli, UnfinishedAndDivergedTrialsAreEvaluatedWithANote) {
  const std::string unfinished = make_trial("unfinished", AGENT_TRAINING),
                    diverged = make_trial("diverged", AGENT_DIVERGED);
  const Outcome first = run({"eval", unfinished, "--levels", levels}),
                second = run({"eval", diverged, "--levels", levels});
  EXPECT_EQ(first.code, 0);
  EXPECT_NE(first.err.find("not trained to the end: update 7 of 1500"), std::string::npos) << first.err;
  EXPECT_EQ(second.code, 0);
  EXPECT_NE(second.err.find("diverged after update 7"), std::string::npos) << second.err;
  EXPECT_EQ(first.out, second.out) << "the same weights walk the same";
  EXPECT_EQ(run({"eval", trial, "--levels", levels}).err.find("note"), std::string::npos);
}

}  // namespace
