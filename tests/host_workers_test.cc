// Claims about workers: the same bytes however many there are, after failures and kills of any of them, and
// what a sweep says of those that fail twice.
#include <gtest/gtest.h>

#include "host/chunks.h"
#include "host/crew.h"
#include "host/sweep.h"
#include "tests/sweep_runs.h"

namespace {

using Tree = std::map<std::string, std::string>;

bool holds(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

class Workers : public Sweeps {
 protected:
  inline static Tree reference;  // of the tiny sweep in one worker

  static void SetUpTestSuite() {
    Sweeps::SetUpTestSuite();
    reference = swept("reference", {});
  }

  static Ending run(const Words &words) { return Running(words, root + ".program").end(); }

  // A --memory that holds one agent of the tiny sweep at a time [MB].
  static std::string memory_for_one() {
    Plan plan;
    EXPECT_EQ(plan_read(tiny.c_str(), 0, nullptr, &plan), STATUS_OK) << status_message();
    const PopulationShape shape = cohort_shape(&plan.trials[0].config, 1, cohort_ticks_max(&plan, 0));
    plan_free(&plan);
    return std::to_string(1.1e-6 * static_cast<double>(chunk_bytes_cpu(&shape, 1)));
  }

  // True once a process is gone, or only waits to be reaped; false if it lives on for five seconds.
  static bool ends(pid_t process) {
    for (int i = 0; i < 5000; ++i) {
      const std::string stat = read_all("/proc/" + std::to_string(process) + "/stat");
      const size_t name_end = stat.rfind(')');
      if (stat.empty() || stat.compare(name_end, 3, ") Z") == 0) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
  }
  // Waits until so many workers train.
  static std::vector<pid_t> workers_of(const Running &sweep, size_t count) {
    for (int i = 0; i < 5000 && sweep.workers().size() < count; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return sweep.workers();
  }
};

TEST_F(Workers, HoweverManyLeaveTheSameBytes) {
  for (const Words &words : {Words{"--jobs", "1"}, Words{"--jobs", "2", "--threads", "3"},
                             Words{"--jobs", "3"}, Words{"--jobs", "8", "--threads", "2"}})
    expect_same_tree(reference, swept("jobs" + words[1], words));
}

TEST_F(Workers, OfALimitedMemoryTakeOneTrialAfterTheOtherAndSaySoOnce) {
  const std::string memory = memory_for_one();
  const Ending ending = sweep("narrow", {"--memory", memory});
  EXPECT_EQ(ending.code, 0) << ending.err;
  EXPECT_EQ(ending.err.rfind("1 cohort trains in 3 chunks, to fit into ", 0), 0u) << ending.err;
  EXPECT_EQ(lines_of(ending.err).size(), 1u) << ending.err;
  expect_same_tree(reference, tree("narrow"));
  expect_same_tree(reference, swept("narrow-quiet", {"--memory", memory, "--quiet"}));
}

TEST_F(Workers, OfTooLittleMemoryAreRefusedBeforeAnythingIsMade) {
  const Ending ending = sweep("crammed", {"--memory", "0.01"});
  EXPECT_EQ(ending.code, 1);
  EXPECT_EQ(ending.out, "");
  EXPECT_EQ(ending.err.rfind("mesagrid: seed=1: training it takes ", 0), 0u) << ending.err;
  EXPECT_TRUE(holds(ending.err, "agent.channels")) << ending.err;
  EXPECT_FALSE(exists(root + "crammed"));
}

TEST_F(Workers, ThatFailOnceAreReplacedAndLeaveTheSameBytes) {
  const std::pair<const char *, const char *> cases[] = {
      {"device@12", "the device failed after 12 updates"},
      {"kill@40", "signal 9"},
      {"exit@1", "exit code 77"},
  };
  for (const auto &[fault, reason] : cases) {
    for (const char *jobs : {"1", "3"}) {
      SCOPED_TRACE(std::string(fault) + " with jobs " + jobs);
      const std::string directory = std::string(fault) + "-" + jobs;
      const bool one_trial_each = *jobs == '3';
      const std::string order = one_trial_each && std::string(fault) == "kill@40" ? "kill@20" : fault;
      const Ending ending = sweep(directory, {"--fault", order, "--jobs", jobs, "--quiet"});
      EXPECT_EQ(ending.code, 0) << ending.err;
      EXPECT_EQ(lines_of(ending.err).size(), 1u) << ending.err;
      EXPECT_EQ(ending.err.rfind("warning: the worker of ", 0), 0u) << ending.err;
      EXPECT_TRUE(holds(ending.err, reason)) << ending.err;
      EXPECT_TRUE(holds(ending.err, "; starting another\n")) << ending.err;
      expect_same_tree(reference, tree(directory));
    }
  }
}

TEST_F(Workers, ThatReplaceOthersGoOnFromTheLastCheckpoints) {
  const Words words = {"train.updates=1500", "seeds=[1]"};
  const Tree expected = swept("whole", words);
  Words struck = words;
  struck.insert(struck.end(), {"--fault", "kill@1400"});
  const Ending ending = sweep("mended", struck);
  EXPECT_EQ(ending.code, 0) << ending.err;
  EXPECT_TRUE(holds(ending.err, "; starting another\nseed=1 goes on from update ")) << ending.err;
  expect_same_tree(expected, tree("mended"));
}

TEST_F(Workers, ThatFloodTheirPipeDoNoHarm) {
  const Ending ending = sweep("flooded", {"--fault", "flood@7"});
  EXPECT_EQ(ending.code, 0) << ending.err;
  EXPECT_EQ(ending.err, "");
  expect_same_tree(reference, tree("flooded"));
}

// The first chunk loses both its workers, the others are trained; the next start makes up for it.
TEST_F(Workers, ThatFailTwiceCostTheirTrialsAlone) {
  const Words words = {"--memory", memory_for_one(), "--fault", "kill@12:2", "--quiet"};
  const Ending ending = sweep("lossy", words);
  EXPECT_EQ(ending.code, 1);
  const std::vector<std::string> said = lines_of(ending.err);
  ASSERT_EQ(said.size(), 3u) << ending.err;
  EXPECT_TRUE(holds(said[1], "the second worker of 1 trial failed too: it was killed by signal 9"))
      << said[1];
  EXPECT_EQ(
      said[2],
      "mesagrid: 1 of 3 trials failed: seed=1: it was killed by signal 9 (Killed); the same command tries "
      "them again");
  EXPECT_EQ(ending.out.rfind("share solved", 0), 0u) << "the others' results are printed";
  const Tree lossy = tree("lossy");
  const Parsed failed(lossy.at("seed=1/result.json"));
  EXPECT_EQ(failed.text("status"), "failed");
  EXPECT_EQ(failed.text("reason"), "it was killed by signal 9 (Killed)");
  EXPECT_EQ(failed["worlds"], nullptr);
  const std::vector<std::string> rows = lines_of(lossy.at("results.csv"));
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_TRUE(holds(rows[1], ",failed,")) << rows[1];
  EXPECT_TRUE(holds(rows[2], ",done,")) << rows[2];
  EXPECT_GT(lossy.at("report.html").size(), 100000u);
  for (const char *trial : {"seed=2", "seed=3"})
    EXPECT_TRUE(lossy.at(std::string(trial) + "/result.json") ==
                reference.at(std::string(trial) + "/result.json"));
  EXPECT_EQ(run({"report", root + "lossy"}).code, 0);
  const Ending again = sweep("lossy", {"--json"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(json_array_size(Parsed(again.out)["failed"]), 0u);
  expect_same_tree(reference, tree("lossy"));
}

TEST_F(Workers, ThatAllFailLeaveATableWithoutFigures) {
  const Ending ending = sweep("hopeless", {"--fault", "device@3:9", "--json", "--quiet"});
  EXPECT_EQ(ending.code, 1);
  const Parsed results(ending.out);
  ASSERT_EQ(json_array_size(results["failed"]), 3u) << ending.out;
  const json_t *const first = json_array_get(results["failed"], 0);
  EXPECT_STREQ(json_string_value(json_object_get(first, "trial")), "seed=1");
  EXPECT_TRUE(holds(ending.err, "3 of 3 trials failed: seed=1 and 2 more: the device failed")) << ending.err;
  EXPECT_EQ(sweep("hopeless", {}).code, 0);
  expect_same_tree(reference, tree("hopeless"));
}

// ---- Ends ----

class Ends : public Workers {
 protected:
  inline static const Words words = {"train.updates=1200", "--jobs", "2", "--threads", "2"};
  inline static Tree whole;

  static void SetUpTestSuite() {
    Workers::SetUpTestSuite();
    whole = swept("whole-two", words);
  }
  static void expect_completes(const std::string &directory) {
    const Ending last = sweep(directory, words);
    EXPECT_EQ(last.code, 0) << last.err;
    expect_same_tree(whole, tree(directory));
  }
};

TEST_F(Ends, OfASweepByKillEndItsWorkersToo) {
  for (int life = 0; life < 3; ++life) {
    Running running(sweep_words("killed", words), root + ".life");
    const std::vector<pid_t> workers = workers_of(running, 2);
    ASSERT_EQ(workers.size(), 2u) << "it has two";
    std::this_thread::sleep_for(std::chrono::milliseconds(3 * life));
    running.send(SIGKILL);
    for (const pid_t worker : workers) {
      EXPECT_TRUE(ends(worker)) << "a worker trains on";
      kill(worker, SIGKILL);
    }
    EXPECT_EQ(running.end().code, 128 + SIGKILL);
    EXPECT_FALSE(exists(root + "killed/seed=1/result.json")) << "a worker went on to its end";
  }
  expect_completes("killed");
}

TEST_F(Ends, OfWorkersAloneFreeTheDirectory) {
  Running running(sweep_words("locked", words), root + ".life");
  ASSERT_TRUE(running.reach_file(root + "locked/seed=1/metrics.jsonl"));
  const std::vector<pid_t> workers = workers_of(running, 2);
  ASSERT_EQ(workers.size(), 2u);
  bool holds_lock = false;
  const std::string descriptors = "/proc/" + std::to_string(workers[0]) + "/fd";
  for (const auto &entry : std::filesystem::directory_iterator(descriptors)) {
    std::error_code gone;
    holds_lock = holds_lock || holds(std::filesystem::read_symlink(entry, gone).string(), "locked/.lock");
  }
  EXPECT_TRUE(holds_lock) << "while a worker lives, no second sweep can start";
  running.send(SIGTERM);
  EXPECT_EQ(running.end().code, 130);
}

TEST_F(Ends, OfASweepByASignalAreItsWorkersSavedEnds) {
  struct Case {
    const char *name;
    bool to_group, to_worker;
  };
  for (const Case &c :
       {Case{"sweep", false, false}, Case{"terminal", true, false}, Case{"worker", false, true}}) {
    SCOPED_TRACE(c.name);
    const std::string directory = std::string("signal-") + c.name;
    Running running(sweep_words(directory, words), root + ".life");
    const std::vector<pid_t> workers = workers_of(running, 2);
    ASSERT_EQ(workers.size(), 2u);
    ASSERT_TRUE(running.reach_file(root + directory + "/seed=1/metrics.jsonl"));
    ASSERT_TRUE(running.reach(0.1));
    kill(c.to_group ? -running.id() : c.to_worker ? workers[0] : running.id(), SIGTERM);
    const Ending ending = running.end();
    EXPECT_EQ(ending.code, 130);
    EXPECT_EQ(ending.out, "");
    EXPECT_EQ(ending.err, "mesagrid: interrupted; the same command goes on from here\n");
    for (const pid_t worker : workers) EXPECT_TRUE(ends(worker));
    EXPECT_TRUE(exists(root + directory + "/seed=1/checkpoint.safetensors")) << "it is saved";
    EXPECT_FALSE(exists(root + directory + "/seed=1/result.json")) << "it was not told to stop";
    expect_completes(directory);
  }
}

// A worker that hangs cannot keep a sweep from being killed.
TEST_F(Ends, ByASecondSignalWaitForNobody) {
  Running running(sweep_words("impatient", words), root + ".life");
  const std::vector<pid_t> workers = workers_of(running, 2);
  ASSERT_EQ(workers.size(), 2u);
  ASSERT_TRUE(running.reach(0.1));
  for (const pid_t worker : workers) kill(worker, SIGSTOP);
  running.send(SIGTERM);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_GE(running.cpu(), 0) << "it waits for its workers";
  running.send(SIGTERM);
  for (const pid_t worker : workers) {
    EXPECT_TRUE(ends(worker));
    kill(worker, SIGKILL);
  }
  EXPECT_EQ(running.end().code, 128 + SIGTERM);
  expect_completes("impatient");
}

TEST_F(Ends, WithoutAWordCountAsFailures) {
  const volatile sig_atomic_t stop = 0;
  Progress progress = {};
  progress.quiet = true;
  Crew crew;
  Plan plan;
  RunOptions options = {};
  json_t *results = nullptr;
  const Gpus none = {};
  crew_create(&none, 1, 1, 0, &crew);
  crew.program = "/bin/true";
  options.threads = 1;
  options.stop = &stop;
  options.progress = &progress;
  options.crew = &crew;
  ASSERT_EQ(phases_choose("auto", &options.phases), STATUS_OK);
  ASSERT_EQ(plan_read(tiny.c_str(), 0, nullptr, &plan), STATUS_OK);
  testing::internal::CaptureStderr();
  EXPECT_EQ(sweep_run((root + "silence").c_str(), &plan, &options, &results), STATUS_OK) << status_message();
  EXPECT_TRUE(holds(testing::internal::GetCapturedStderr(), "exit code 0"));
  EXPECT_EQ(json_array_size(json_object_get(results, "failed")), 3u);
  json_decref(results);
  plan_free(&plan);
  EXPECT_EQ(sweep("silence", {}).code, 0);
  expect_same_tree(reference, tree("silence"));
}

TEST_F(Ends, AreWhatAWorkerOfNoSweepComesTo) {
  const Ending alone =
      run({"worker", root + "whole-two", "--parent", "1", "--cohort", "0", "--first", "0", "--count", "1"});
  EXPECT_EQ(alone.code, 2);
  EXPECT_TRUE(holds(alone.err, "has not started it")) << alone.err;
  EXPECT_EQ(run({"worker", "--help"}).code, 0);
  EXPECT_FALSE(holds(run({"--help"}).out, "worker")) << "it is not for people";
}

}  // namespace
