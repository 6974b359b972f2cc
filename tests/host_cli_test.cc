// Help, arguments, levels and lists of the command line, as its users meet them.
#include <fcntl.h>
#include <jansson.h>

#include <map>

#include "envs/oracle.h"
#include "host/cli.h"
#include "kernels/phases.h"
#include "tests/cli_program.h"

namespace {

const Words COMMANDS = {"sweep", "report", "eval", "watch", "levels", "list", "probe", "calibrate"};

// ---- Help ----

TEST_F(Cli, HelpOfEveryCommandHasUsageAndAnExampleWithin100Columns) {
  for (const std::string &command : COMMANDS) {
    SCOPED_TRACE(command);
    const Outcome help = run({command, "--help"});
    EXPECT_EQ(help.code, 0);
    EXPECT_EQ(help.err, "");
    EXPECT_EQ(help.out.rfind("usage: mesagrid " + command + " ", 0), 0u) << help.out;
    EXPECT_NE(help.out.find("\n  mesagrid "), std::string::npos) << help.out;
    EXPECT_NE(help.out.find("\n  --help "), std::string::npos) << help.out;
    EXPECT_EQ(run({"help", command}).out, help.out);
    for (const std::string &line : lines_of(help.out)) EXPECT_LE(columns_of(line), 100) << line;
  }
}

TEST_F(Cli, HelpListsEveryCommandAndTheExitCodes) {
  const Outcome help = run({"--help"});
  EXPECT_EQ(help.code, 0);
  for (const std::string &command : COMMANDS)
    EXPECT_NE(help.out.find("\n  " + command + " "), std::string::npos) << command;
  for (const char *code : {"0 done", "1 a file", "2 the command line", "130 interrupted"})
    EXPECT_NE(help.out.find(code), std::string::npos) << code;
  for (const std::string &line : lines_of(help.out)) EXPECT_LE(columns_of(line), 100) << line;
}

TEST_F(Cli, HelpIsGivenHoweverWrongTheRestIs) {
  const Outcome help = run({"levels", "--nonsense", "--size", "--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_EQ(help.out, run({"levels", "--help"}).out);
}

TEST_F(Cli, NoCommandPrintsHelpOnStandardErrorAndExits2) {
  const Outcome outcome = run({});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_NE(outcome.err.find("usage: mesagrid"), std::string::npos);
}

TEST_F(Cli, VersionIsOneLine) {
  const Outcome outcome = run({"--version"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, std::string("mesagrid ") + cli_version() + "\n");
}

// ---- Arguments ----

TEST_F(Cli, UnknownCommandIsRefusedWithTheNearestOne) {
  expect_refused({"swep"}, 2, "'swep'; did you mean sweep?");
  expect_refused({"help", "evl"}, 2, "did you mean eval?");
  expect_refused({"xyzzy"}, 2, "mesagrid --help");
}

TEST_F(Cli, WrongOptionsAreNamed) {
  expect_refused({"levels", "maze", "--cuont", "3"}, 2, "'--cuont'; did you mean --count?");
  expect_refused({"levels", "maze", "-n"}, 2, "'-n'");
  expect_refused({"levels", "maze", "--count", "3", "--count=4"}, 2, "--count stands there twice");
  expect_refused({"levels", "maze", "--count"}, 2, "--count needs a value");
  expect_refused({"levels", "maze", "--out", "--json"}, 2, "--out needs a value");
  expect_refused({"levels", "maze", "--json=yes"}, 2, "--json takes no value");
  expect_refused({"levels", "maze", "\x1b[31m"}, 2, "'?[31m'");
}

TEST_F(Cli, MissingAndSurplusArgumentsAreNamed) {
  expect_refused({"levels"}, 2, "ENV is missing");
  expect_refused({"levels", "maze", "more"}, 2, "'more' is one argument too many");
  expect_refused({"eval"}, 2, "TRIAL_DIR is missing");
  expect_refused({"eval", trial}, 2, "--levels FILE is missing");
  expect_refused({"sweep"}, 2, "FILE is missing");
  expect_refused({"watch", "--plain"}, 2, "TRIAL_DIR is missing");
  expect_refused({"list", "keys", "envs"}, 2, "'envs' is one argument too many");
}

TEST_F(Cli, OptionsStandAnywhereInBothForms) {
  const std::string one = run({"levels", "maze", "--size", "7", "--count", "2"}).out;
  EXPECT_NE(one, "");
  EXPECT_EQ(run({"levels", "--count=2", "--size=7", "maze"}).out, one);
  EXPECT_EQ(run({"levels", "--count=2", "--size=7", "--", "maze"}).out, one);
}

// ---- levels ----

TEST_F(Cli, LevelsReadBackAndAreTheSameEveryTime) {
  const Words words = {"levels", "maze", "--size", "15", "--loops", "0.1", "--count", "30", "--seed", "7"};
  const Outcome first = run(words);
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(run(words).out, first.out);
  const ReadLevels read(first.out);
  ASSERT_EQ(read.count, 30);
  EXPECT_STREQ(read.levels[4].name, "maze 15x15 seed 7 level 4");
  for (int i = 0; i < read.count; ++i) EXPECT_EQ(read.levels[i].level.grid.width, 15);
  Words other_seed = words;
  other_seed.back() = "8";
  EXPECT_NE(run(other_seed).out, first.out);
}

TEST_F(Cli, FewerLevelsAreTheBeginningOfMore) {
  const std::string more = run({"levels", "maze", "--count", "9"}).out;
  const std::string fewer = run({"levels", "maze", "--count", "4"}).out;
  EXPECT_EQ(more.compare(0, fewer.size(), fewer), 0);
}

TEST_F(Cli, LevelsOfASplitAreOfThatSplit) {
  const std::map<std::string, Split> splits = {
      {"train", SPLIT_TRAIN}, {"select", SPLIT_SELECT}, {"test", SPLIT_TEST}};
  for (const auto &split : splits) {
    const ReadLevels read(run({"levels", "maze", "--count", "20", "--split", split.first}).out);
    for (int i = 0; i < read.count; ++i) {
      const Level &level = read.levels[i].level;
      EXPECT_TRUE(split_holds(split.second, grid_symmetric_hash(&level.grid, level.goal)))
          << split.first << " " << i;
    }
  }
}

TEST_F(Cli, LevelsAsJsonSayWhatThePicturesShow) {
  const ReadLevels read(run({"levels", "maze", "--count", "5", "--blocks", "0.3"}).out);
  json_t *list = json_loads(run({"levels", "maze", "--count", "5", "--blocks", "0.3", "--json"}).out.c_str(),
                            0, nullptr);
  ASSERT_EQ(json_array_size(list), 5u);
  for (int i = 0; i < 5; ++i) {
    const Level &level = read.levels[i].level;
    int16_t distance[GRID_SQUARES];
    oracle_distances(&level, distance);
    const char *name;
    json_t *rows;
    int goal_y, goal_x, start_y, start_x, shortest;
    ASSERT_EQ(json_unpack(json_array_get(list, (size_t)i), "{s:s, s:o, s:[i, i], s:[i, i], s:i}", "name",
                          &name, "rows", &rows, "goal", &goal_y, &goal_x, "start", &start_y, &start_x,
                          "shortest", &shortest),
              0);
    EXPECT_STREQ(name, read.levels[i].name);
    EXPECT_EQ(goal_y * 9 + goal_x, level.goal);
    EXPECT_EQ(start_y * 9 + start_x, level.start);
    EXPECT_EQ(shortest, distance[level.start]);
    ASSERT_EQ(json_array_size(rows), 9u);
    EXPECT_EQ(json_string_value(json_array_get(rows, (size_t)goal_y))[goal_x], 'G');
    EXPECT_EQ(json_string_value(json_array_get(rows, (size_t)start_y))[start_x], '@');
  }
  json_decref(list);
}

TEST_F(Cli, BadLevelRequestsAreRefused) {
  expect_refused({"levels", "mzae"}, 2, "'mzae'; did you mean maze?");
  expect_refused({"levels", "maze", "--size", "8"}, 2, "--size is odd, 8 is not");
  expect_refused({"levels", "maze", "--size", "33"}, 2, "--size takes a whole number from 5 to 31, not '33'");
  expect_refused({"levels", "maze", "--size", "9x"}, 2, "not '9x'");
  expect_refused({"levels", "maze", "--size", " 9"}, 2, "not ' 9'");
  expect_refused({"levels", "maze", "--size="}, 2, "not ''");
  expect_refused({"levels", "maze", "--loops", "1.5"}, 2, "--loops takes a number from 0 to 1, not '1.5'");
  expect_refused({"levels", "maze", "--loops", "nan"}, 2, "--loops");
  expect_refused({"levels", "maze", "--blocks", "0.6"}, 2, "--blocks takes a number from 0 to 0.5");
  expect_refused({"levels", "maze", "--count", "0"}, 2, "--count");
  expect_refused({"levels", "maze", "--seed", "-1"}, 2, "--seed");
  expect_refused({"levels", "maze", "--seed", "9223372036854775808"}, 2, "--seed");
  expect_refused({"levels", "maze", "--split", "held"}, 2,
                 "--split takes one of any|train|select|test, not 'held'");
}

TEST_F(Cli, ASplitWithoutLevelsIsRefusedAndTheOldFileStays) {
  const std::string path = root + "old.txt";
  write_all(path, "old");
  const Words words = {"levels", "maze", "--size", "5", "--loops", "1", "--split", "select", "--out", path};
  // An open 5x5 board has two levels up to symmetry, and at most one of them can be of a split of a 32nd of
  // all.
  expect_refused(words, 2, "split 'select'");
  EXPECT_EQ(read_all(path), "old");
}

TEST_F(Cli, OutputThatCannotBeWrittenIsRefusedBeforeTheWork) {
  expect_refused({"levels", "maze", "--out", root + "no/such/file"}, 1,
                 root + "no/such/file: cannot write: No such");
  expect_refused({"levels", "maze", "--out", root}, 1, "Is a directory");
}

TEST_F(Cli, AFullDiskIsSaid) {
  const pid_t child = fork();
  if (child == 0) {
    (void)!freopen("/dev/full", "wb", stdout);
    (void)!freopen((root + ".err").c_str(), "wb", stderr);
    run_program({"levels", "maze"});
  }
  EXPECT_EQ(exit_code(child), 1);
  EXPECT_EQ(read_all(root + ".err"), "mesagrid: standard output: cannot write: No space left on device\n");
}

TEST_F(Cli, AReaderThatLeavesEarlyIsNoFailure) {
  const std::string command = "{ '" MESAGRID_BINARY "' levels maze --count 5000 2>" + root +
                              "err; echo $? >" + root + "code; } | head -n 1 >" + root + "head";
  ASSERT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(read_all(root + "head"), "; maze 9x9 seed 1 level 0\n");
  EXPECT_EQ(read_all(root + "err"), "");
  EXPECT_EQ(read_all(root + "code"), "0\n");
}

TEST_F(Cli, OutputGoesThroughLinksAndPipesAndLeavesThemThere) {
  const std::string target = root + "target.txt", link = root + "link.txt", pipe = root + "pipe";
  const std::string expected = run({"levels", "maze", "--count", "3"}).out;
  write_all(target, "old");
  ASSERT_EQ(symlink("target.txt", link.c_str()), 0);
  ASSERT_EQ(run({"levels", "maze", "--count", "3", "--out", link}).code, 0);
  EXPECT_EQ(read_all(target), expected);
  struct stat found;
  ASSERT_EQ(lstat(link.c_str(), &found), 0);
  EXPECT_TRUE(S_ISLNK(found.st_mode));

  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const int reader = open(pipe.c_str(), O_RDWR | O_NONBLOCK);  // so that the writer need not wait for one
  ASSERT_EQ(run({"levels", "maze", "--count", "3", "--out", pipe}).code, 0);
  std::string text(4096, '\0');
  text.resize((size_t)std::max<ssize_t>(0, read(reader, &text[0], text.size())));
  close(reader);
  EXPECT_EQ(text, expected);
  ASSERT_EQ(lstat(pipe.c_str(), &found), 0);
  EXPECT_TRUE(S_ISFIFO(found.st_mode));
}

// ---- list ----

TEST_F(Cli, EveryListHasTheSameItemsAsTextAndAsJson) {
  for (const std::string &name : lines_of(run({"list"}).out)) {
    SCOPED_TRACE(name);
    const Outcome text = run({"list", name}), data = run({"list", name, "--json"});
    EXPECT_EQ(text.code, 0);
    EXPECT_EQ(data.code, 0);
    json_t *list = json_loads(data.out.c_str(), 0, nullptr), *item;
    size_t i;
    EXPECT_GT(json_array_size(list), 0u);
    json_array_foreach(list, i, item) {
      const char *item_name = json_string_value(json_object_get(item, "name"));
      ASSERT_NE(item_name, nullptr);
      EXPECT_NE(text.out.find(item_name), std::string::npos) << item_name;
    }
    json_decref(list);
  }
}

TEST_F(Cli, ListOfKeysHoldsEveryKnobWithDefaultAndBounds) {
  int count;
  const KeyInfo *keys = config_keys(&count);
  const std::string out = run({"list", "keys", "--json"}).out;
  json_t *list = json_loads(out.c_str(), 0, nullptr);
  ASSERT_EQ(json_array_size(list), (size_t)count);
  for (int i = 0; i < count; ++i) {
    const json_t *item = json_array_get(list, (size_t)i);
    SCOPED_TRACE(keys[i].name);
    EXPECT_STREQ(json_string_value(json_object_get(item, "name")), keys[i].name);
    EXPECT_STREQ(json_string_value(json_object_get(item, "help")), keys[i].help);
    EXPECT_TRUE(json_is_string(json_object_get(item, "scope")));
    // A default that is read back as a value of the knob is the default.
    char *value = json_dumps(json_object_get(item, "default"), JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    Config config, expected;
    config_default(&config);
    config_default(&expected);
    EXPECT_EQ(config_set_text(&config, keys[i].name, value, "test"), STATUS_OK) << status_message();
    char got[CONFIG_TEXT_BYTES];
    config_get_text(&config, &keys[i], got, sizeof got);
    EXPECT_STREQ(got, keys[i].default_text);
    free(value);
    if (keys[i].choices) {
      EXPECT_GT(json_array_size(json_object_get(item, "choices")), 0u);
    } else {
      EXPECT_EQ(json_number_value(json_object_get(item, "min")), keys[i].min);
      EXPECT_EQ(json_number_value(json_object_get(item, "max")), keys[i].max);
    }
  }
  json_decref(list);
}

TEST_F(Cli, ListOfInstructionSetsNamesOneThatRuns) {
  json_t *list = json_loads(run({"list", "isa", "--json"}).out.c_str(), 0, nullptr), *item;
  const Phases *phases;
  ASSERT_EQ(phases_choose("auto", &phases), STATUS_OK);
  size_t i;
  int chosen = 0;
  json_array_foreach(list, i, item) {
    if (!json_is_true(json_object_get(item, "chosen"))) continue;
    ++chosen;
    EXPECT_TRUE(json_is_true(json_object_get(item, "here")));
    EXPECT_STREQ(json_string_value(json_object_get(item, "name")), phases->name);
  }
  EXPECT_EQ(chosen, 1);
  json_decref(list);
}

TEST_F(Cli, UnknownListIsRefusedWithTheNearestOne) {
  expect_refused({"list", "kesy"}, 2, "'kesy'; did you mean keys?");
}

}  // namespace
