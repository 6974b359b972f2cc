// Checks on simulated agents with known values that 95 % intervals of metrics and scores hold the truth.
#include <gtest/gtest.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <thread>
#include <vector>

#include "host/probe_score.h"
#include "host/probes/block.h"
#include "host/probes/flip.h"
#include "host/probes/front.h"
#include "host/probes/goal.h"
#include "host/probes/residual.h"
#include "host/probes/tick.h"

namespace {

// Levels differ in how hard they are, so levels are the sampling unit: a level's difficulty is a normal
// number that all agents share plus one of each agent's own, on the scale of logits.
constexpr double kShared = 0.8, kOwn = 0.8;

enum { FLIP, TICK, FRONT, BLOCK, GOAL, RESIDUAL, METRICS };

constexpr int kRuns = 2000, kSeeds = 5;
constexpr int kTicks = 6, kStudents = 2, kFrontTicks = 2;

double Logistic(double x) {
  return 1 / (1 + std::exp(-x));
}

// A fast generator (splitmix64, Steele et al. 2014); the probes' own would take most of the time.
class Source {
 public:
  // Streams of neighbouring numbers must not be shifts of one another.
  Source(uint64_t a, uint64_t b) : state_(a) { state_ = Next() ^ b * 0xd1b54a32d192ed03, state_ = Next(); }
  uint64_t Next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }
  double Unit() { return static_cast<double>(Next() >> 11) * 0x1p-53; }
  int Below(int n) { return static_cast<int>(Unit() * n); }
  double Normal() {
    const double radius = std::sqrt(-2 * std::log(1 - Unit()));
    return radius * std::cos(2 * M_PI * Unit());
  }
  double Binomial(double n, double p) {
    double hits = 0;
    for (int i = 0; i < n; ++i) hits += Unit() < p;
    return hits;
  }

 private:
  uint64_t state_;
};

// What an agent is like, as logits; `front` in squares.
struct Agent {
  double flip, block, goal, control, near, far, front;
};

// Like trained planners: FLIP .7, TICK .5, FRONT .6, BLOCK .8, GOAL .8, RESIDUAL .5.
constexpr Agent kPlanner = {1.1, 2.2, 1.9, -0.5, 3.2, 1.2, 27};

// One of the agents that a setting yields.
Agent AgentOfSeed(uint64_t seed) {
  Source source(seed, 77);
  Agent agent = kPlanner;
  for (double *logit : {&agent.flip, &agent.block, &agent.goal, &agent.near, &agent.far})
    *logit += 0.3 * source.Normal();
  agent.front += 3 * source.Normal();
  return agent;
}

// The levels of one run, and how an agent finds them. `expected` writes means over an agent's chances.
struct World {
  uint64_t run, agent;
  double scale;  // of the numbers of levels
  bool expected;
};

int LevelsOf(const World &world, int levels) {
  return static_cast<int>(levels * world.scale);
}

// The levels of a set: the same source for all agents, and one of the agent's own.
struct Levels {
  Source shared, own;
  Levels(const World &world, ProbeSet set)
      : shared(world.run, set), own(world.run ^ (world.agent + 1) << 32, set) {}
  double Difficulty() { return kShared * shared.Normal() + kOwn * own.Normal(); }
};

double *AddTable(ProbeTables *tables, ProbeSet set, int levels, int columns) {
  EXPECT_EQ(probe_add_table(tables, set, levels, columns), STATUS_OK);
  return tables->table[tables->count - 1].values;
}

// How many squares of a level count, drawn like those of 9 × 9 levels, of which FLIP counts none in 39 %,
// BLOCK in 7 % and GOAL in 61 %, and of the others on average 5, 12 and 4.
double Counted(Source *source, int metric) {
  const double none = metric == FLIP ? 0.39 : metric == BLOCK ? 0.065 : 0.61;
  const double mean = metric == FLIP ? 4.8 : 3.6;
  const bool counts = source->Unit() >= none;
  const double unit = source->Unit(), other = source->Unit();
  if (!counts) return 0;
  if (metric == BLOCK) return 2 + std::floor(11 * unit) + std::floor(11 * other);
  return 1 + std::floor(-mean * std::log(1 - unit));
}

// Counted squares, then of these the hits of each logit. For BLOCK and GOAL the same again for those beyond
// repair: as in 9 × 9 levels those of a few levels, a third and an eighth.
ProbeTables Shares(const World &world, int metric, ProbeSet set, int levels, std::vector<double> logits) {
  ProbeTables tables = {};
  Levels source(world, set);
  const int count = LevelsOf(world, levels);
  const int columns = 1 + static_cast<int>(logits.size()), every = metric == BLOCK ? 3 : 8;
  const bool reaches = metric != FLIP;
  double *row = AddTable(&tables, set, count, reaches ? 2 * columns : columns);
  for (int n = 0; n < count; ++n) {
    const double squares = Counted(&source.shared, metric), shift = source.Difficulty();
    *row++ = squares;
    for (double logit : logits) {
      const double p = Logistic(logit + shift);
      *row++ = world.expected ? squares * p : source.own.Binomial(squares, p);
    }
    if (!reaches) continue;
    if (n % every == 0) std::copy(row - columns, row, row);
    row += columns;
  }
  return tables;
}

