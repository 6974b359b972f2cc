// Claims about checkpoints: they bring an agent back whole, tell damage from health, and are there after any
// failing system call.
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "host/checkpoint.h"
#include "host/cohort.h"
#include "host/safetensors.h"
#include "host/system_call.h"
#include "tests/kernels_population.h"

namespace {

namespace fs = std::filesystem;

const UpdateStats kTally = {5, 60, 3, -240, 20, 0.5f, 1.25f, 0.0625f, 7.5f};

// The smallest agents there are, so that every byte of their files can be tried.
Config tiny_config(int64_t seed) {
  Config config;
  config_default(&config);
  for (const auto &[key, text] : {std::pair{"env.sizes", "[5, 5]"},
                                  {"agent.channels", "1"},
                                  {"agent.ticks", "[2, 3]"},
                                  {"train.levels", "4"},
                                  {"train.walkers", "2"},
                                  {"train.shards", "2"},
                                  {"train.updates", "9"}})
    EXPECT_EQ(config_set_text(&config, key, text, "test"), STATUS_OK) << status_message();
  config.seed = seed;
  return config;
}

std::string content(const std::string &path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void put(const std::string &path, const std::string &bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string bytes_of_tally(const UpdateStats &tally) {
  return std::string(reinterpret_cast<const char *>(&tally), sizeof tally);
}

// What a load gave.
struct Loaded {
  Status status;
  CheckpointFound found;
  UpdateStats tally;
  std::string agent;
  int64_t update;
};

class Checkpoint : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "checkpoint_test.XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory = pattern;
    path = directory + "/checkpoint.safetensors";
    previous = directory + "/checkpoint.previous.safetensors";
  }
  void TearDown() override {
    system_call_fail_after(0, 0, false);
    fs::remove_all(directory);
  }

  // A population of one agent at its start.
  static std::unique_ptr<SmallPopulation> started(const Config &config) {
    return std::make_unique<SmallPopulation>(cohort_shape(&config, 1, config.agent_ticks.hi),
                                             std::vector<AgentSpec>{cohort_agent_spec(&config)});
  }
  Status save(const SmallPopulation &small, int p = 0) const {
    return checkpoint_save(directory.c_str(), &config, &small.population, p, &kTally);
  }
  // Loads into a fresh population.
  Loaded load(const Config &of) const {
    Loaded loaded = {};
    const auto fresh = started(of);
    loaded.status =
        checkpoint_load(directory.c_str(), &of, &fresh->population, 0, &loaded.tally, &loaded.found);
    loaded.agent = agent_bytes(fresh->population, 0);
    loaded.update = fresh->population.progress[0].update;
    return loaded;
  }
  // Two checkpoints: after 3 updates, and after 4.
  std::unique_ptr<SmallPopulation> save_two() const {
    auto small = started(config);
    small->train(phases_best(), 3);
    EXPECT_EQ(save(*small), STATUS_OK) << status_message();
    small->train(phases_best(), 1);
    EXPECT_EQ(save(*small), STATUS_OK) << status_message();
    return small;
  }
  // The newest file is found damaged: the previous one is taken, which is said, and the damaged one set
  // aside.
  void expect_previous(const std::string &damage) const {
    const Loaded loaded = load(config);
    ASSERT_EQ(loaded.status, STATUS_OK) << damage << ": " << status_message();
    ASSERT_TRUE(loaded.found.found) << damage;
    ASSERT_EQ(loaded.update, 3) << damage;
    ASSERT_NE(std::string(loaded.found.warning).find(path), std::string::npos) << damage;
    ASSERT_FALSE(fs::exists(path)) << damage;
    ASSERT_TRUE(fs::exists(path + ".damaged")) << damage;
  }

  const Config config = tiny_config(1);
  std::string directory, path, previous;
};

TEST_F(Checkpoint, BringsAnAgentBackWhole) {
  const auto small = started(config);
  small->train(phases_best(), 5);
  ASSERT_EQ(save(*small), STATUS_OK) << status_message();
  const Loaded loaded = load(config);
  ASSERT_EQ(loaded.status, STATUS_OK) << status_message();
  EXPECT_TRUE(loaded.found.found);
  EXPECT_STREQ(loaded.found.warning, "");
  EXPECT_EQ(loaded.update, 5);
  EXPECT_TRUE(loaded.agent == agent_bytes(small->population, 0));
  EXPECT_TRUE(bytes_of_tally(loaded.tally) == bytes_of_tally(kTally)) << "every number of the tally";
}

TEST_F(Checkpoint, GoesOnToTheBitsOfAnAgentThatNeverStopped) {
  const auto never = started(config);
  never->train(phases_best(), 9);
  for (int stop = 0; stop < 9; ++stop) {
    const auto first = started(config), second = started(config);
    first->train(phases_best(), stop);
    ASSERT_EQ(save(*first), STATUS_OK) << status_message();
    UpdateStats tally;
    CheckpointFound found;
    ASSERT_EQ(checkpoint_load(directory.c_str(), &config, &second->population, 0, &tally, &found), STATUS_OK);
    second->train(phases_best(), 9 - stop);
    EXPECT_TRUE(agent_bytes(second->population, 0) == agent_bytes(never->population, 0)) << stop;
  }
}

// Nothing of the place, the company or the time is in it.
TEST_F(Checkpoint, BytesDependOnTheAgentAlone) {
  const auto small = started(config);
  small->train(phases_best(), 2);
  ASSERT_EQ(save(*small), STATUS_OK) << status_message();
  const std::string alone = content(path);
  const Config other = tiny_config(2);
  SmallPopulation both(cohort_shape(&config, 2, config.agent_ticks.hi), {cohort_agent_spec(&other), cohort_agent_spec(&config)});
  both.train(phases_best(), 2);
  ASSERT_EQ(save(both, 1), STATUS_OK) << status_message();
  EXPECT_TRUE(content(path) == alone);
  EXPECT_EQ(alone.find(directory), std::string::npos);
  EXPECT_EQ(alone.size(), content(previous).size());
}

TEST_F(Checkpoint, IsNotMissedAtTheStart) {
  const Loaded loaded = load(config);
  EXPECT_EQ(loaded.status, STATUS_OK) << status_message();
  EXPECT_FALSE(loaded.found.found);
  EXPECT_STREQ(loaded.found.warning, "");
  EXPECT_TRUE(loaded.agent == agent_bytes(started(config)->population, 0));
}

TEST_F(Checkpoint, ThePreviousOneIsKeptAndTakenWhereTheNewestIsMissing) {
  save_two();
  EXPECT_EQ(load(config).update, 4);
  fs::remove(path);
  const Loaded loaded = load(config);
  EXPECT_TRUE(loaded.found.found);
  EXPECT_EQ(loaded.update, 3);
}

TEST_F(Checkpoint, EveryFlippedByteIsNoticed) {
  save_two();
  const std::string good = content(path);
  for (size_t i = 0; i < good.size() && !HasFatalFailure(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ (1 << i % 8));
    put(path, bad);
    expect_previous("a bit of byte " + std::to_string(i));
  }
}

TEST_F(Checkpoint, EveryTruncationIsNoticed) {
  save_two();
  const std::string good = content(path);
  for (size_t size = 0; size < good.size() && !HasFatalFailure(); ++size) {
    put(path, good.substr(0, size));
    expect_previous("cut to " + std::to_string(size));
  }
  put(path, good + '\0');
  expect_previous("one byte too many");
}

TEST_F(Checkpoint, AfterASetAsideFileThePreviousOneIsStillKept) {
  const auto small = save_two();
  put(path, "damaged");
  expect_previous("all of it");
  ASSERT_EQ(save(*small), STATUS_OK) << status_message();
  EXPECT_EQ(load(config).update, 4);
  fs::remove(path);
  EXPECT_EQ(load(config).update, 3);
}

TEST_F(Checkpoint, TwoDamagedFilesAreAnErrorThatChangesNothing) {
  save_two();
  put(path, "damaged");
  put(previous, "damaged as well");
  const Loaded loaded = load(config);
  EXPECT_EQ(loaded.status, STATUS_DATA);
  EXPECT_NE(std::string(status_message()).find(path), std::string::npos) << status_message();
  EXPECT_NE(std::string(status_message()).find(previous), std::string::npos) << status_message();
  EXPECT_EQ(content(path), "damaged");
  EXPECT_EQ(content(previous), "damaged as well");
}

TEST_F(Checkpoint, ALoneDamagedFileIsAnErrorThatChangesNothing) {
  put(path, "damaged");
  EXPECT_EQ(load(config).status, STATUS_DATA);
  EXPECT_NE(std::string(status_message()).find(path), std::string::npos) << status_message();
  EXPECT_EQ(content(path), "damaged");
}

TEST_F(Checkpoint, OfAnotherConfigurationIsRefusedByName) {
  save_two();
  for (const auto &[key, text] :
       {std::pair{"train.updates", "8"}, {"agent.channels", "2"}, {"env.loops", "0.2"}, {"seed", "2"}}) {
    Config other = config;
    ASSERT_EQ(config_set_text(&other, key, text, "test"), STATUS_OK) << status_message();
    const Loaded loaded = load(other);
    EXPECT_EQ(loaded.status, STATUS_DATA) << key;
    EXPECT_NE(std::string(status_message()).find("another configuration"), std::string::npos)
        << status_message();
    EXPECT_TRUE(loaded.agent == agent_bytes(started(other)->population, 0)) << "the agent is untouched";
    EXPECT_TRUE(fs::exists(path)) << "what is good for another is not set aside";
  }
}

TEST_F(Checkpoint, DoesNotDependOnHowTheAgentIsEvaluated) {
  save_two();
  Config other = config;
  ASSERT_EQ(config_set_text(&other, "eval.levels", "77", "test"), STATUS_OK) << status_message();
  EXPECT_EQ(load(other).status, STATUS_OK) << status_message();
}

TEST_F(Checkpoint, AFileOfOtherContentIsRefused) {
  TensorFile file = {};
  ASSERT_EQ(safetensors_note(&file, "format", "something else"), STATUS_OK);
  ASSERT_EQ(safetensors_save(path.c_str(), &file, false), STATUS_OK) << status_message();
  safetensors_free(&file);
  EXPECT_EQ(load(config).status, STATUS_DATA);
  EXPECT_NE(std::string(status_message()).find(path), std::string::npos) << status_message();
}

// The n-th system call of a save fails, for all n, alone or with all after it.
TEST_F(Checkpoint, AfterAnyFailingCallAGoodOneIsThere) {
  for (const bool stays : {false, true}) {
    for (const int error : {ENOSPC, EIO}) {
      int call = 1;
      for (bool failed = true; failed; ++call) {
        ASSERT_LT(call, 100) << "no save has so many calls";
        fs::remove_all(directory);
        fs::create_directory(directory);
        const auto small = save_two();
        small->train(phases_best(), 1);
        system_call_fail_after(call, error, stays);
        const Status status = save(*small);
        system_call_fail_after(0, 0, false);
        failed = status != STATUS_OK;
        if (failed) {
          EXPECT_EQ(status, STATUS_IO) << status_message();
          EXPECT_NE(std::string(status_message()).find(directory), std::string::npos);
        }
        const Loaded loaded = load(config);
        ASSERT_EQ(loaded.status, STATUS_OK) << call << ": " << status_message();
        EXPECT_STREQ(loaded.found.warning, "") << call;
        EXPECT_TRUE(loaded.update == 5 || (failed && loaded.update == 4)) << call << ": " << loaded.update;
      }
      EXPECT_GT(call, 8) << "faults were met";
    }
  }
}

TEST_F(Checkpoint, OfATrainedAgentIsReadWithoutATrace) {
  const auto small = save_two();
  FILE *file = fopen((directory + "/config.yaml").c_str(), "w");
  config_write_yaml(file, &config);
  fclose(file);
  const auto names = [&] {
    std::string all;
    for (const auto &entry : fs::directory_iterator(directory)) all += entry.path().filename().string() + " ";
    return all;
  };
  const std::string before = names();
  for (const int64_t update : {4, 3}) {  // the newest; then, without it, the previous one
    TrainedAgent agent;
    ASSERT_EQ(trained_agent_load(directory.c_str(), &agent), STATUS_OK) << status_message();
    EXPECT_EQ(agent.progress.update, update);
    EXPECT_TRUE(config_fingerprint(&agent.config) == config_fingerprint(&config));
    if (update == 4) {
      const size_t bytes = small->population.layout.reals * sizeof(real);
      EXPECT_EQ(std::memcmp(agent.parameters, small->population.parameters, bytes), 0);
      EXPECT_EQ(names(), before);
    }
    trained_agent_free(&agent);
    fs::remove(path);
  }
}

}  // namespace
