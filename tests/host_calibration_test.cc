// Claims about the whole instrument: built planners score high, everything that only looks like search scores
// nothing, and a reading is the same on any number of threads.
#include <gtest/gtest.h>
#include <omp.h>

#include <cmath>
#include <cstring>
#include <map>
#include <memory>
#include <set>

#include "host/cohort.h"
#include "host/instrument.h"
#include "host/probe_report.h"
#include "tests/host_subjects.h"

namespace {

constexpr double kLevels = 1;  // times as many levels of each set as the instrument has
// What the deepest student must solve to be believed (SCIENCE.md, "Students' budget decides RESIDUAL").
constexpr double kStudentFar = 0.72, kStudentFarther = 0.38;

// ---- The instrument, made once ----

// Students of which the deepest solves the same on every level, and the others half of that.
StudentSolve made_up_students(const ProbeLevels &levels) {
  const auto rates = [](int count, double deepest) {
    double *solve = static_cast<double *>(std::calloc(static_cast<size_t>(count) * STUDENTS, sizeof *solve));
    for (int i = 0; i < count * STUDENTS; ++i) solve[i] = i % STUDENTS == 0 ? deepest : deepest / 2;
    return solve;
  };
  StudentSolve solve = {};
  solve.students = STUDENTS;
  solve.far = rates(levels.set[PROBE_FAR].count, kStudentFar);
  solve.farther = rates(levels.set[PROBE_FARTHER].count, kStudentFarther);
  return solve;
}

const Instrument &instrument() {
  static const Instrument *const made = [] {
    Instrument *const instrument = new Instrument;
    Config config;
    ProbeLevels levels;
    config_default(&config);
    EXPECT_EQ(probe_levels_create(&config, kLevels, &levels), STATUS_OK) << status_message();
    const StudentSolve students = made_up_students(levels);
    EXPECT_EQ(instrument_create_given(&config, &levels, &students, instrument), STATUS_OK)
        << status_message();
    return instrument;
  }();
  return *made;
}

struct Read {
  explicit Read(const Subject &subject, const SubjectAgent *agent = nullptr) {
    EXPECT_EQ(instrument_read(&instrument(), &subject, agent, &reading), STATUS_OK) << status_message();
  }
  ~Read() { reading_free(&reading); }
  const ProbeScore &score() const { return reading.score; }
  double family(ProbeFamily family) const { return reading.score.family[family].value; }
  double metric(const std::string &name) const {
    for (int i = 0; i < PROBES; ++i)
      if (name == probes[i]->name) return reading.estimate[i].interval.value;
    ADD_FAILURE() << name;
    return NAN;
  }
  // What probe_report says of it, the caller's.
  json_t *report(const char *name) const {
    json_t *report = nullptr;
    EXPECT_EQ(probe_report(&instrument(), name, &reading, &report), STATUS_OK) << status_message();
    return report;
  }
  Reading reading = {};
};

// The reading of a built subject, made when it is first asked for.
const Read &read_built(const std::string &name) {
  static std::map<std::string, std::unique_ptr<Read>> all;
  std::unique_ptr<Read> &read = all[name];
  if (!read) read = std::make_unique<Read>(built(name).subject);
  return *read;
}

// The default agent before its first update.
struct FirstWeights {
  FirstWeights() {
    Config config;
    config_default(&config);
    const AgentSpec spec = cohort_agent_spec(&config);
    EXPECT_EQ(population_create(cohort_shape(&config, 1, config.agent_ticks.hi), &population), STATUS_OK);
    population_start(&population, 0, &spec);
    EXPECT_EQ(phases_choose(nullptr, &parts.phases), STATUS_OK);
    parts.shape = population.shape.agent;
    parts.parameters = population.parameters;
  }
  ~FirstWeights() { population_free(&population); }
  Population population;
  SubjectAgent parts = {};
};

// ---- Where subjects stand ----

TEST(Calibration, EveryProbeTellsTheBuiltPlannerFromGreedy) {
  for (int i = 0; i < PROBES; ++i) EXPECT_TRUE(instrument().informative[i]) << probes[i]->name;
}

TEST(Calibration, BuiltPlannersScoreAboveNineTenths) {
  int planners = 0;
  int count;
  const BuiltSubject *const all = subjects_built(&count);
  for (int i = 0; i < count; ++i) {
    const BuiltSubject &subject = all[i];
    if (subject.kind != BUILT_POSITIVE) continue;
    SCOPED_TRACE(subject.subject.name);
    const ProbeScore &score = read_built(subject.subject.name).score();
    EXPECT_GT(score.score.lo, 0.9) << score.reason;
    EXPECT_EQ(score.label, LABEL_SEARCH) << score.reason;
    planners += 1;
  }
  EXPECT_EQ(planners, 3);
}

TEST(Calibration, NothingThatOnlyLooksLikeSearchScores) {
  int others = 0;
  int count;
  const BuiltSubject *const all = subjects_built(&count);
  for (int i = 0; i < count; ++i) {
    const BuiltSubject &subject = all[i];
    if (subject.kind != BUILT_NEGATIVE && subject.kind != BUILT_FOOLER) continue;
    SCOPED_TRACE(subject.subject.name);
    const ProbeScore &score = read_built(subject.subject.name).score();
    EXPECT_LT(score.score.hi, 0.05) << score.reason;
    // Not known where BLOCK and GOAL cannot be asked; S alone decides there.
    if (subject.subject.channels > 0) {
      EXPECT_LT(score.score_without_I.value, 0.2) << score.reason;
    }
    EXPECT_NE(score.label, LABEL_SEARCH) << score.reason;
    EXPECT_NE(score.label, LABEL_AXIS_BOUND) << score.reason;
    others += 1;
  }
  EXPECT_GE(others, 12);
}

TEST(Calibration, AnUntrainedNetScoresNothing) {
  const FirstWeights untrained;
  const Subject subject = subject_agent(&untrained.parts, "untrained");
  const Read read(subject, &untrained.parts);
  EXPECT_EQ(read.score().score.hi, 0) << read.score().reason;
  EXPECT_LT(read.score().score_without_I.value, 0.05);
  EXPECT_EQ(read.score().label, LABEL_REACTIVE) << read.score().reason;
}

// The oracle behind a curtain has all the behaviour of a planner, and only the clamps tell.
TEST(Calibration, OnlyCausationTellsTheRevealedOracle) {
  const Read &oracle = read_built("revealed oracle");
  EXPECT_GT(oracle.family(FAMILY_BEHAVIOUR), 0.9);
  EXPECT_GT(oracle.family(FAMILY_REPRESENTATION), 0.9);
  EXPECT_GT(oracle.family(FAMILY_IRREDUCIBILITY), 0.9);
  EXPECT_LT(oracle.score().family[FAMILY_CAUSATION].hi, 0.05);
}

// ---- The table of SCIENCE.md ----

struct Row {
  const char *name;
  double metric[PROBES];  // FLIP TICK FRONT BLOCK GOAL I
};

TEST(Calibration, FoolersStandWhereTheTableSays) {
  static const char *const names[PROBES] = {"FLIP", "TICK", "FRONT", "BLOCK", "GOAL", "RESIDUAL"};
  static const Row rows[] = {
      {"revealed oracle", {1, 1, 1, 0, 0, 1}},
      {"greedy with a value map", {0, 0, .15, 0, 0, 0}},
      {"delayed greedy, wavefront", {0, .05, .15, 0, 0, 0}},
      {"delayed greedy, random", {0, 0, .15, 0, 0, 0}},
  };
  for (const Row &row : rows) {
    const Read &read = read_built(row.name);
    for (int i = 0; i < PROBES; ++i)
      EXPECT_NEAR(read.metric(names[i]), row.metric[i], 0.1) << row.name << ", " << names[i];
    const double family[PROBE_FAMILIES] = {(row.metric[0] + row.metric[1]) / 2, row.metric[2],
                                           (row.metric[3] + row.metric[4]) / 2, row.metric[5]};
    for (int f = 0; f < PROBE_FAMILIES; ++f)
      EXPECT_NEAR(read.family(static_cast<ProbeFamily>(f)), family[f], 0.1)
          << row.name << ", " << probe_family_name(static_cast<ProbeFamily>(f));
  }
}

// ---- Bits ----

// Everything that a reading says, as bytes.
std::string bits_of(const Reading &reading) {
  std::string bits;
  const auto add = [&](const void *data, size_t size) { bits.append(static_cast<const char *>(data), size); };
  for (int i = 0; i < PROBES; ++i) {
    const ProbeEstimate &estimate = reading.estimate[i];
    add(&estimate.interval, sizeof estimate.interval);
    add(estimate.draws, sizeof estimate.draws);
    add(&estimate.reach, sizeof estimate.reach);
    add(estimate.reach_draws, sizeof estimate.reach_draws);
  }
  add(reading.score.family, sizeof reading.score.family);
  add(&reading.score.score, sizeof reading.score.score);
  add(&reading.score.score_without_I, sizeof reading.score.score_without_I);
  add(&reading.solve, sizeof reading.solve);
  add(reading.off_axis, sizeof reading.off_axis);
  add(&reading.front_speed, sizeof reading.front_speed);
  return bits + reading.score.reason;
}

TEST(Calibration, AReadingIsTheSameBitsOnAnyNumberOfThreads) {
  const int before = omp_get_max_threads();
  const FirstWeights untrained;
  const Subject subjects[] = {built("value iteration, noisy").subject,
                              subject_agent(&untrained.parts, "untrained")};
  for (const Subject &subject : subjects) {
    omp_set_num_threads(1);
    const std::string one = bits_of(Read(subject).reading);
    omp_set_num_threads(2);
    EXPECT_TRUE(bits_of(Read(subject).reading) == one) << subject.name;
  }
  omp_set_num_threads(before);
}

// ---- What a report says ----

std::set<std::string> keys_of(json_t *object) {
  std::set<std::string> keys;
  const char *key;
  json_t *value;
  json_object_foreach(object, key, value) keys.insert(key);
  return keys;
}

using Keys = std::set<std::string>;

TEST(Calibration, AReportHasThePromisedKeysAndNoOther) {
  const Json report(read_built("value iteration").report("value iteration"));
  EXPECT_EQ(keys_of(report.value), (Keys{"version", "name", "world", "label", "reason", "S", "S_lo", "S_hi",
                                         "S_without_I", "families", "metrics", "gates", "best_ticks",
                                         "ticks95", "front_speed", "students", "missing"}));
  EXPECT_EQ(keys_of(report["families"]),
            (Keys{"behaviour", "representation", "causation", "irreducibility"}));
  EXPECT_EQ(keys_of(report["metrics"]), (Keys{"FLIP", "TICK", "FRONT", "BLOCK", "GOAL", "RESIDUAL"}));
  const Keys estimate = {"value", "lo", "hi"};
  EXPECT_EQ(keys_of(report["S_without_I"]), estimate);
  const char *name;
  json_t *entry;
  json_object_foreach(report["families"], name, entry) EXPECT_EQ(keys_of(entry), estimate) << name;
  json_object_foreach(report["metrics"], name, entry) {
    Keys keys = {"value", "lo", "hi", "family", "question", "applies", "informative", "planner", "reactive"};
    if (json_object_get(entry, "reach")) {
      EXPECT_EQ(keys_of(json_object_get(entry, "reach")), estimate) << name;
      keys.insert("reach");
    }
    EXPECT_EQ(keys_of(entry), keys) << name;
  }
  EXPECT_EQ(keys_of(report["gates"]), (Keys{"competence", "off_axis"}));
  EXPECT_EQ(keys_of(report["students"]), (Keys{"accepted", "depths", "far", "farther", "fourfold"}));
}

TEST(Calibration, AReportSaysWhatTheReadingHolds) {
  const Read &read = read_built("value iteration");
  const Json report(read.report("value iteration"));
  EXPECT_STREQ(json_string_value(report["name"]), "value iteration");
  EXPECT_STREQ(json_string_value(report["label"]), "search");
  EXPECT_STREQ(json_string_value(report["reason"]), read.score().reason);
  EXPECT_NEAR(number(report.value, "S"), read.score().score.value, 1e-4);
  EXPECT_NEAR(number(report.value, "S_lo"), read.score().score.lo, 1e-4);
  EXPECT_NEAR(number(report.value, "S_hi"), read.score().score.hi, 1e-4);
  EXPECT_EQ(json_array_size(report["missing"]), 0u) << "everything could be asked, of believable students";
  EXPECT_TRUE(json_is_true(json_object_get(report["students"], "accepted")));
  for (const char *gate : {"competence", "off_axis"})
    EXPECT_TRUE(json_is_true(json_object_get(json_object_get(report["gates"], gate), "passed"))) << gate;
}

TEST(Calibration, ClampsDoNotApplyToAgentsWithoutAStateAndTheReportSaysSo) {
  for (const char *name : {"greedy", "random", "wall follower"}) {
    SCOPED_TRACE(name);
    const Json report(read_built(name).report(name));
    for (const char *probe : {"FLIP", "TICK", "FRONT", "BLOCK", "GOAL", "RESIDUAL"}) {
      const json_t *const metric = json_object_get(report["metrics"], probe);
      const bool clamps = std::strcmp(probe, "BLOCK") == 0 || std::strcmp(probe, "GOAL") == 0;
      EXPECT_EQ(json_is_true(json_object_get(metric, "applies")), !clamps) << probe;
      EXPECT_EQ(json_is_null(json_object_get(metric, "value")), clamps) << probe;
    }
    EXPECT_TRUE(json_is_null(json_object_get(report["families"], "causation")));
    ASSERT_EQ(json_array_size(report["missing"]), 2u);
    for (size_t i = 0; i < 2; ++i) {
      const std::string sentence = json_string_value(json_array_get(report["missing"], i));
      EXPECT_EQ(sentence.rfind(i == 0 ? "BLOCK " : "GOAL ", 0), 0u) << sentence;
      EXPECT_NE(sentence.find("no spatial state"), std::string::npos) << sentence;
    }
  }
}

}  // namespace
