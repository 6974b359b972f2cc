// The built program as a subprocess, for the tests of the command line.
#ifndef MESAGRID_TESTS_CLI_PROGRAM_H
#define MESAGRID_TESTS_CLI_PROGRAM_H

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "host/checkpoint.h"
#include "host/cohort.h"
#include "host/level_file.h"

using Words = std::vector<std::string>;

inline std::string read_all(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

inline void write_all(const std::string &path, const std::string &text) {
  std::ofstream(path, std::ios::binary) << text;
}

inline bool exists(const std::string &path) {
  return access(path.c_str(), F_OK) == 0;
}

inline std::vector<std::string> lines_of(const std::string &text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// Columns of a UTF-8 line whose characters are one column wide.
inline int columns_of(const std::string &line) {
  int columns = 0;
  for (const char c : line) columns += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return columns;
}

// Becomes the program, in an environment that is the same everywhere.
[[noreturn]] inline void run_program(const Words &words) {
  std::vector<char *> argv;
  std::string program = MESAGRID_BINARY;
  argv.push_back(&program[0]);
  Words copies = words;
  for (std::string &word : copies) argv.push_back(&word[0]);
  argv.push_back(nullptr);
  setenv("OMP_NUM_THREADS", "1", 1);
  setenv("TERM", "xterm", 1);
  unsetenv("NO_COLOR");
  execv(MESAGRID_BINARY, argv.data());
  _exit(127);
}

// Waits for a child. A signal that ended it counts as 128 more than its number, as in a shell.
inline int exit_code(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

struct Outcome {
  int code;
  std::string out, err;
};

// A directory of its own for all tests, with a trained trial in it.
class Cli : public ::testing::Test {
 protected:
  inline static std::string root;    // ends in a slash
  inline static std::string trial;   // of a sweep that the program itself made
  inline static std::string levels;  // file of 40 levels of 9x9

  static void SetUpTestSuite() {
    char name[] = "/tmp/mesagrid_cli_XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    root = std::string(name) + "/";
    write_all(
        root + "tiny.yaml",
        "env.sizes: [5, 7]\nagent.ticks: [2, 6]\nagent.channels: 8\ntrain.updates: 20\ntrain.levels: 16\n"
        "eval.levels: 12\neval.levels_apart: 6\neval.far_size: 9\neval.farther_size: 11\neval.ticks: 8\n");
    const Outcome sweep = run({"sweep", root + "tiny.yaml", "--out", root + "run", "--quiet"});
    ASSERT_EQ(sweep.code, 0) << sweep.err;
    trial = root + "run/seed=1";
    levels = root + "levels.txt";
    ASSERT_EQ(run({"levels", "maze", "--count", "40", "--out", levels}).code, 0);
  }

  static void TearDownTestSuite() {
    if (!root.empty()) std::filesystem::remove_all(root);
  }

  static Outcome run(const Words &words) {
    const pid_t child = fork();
    if (child == 0) {
      (void)!freopen((root + ".out").c_str(), "wb", stdout);
      (void)!freopen((root + ".err").c_str(), "wb", stderr);
      run_program(words);
    }
    const int code = exit_code(child);
    return {code, read_all(root + ".out"), read_all(root + ".err")};
  }

  // Bad input: one sentence that names the place, the right code, and nothing on standard output.
  static void expect_refused(const Words &words, int code, const std::string &part) {
    std::string line = "mesagrid";
    for (const std::string &word : words) line += " " + word;
    SCOPED_TRACE(line);
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.code, code);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.err.rfind("mesagrid: ", 0), 0u) << outcome.err;
    EXPECT_EQ(lines_of(outcome.err).size(), 1u) << outcome.err;
    EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
  }

  // A trial whose agent stands where `status` says, made without the program.
  static std::string make_trial(const std::string &name, AgentStatus status) {
    const std::string directory = root + name;
    Config config;
    Population population;
    const UpdateStats tally = {};
    config_default(&config);
    EXPECT_EQ(config_set_text(&config, "agent.channels", "8", "test"), STATUS_OK);
    mkdir(directory.c_str(), 0777);
    FILE *file = fopen((directory + "/config.yaml").c_str(), "w");
    config_write_yaml(file, &config);
    fclose(file);
    EXPECT_EQ(population_create(cohort_shape(&config, 1, config.agent_ticks.hi), &population), STATUS_OK) << status_message();
    const AgentSpec spec = cohort_agent_spec(&config);
    population_start(&population, 0, &spec);
    population.progress[0].update = 7;
    population.progress[0].status = status;
    EXPECT_EQ(checkpoint_save(directory.c_str(), &config, &population, 0, &tally), STATUS_OK)
        << status_message();
    population_free(&population);
    return directory;
  }
};

// Levels read from what the program printed.
struct ReadLevels {
  NamedLevel *levels = nullptr;
  int count = 0;
  explicit ReadLevels(const std::string &text) {
    EXPECT_EQ(level_text_parse(text.data(), text.size(), "output", &levels, &count), STATUS_OK)
        << status_message();
  }
  ~ReadLevels() { level_file_free(levels); }
};

#endif
