// What the tests of the editing probes share: planted subjects, levels, and one subject under one probe.
#ifndef MESAGRID_TESTS_HOST_PLANTED_H
#define MESAGRID_TESTS_HOST_PLANTED_H

#include <gtest/gtest.h>
#include <jansson.h>

#include <algorithm>
#include <climits>
#include <cstring>
#include <string>
#include <vector>

#include "envs/oracle.h"
#include "host/probe_clamp.h"
#include "host/probe_classes.h"
#include "host/probes/probe.h"
#include "tests/envs_pictures.h"
#include "tests/host_evaluation.h"

// Columns of BLOCK and GOAL: of all squares, and of those beyond repair.
enum { COUNTED, EDIT, RANDOM, FREE, BEYOND_COUNTED, BEYOND_EDIT };

// ---- Planted subjects ----

// Value iteration through its state of C channels: [score, is wall, is goal, …]. A square's score is 1 at a
// goal, else .9 of its best neighbour's, from the states of the tick before, which a clamp may have set.
constexpr int CHANNELS = 4;

inline void clamp_level(const Subject *subject, const SubjectBatch *batch, int n, int k, real *state) {
  for (int e = 0; e < batch->level_edits; ++e) {
    const TraceEdit &edit = batch->edits[n * batch->level_edits + e];
    if (edit.square < 0 || k + 1 < edit.from || k + 1 >= edit.until) continue;
    ASSERT_LT(edit.row, batch->edit_rows);
    const size_t row = static_cast<size_t>(edit.row) * batch->ticks + k;
    std::memcpy(state + edit.square * subject->channels, batch->edit_values + row * subject->channels,
                subject->channels * sizeof(real));
  }
}

inline void sweep(const Level &level, int channels, const real *now, real *next) {
  for (int square = 0; square < grid_squares(&level.grid); ++square) {
    real *out = next + square * channels;
    const bool wall = grid_is_wall(&level.grid, square), goal = square == level.goal;
    real best = 0;
    for (int action = 0; action < ENV_ACTIONS && !wall; ++action)
      best = std::max(best, now[(square + grid_offset(level.grid.width, action)) * channels]);
    out[0] = wall ? 0 : goal ? 1 : real(0.9) * best;
    out[1] = wall;
    out[2] = goal;
    out[3] = square % 3;
    for (int c = CHANNELS; c < channels; ++c) out[c] = 0;
  }
}

inline void read_plan(const Level &level, int channels, const real *state, uint8_t *plan) {
  for (int square = 0; square < grid_squares(&level.grid); ++square) {
    plan[square] = PLAN_STAY;
    if (grid_is_wall(&level.grid, square)) continue;
    real best = 0;
    for (int action = 0; action < ENV_ACTIONS; ++action) {
      const int next = square + grid_offset(level.grid.width, action);
      if (grid_is_wall(&level.grid, next) || state[next * channels] <= best) continue;
      best = state[next * channels];
      plan[square] = static_cast<uint8_t>(action);
    }
  }
}

// What a planted subject shows instead of the plan of its state.
enum Shows { ITS_STATE, THE_ORACLE, GREEDY };

inline void value_level(const Subject *subject, const SubjectBatch *batch, int n, void *) {
  const Level &level = batch->levels[n];
  const Shows shows = *static_cast<const Shows *>(subject->context);
  const int channels = subject->channels;
  std::vector<real> now(static_cast<size_t>(batch->stride) * channels), next(now.size());
  int16_t distance[GRID_SQUARES];
  oracle_distances(&level, distance);
  for (int k = 0; k < batch->ticks; ++k, now.swap(next)) {
    sweep(level, channels, now.data(), next.data());
    clamp_level(subject, batch, n, k, next.data());
    uint8_t *plan = subject_plan(batch, n, k);
    if (shows == ITS_STATE) read_plan(level, channels, next.data(), plan);
    if (shows == THE_ORACLE) plan_decode(&level, distance, plan);
    if (shows == GREEDY) plan_greedy(&level, plan);
    if (batch->state)
      std::memcpy(batch->state + (static_cast<size_t>(n) * batch->ticks + k) * now.size(), next.data(),
                  now.size() * sizeof(real));
  }
}

