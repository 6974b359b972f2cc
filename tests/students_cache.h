// A cache of students that cost no training: configurations as the program writes them, weights as drawn.
#ifndef MESAGRID_TESTS_STUDENTS_CACHE_H
#define MESAGRID_TESTS_STUDENTS_CACHE_H

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "host/cohort.h"
#include "host/files.h"
#include "host/students.h"

// How to run in this process: silently, and told to stop from the start or not at all.
struct RunHere {
  explicit RunHere(bool stop = false, int threads = 1) : stop_asked(stop) {
    progress.quiet = true;
    options.threads = threads;
    options.stop = &stop_asked;
    options.progress = &progress;
    EXPECT_EQ(phases_choose(nullptr, &options.phases), STATUS_OK);
  }
  RunHere(const RunHere &) = delete;
  RunHere &operator=(const RunHere &) = delete;
  volatile sig_atomic_t stop_asked;
  Progress progress = {};
  RunOptions options = {};
};

// The directories of the students in a cache of one world, in no order.
inline std::vector<std::string> student_directories(const std::string &cache) {
  std::vector<std::string> directories;
  for (const auto &entry : std::filesystem::recursive_directory_iterator(cache))
    if (entry.path().filename() == "config.yaml") directories.push_back(entry.path().parent_path().string());
  return directories;
}

// Lets the students of a world make their first updates and stop, as a signal would.
inline void begin_students(const std::string &cache, const Config &config) {
  const RunHere stopped(true);
  Students students;
  EXPECT_EQ(students_open(cache.c_str(), &config, 1, &stopped.options, &students), STATUS_INTERRUPTED)
      << status_message();
}

// Makes the agent in a directory one that is trained to the end, as far as its checkpoint says.
inline void declare_done(const std::string &directory) {
  Config config;
  Population population;
  const UpdateStats tally = {};
  ASSERT_EQ(config_read_yaml((directory + "/config.yaml").c_str(), &config), STATUS_OK) << status_message();
  ASSERT_EQ(population_create(cohort_shape(&config, 1, config.agent_ticks.hi), &population), STATUS_OK);
  const AgentSpec spec = cohort_agent_spec(&config);
  population_start(&population, 0, &spec);
  population.progress[0].update = spec.updates;
  population.progress[0].status = AGENT_DONE;
  EXPECT_EQ(checkpoint_save(directory.c_str(), &config, &population, 0, &tally), STATUS_OK)
      << status_message();
  population_free(&population);
}

inline void fill_students_cache(const std::string &cache, const Config &config) {
  begin_students(cache, config);
  for (const std::string &directory : student_directories(cache)) declare_done(directory);
}

#endif