// Solve after 1 … kTicks ticks, rising to `logit` until `enough` ticks, and the students' where there are
// columns for them.
void AddSolve(ProbeTables *tables, const World &world, ProbeSet set, int levels, double logit, int enough,
              int students) {
  Levels source(world, set);
  const int count = LevelsOf(world, levels);
  double *row = AddTable(tables, set, count, kTicks + students);
  for (int n = 0; n < count; ++n) {
    const double shift = source.Difficulty();
    for (int k = 0; k < kTicks; ++k) *row++ = Logistic(logit - 0.8 * std::max(0, enough - 1 - k) + shift);
    const double student = source.Difficulty();
    for (int s = 0; s < students; ++s) *row++ = Logistic(0.2 + 0.05 * s + student);
  }
}

ProbeTables Front(const World &world, double front) {
  ProbeTables tables = {};
  Levels source(world, PROBE_FAR);
  const int count = LevelsOf(world, 600);
  double *row = AddTable(&tables, PROBE_FAR, count, FRONT_DISTANCES * (1 + kFrontTicks));
  for (int n = 0; n < count; ++n) {
    const int longest = 20 + source.shared.Below(40);
    const double shift = 1.5 * source.Difficulty();
    for (int d = 1; d <= FRONT_DISTANCES; ++d, ++row) {
      row[0] = d <= longest ? 1 + source.shared.Below(4) : 0;
      for (int k = 0; k < kFrontTicks; ++k) {
        const double p = Logistic(1.9 + (front * (k + 1) / kFrontTicks - d) / 6 + shift);
        row[(k + 1) * FRONT_DISTANCES] = world.expected ? row[0] * p : source.own.Binomial(row[0], p);
      }
    }
    row += kFrontTicks * FRONT_DISTANCES;
  }
  tables.shape[0] = kFrontTicks;
  tables.shape[1] = FRONT_CAP;
  return tables;
}

constexpr const Probe *kProbes[METRICS] = {&PROBE_FLIP,  &PROBE_TICK, &PROBE_FRONT,
                                           &PROBE_BLOCK, &PROBE_GOAL, &PROBE_RESIDUAL};

ProbeTables Simulate(const World &world, const Agent &agent, int metric) {
  ProbeTables tables = {};
  switch (metric) {
    case FLIP:
      return Shares(world, metric, PROBE_FLIPS, 300, {agent.flip});
    case BLOCK:
      return Shares(world, metric, PROBE_LOOPED, 300, {agent.block, agent.control - 1, agent.control});
    case GOAL:
      return Shares(world, metric, PROBE_NEAR, 600, {agent.goal, agent.control - 1, agent.control});
    case FRONT:
      return Front(world, agent.front);
    case TICK:
      AddSolve(&tables, world, PROBE_NEAR, 600, agent.near, 2, 0);
      AddSolve(&tables, world, PROBE_FAR, 600, agent.far, 5, 0);
      return tables;
    default:
      AddSolve(&tables, world, PROBE_FAR, 600, agent.far, 5, kStudents);
      AddSolve(&tables, world, PROBE_FARTHER, 120, agent.far - 0.5, 6, kStudents);
      tables.shape[0] = kTicks;
      tables.shape[1] = kStudents;
      return tables;
  }
}

// The metric itself, without an interval.
double Value(const World &world, const Agent &agent, int metric) {
  ProbeTables tables = Simulate(world, agent, metric);
  std::vector<std::vector<double>> means;
  const double *rows[PROBE_TABLES_MAX] = {};
  for (int t = 0; t < tables.count; ++t) {
    const ProbeTable &table = tables.table[t];
    std::vector<double> sums(static_cast<size_t>(table.columns), 0);
    for (int n = 0; n < table.levels; ++n)
      for (int c = 0; c < table.columns; ++c) sums[c] += table.values[n * table.columns + c] / table.levels;
    means.push_back(sums);
  }
  for (int t = 0; t < tables.count; ++t) rows[t] = means[t].data();
  const double value = kProbes[metric]->value(&tables, rows);
  probe_free_tables(&tables);
  return value;
}

double ScoreOf(const double *value) {
  const double behaviour = (value[FLIP] + value[TICK]) / 2, causation = (value[BLOCK] + value[GOAL]) / 2;
  return std::pow(behaviour * value[FRONT] * causation * value[RESIDUAL], 0.25);
}

