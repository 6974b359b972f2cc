// Claims about sweeps that are killed, interrupted, damaged or out of disk: they end in the bytes of one that
// never was.
#include <gtest/gtest.h>
#include <omp.h>

#include <cerrno>
#include <cstring>
#include <random>

#include "host/safetensors.h"
#include "host/sweep.h"
#include "host/system_call.h"
#include "tests/sweep_runs.h"

namespace {

using Tree = std::map<std::string, std::string>;

// The update at which a checkpoint stands; −1 where there is none or a damaged one.
int64_t update_of(const std::string &checkpoint) {
  TensorFile file;
  int64_t update = -1;
  if (!exists(checkpoint) || safetensors_load(checkpoint.c_str(), &file) != STATUS_OK) return update;
  const Tensor *const counts = safetensors_find(&file, "progress.counts");
  if (counts) std::memcpy(&update, counts->data, sizeof update);
  safetensors_free(&file);
  return update;
}

// The update of the last whole line of a log; 0 where there is none.
int64_t last_update(const std::string &log) {
  const std::string text = read_all(log);
  const size_t end = text.rfind('\n');
  if (end == std::string::npos) return 0;
  const std::vector<std::string> lines = lines_of(text.substr(0, end + 1));
  return lines.empty() ? 0 : json_integer_value(Parsed(lines.back())["update"]);
}

// Nothing of a killed writer is left, and every line of every log can be read.
void expect_no_torn_file(const std::string &directory) {
  for (const auto &entry : std::filesystem::recursive_directory_iterator(directory)) {
    const std::string path = entry.path().string(), extension = entry.path().extension().string();
    EXPECT_TRUE(extension != ".tmp" && extension != ".part" && extension != ".damaged") << path;
    EXPECT_TRUE(extension != ".safetensors" || update_of(path) >= 0) << path << ": " << status_message();
    EXPECT_TRUE(extension != ".json" || Parsed(read_all(path)).value) << path;
    if (extension != ".jsonl") continue;
    const std::string text = read_all(path);
    EXPECT_TRUE(text.empty() || text.back() == '\n') << path;
    for (const std::string &line : lines_of(text))
      EXPECT_NE(Parsed(line).value, nullptr) << path << ": " << line;
  }
}

// True if a fault that was ordered `calls` system calls ago, or later, has not come yet.
bool fault_is_ordered(int calls) {
  for (int call = 0; call < calls; ++call)
    if (system_call_fault()) return true;
  return false;
}

class Resume : public Sweeps {
 protected:
  void TearDown() override { system_call_fail_after(0, 0, false); }

  static std::string checkpoint_of(const std::string &directory, int seed) {
    return root + directory + "/seed=" + std::to_string(seed) + "/checkpoint.safetensors";
  }

