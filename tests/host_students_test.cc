// Claims about students: where they are kept, that they learn from the oracle, train together as they would
// alone, and are believed only where they are strong enough.
#include <gtest/gtest.h>
#include <omp.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "host/probe_levels.h"
#include "tests/host_evaluation.h"
#include "tests/students_cache.h"

namespace {

std::string content(const std::string &path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// A directory of its own for each test.
class StudentsHere : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "mesagrid_students_XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    root = name;
  }
  void TearDown() override { std::filesystem::remove_all(root); }
  std::string root;
};

// ---- Where they are kept ----

class StudentsCache : public ::testing::Test {
 protected:
  static constexpr const char *NAMES[] = {"MESAGRID_CACHE", "XDG_CACHE_HOME", "HOME"};
  void SetUp() override {
    for (const char *name : NAMES) {
      const char *const value = getenv(name);
      if (value) kept[name] = value;
      unsetenv(name);
    }
  }
  void TearDown() override {
    for (const char *name : NAMES) {
      unsetenv(name);
      if (kept.count(name)) setenv(name, kept[name].c_str(), 1);
    }
  }
  static std::string cache(const char *given = nullptr) {
    char path[FILES_PATH_BYTES] = "";
    EXPECT_EQ(students_cache(given, path), STATUS_OK) << status_message();
    return path;
  }
  std::map<std::string, std::string> kept;
};

TEST_F(StudentsCache, IsGivenOrInTheEnvironmentOrInTheUsersOwnInThisOrder) {
  EXPECT_EQ(cache("here"), "here");
  setenv("HOME", "/home/ann", 1);
  EXPECT_EQ(cache(), "/home/ann/.cache/mesagrid");
  setenv("XDG_CACHE_HOME", "/var/caches/ann", 1);
  EXPECT_EQ(cache(), "/var/caches/ann/mesagrid");
  setenv("MESAGRID_CACHE", "/scratch/students", 1);
  EXPECT_EQ(cache(), "/scratch/students");
  EXPECT_EQ(cache("here"), "here");
}

TEST_F(StudentsCache, AnEmptyVariableIsAsGoodAsNone) {
  setenv("HOME", "/home/ann", 1);
  setenv("XDG_CACHE_HOME", "", 1);
  EXPECT_EQ(cache(), "/home/ann/.cache/mesagrid");
  setenv("MESAGRID_CACHE", "", 1);
  EXPECT_EQ(cache(), "/home/ann/.cache/mesagrid");
}

TEST_F(StudentsCache, ThatIsNowhereIsRefusedAndTheOptionNamed) {
  char path[FILES_PATH_BYTES];
  EXPECT_EQ(students_cache(nullptr, path), STATUS_USAGE);
  EXPECT_NE(std::string(status_message()).find("--cache DIR"), std::string::npos) << status_message();
  const std::string endless(FILES_PATH_BYTES, 'x');
  EXPECT_EQ(students_cache(endless.c_str(), path), STATUS_USAGE);
  EXPECT_NE(std::string(status_message()).find("too long"), std::string::npos) << status_message();
}

// ---- What is in the cache ----

bool are_there(const std::string &cache, const Config &config) {
  return students_are_there(cache.c_str(), &config, 1);
}

TEST_F(StudentsHere, AreThereOnlyWhereAllAreTrainedToTheEndAndWhole) {
  const Config config = small_config();
  EXPECT_FALSE(are_there(root, config)) << "an empty cache";
  EXPECT_FALSE(are_there(root + "/none", config)) << "no cache";
  begin_students(root, config);
  const std::vector<std::string> directories = student_directories(root);
  ASSERT_EQ(directories.size(), size_t{STUDENTS});
  for (const std::string &directory : directories) {
    EXPECT_FALSE(are_there(root, config)) << directory << " is not trained to the end";
    declare_done(directory);
  }
  EXPECT_TRUE(are_there(root, config));
  EXPECT_FALSE(students_are_there(root.c_str(), &config, 4)) << "another budget";
  Config trees = config;
  trees.env_loops = 0;
  EXPECT_FALSE(are_there(root, trees)) << "another world";
  for (const std::string &directory : directories) {
    const std::string path = directory + "/checkpoint.safetensors", whole = content(path);
    std::ofstream(path, std::ios::binary) << whole.substr(0, whole.size() / 2);
    EXPECT_FALSE(are_there(root, config)) << path << " is damaged";
    std::ofstream(path, std::ios::binary) << whole;
    EXPECT_TRUE(are_there(root, config));
  }
}

TEST_F(StudentsHere, ThatWereTaughtOtherwiseAreNotTheStudents) {
  const Config config = small_config();
  fill_students_cache(root, config);
  ASSERT_TRUE(are_there(root, config));
  const std::string directory = student_directories(root)[0], path = directory + "/config.yaml";
  Config other;
  ASSERT_EQ(config_read_yaml(path.c_str(), &other), STATUS_OK);
  other.train_learning_rate = 0.5;
  std::FILE *const file = std::fopen(path.c_str(), "w");
  config_write_yaml(file, &other);
  std::fclose(file);
  declare_done(directory);
  EXPECT_FALSE(are_there(root, config));
}