inline Status value_think(const Subject *subject, const SubjectBatch *batch) {
  return subject_each_level(subject, batch, value_level, 0);
}

inline Subject planted(Shows shows, int channels = CHANNELS) {
  static const Shows all[] = {ITS_STATE, THE_ORACLE, GREEDY};
  Subject subject = {};
  subject.name = "planted";
  subject.ticks_max = INT_MAX;
  subject.channels = channels;
  subject.think = value_think;
  subject.context = &all[shows];
  return subject;
}

// ---- Levels and runs ----

// The levels of all probes, freed at the end.
struct Levels {
  explicit Levels(const Config &config, double scale) {
    EXPECT_EQ(probe_levels_create(&config, scale, &levels), STATUS_OK) << status_message();
  }
  ~Levels() { probe_levels_free(&levels); }
  ProbeLevels levels;
};

// A quarter of the default levels, drawn once.
inline const ProbeLevels &shared_levels() {
  static const Levels levels(small_config(), 0.25);
  return levels.levels;
}

// Every set holds the one level of a picture.
struct Hand {
  explicit Hand(const std::string &text) : level(picture_level(text)), distance(GRID_SQUARES) {
    oracle_distances(&level, distance.data());
    std::memset(&levels, 0, sizeof levels);
    for (int which = 0; which < PROBE_SETS; ++which) {
      EvalSet &set = levels.set[which];
      set.number = static_cast<uint32_t>(which);
      set.size = level.grid.width;
      set.count = 1;
      set.levels = &level;
      set.distance = distance.data();
    }
  }
  Level level;
  std::vector<int16_t> distance;
  ProbeLevels levels;
};

// A ring of 16 squares, numbered clockwise from the goal: 12 13 14 15 25 35 45 55 54 53 52 51 41 31 21.
constexpr const char *RING =
    "#######\n"
    "#G    #\n"
    "# ### #\n"
    "# ### #\n"
    "# ### #\n"
    "#    @#\n"
    "#######\n";

// One subject under one probe.
struct Asked {
  Asked(const Probe &probe, const Subject &subject, const ProbeLevels &levels, int ticks = 40)
      : probe(probe) {
    std::memset(&context, 0, sizeof context);
    context.subject = &subject;
    context.levels = &levels;
    context.ticks = context.best_ticks = ticks;
    EXPECT_EQ(probe_classes_measure(&subject, &levels, ticks, &context.classes), STATUS_OK);
    EXPECT_EQ(probe.measure(&context, &tables), STATUS_OK) << status_message();
  }
  ~Asked() {
    probe_free_tables(&tables);
    probe_classes_free(&context.classes);
    json_decref(drawn);
  }
  std::vector<double> means() const {
    const ProbeTable &table = tables.table[0];
    std::vector<double> mean(table.columns);
    for (int i = 0; i < table.levels * table.columns; ++i) mean[i % table.columns] += table.values[i];
    for (double &value : mean) value /= table.levels;
    return mean;
  }
  double value() const {
    const std::vector<double> mean = means();
    const double *const columns[] = {mean.data()};
    return probe.value(&tables, columns);
  }
  double reach() const {
    const std::vector<double> mean = means();
    const double *const columns[] = {mean.data()};
    return probe.reach(&tables, columns);
  }
  json_t *picture() {
    json_decref(drawn);
    drawn = nullptr;
    EXPECT_EQ(probe.picture(&context, &drawn), STATUS_OK) << status_message();
    return drawn;
  }
  const Probe &probe;
  ProbeContext context;
  ProbeTables tables = {};
  json_t *drawn = nullptr;
};

inline double value_of(const Probe &probe, const Subject &subject) {
  return Asked(probe, subject, shared_levels()).value();
}

// The squares of a set, as (y, x) in the order of their numbers: "12 34".
inline std::string names(const GridSet &squares, int width) {
  std::string text;
  for (int n = 0; n < grid_set_count(&squares); ++n) {
    const int square = grid_set_nth(&squares, width, n);
    text += (text.empty() ? "" : " ") + std::to_string(square / width) + std::to_string(square % width);
  }
  return text;
}

#endif