  // A sweep in this process, on one thread; with `stop` it is told to stop from the start. Its n-th system
  // call from now on fails, if n is not 0, and so do all later ones if it `stays` so.
  struct Here {
    Status status;
    std::string said;  // on standard error, and the failure's sentence
    bool faulty;       // it came to the n-th call
  };
  static Here here(const std::string &directory, const std::string &file, bool stop, Words changes, int n = 0,
                   int error = ENOSPC, bool stays = false) {
    const volatile sig_atomic_t stop_asked = stop;
    std::vector<char *> overrides;
    for (std::string &change : changes) overrides.push_back(change.data());
    Plan plan;
    Progress progress = {};
    RunOptions options = {};
    options.threads = 1;
    options.stop = &stop_asked;
    options.progress = &progress;
    json_t *results = nullptr;
    omp_set_num_threads(1);
    EXPECT_EQ(phases_choose("auto", &options.phases), STATUS_OK);
    EXPECT_EQ(plan_read(file.c_str(), static_cast<int>(overrides.size()), overrides.data(), &plan), STATUS_OK)
        << status_message();
    testing::internal::CaptureStderr();
    system_call_fail_after(n, error, stays);
    Here done = {};
    done.status = sweep_run((root + directory).c_str(), &plan, &options, &results);
    done.faulty = stays ? system_call_fault() : !fault_is_ordered(n);
    system_call_fail_after(0, 0, false);
    done.said = testing::internal::GetCapturedStderr();
    if (done.status != STATUS_OK) done.said += status_message();
    json_decref(results);
    plan_free(&plan);
    return done;
  }
};

// ---- kill -9 ----

// Processor times [s] at which to kill a sweep that takes `total`: spread at random over nearly all of it.
std::vector<double> kill_times(int count, double total) {
  std::mt19937 random(20);
  std::vector<double> times;
  double sum = 0;
  for (int i = 0; i < count; ++i) {
    times.push_back(std::uniform_real_distribution<double>(0, 1)(random));
    sum += times.back();
  }
  for (double &time : times) time *= 0.9 * total / sum;
  return times;
}

// What a sweep of some seconds says where nobody watches: " 43 %  ETA 7 s  1.02 Msteps/s  training …".
void expect_plain_lines(const std::string &text) {
  const std::vector<std::string> lines = lines_of(text);
  EXPECT_GE(lines.size(), 1u);
  for (const std::string &line : lines) {
    int share = -1;
    EXPECT_EQ(sscanf(line.c_str(), "%d %%", &share), 1) << line;
    EXPECT_TRUE(share >= 0 && share <= 100) << line;
    EXPECT_EQ(line.find_first_of("\r\033"), std::string::npos) << line;
    for (const char *part : {"  ETA ", "steps/s  "}) EXPECT_NE(line.find(part), std::string::npos) << line;
  }
}

TEST_F(Resume, TwentyKillsChangeNoByteAndCostAQuarterAtMost) {
  constexpr int kKills = 20, kSeeds = 2;
  const Words words = {"agent.ticks=[8,24]",
                       "env.sizes=[5,9]",
                       "train.levels=64",
                       "train.shards=16",
                       "train.updates=1200",
                       "seeds=[1,2]",
                       "eval.ticks=64",
                       "eval.levels=200",
                       "eval.levels_apart=100",
                       "eval.far_size=15",
                       "eval.farther_size=23",
                       "--threads",
                       "1"};
  const Ending never = sweep("never", words);
  ASSERT_EQ(never.code, 0) << never.err;
  expect_plain_lines(never.err);
  double spent = 0;
  int resumed = 0;
  for (const double time : kill_times(kKills, never.cpu)) {
    int64_t before[kSeeds + 1];
    for (int seed = 1; seed <= kSeeds; ++seed) before[seed] = update_of(checkpoint_of("killed", seed));
    Running life(sweep_words("killed", words), root + ".life");
    const bool alive = life.reach(time);
    const Ending killed = life.kill_now();
    ASSERT_TRUE(alive) << "it ended before all kills: " << killed.err;
    spent += killed.cpu;
    std::string going_on;
    for (int seed = 1; seed <= kSeeds; ++seed) {
      const std::string trial = "seed=" + std::to_string(seed), path = checkpoint_of("killed", seed);
      EXPECT_TRUE(!exists(path) || update_of(path) >= before[seed]) << path << ": " << status_message();
      if (before[seed] >= 0 && before[seed] < 1200)
        going_on += trial + " goes on from update " + std::to_string(before[seed]) + "\n";
    }
    if (killed.err.empty()) continue;  // killed before it had read its checkpoints
    EXPECT_EQ(killed.err.substr(0, going_on.size()), going_on);
    resumed += !going_on.empty();
  }
  const Ending last = sweep("killed", words);
  ASSERT_EQ(last.code, 0) << last.err;
  spent += last.cpu;
  EXPECT_GT(resumed, 5) << "kills in training";
  expect_same_tree(tree("never"), tree("killed"));
  expect_no_torn_file(root + "killed");
  const double extra = spent / never.cpu - 1;
  printf(
      "undisturbed %.1f s, with %d kills %.1f s of processor time: %.0f %% more; %d lives resumed training\n",
      never.cpu, kKills, spent, 100 * extra, resumed);
  EXPECT_LE(spent, 1.25 * never.cpu + 0.1 * kKills) << "the start of a process aside";
}

// Moments that processor time does not tell apart: the start, waits for the disk, evaluation, the report.
TEST_F(Resume, KillsAtAnyMomentOfTwoThreadsChangeNoByte) {
  const Words words = {"train.updates=300", "eval.levels=100", "eval.ticks=32", "--threads", "2"};
  ASSERT_EQ(sweep("whole", words).code, 0);
  std::mt19937 random(7);
  int killed = 0;
  for (int life = 0; life < 50; ++life) {
    Running running(sweep_words("pieces", words), root + ".life");
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 120000));
    const Ending ending = running.kill_now();
    ASSERT_TRUE(ending.code == 0 || ending.code == 128 + SIGKILL) << ending.err;
    killed += ending.code != 0;
  }
  EXPECT_GT(killed, 10);
  const Ending last = sweep("pieces", words);
  ASSERT_EQ(last.code, 0) << last.err;
  expect_same_tree(tree("whole"), tree("pieces"));
  expect_no_torn_file(root + "pieces");
}

// ---- Ctrl-C ----