TEST_F(StudentsHere, OpenFromTheCacheDeepestFirstAndAnswerAfterTheirLastLayer) {
  const Config config = small_config();
  const RunHere here;
  Students students;
  ProbeLevels levels;
  StudentSolve solve;
  fill_students_cache(root, config);
  ASSERT_EQ(students_open(root.c_str(), &config, 1, &here.options, &students), STATUS_OK) << status_message();
  ASSERT_EQ(probe_levels_create(&config, 0.02, &levels), STATUS_OK) << status_message();
  ASSERT_EQ(students_solve(&students, &levels, &here.options, &solve), STATUS_OK) << status_message();
  std::set<int> depths;
  for (int i = 0; i < STUDENTS; ++i) {
    depths.insert(student_depth(i));
    EXPECT_EQ(students.agent[i].shape.layers, student_depth(i));
    EXPECT_EQ(students.agent[i].shape.channels, 16);
    const SubjectAgent parts = {here.options.phases, students.agent[i].shape, students.agent[i].parameters,
                                nullptr};
    const Measured far(subject_agent(&parts, "student"), levels.set[PROBE_FAR], 128);
    EXPECT_EQ(far.scores.ticks, student_depth(i));
    EXPECT_EQ(student_mean(solve.far, levels.set[PROBE_FAR].count, i), far.solve(student_depth(i)));
  }
  EXPECT_EQ(depths, (std::set<int>{2, 3, 5, 8, 12, 24}));
  EXPECT_EQ(student_depth(0), 24) << "the rule below asks the first";
  student_solve_free(&solve);
  probe_levels_free(&levels);
  students_free(&students);
}

// ---- Whether they are believed ----

// What students_accepted says of six students of which the first solves so much, level by level.
int accepted(const Config &config, double far, double farther) {
  ProbeLevels levels = {};
  levels.set[PROBE_FAR].size = config.eval_far_size;
  levels.set[PROBE_FARTHER].size = config.eval_farther_size;
  levels.set[PROBE_FAR].count = 4;
  levels.set[PROBE_FARTHER].count = 2;
  std::vector<double> solve_far(4 * STUDENTS, 1), solve_farther(2 * STUDENTS, 1);
  for (int n = 0; n < 4; ++n) solve_far[static_cast<size_t>(n) * STUDENTS] = far + (n % 2 ? .125 : -.125);
  for (int n = 0; n < 2; ++n)
    solve_farther[static_cast<size_t>(n) * STUDENTS] = farther + (n % 2 ? .125 : -.125);
  const StudentSolve solve = {STUDENTS, solve_far.data(), solve_farther.data()};
  return students_accepted(&config, &solve, &levels);
}

TEST(StudentsAccepted, WhereTheDeepestSolvesEnoughAtBothSizesOnAverage) {
  Config config;
  config_default(&config);
  EXPECT_EQ(accepted(config, 0.7201, 0.3801), 1);
  EXPECT_EQ(accepted(config, 0.7199, 0.3801), 0) << "15x15";
  EXPECT_EQ(accepted(config, 0.7201, 0.3799), 0) << "23x23";
  EXPECT_EQ(accepted(config, 0.6, 0.9), 0) << "one does not make up for the other";
}

TEST(StudentsAccepted, IsNotKnownOfAnyOtherWorld) {
  for (const auto &[key, text] : {std::pair{"env.sizes", "[5, 11]"},
                                  {"env.sizes", "[7, 9]"},
                                  {"env.loops", "0"},
                                  {"env.blocks", "0.2"},
                                  {"eval.far_size", "17"},
                                  {"eval.farther_size", "25"}}) {
    Config config;
    config_default(&config);
    ASSERT_EQ(config_set_text(&config, key, text, "test"), STATUS_OK) << status_message();
    EXPECT_EQ(accepted(config, 0.9, 0.9), -1) << key << ": " << text;
  }
}

// ---- How they are taught ----

// A sweep of untied nets of some depths that the oracle teaches.
const char *const TAUGHT =
    "name: taught\n"
    "env: {sizes: [5, 7]}\n"
    "agent: {weights: untied}\n"
    "train: {teacher: oracle, levels: 32, shards: 4, learning_rate: 0.004}\n"
    "axes: {agent.ticks: [2, 3]}\n";

class Taught : public StudentsHere {
 protected:
  // Trains the whole sweep as one cohort. `updates` of each; `depths` "[2, 3]".
  Status train(const std::string &name, int updates, const std::string &depths, int threads = 1,
               bool stop = false) const {
    std::string changes[] = {"train.updates=" + std::to_string(updates), "axes.agent.ticks=" + depths};
    char *const overrides[] = {changes[0].data(), changes[1].data()};
    const RunHere here(stop, threads);
    Plan plan;
    EXPECT_EQ(plan_read_text(TAUGHT, std::strlen(TAUGHT), "taught", 2, overrides, &plan), STATUS_OK)
        << status_message();
    EXPECT_EQ(plan.cohort_count, 1) << "depths train as one batch";
    const Chunk all = {0, 0, plan.trial_count};
    const Status status = train_chunk((root + "/" + name).c_str(), &plan, &all, &here.options);
    plan_free(&plan);
    return status;
  }
  std::string directory(const std::string &name, int depth) const {
    return root + "/" + name + "/ticks=" + std::to_string(depth) + ",seed=1";
  }
  std::string checkpoint(const std::string &name, int depth) const {
    return content(directory(name, depth) + "/checkpoint.safetensors");
  }
};

