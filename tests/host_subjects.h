// What the tests of built subjects share: finding one, levels to think on, and a thought with clamps.
#ifndef MESAGRID_TESTS_HOST_SUBJECTS_H
#define MESAGRID_TESTS_HOST_SUBJECTS_H

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "envs/oracle.h"
#include "host/subjects/catalogue.h"
#include "tests/host_evaluation.h"

enum { UP, RIGHT, DOWN, LEFT };

inline const BuiltSubject &built(const std::string &name) {
  int count;
  const BuiltSubject *all = subjects_built(&count);
  for (int i = 0; i < count; ++i)
    if (all[i].subject.name == name) return all[i];
  ADD_FAILURE() << name;
  return all[0];
}

inline std::vector<BuiltSubject> all_built() {
  int count;
  const BuiltSubject *all = subjects_built(&count);
  return std::vector<BuiltSubject>(all, all + count);
}

// Held-out levels, drawn once: 20 of 9×9 and of 15×15 with 10 % loops, 20 of 9×9 with 30 % loops.
inline const EvalSet &levels_of(const char *id) {
  static const Sets *sets = [] {
    Config config = small_config();
    config.eval_levels = 20;
    return new Sets(config);
  }();
  for (int w = 0; w < sets->sets.count; ++w)
    if (std::string((*sets)[w].id) == id) return (*sets)[w].test;
  ADD_FAILURE() << id;
  return (*sets)[0].test;
}

// One subject's thought on some levels, everything asked for. Clamps are set before think().
struct Thought {
  Thought(const Subject &subject, const Level *levels, int count, int ticks)
      : subject(subject),
        ticks(ticks),
        stride(grid_squares(&levels[0].grid) + 3),
        channels(subject.channels),
        plan(static_cast<size_t>(count * ticks * stride), 77),
        state(plan.size() * (channels ? channels : 1), -7),
        outputs(plan.size() * HEAD_OUTPUTS, -7) {
    batch.levels = levels;
    batch.count = count;
    batch.seed = 5;
    batch.set = 3;
    batch.ticks = ticks;
    batch.stride = stride;
    batch.plan = plan.data();
    batch.state = channels ? state.data() : nullptr;
    batch.outputs = outputs.data();
  }
  Thought(const Subject &subject, const EvalSet &set, int ticks)
      : Thought(subject, set.levels, set.count, ticks) {}

  Thought &think() {
    if (!edits.empty()) {
      batch.edits = edits.data();
      batch.level_edits = static_cast<int>(edits.size()) / batch.count;
      batch.edit_values = values.data();
      batch.edit_rows = static_cast<int>(values.size()) / (ticks * channels);
    }
    EXPECT_EQ(subject.think(&subject, &batch), STATUS_OK) << status_message();
    return *this;
  }
  // Clamps one square of every level from a tick on, to the same reals at every tick.
  Thought &clamp(std::vector<int> squares, int from, const std::vector<real> &value) {
    for (int square : squares) edits.push_back({square, from, ticks + 1, 0});
    for (int k = 0; k < ticks; ++k) values.insert(values.end(), value.begin(), value.end());
    return *this;
  }
  Thought &see_later(const Level *levels, int from) {
    batch.later = levels;
    batch.later_from = from;
    return *this;
  }
  const uint8_t *plan_at(int level, int tick) const { return &plan[(level * ticks + tick - 1) * stride]; }
  const real *state_at(int level, int tick, int square) const {
    return &state[((level * ticks + tick - 1) * stride + square) * channels];
  }
  const real *outputs_at(int level, int tick, int square) const {
    return &outputs[((level * ticks + tick - 1) * stride + square) * HEAD_OUTPUTS];
  }

  Subject subject;
  int ticks, stride, channels;
  SubjectBatch batch = {};
  std::vector<uint8_t> plan;
  std::vector<real> state, outputs, values;
  std::vector<TraceEdit> edits;
};

inline bool is_best(const Level &level, const int16_t *distance, int square, int action) {
  return action < PLAN_STAY && (oracle_best_actions(&level, distance, square) >> action & 1);
}

// What a wall (a goal) looks like in the state of a subject, read off a thought of its own.
inline std::vector<real> look_of(const Subject &subject, const Level &level, int square, int tick) {
  Thought thought(subject, &level, 1, tick);
  thought.think();
  const real *at = thought.state_at(0, tick, square);
  return std::vector<real>(at, at + subject.channels);
}

#endif