TEST_F(Resume, InterruptedTrainingIsSavedAtItsVeryLastUpdate) {
  const Words words = {"train.updates=2000", "seeds=[1,2]", "--threads", "1"};
  const Ending never = sweep("calm", words);
  ASSERT_EQ(never.code, 0) << never.err;
  std::string going_on;
  for (const int signal : {SIGINT, SIGTERM, SIGINT}) {
    Running running(sweep_words("stirred", words), root + ".life");
    ASSERT_TRUE(running.reach(0.25 * never.cpu));
    running.send(signal);
    const Ending ending = running.end();
    EXPECT_EQ(ending.code, 130);
    EXPECT_EQ(ending.out, "");
    EXPECT_EQ(ending.err, going_on + "mesagrid: interrupted; the same command goes on from here\n");
    going_on.clear();
    for (int seed = 1; seed <= 2; ++seed) {
      const std::string trial = "seed=" + std::to_string(seed);
      const int64_t update = update_of(checkpoint_of("stirred", seed));
      const int64_t logged = last_update(root + "stirred/" + trial + "/metrics.jsonl");
      EXPECT_GT(update, 0);
      EXPECT_GE(update, logged);
      EXPECT_LT(update, logged + 10) << "there is a line every ten updates";
      going_on += trial + " goes on from update " + std::to_string(update) + "\n";
    }
    expect_no_torn_file(root + "stirred");
  }
  const Ending last = sweep("stirred", words);
  ASSERT_EQ(last.code, 0) << last.err;
  EXPECT_EQ(last.err.substr(0, going_on.size()), going_on);
  expect_same_tree(tree("calm"), tree("stirred"));
}

TEST_F(Resume, AnInterruptedEvaluationKeepsItsFinishedWorlds) {
  const Words words = {"train.updates=5", "seeds=[1]", "eval.levels=800", "eval.ticks=128",
                       "eval.far_size=15"};
  ASSERT_EQ(sweep("patient", words).code, 0);
  Running running(sweep_words("hasty", words), root + ".life");
  ASSERT_TRUE(running.reach_file(root + "hasty/seed=1/evaluation.jsonl"));
  std::this_thread::sleep_for(std::chrono::milliseconds(10));  // the file is there a moment before its world
  running.send(SIGINT);
  EXPECT_EQ(running.end().code, 130);
  const std::string kept = read_all(root + "hasty/seed=1/evaluation.jsonl");
  const Tree whole = tree("patient");
  EXPECT_EQ(lines_of(kept).size(), 1u) << "the world that was under way is finished";
  EXPECT_EQ(whole.at("seed=1/evaluation.jsonl").rfind(kept, 0), 0u);
  ASSERT_EQ(sweep("hasty", words).code, 0);
  expect_same_tree(whole, tree("hasty"));
}

TEST_F(Resume, AQuietSweepGoesOnQuietly) {
  const Words words = {"train.updates=2000", "seeds=[1]", "--quiet"};
  Running running(sweep_words("hushed", words), root + ".life");
  ASSERT_TRUE(running.reach(0.1));
  running.send(SIGINT);
  EXPECT_EQ(running.end().code, 130);
  const Ending last = sweep("hushed", words);
  EXPECT_EQ(last.code, 0);
  EXPECT_EQ(last.err, "");
}

// Told to stop at once, a sweep makes one update of one trial: so it stops at every boundary there is.
TEST_F(Resume, StoppedAtEveryUpdateItEndsInTheSameBytes) {
  const Words changes = {"train.updates=12", "seeds=[1,2]"};
  ASSERT_EQ(sweep("straight", changes).code, 0);
  int stops = 0;
  for (; update_of(checkpoint_of("stops", 1)) < 12 || update_of(checkpoint_of("stops", 2)) < 12; ++stops) {
    const Here stopped = here("stops", tiny, true, changes);
    ASSERT_EQ(stopped.status, STATUS_INTERRUPTED) << stopped.said;
    ASSERT_LT(stops, 30);
  }
  EXPECT_EQ(stops, 24);
  const Here last = here("stops", tiny, false, changes);
  ASSERT_EQ(last.status, STATUS_OK) << last.said;
  expect_same_tree(tree("straight"), tree("stops"));
}

