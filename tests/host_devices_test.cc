// Claims about devices and the workers that drive them: the same bytes from any number of them, after
// failures and kills too, and what is said where there is no GPU, too little memory, or a device that fails
// twice.
#include <gtest/gtest.h>

#include <cstring>

#include "host/chunks.h"
#include "host/crew.h"
#include "host/devices.h"
#include "host/fault.h"
#include "host/worker_lines.h"
#include "tests/sweep_runs.h"

namespace {

using Tree = std::map<std::string, std::string>;

bool holds(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

// ---- Chunks ----

size_t ten_each(const PopulationShape *shape, int threads) {
  return 10 * static_cast<size_t>(shape->agents) + static_cast<size_t>(threads);
}

// A plan of two cohorts, of 7 and 2 trials, and its chunks.
struct Divided {
  Divided(int places, size_t memory) {
    const char text[] = "axes: {agent.channels: [4, 8]}\nseeds: [1, 2, 3, 4, 5, 6, 7]\nname: x\n";
    EXPECT_EQ(plan_read_text(text, sizeof text - 1, "test", 0, nullptr, &plan), STATUS_OK)
        << status_message();
    plan.trial_count = 9;
    const ChunkLimits limits = {places, memory, ten_each, 1, "the test"};
    status = chunks_create(&plan, &limits, &chunks);
    for (int i = 0; i < chunks.count; ++i) {
      const Chunk &chunk = chunks.chunks[i];
      text_ += std::to_string(chunk.cohort) + ":" + std::to_string(chunk.first) + "+" +
               std::to_string(chunk.count) + " ";
    }
    split = chunks.split;
  }
  ~Divided() {
    chunks_free(&chunks);
    plan_free(&plan);
  }
  Divided(const Divided &) = delete;
  Divided &operator=(const Divided &) = delete;
  Plan plan;
  Chunks chunks;
  Status status;
  std::string text_;
  bool split;
};

TEST(Chunks, AreWholeCohortsWhereTheyFit) {
  EXPECT_EQ(Divided(1, 71).text_, "0:0+7 1:0+2 ");
  EXPECT_EQ(Divided(0, 0).text_, "0:0+7 1:0+2 ");
  EXPECT_FALSE(Divided(1, 71).split);
}

TEST(Chunks, AreAsFewAndAsEvenAsTheMemoryAllows) {
  EXPECT_EQ(Divided(1, 70).text_, "0:0+4 0:4+3 1:0+2 ");
  EXPECT_EQ(Divided(1, 41).text_, "0:0+4 0:4+3 1:0+2 ");
  EXPECT_EQ(Divided(1, 40).text_, "0:0+3 0:3+2 0:5+2 1:0+2 ");
  EXPECT_EQ(Divided(1, 11).text_, "0:0+1 0:1+1 0:2+1 0:3+1 0:4+1 0:5+1 0:6+1 1:0+1 1:1+1 ");
  EXPECT_TRUE(Divided(1, 70).split);
}

TEST(Chunks, AreEnoughForAllPlacesThatHaveATrial) {
  EXPECT_EQ(Divided(3, 0).text_, "0:0+3 0:3+2 0:5+2 1:0+1 1:1+1 ");
  EXPECT_FALSE(Divided(3, 0).split) << "not for want of memory";
}

TEST(Chunks, OfWhichNotOneAgentFitsAreRefusedByName) {
  const Divided none(1, 10);
  EXPECT_EQ(none.status, STATUS_MEMORY);
  for (const char *part : {"channels=4,seed=1: ", "the test", "env.sizes", "agent.channels", "train.levels"})
    EXPECT_TRUE(holds(status_message(), part)) << status_message();
}

TEST(Chunks, HoldTheirCohortsTrialsInThePlansOrder) {
  const Divided divided(3, 0);
  const Trial *trials[3];
  ASSERT_EQ(chunk_trials(&divided.plan, &divided.chunks.chunks[1], trials), 2);
  EXPECT_STREQ(trials[0]->name, "channels=4,seed=4");
  EXPECT_STREQ(trials[1]->name, "channels=4,seed=5");
  const Chunk beyond = {1, 1, 3};
  EXPECT_EQ(chunk_trials(&divided.plan, &beyond, trials), 1);
}

// ---- Crews ----

Gpus two_gpus() {
  Gpus gpus = {};
  gpus.count = 2;
  gpus.gpu[0] = {0, "A", 1000};
  gpus.gpu[1] = {1, "B", 800};
  return gpus;
}

TEST(Crew, HasAPlaceForEveryGpuOrOneOnTheCpu) {
  Crew crew;
  const Gpus gpus = two_gpus(), none = {};
  crew_create(&gpus, 0, 5, 0, &crew);
  ASSERT_EQ(crew.count, 2);
  EXPECT_EQ(crew.places[0].gpu, 0);
  EXPECT_EQ(crew.places[1].gpu, 1);
  EXPECT_EQ(crew.places[0].threads, 3);
  EXPECT_EQ(crew.places[1].threads, 2);
  EXPECT_EQ(crew.memory, 720u) << "nine tenths of the smaller one";
  crew_create(&none, 0, 5, 0, &crew);
  ASSERT_EQ(crew.count, 1);
  EXPECT_EQ(crew.places[0].gpu, CREW_CPU);
  EXPECT_EQ(crew.places[0].threads, 5);
  EXPECT_GT(crew.memory, 1000000u);
}

TEST(Crew, OfMoreJobsThanDevicesSharesTheirMemory) {
  Crew crew;
  const Gpus gpus = two_gpus(), none = {};
  crew_create(&gpus, 3, 2, 0, &crew);
  ASSERT_EQ(crew.count, 3);
  EXPECT_EQ(crew.places[2].gpu, 0);
  EXPECT_EQ(crew.places[2].threads, 1);
  EXPECT_EQ(crew.memory, 360u);
  crew_create(&none, 4, 4, 1000, &crew);
  EXPECT_EQ(crew.memory, 250u);
}

// ---- Discovery and choice ----

// A program that prints what it is told to.
std::string script(const std::string &root, const std::string &name, const std::string &text) {
  write_all(root + name, "#!/bin/sh\n" + text + "\n");
  chmod((root + name).c_str(), 0755);
  return root + name;
}

class Devices : public Sweeps {
 protected:
  static Gpus discovered(const std::string &program, double seconds = 10) {
    Gpus gpus;
    gpus_discover(program.c_str(), seconds, &gpus);
    return gpus;
  }
  // As sweep_words(), but no device is named.
  static Words unnamed(const std::string &directory, const Words &more) {
    Words words = {"sweep", tiny, "--out", root + directory};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  static Ending run(const Words &words) { return Running(words, root + ".program").end(); }
};

TEST_F(Devices, AreReadFromTheListThatAChildPrints) {
  const std::string program = script(
      root, "two",
      "[ \"$*\" = 'list devices --json' ] || exit 1\n"
      "echo '[{\"name\": \"cpu\", \"here\": true}, {\"name\": \"cuda:0\", \"here\": false, \"reason\": \"it "
      "is lost\"},"
      " {\"name\": \"cuda:1\", \"here\": true, \"model\": \"Some GPU\", \"memory_free\": 5000000000}]'");
  const Gpus gpus = discovered(program);
  ASSERT_EQ(gpus.count, 1) << gpus.reason;
  EXPECT_EQ(gpus.gpu[0].index, 1);
  EXPECT_STREQ(gpus.gpu[0].name, "Some GPU");
  EXPECT_EQ(gpus.gpu[0].memory_free, 5000000000u);
  EXPECT_STREQ(gpus.reason, "it is lost");
}

TEST_F(Devices, AreNoneWithAReasonWhateverTheDriverDoes) {
  const std::pair<std::string, const char *> cases[] = {
      {script(root, "absent", "echo '[{\"name\": \"cuda\", \"here\": false, \"reason\": \"no driver\"}]'"),
       "no driver"},
      {script(root, "empty", "echo '[]'"), "no GPU"},
      {script(root, "garbage", "echo 'cuda:0 is fine'"), "it printed no list"},
      {script(root, "crash", "kill -SEGV $$"), "signal 11"},
      {script(root, "error", "exit 9"), "exit code 9"},
      {script(root, "hang", "exec sleep 100"), "did not end within 0.2 s"},
      {script(root, "flood", "exec yes"), "it printed no list"},
      {root + "missing", "cannot start"},
  };
  for (const auto &[program, reason] : cases) {
    const Gpus gpus = discovered(program, holds(program, "hang") ? 0.2 : 10);
    EXPECT_EQ(gpus.count, 0) << program;
    EXPECT_TRUE(holds(gpus.reason, reason)) << program << ": " << gpus.reason;
  }
}

// What is left of the GPUs, and what is said.
std::pair<int, std::string> chosen(const char *text, Gpus gpus, int *index = nullptr) {
  DeviceWish wish;
  char note[1024];
  EXPECT_EQ(device_wish_parse(text, &wish), STATUS_OK) << status_message();
  device_wish_choose(&wish, &gpus, note, sizeof note);
  if (index) *index = gpus.gpu[0].index;
  return {gpus.count, note};
}

TEST(DeviceWish, ChoosesAllOneOrTheCpu) {
  int index = -1;
  const std::pair<int, std::string> all = {2, ""}, one = {1, ""}, none = {0, ""};
  EXPECT_EQ(chosen("auto", two_gpus()), all);
  EXPECT_EQ(chosen("cuda", two_gpus()), all);
  EXPECT_EQ(chosen("cuda:1", two_gpus(), &index), one);
  EXPECT_EQ(index, 1);
  EXPECT_EQ(chosen("cpu", two_gpus()), none);
}

TEST(DeviceWish, ThatCannotBeHadIsWarnedOf) {
  Gpus nothing = {};
  std::strcpy(nothing.reason, "no driver");
  const auto beyond = chosen("cuda:2", two_gpus());
  EXPECT_EQ(beyond.first, 0);
  EXPECT_EQ(beyond.second,
            "warning: there is no cuda:2: the GPUs here are cuda:0 (A), cuda:1 (B); training on the CPU");
  for (const char *wish : {"cuda", "cuda:0"})
    EXPECT_EQ(chosen(wish, nothing).second, "warning: training on the CPU: no driver");
  EXPECT_EQ(chosen("auto", nothing).second, devices_cuda_built() ? "training on the CPU: no driver" : "");
  EXPECT_EQ(chosen("cpu", nothing).second, "");
}

TEST(DeviceWish, ThatIsMisspeltIsRefused) {
  DeviceWish wish;
  for (const char *text : {"", "gpu", "CUDA", "cuda:", "cuda:-1", "cuda:x", "cuda:1x", "cuda:99999", "cpu "})
    EXPECT_EQ(device_wish_parse(text, &wish), STATUS_USAGE) << text;
}

TEST_F(Devices, AreListedAsTextAndJson) {
  const Ending text = run({"list", "devices"}), data = run({"list", "devices", "--json"});
  ASSERT_EQ(text.code, 0) << text.err;
  const Parsed list(data.out);
  ASSERT_GE(json_array_size(list.value), 2u) << data.out;
  const std::vector<std::string> lines = lines_of(text.out);
  ASSERT_EQ(lines.size(), json_array_size(list.value));
  const json_t *cpu = json_array_get(list.value, 0), *gpu = json_array_get(list.value, 1);
  EXPECT_STREQ(json_string_value(json_object_get(cpu, "name")), "cpu");
  EXPECT_EQ(json_integer_value(json_object_get(cpu, "threads")), 1) << "OMP_NUM_THREADS";
  EXPECT_GT(json_integer_value(json_object_get(cpu, "memory_available")), 1000000);
  EXPECT_TRUE(holds(lines[0], "1 thread,")) << lines[0];
  EXPECT_TRUE(holds(lines[0], json_string_value(json_object_get(cpu, "isa")))) << lines[0];
  const char *const reason = json_string_value(json_object_get(gpu, "reason"));
  EXPECT_NE(json_is_true(json_object_get(gpu, "here")), reason != nullptr);
  EXPECT_TRUE(holds(lines[1], reason ? reason : json_string_value(json_object_get(gpu, "model"))))
      << lines[1];
}

TEST_F(Devices, ThatAreNotThereMeanTheCpuSaidOnce) {
  const Tree expected = swept("plain", {});
  const Ending found = run({"list", "devices", "--json"});
  const Parsed list(found.out);
  const char *const reason = json_string_value(json_object_get(json_array_get(list.value, 1), "reason"));
  if (!reason) GTEST_SKIP() << "there is a GPU";
  for (const char *wish : {"cuda", "cuda:1"}) {
    const std::string directory = std::string("wish-") + wish;
    const Ending ending = run(unnamed(directory, {"--device", wish}));
    EXPECT_EQ(ending.code, 0) << ending.err;
    EXPECT_EQ(ending.err, std::string("mesagrid: warning: training on the CPU: ") + reason + "\n");
    expect_same_tree(expected, tree(directory));
  }
  const Ending by_itself = run(unnamed("wish-auto", {}));
  EXPECT_EQ(by_itself.code, 0) << by_itself.err;
  EXPECT_EQ(by_itself.err,
            devices_cuda_built() ? std::string("mesagrid: training on the CPU: ") + reason + "\n" : "");
  expect_same_tree(expected, tree("wish-auto"));
}

// ---- Lines from workers ----

struct Heard {
  std::vector<std::string> lines;
  static void hear(void *context, const char *word, const char *text) {
    static_cast<Heard *>(context)->lines.push_back(std::string(word) + "|" + text);
  }
};

TEST(WorkerLines, AreWholeAgainAfterAnyTornPiece) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  WorkerLines lines = {};
  Heard heard;
  worker_line_send(ends[1], "note", "%s", "one\ntwo");
  const std::string junk[] = {"torn", std::string(5000, 'x'), std::string(100, '\0'), "\n\n \nword\n"};
  for (const std::string &piece : junk) {
    ASSERT_EQ(write(ends[1], piece.data(), piece.size()), static_cast<ssize_t>(piece.size()));
    worker_line_send(ends[1], "done", "%d", 1);
  }
  worker_line_send(ends[1], "note", "%s", std::string(9000, 'y').c_str());
  close(ends[1]);
  while (worker_lines_read(&lines, ends[0], Heard::hear, &heard)) continue;
  close(ends[0]);
  ASSERT_EQ(heard.lines.size(), 6u);
  EXPECT_EQ(heard.lines[0], "note|one?two");
  for (int i = 1; i <= 4; ++i) EXPECT_EQ(heard.lines[static_cast<size_t>(i)], "done|1");
  EXPECT_EQ(heard.lines[5].rfind("note|yyy", 0), 0u);
  EXPECT_LT(heard.lines[5].size(), static_cast<size_t>(WORKER_LINE_BYTES)) << "cut, but whole";
}

TEST(Fault, IsReadOrRefused) {
  Fault fault;
  ASSERT_EQ(fault_parse("kill@12:3", &fault), STATUS_OK) << status_message();
  EXPECT_EQ(fault.kind, FAULT_KILL);
  EXPECT_EQ(fault.updates, 12);
  EXPECT_EQ(fault.times, 3);
  ASSERT_EQ(fault_parse("device@1", &fault), STATUS_OK);
  EXPECT_EQ(fault.times, 1);
  for (const char *text : {"", "kill", "kill@", "kill@0", "kill@5:0", "kill@5:", "kill@5x", "burn@5", "@5"})
    EXPECT_EQ(fault_parse(text, &fault), STATUS_USAGE) << text;
}

TEST(Fault, StrikesOnceAtItsUpdate) {
  Fault fault;
  ASSERT_EQ(fault_parse("device@5", &fault), STATUS_OK);
  EXPECT_EQ(fault_count(&fault, 4), STATUS_OK);
  EXPECT_EQ(fault_count(&fault, 2), STATUS_DEVICE);
  EXPECT_EQ(fault_count(&fault, 1), STATUS_OK);
}

}  // namespace