double ScoreOf(const World &world, const Agent &agent) {
  double value[METRICS];
  for (int m = 0; m < METRICS; ++m) value[m] = Value(world, agent, m);
  return ScoreOf(value);
}

// Runs `each` for 0 … count - 1 on all cores, each run within one thread.
void Spread(int count, const std::function<void(int)> &each) {
  const int threads = omp_get_max_threads();
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t)
    workers.emplace_back([=] {
      omp_set_num_threads(1);
      for (int i = t; i < count; i += threads) each(i);
    });
  for (std::thread &worker : workers) worker.join();
}

double Coverage(const std::vector<Interval> &intervals, double truth, const char *name) {
  int below = 0, above = 0;
  double width = 0, mean = 0;
  for (const Interval &interval : intervals) {
    below += truth < interval.lo;
    above += truth > interval.hi;
    width += (interval.hi - interval.lo) / 2 / static_cast<double>(intervals.size());
    mean += interval.value / static_cast<double>(intervals.size());
  }
  const double covered = 1 - static_cast<double>(below + above) / static_cast<double>(intervals.size());
  std::printf("%-18s truth %.3f  mean %.3f  coverage %.3f  misses below %d above %d  half-width %.3f\n", name,
              truth, mean, covered, below, above, width);
  return covered;
}

// ---- One agent: intervals over levels ----

struct Intervals {
  Interval metric[METRICS], score;
};

Intervals RunOnce(uint64_t run) {
  static thread_local ProbeEstimate estimates[METRICS];
  const World world = {run, 0, 1, false};
  ScoreMetric metrics[METRICS];
  Intervals result;
  for (int m = 0; m < METRICS; ++m) {
    ProbeTables tables = Simulate(world, kPlanner, m);
    EXPECT_EQ(probe_estimate(kProbes[m], &tables, run, &estimates[m]), STATUS_OK);
    probe_free_tables(&tables);
    result.metric[m] = estimates[m].interval;
    const double *const reach = kProbes[m]->reach ? estimates[m].reach_draws : nullptr;
    metrics[m] = {kProbes[m]->name,   kProbes[m]->family, true, true, estimates[m].interval,
                  estimates[m].draws, estimates[m].reach, reach};
  }
  const ScoreInput input = {metrics, METRICS, true, 0.9, 0.4, {0.9, 0.9, 0.9}};
  ProbeScore score;
  probe_score(&input, &score);
  result.score = score.score;
  return result;
}

TEST(Coverage, OfMetricsAndScoreOverLevelsIsHonest) {
  double truth[METRICS];
  Spread(METRICS, [&](int m) { truth[m] = Value({0, 0, m == FRONT ? 100.0 : 400.0, true}, kPlanner, m); });
  std::vector<Intervals> runs(kRuns);
  Spread(kRuns, [&](int i) { runs[i] = RunOnce(static_cast<uint64_t>(i) + 1); });
  for (int m = 0; m < METRICS; ++m) {
    std::vector<Interval> intervals;
    for (const Intervals &run : runs) intervals.push_back(run.metric[m]);
    const double covered = Coverage(intervals, truth[m], kProbes[m]->name);
    if (m == FLIP || m == BLOCK || m == GOAL) {
      EXPECT_GE(covered, 0.93) << kProbes[m]->name;
    }
  }
  std::vector<Interval> scores;
  for (const Intervals &run : runs) scores.push_back(run.score);
  EXPECT_GE(Coverage(scores, ScoreOf(truth), "S"), 0.93);
}

// ---- A setting: the mean of few seeds, who all see the same levels ----

TEST(Coverage, OfASettingsMeanOverFiveSeedsIsHonest) {
  const int agents = 1000;
  std::vector<double> scores(agents);
  Spread(agents, [&](int i) {
    const uint64_t seed = 1000000 + static_cast<uint64_t>(i);
    scores[i] = ScoreOf({seed, 0, 4, true}, AgentOfSeed(seed));
  });
  double truth = 0, square = 0;
  for (double score : scores) truth += score / agents, square += score * score / agents;
  std::printf("seed SD %.3f\n", std::sqrt(square - truth * truth));
  std::vector<Interval> intervals(kRuns);
  Spread(kRuns, [&](int i) {
    const uint64_t run = static_cast<uint64_t>(i) + 1;
    double values[kSeeds];
    for (uint64_t s = 0; s < kSeeds; ++s)
      values[s] = ScoreOf({run, s, 1, false}, AgentOfSeed(run * kSeeds + s));
    intervals[i] = statistics_t_interval(values, kSeeds);
  });
  EXPECT_GE(Coverage(intervals, truth, "S over 5 seeds"), 0.93);
}

}  // namespace