TEST_F(Taught, LearnTheOraclesActionsTheDeeperTheBetter) {
  ASSERT_EQ(train("run", 600, "[2, 3]", 2), STATUS_OK) << status_message();
  Config config = small_config();
  config.env_sizes = {5, 7};
  double optimal[2];
  for (int depth : {2, 3}) {
    TrainedAgent agent;
    ASSERT_EQ(trained_agent_load(directory("run", depth).c_str(), &agent), STATUS_OK) << status_message();
    const RunHere here;
    const SubjectAgent parts = {here.options.phases, agent.shape, agent.parameters, nullptr};
    const Subject student = subject_agent(&parts, "student");
    double sum = 0;
    for (int size : {5, 7}) {
      EnvSpec spec = cohort_env_spec(&config, size, size, SPLIT_TEST);
      EvalSet set = {};
      set.seed = 7;
      set.size = size;
      set.count = 60;
      ASSERT_EQ(eval_set_draw(&spec, "env.sizes", &set), STATUS_OK) << status_message();
      const Measured measured(student, set, 128);
      EXPECT_EQ(measured.scores.ticks, depth) << "no tick behind the last layer";
      sum += scores_mean(&measured.scores, measured.scores.optimal, depth);
      eval_set_free(&set);
    }
    optimal[depth - 2] = sum / 2;
    trained_agent_free(&agent);
  }
  EXPECT_GT(optimal[0], 0.7);
  EXPECT_GT(optimal[1], 0.8);
  EXPECT_GT(optimal[1], optimal[0]);
}

TEST_F(Taught, AreTheSameBitsAloneAndTogetherAndOnAnyNumberOfThreads) {
  ASSERT_EQ(train("together", 12, "[2, 3]"), STATUS_OK) << status_message();
  ASSERT_EQ(train("threads", 12, "[3, 2]", 2), STATUS_OK) << status_message();
  ASSERT_EQ(train("deeper", 12, "[2, 7, 3]"), STATUS_OK) << status_message();
  for (int depth : {2, 3}) {
    const std::string bytes = checkpoint("together", depth);
    ASSERT_GT(bytes.size(), 0u);
    EXPECT_TRUE(checkpoint("threads", depth) == bytes) << depth << " layers on two threads";
    EXPECT_TRUE(checkpoint("deeper", depth) == bytes) << depth << " layers beside seven";
    // A plan of one depth has no axis, so its trial's name is another; its checkpoint is not.
    const std::string alone = "alone" + std::to_string(depth);
    ASSERT_EQ(train(alone, 12, "[" + std::to_string(depth) + "]"), STATUS_OK) << status_message();
    EXPECT_TRUE(checkpoint(alone, depth) == bytes) << depth << " layers alone";
  }
  EXPECT_FALSE(checkpoint("together", 2) == checkpoint("together", 3));
}

TEST_F(Taught, ThatAreInterruptedEndInTheSameBits) {
  ASSERT_EQ(train("whole", 12, "[2, 3]"), STATUS_OK) << status_message();
  int interruptions = 0;
  while (train("pieces", 12, "[2, 3]", 1, true) == STATUS_INTERRUPTED) ASSERT_LT(++interruptions, 40);
  ASSERT_EQ(train("pieces", 12, "[2, 3]"), STATUS_OK) << status_message();
  EXPECT_GE(interruptions, 5) << "these pieces show little";
  for (int depth : {2, 3})
    EXPECT_TRUE(checkpoint("pieces", depth) == checkpoint("whole", depth)) << depth << " layers";
}

// Bytes of all that a checkpoint keeps of one agent's tensors: the weights and Adam's two moments.
size_t bytes_of_tensors(int layers) {
  Config config = small_config();
  config.agent_weights = WEIGHTS_UNTIED;
  config.agent_ticks = {layers, layers};
  const TensorTable table = agent_tensors(cohort_agent_shape(&config));
  size_t reals = 0;
  for (int t = 0; t < table.count; ++t)
    reals += static_cast<size_t>(table.tensor[t].rows) * static_cast<size_t>(table.tensor[t].length);
  return 3 * reals * sizeof(real);
}

TEST_F(Taught, KeepTheirOwnLayersAndNoOthers) {
  ASSERT_EQ(train("run", 2, "[2, 3, 7]"), STATUS_OK) << status_message();
  EXPECT_LT(bytes_of_tensors(2), bytes_of_tensors(3));
  for (int depth : {2, 3, 7}) {
    const size_t size = checkpoint("run", depth).size(), tensors = bytes_of_tensors(depth);
    EXPECT_GT(size, tensors) << depth << " layers";
    EXPECT_LT(size, tensors + bytes_of_tensors(1) / 2) << depth << " layers: half a layer is spare";
  }
}

}  // namespace
