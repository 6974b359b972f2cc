// Sweeps as subprocesses that can be killed, and what they leave in their directories.
#ifndef MESAGRID_TESTS_SWEEP_RUNS_H
#define MESAGRID_TESTS_SWEEP_RUNS_H

#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

#include <chrono>
#include <map>
#include <thread>

#include "tests/cli_program.h"

// How a program ended, what it said, and the processor time it took [s].
struct Ending {
  int code;
  std::string out, err;
  double cpu;
};

// A program while it runs, with the workers that it starts. Its output goes to files, so that it never waits
// for a reader.
class Running {
 public:
  Running(const Words &words, const std::string &files) : files_(files) {
    prctl(PR_SET_CHILD_SUBREAPER, 1);  // so that workers that outlive their sweep are waited for here
    child_ = fork();
    EXPECT_GE(child_, 0) << "cannot start the program";
    if (child_ != 0) return;
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)!freopen((files_ + ".out").c_str(), "wb", stdout);
    (void)!freopen((files_ + ".err").c_str(), "wb", stderr);
    run_program(words);
  }
  ~Running() {
    if (child_ > 0) kill_now();
  }
  Running(const Running &) = delete;
  Running &operator=(const Running &) = delete;

  pid_t id() const { return child_; }
  // Never to no child: kill() takes 0 and -1 for whole groups of processes.
  void send(int signal) const {
    if (child_ > 0) kill(child_, signal);
  }

  // The workers that it has now.
  std::vector<pid_t> workers() const {
    const std::string id = std::to_string(child_);
    std::istringstream list(read_all("/proc/" + id + "/task/" + id + "/children"));
    std::vector<pid_t> workers;
    for (pid_t worker; list >> worker;) workers.push_back(worker);
    return workers;
  }

  // Processor time so far [s], of its workers too: how far it has come, whatever else the machine does. −1
  // once it has ended.
  double cpu() const {
    siginfo_t ended = {};
    waitid(P_PID, static_cast<id_t>(child_), &ended, WEXITED | WNOHANG | WNOWAIT);
    if (ended.si_pid != 0) return -1;
    double sum = clock_of(child_) + ended_workers_cpu();
    for (const pid_t worker : workers()) sum += clock_of(worker);
    return sum;
  }

  // Waits until it has taken so much processor time. False if it ended before.
  bool reach(double seconds) const {
    for (double spent = cpu(); spent < seconds; spent = cpu()) {
      if (spent < 0) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  }

  // Waits until a file is there. False if the program ended before, or after a minute.
  bool reach_file(const std::string &path) const {
    for (int i = 0; i < 60000 && cpu() >= 0; ++i) {
      if (exists(path)) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return exists(path);
  }

  Ending end() {
    int status = 0;
    rusage usage = {};
    wait4(child_, &status, 0, &usage);
    double cpu = seconds_of(usage);
    while (wait4(-child_, nullptr, 0, &usage) > 0) cpu += seconds_of(usage);  // orphans of the same group
    child_ = 0;
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_all(files_ + ".out"),
            read_all(files_ + ".err"), cpu};
  }
  Ending kill_now() {
    send(SIGKILL);
    return end();
  }

 private:
  static double seconds_of(const rusage &usage) {
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
  }
  static double clock_of(pid_t process) {
    clockid_t clock;
    timespec time;
    if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &time) != 0) return 0;
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  }
  // cutime and cstime of proc(5), in ticks: fields 16 and 17, counted behind the name in brackets.
  double ended_workers_cpu() const {
    const std::string stat = read_all("/proc/" + std::to_string(child_) + "/stat");
    const size_t name_end = stat.rfind(')');
    if (name_end == std::string::npos) return 0;
    std::istringstream fields(stat.substr(name_end + 1));
    std::string skipped;
    double user = 0, system = 0;
    for (int field = 3; field < 16; ++field) fields >> skipped;
    fields >> user >> system;
    return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  }

  pid_t child_;
  std::string files_;
};

// Relative path → content of all that a sweep leaves and that may be compared. The lock names a process, and
// which updates the checkpoints before the last one held is a matter of time.
inline std::map<std::string, std::string> tree_of(const std::string &directory) {
  std::map<std::string, std::string> tree;
  for (const auto &entry : std::filesystem::recursive_directory_iterator(directory)) {
    const std::string name = entry.path().filename().string();
    const bool varies = name == ".lock" || name == "checkpoint.previous.safetensors";
    if (entry.is_regular_file() && !varies)
      tree[std::filesystem::relative(entry.path(), directory).string()] = read_all(entry.path().string());
  }
  return tree;
}

// Names the files that differ rather than printing them.
inline void expect_same_tree(const std::map<std::string, std::string> &expected,
                             const std::map<std::string, std::string> &found) {
  for (const auto &[path, content] : expected) {
    const auto twin = found.find(path);
    if (twin == found.end())
      ADD_FAILURE() << path << " is missing";
    else
      EXPECT_TRUE(twin->second == content) << path << " differs";
  }
  for (const auto &[path, content] : found) EXPECT_TRUE(expected.count(path)) << path << " is one too many";
}

// A directory of its own for the tests of one suite, with a sweep file that takes well under a second.
class Sweeps : public ::testing::Test {
 protected:
  inline static std::string root;  // ends in a slash
  inline static std::string tiny;  // three seeds, no axes

  static void SetUpTestSuite() {
    std::string name = (std::filesystem::temp_directory_path() / "mesagrid_sweep_XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    root = name + "/";
    tiny = root + "tiny.yaml";
    write_all(
        tiny,
        "env.sizes: [5, 5]\nagent.ticks: [2, 3]\ntrain.updates: 30\ntrain.levels: 16\ntrain.shards: 4\n"
        "eval.levels: 20\neval.levels_apart: 10\neval.ticks: 8\neval.far_size: 9\neval.farther_size: 11\n"
        "seeds: [1, 2, 3]\n");
  }
  static void TearDownTestSuite() {
    if (!root.empty()) std::filesystem::remove_all(root);
  }

  // The command line of a sweep on the CPU into root/DIRECTORY.
  static Words sweep_words(const std::string &directory, const Words &more, const std::string &file = tiny) {
    Words words = {"sweep", file, "--out", root + directory, "--device", "cpu"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  static Ending sweep(const std::string &directory, const Words &more, const std::string &file = tiny) {
    return Running(sweep_words(directory, more, file), root + ".program").end();
  }
  static std::map<std::string, std::string> tree(const std::string &directory) {
    return tree_of(root + directory);
  }
  // A sweep that must succeed, and what it leaves.
  static std::map<std::string, std::string> swept(const std::string &directory, const Words &more) {
    const Ending ending = sweep(directory, more);
    EXPECT_EQ(ending.code, 0) << ending.err;
    return tree(directory);
  }
};

// A JSON text, parsed; null where it is none.
struct Parsed {
  explicit Parsed(const std::string &text) : value(json_loads(text.c_str(), JSON_DECODE_ANY, nullptr)) {}
  ~Parsed() { json_decref(value); }
  Parsed(const Parsed &) = delete;
  Parsed &operator=(const Parsed &) = delete;
  json_t *operator[](const char *key) const { return json_object_get(value, key); }
  std::string text(const char *key) const {
    const char *const found = json_string_value((*this)[key]);
    return found ? found : "";
  }
  json_t *value;
};

#endif
