// What the tests of evaluation share: small sets of levels, results that free themselves, subjects.
#ifndef MESAGRID_TESTS_HOST_EVALUATION_H
#define MESAGRID_TESTS_HOST_EVALUATION_H

#include <gtest/gtest.h>
#include <jansson.h>

#include <string>

#include "host/evaluate.h"
#include "host/evaluation_set.h"
#include "host/scores.h"
#include "host/subjects/catalogue.h"
#include "kernels/population.h"

// A small evaluation: 40 levels at the training size and far, 20 elsewhere.
inline Config small_config() {
  Config config;
  config_default(&config);
  config.eval_levels = 40;
  config.eval_levels_apart = 20;
  return config;
}

// All sets of a configuration, freed at the end.
struct Sets {
  explicit Sets(const Config &config) {
    EXPECT_EQ(eval_sets_create(&config, &sets), STATUS_OK) << status_message();
  }
  ~Sets() { eval_sets_free(&sets); }
  const EvalWorld &operator[](int w) const { return sets.world[w]; }
  EvalSets sets;
};

// Scores, freed at the end.
struct Measured {
  Measured(const Subject &subject, const EvalSet &set, int ticks, size_t batch_bytes = 0) {
    EXPECT_EQ(scores_measure(&subject, &set, ticks, batch_bytes, &scores), STATUS_OK) << status_message();
  }
  ~Measured() { scores_free(&scores); }
  double solve(int ticks) const { return scores_mean(&scores, scores.solve, ticks); }
  Scores scores;
};

// A JSON value, released at the end.
struct Json {
  explicit Json(json_t *value) : value(value) {}
  ~Json() { json_decref(value); }
  json_t *operator[](const char *key) const { return json_object_get(value, key); }
  json_t *value;
};

// A whole set as one batch that asks for plans alone: plan(set.count, ticks, size * size).
inline SubjectBatch batch_of(const EvalSet &set, int ticks, uint8_t *plan) {
  SubjectBatch batch = {};
  batch.levels = set.levels;
  batch.count = set.count;
  batch.set = set.number;
  batch.seed = set.seed;
  batch.ticks = ticks;
  batch.stride = set.size * set.size;
  batch.plan = plan;
  return batch;
}

inline json_t *world_result(const Subject &subject, const EvalWorld &world, int ticks) {
  json_t *result = nullptr;
  EXPECT_EQ(evaluate_world(&subject, &world, ticks, &result), STATUS_OK) << status_message();
  return result;
}

inline double number(const json_t *object, const char *key) {
  return json_number_value(json_object_get(object, key));
}

inline Subject baseline(const char *name) {
  int count;
  const Subject *all = subject_baselines(&count);
  for (int i = 0; i < count; ++i)
    if (std::string(all[i].name) == name) return all[i];
  ADD_FAILURE() << name;
  return all[0];
}

// An agent with its first, random weights.
struct Untrained {
  Untrained() {
    const PopulationShape shape = {{CORE_CONV_MGU, 4, 0, 0}, 1, 4, 1, 1, 9, 4, 2};
    EXPECT_EQ(population_create(shape, &population), STATUS_OK);
    AgentSpec spec = {};
    spec.seed = 3;
    population_start(&population, 0, &spec);
    agent.shape = shape.agent;
    agent.parameters = population.parameters;
    EXPECT_EQ(phases_choose(nullptr, &agent.phases), STATUS_OK);
    subject = subject_agent(&agent, "untrained");
  }
  ~Untrained() { population_free(&population); }
  Population population;
  SubjectAgent agent = {};
  Subject subject;
};

#endif