// A trial that diverges says so for good, wherever it was stopped before.
TEST_F(Resume, DivergenceIsTheSameAfterAStopAtEveryUpdate) {
  const std::string file = root + "wild.yaml";
  write_all(file,
            "env.sizes: [5, 5]\nagent.ticks: [64, 64]\n"
            "train: {updates: 20, levels: 4, walkers: 2, shards: 4, learning_rate: 0.02, vf_coef: 10,\n"
            "        adam_beta2: 0, adam_eps: 1.0e-12, max_grad_norm: 1000000}\n"
            "eval: {levels: 20, levels_apart: 10, ticks: 8, far_size: 9, farther_size: 11}\nseeds: [1, 2]\n");
  const Here never = here("wild", file, false, {});
  ASSERT_EQ(never.status, STATUS_OK) << never.said;
  ASSERT_NE(never.said.find("diverged"), std::string::npos) << "nothing diverged: this test shows nothing";
  for (int stops = 0; !exists(root + "tamed/baselines.json"); ++stops) {
    ASSERT_EQ(here("tamed", file, stops < 45, {}).status, stops < 45 ? STATUS_INTERRUPTED : STATUS_OK);
  }
  expect_same_tree(tree("wild"), tree("tamed"));
}

// ---- Damage ----

class Damage : public Resume {
 protected:
  inline static const Words words = {"train.updates=3000", "seeds=[1,2]", "--threads", "1"};
  inline static Tree whole;  // of the sweep that never was killed

  // "cut" holds a sweep that was killed in the middle, with two checkpoints a trial.
  static void SetUpTestSuite() {
    Sweeps::SetUpTestSuite();
    const Ending never = sweep("whole", words);
    ASSERT_EQ(never.code, 0) << never.err;
    whole = tree("whole");
    Running running(sweep_words("cut", words), root + ".life");
    for (int seed = 1; seed <= 2; ++seed) ASSERT_TRUE(running.reach_file(previous_of("cut", seed)));
    ASSERT_EQ(running.kill_now().code, 128 + SIGKILL);
    ASSERT_LT(update_of(previous_of("cut", 1)), update_of(checkpoint_of("cut", 1)));
    ASSERT_LT(update_of(checkpoint_of("cut", 1)), 3000) << "killed too late to be in the middle";
  }
  static std::string previous_of(const std::string &directory, int seed) {
    return root + directory + "/seed=" + std::to_string(seed) + "/checkpoint.previous.safetensors";
  }
  // A copy of the killed sweep to play with.
  static void copy_cut(const std::string &directory) {
    std::filesystem::copy(root + "cut", root + directory, std::filesystem::copy_options::recursive);
  }
  // All files, with those that tree() leaves out.
  static Tree everything(const std::string &directory) {
    Tree all = tree(directory);
    for (int seed = 1; seed <= 2; ++seed) all[previous_of("", seed)] = read_all(previous_of(directory, seed));
    return all;
  }
};

TEST_F(Damage, OfTheNewestCheckpointIsSaidAndTheOneBeforeItTaken) {
  const std::string good = read_all(checkpoint_of("cut", 2));
  std::string flipped = good;
  flipped[good.size() / 2] ^= 4;
  const std::pair<const char *, std::string> damages[] = {
      {"flipped", flipped}, {"truncated", good.substr(0, good.size() / 2)}, {"empty", ""}};
  for (const auto &[name, content] : damages) {
    copy_cut(name);
    const std::string path = checkpoint_of(name, 2);
    write_all(path, content);
    const int64_t before = update_of(previous_of(name, 2));
    const Ending ending = sweep(name, words);
    EXPECT_EQ(ending.code, 0) << ending.err;
    EXPECT_NE(ending.err.find("warning: " + path), std::string::npos) << ending.err;
    EXPECT_NE(ending.err.find("; going on from the one before it\nseed=2 goes on from update " +
                              std::to_string(before) + "\n"),
              std::string::npos)
        << ending.err;
    EXPECT_TRUE(read_all(path + ".damaged") == content) << "it is set aside";
    std::filesystem::remove(path + ".damaged");
    expect_same_tree(whole, tree(name));
  }
}

TEST_F(Damage, OfBothCheckpointsIsAnErrorThatChangesNothing) {
  copy_cut("lost");
  write_all(checkpoint_of("lost", 1), "damaged");
  write_all(previous_of("lost", 1), "damaged");
  const Tree before = everything("lost");
  const Ending ending = sweep("lost", words);
  EXPECT_EQ(ending.code, 1);
  EXPECT_NE(ending.err.find(checkpoint_of("lost", 1)), std::string::npos) << ending.err;
  EXPECT_NE(ending.err.find(previous_of("lost", 1)), std::string::npos) << ending.err;
  expect_same_tree(before, everything("lost"));
}

TEST_F(Damage, ACheckpointOfAnotherTrialIsRefusedByName) {
  copy_cut("swapped");
  for (const auto &path_of : {checkpoint_of, previous_of})
    write_all(path_of("swapped", 1), read_all(path_of("cut", 2)));
  const Tree before = everything("swapped");
  const Ending ending = sweep("swapped", words);
  EXPECT_EQ(ending.code, 1);
  EXPECT_NE(ending.err.find(checkpoint_of("swapped", 1) + ": made by another configuration"),
            std::string::npos)
      << ending.err;
  expect_same_tree(before, everything("swapped"));
}

