// Claims about FLIP, BLOCK and GOAL on drawn levels: planted subjects, controls, bits and pictures.
#include <gtest/gtest.h>
#include <jansson.h>
#include <omp.h>

#include <cmath>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "host/probes/block.h"
#include "host/probes/flip.h"
#include "host/probes/goal.h"
#include "host/subjects/catalogue.h"
#include "tests/host_planted.h"

namespace {

// ---- Planted subjects ----

TEST(EditProbes, GiveValueIterationThroughItsStateNearlyOne) {
  for (const Probe *probe : {&PROBE_FLIP, &PROBE_BLOCK, &PROBE_GOAL})
    EXPECT_GT(value_of(*probe, planted(ITS_STATE)), 0.98) << probe->name;
}

TEST(EditProbes, GiveEveryBuiltPlannerNearlyOne) {
  int count;
  const BuiltSubject *built = subjects_built(&count);
  for (int i = 0; i < count; ++i) {
    if (built[i].kind != BUILT_POSITIVE) continue;
    for (const Probe *probe : {&PROBE_FLIP, &PROBE_BLOCK, &PROBE_GOAL}) {
      const Asked asked(*probe, built[i].subject, shared_levels());
      EXPECT_GT(asked.value(), 0.98) << probe->name << " of " << built[i].subject.name;
      if (!probe->reach) continue;
      EXPECT_GT(asked.reach(), 0.98) << probe->name << " of " << built[i].subject.name;
    }
  }
}

TEST(EditProbes, GiveAPlanThatOnlyStandsBesideAStateNothing) {
  EXPECT_GT(value_of(PROBE_FLIP, planted(THE_ORACLE)), 0.98);
  for (const Probe *probe : {&PROBE_BLOCK, &PROBE_GOAL})
    EXPECT_EQ(value_of(*probe, planted(THE_ORACLE)), 0) << probe->name;
  for (const Probe *probe : {&PROBE_FLIP, &PROBE_BLOCK, &PROBE_GOAL})
    EXPECT_LT(value_of(*probe, planted(GREEDY)), 0.02) << probe->name;
}

// ---- Beyond repair ----

// What the metrics themselves pay a patched oracle is why they have a reach.
TEST(EditProbes, FindNoFoolerToReachBeyondRepair) {
  int count;
  const BuiltSubject *built = subjects_built(&count);
  for (int i = 0; i < count; ++i) {
    const Subject &subject = built[i].subject;
    if (built[i].kind != BUILT_FOOLER) continue;
    for (const Probe *probe : {&PROBE_BLOCK, &PROBE_GOAL}) {
      const Asked asked(*probe, subject, shared_levels());
      EXPECT_LE(asked.reach(), 0.01) << probe->name << " of " << subject.name;
      if (std::string(subject.name) != "patching oracle") continue;
      EXPECT_GT(asked.value(), 0.3) << probe->name;
      EXPECT_GT(asked.means()[BEYOND_COUNTED], 0) << probe->name;
      EXPECT_EQ(asked.means()[BEYOND_EDIT], 0) << probe->name;
    }
  }
}

TEST(EditProbes, ReadTheirReachAsTheirValue) {
  ProbeTables tables = {};
  const double row[] = {9, 9, 0, 0, 4, 3, 1, 2}, none[] = {9, 9, 0, 0, 0, 0, 0, 0};
  const double *const means[] = {row, none};
  for (const Probe *probe : {&PROBE_BLOCK, &PROBE_GOAL}) {
    EXPECT_DOUBLE_EQ(probe->reach(&tables, &means[0]), 0.5);
    EXPECT_EQ(probe->reach(&tables, &means[1]), 0);
  }
  EXPECT_EQ(PROBE_FLIP.reach, nullptr);
}

TEST(EditProbes, AskSubjectsWithoutAStateForFlipOnly) {
  EXPECT_FALSE(PROBE_FLIP.clamps);
  EXPECT_TRUE(PROBE_BLOCK.clamps);
  EXPECT_TRUE(PROBE_GOAL.clamps);
  EXPECT_GT(value_of(PROBE_FLIP, baseline("value iteration")), 0.98);
  EXPECT_LT(value_of(PROBE_FLIP, baseline("greedy")), 0.02);
  EXPECT_EQ(value_of(PROBE_FLIP, baseline("random")), 0) << "the same draws before and after";
}

TEST(EditProbes, CountEnoughSquaresToSaySomething) {
  for (const Probe *probe : {&PROBE_FLIP, &PROBE_BLOCK, &PROBE_GOAL}) {
    const Subject subject = planted(ITS_STATE);
    EXPECT_GT(Asked(*probe, subject, shared_levels()).means()[COUNTED], 1) << probe->name;
  }
}

TEST(EditProbes, TakeTheStrongerControlOffAndClip) {
  ProbeTables tables = {};
  const double half[] = {4, 3, 1, 2}, other[] = {4, 3, 2, 1}, less[] = {4, 1, 2, 0}, none[] = {0, 0, 0, 0};
  const double *const means[] = {half, other, less, none};
  const double value[] = {0.5, 0.5, 0, 0};
  for (int i = 0; i < 4; ++i) EXPECT_DOUBLE_EQ(PROBE_GOAL.value(&tables, &means[i]), value[i]);
  EXPECT_TRUE(std::isnan(PROBE_FLIP.value(&tables, &means[3])));
}

// ---- The controls and the bits ----

// What a subject was asked to clamp: rows of the batch's values, by call.
struct Clamps {
  std::vector<std::vector<TraceEdit>> edits;
  std::vector<std::vector<real>> values;
};
Clamps watched;

Status watched_think(const Subject *subject, const SubjectBatch *batch) {
  const size_t row = static_cast<size_t>(batch->ticks) * subject->channels;
  if (batch->edits) {
    watched.edits.emplace_back(batch->edits, batch->edits + batch->count);
    watched.values.emplace_back(batch->edit_values, batch->edit_values + batch->edit_rows * row);
  }
  return value_think(subject, batch);
}

TEST(EditProbes, ClampTheClassTheRandomControlOfItsLengthAndAFreeState) {
  Subject subject = planted(ITS_STATE);
  subject.think = watched_think;
  for (const Probe *probe : {&PROBE_BLOCK, &PROBE_GOAL}) {
    const int ticks = 12;
    watched = {};
    const Asked asked(*probe, subject, shared_levels(), ticks);
    const ProbeClasses &classes = asked.context.classes;
    const real *target = probe == &PROBE_BLOCK ? classes.wall : classes.goal;
    const size_t row = ticks * CHANNELS;
    std::set<std::vector<real>> directions;
    ASSERT_EQ(watched.edits.size(), 3u);
    for (size_t n = 0; n < watched.edits[0].size(); ++n) {
      const TraceEdit &edit = watched.edits[0][n];
      if (edit.square < 0) continue;
      EXPECT_EQ(edit.from, 2);
      EXPECT_EQ(edit.until, ticks + 1);
      const real *values[3];
      for (int kind = 0; kind < 3; ++kind) values[kind] = &watched.values[kind][edit.row * row];
      directions.insert(std::vector<real>(values[1], values[1] + row));
      EXPECT_EQ(std::memcmp(values[0], target, row * sizeof(real)), 0);
      for (int k = 0; k < ticks; ++k) {
        double wanted = 0, length = 0;
        for (int c = 0; c < CHANNELS; ++c) {
          const double free = classes.free[k * CHANNELS + c];
          wanted += std::pow(target[k * CHANNELS + c] - free, 2);
          length += std::pow(values[1][k * CHANNELS + c] - free, 2);
        }
        EXPECT_NEAR(std::sqrt(length), std::sqrt(wanted), 1e-5);
      }
      if (probe == &PROBE_BLOCK) {
        EXPECT_EQ(std::memcmp(values[2], classes.free, row * sizeof(real)), 0);
      } else {
        EXPECT_GE(shared_levels().set[PROBE_NEAR].distance[n * 81 + edit.square], 4);
        for (int k = 0; k < ticks; ++k) EXPECT_EQ(values[2][k * CHANNELS + 2], 0) << "another goal's state";
        for (int k = 0; k < ticks; ++k) EXPECT_EQ(values[2][k * CHANNELS + 1], 0) << "a wall's state";
      }
    }
    EXPECT_GT(directions.size(), 50u) << "one a level";
  }
}

TEST(EditProbes, MeasureTheSameBitsOnAnyNumberOfThreads) {
  const int threads = omp_get_max_threads();
  const Subject subject = planted(ITS_STATE);
  for (const Probe *probe : {&PROBE_FLIP, &PROBE_BLOCK, &PROBE_GOAL}) {
    omp_set_num_threads(1);
    Asked one(*probe, subject, shared_levels(), 15);
    omp_set_num_threads(2);
    Asked two(*probe, subject, shared_levels(), 15);
    const ProbeTable &left = one.tables.table[0], &right = two.tables.table[0];
    const size_t bytes = sizeof(double) * left.levels * left.columns;
    EXPECT_EQ(std::memcmp(left.values, right.values, bytes), 0) << probe->name;
    EXPECT_EQ(std::memcmp(one.context.classes.wall, two.context.classes.wall,
                          (3 * 15 + 1) * CHANNELS * sizeof(real)),
              0);
    if (probe->picture) {
      EXPECT_TRUE(json_equal(one.picture(), two.picture()));
    }
  }
  omp_set_num_threads(threads);
}

// Checks that a level's number in a batch is its number in the set, and counts unedited thoughts of a set.
int chunks, chunk_levels;

Status keyed_think(const Subject *subject, const SubjectBatch *batch) {
  const EvalSet &set = shared_levels().set[batch->set - shared_levels().set[0].number];
  EXPECT_EQ(batch->levels, set.levels + batch->first);
  EXPECT_EQ(batch->seed, set.seed);
  const bool counts = &set == &shared_levels().set[PROBE_NEAR] && !batch->edits;
  chunks += counts;
  chunk_levels += counts ? batch->count : 0;
  return value_think(subject, batch);
}

TEST(EditProbes, MeasureTheSameInManyChunksAsInOne) {
  const Subject narrow = planted(ITS_STATE);
  Subject wide = planted(ITS_STATE, 150);  // 34 levels a chunk
  wide.think = keyed_think;
  chunks = chunk_levels = 0;
  const Asked one(PROBE_GOAL, narrow, shared_levels(), 20), many(PROBE_GOAL, wide, shared_levels(), 20);
  EXPECT_EQ(chunks, 5);
  EXPECT_EQ(chunk_levels, shared_levels().set[PROBE_NEAR].count);
  for (int n = 0; n < one.tables.table[0].levels; ++n)
    for (int column : {COUNTED, EDIT, FREE, BEYOND_COUNTED, BEYOND_EDIT})
      ASSERT_EQ(one.tables.table[0].values[n * CLAMP_COLUMNS + column],
                many.tables.table[0].values[n * CLAMP_COLUMNS + column]);
}

// ---- Pictures ----

std::string text_of(json_t *picture, const char *key) {
  return json_string_value(json_object_get(picture, key));
}

TEST(EditProbes, PictureShowsTheEditAndWhoseMindItChanged) {
  Hand hand(RING);
  const Subject value = planted(ITS_STATE), oracle = planted(THE_ORACLE);
  Asked asked(PROBE_BLOCK, value, hand.levels);
  json_t *picture = asked.picture();
  const char *const texts[] = {"before", "after", "changed", "counted", "moved"};
  for (const char *key : texts) EXPECT_EQ(text_of(picture, key).size(), 49u) << key;
  EXPECT_EQ(json_integer_value(json_object_get(picture, "size")), 7);
  EXPECT_EQ(json_integer_value(json_object_get(picture, "from_tick")), 2);
  EXPECT_EQ(json_integer_value(json_object_get(picture, "ticks")), 40);
  EXPECT_STREQ(json_string_value(json_array_get(json_object_get(picture, "rows"), 1)), "#     #");
  EXPECT_EQ(json_integer_value(json_array_get(json_object_get(picture, "goal"), 0)), 1);
  EXPECT_EQ(json_integer_value(json_array_get(json_object_get(picture, "edited"), 1)), 2);
  EXPECT_EQ(text_of(picture, "before").substr(21, 7), "#U###U#");
  EXPECT_EQ(text_of(picture, "after").substr(21, 7), "#U###D#");
  EXPECT_EQ(text_of(picture, "changed").substr(21, 7), "0000010");
  EXPECT_EQ(text_of(picture, "counted").substr(21, 7), "0000010");
  EXPECT_EQ(text_of(picture, "moved").substr(21, 7), "0000010");
  EXPECT_EQ(text_of(picture, "changed")[8], '0') << "what the goal would do does not matter";
  Asked unmoved(PROBE_BLOCK, oracle, hand.levels);
  EXPECT_EQ(text_of(unmoved.picture(), "changed"), std::string(49, '0'));
  EXPECT_EQ(text_of(unmoved.drawn, "moved"), std::string(49, '0'));
}

TEST(EditProbes, PictureIsOfALevelWhereSquaresCountOrNone) {
  const Subject value = planted(ITS_STATE);
  for (const Probe *probe : {&PROBE_BLOCK, &PROBE_GOAL}) {
    Asked asked(*probe, value, shared_levels());
    EXPECT_NE(text_of(asked.picture(), "moved").find('1'), std::string::npos) << probe->name;
  }
  Hand tree("#######\n#G    #\n##### #\n#     #\n# #####\n#    @#\n#######\n");
  EXPECT_TRUE(json_is_null(Asked(PROBE_BLOCK, value, tree.levels).picture()));
  EXPECT_EQ(PROBE_FLIP.picture, nullptr);
}

}  // namespace