TEST_F(Damage, OfAFinishedTrialsCheckpointIsMendedByTrainingItsEndAgain) {
  std::filesystem::copy(root + "whole", root + "mended", std::filesystem::copy_options::recursive);
  ASSERT_TRUE(exists(previous_of("mended", 1)));
  write_all(checkpoint_of("mended", 1), "damaged");
  const Ending ending = sweep("mended", words);
  EXPECT_EQ(ending.code, 0) << ending.err;
  std::filesystem::remove(checkpoint_of("mended", 1) + ".damaged");
  expect_same_tree(whole, tree("mended"));
}

TEST_F(Damage, TornLinesAtTheEndsOfLogsAreWrittenAgain) {
  copy_cut("torn");
  std::ofstream(root + "torn/seed=1/metrics.jsonl", std::ios::app) << "{\"update\": 1";
  ASSERT_EQ(sweep("torn", words).code, 0);
  expect_same_tree(whole, tree("torn"));
  const std::string log = root + "torn/seed=2/evaluation.jsonl", lines = read_all(log);
  for (const size_t size : {lines.size() - 1, lines.size() / 2, size_t{1}}) {
    write_all(log, lines.substr(0, size));
    std::filesystem::remove(root + "torn/seed=2/result.json");
    ASSERT_EQ(sweep("torn", words).code, 0);
    expect_same_tree(whole, tree("torn"));
  }
}

// ---- Full disks ----

// Every system call of a sweep fails in turn, alone or with all after it. Either the sweep says what it could
// not write and ends, or it says so and goes on; the next start ends in the same bytes.
TEST_F(Resume, AfterAnyFailingCallTheNextStartEndsInTheSameBytes) {
  const Words changes = {"train.updates=20", "train.levels=4",      "seeds=[1]",
                         "eval.levels=4",    "eval.levels_apart=2", "eval.ticks=2"};
  ASSERT_EQ(here("sound", tiny, false, changes).status, STATUS_OK);
  const Tree sound = tree("sound");
  int warned = 0, failed = 0;
  for (const bool stays : {false, true}) {
    bool faulty = true;
    for (int n = 1; faulty; n += stays ? 4 : 1) {
      SCOPED_TRACE("call " + std::to_string(n) + (stays ? " and all later ones" : ""));
      std::filesystem::remove_all(root + "faulty");
      const Here first = here("faulty", tiny, false, changes, n, ENOSPC, stays);
      faulty = first.faulty;
      const bool goes_on = first.said.find("; training goes on\n") != std::string::npos;
      ASSERT_TRUE(first.status == STATUS_OK || first.status == STATUS_IO) << first.said;
      EXPECT_TRUE(first.status == STATUS_OK || first.said.find("cannot ") != std::string::npos) << first.said;
      warned += goes_on;
      failed += first.status != STATUS_OK;
      const Here second = here("faulty", tiny, false, changes);
      ASSERT_EQ(second.status, STATUS_OK) << second.said;
      Tree found = tree("faulty");
      if (first.status == STATUS_OK &&
          goes_on)  // then a line of the log is lost, and its point in the report
        for (const char *path : {"seed=1/metrics.jsonl", "report.html"}) found[path] = sound.at(path);
      expect_same_tree(sound, found);
      expect_no_torn_file(root + "faulty");
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(warned, 0) << "a line that cannot be logged is no reason to end";
  EXPECT_GT(failed, 50);
}

TEST_F(Resume, ALastCheckpointThatCannotBeWrittenIsAnError) {
  const Words changes = {"train.updates=3", "train.levels=4",      "seeds=[1]",
                         "eval.levels=4",   "eval.levels_apart=2", "eval.ticks=2"};
  bool met = false;
  for (int n = 1; !met; ++n) {
    ASSERT_LT(n, 200);
    std::filesystem::remove_all(root + "unsaved");
    const Here run = here("unsaved", tiny, false, changes, n, ENOSPC, true);
    if (run.said.find("cannot write " + checkpoint_of("unsaved", 1)) == std::string::npos) continue;
    met = true;
    EXPECT_EQ(run.status, STATUS_IO);
    EXPECT_FALSE(exists(checkpoint_of("unsaved", 1)));
    EXPECT_FALSE(exists(root + "unsaved/seed=1/result.json")) << "what is not saved is not evaluated";
  }
}

}  // namespace
