// Small populations and the plainest loop that trains them: what the tests of the phases share.
#ifndef MESAGRID_TESTS_KERNELS_POPULATION_H
#define MESAGRID_TESTS_KERNELS_POPULATION_H

#include <gtest/gtest.h>
#include <xxhash.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "kernels/phases.h"

inline PopulationShape small_shape(int agents, int channels) {
  PopulationShape shape = {};
  shape.agent = {CORE_CONV_MGU, channels, 0, 0};
  shape.agents = agents;
  shape.levels = 4;
  shape.walkers = 2;
  shape.shards = 2;
  shape.size_max = 7;
  shape.limit = 4;
  shape.ticks_max = 4;
  return shape;
}

// What a shape may be besides: agents with weights of their own for each tick, that see the oracle's
// distances, or learn from it; and all of that.
inline std::vector<PopulationShape> shape_variants(const PopulationShape &shape) {
  std::vector<PopulationShape> variants(4, shape);
  variants[0].agent.layers = variants[3].agent.layers = shape.ticks_max;
  variants[1].agent.distance = variants[3].agent.distance = 1;
  variants[2].walkers = variants[3].walkers = 0;
  return variants;
}

// Hyperparameters as the sweep's defaults, with a budget that no test reaches unless it means to.
inline AgentSpec small_spec(const PopulationShape &shape, uint64_t seed) {
  AgentSpec spec = {};
  spec.seed = seed;
  spec.env = {ENV_MAZE, 5, shape.size_max, 0.1f, 0, shape.limit, SPLIT_TRAIN};
  spec.ticks_lo = shape.ticks_max < 2 ? shape.ticks_max : 2;
  spec.ticks_hi = shape.ticks_max;
  spec.loss = {0.97f, 1.0f, 0.01f, 0.5f,
               1.0f / (real)(shape.levels * (shape.walkers > 0 ? shape.walkers : 1) * 8)};
  spec.adam = {3e-3f, 0.9f, 0.99f, 1e-5f, 0.5f};
  spec.drop[0] = {1000, 1e-3f};
  spec.drop[1] = {INT64_MAX, 0};
  spec.updates = 1250;
  return spec;
}

// A population with the tape of one block. The tape starts as NaN: whoever reads what nobody wrote shows it.
class SmallPopulation {
 public:
  explicit SmallPopulation(const PopulationShape &shape) {
    EXPECT_EQ(population_create(shape, &population), STATUS_OK) << status_message();
    tape_.reset(static_cast<char *>(std::aligned_alloc(64, tape_align(tape_bytes(&shape)))));
    spoil_tape();
  }
  SmallPopulation(const PopulationShape &shape, const std::vector<AgentSpec> &specs)
      : SmallPopulation(shape) {
    for (size_t p = 0; p < specs.size(); ++p) population_start(&population, static_cast<int>(p), &specs[p]);
  }
  ~SmallPopulation() { population_free(&population); }
  SmallPopulation(const SmallPopulation &) = delete;
  SmallPopulation &operator=(const SmallPopulation &) = delete;

  void spoil_tape() { std::memset(tape_.get(), 0xff, tape_bytes(&population.shape)); }
  void *tape() { return tape_.get(); }

  // One update of agent p, shard by shard, unless it has stopped.
  void update(const Phases *phases, int p) {
    if (population.progress[p].status != AGENT_TRAINING) return;
    for (int shard = 0; shard < population.shape.shards; ++shard) {
      phases->rollout(&population, p, shard, tape());
      phases->learn(&population, p, shard, tape());
    }
    phases->update(&population, p);
  }
  void train(const Phases *phases, int updates) {
    for (int u = 0; u < updates; ++u)
      for (int p = 0; p < population.shape.agents; ++p) update(phases, p);
  }

  Population population = {};

 private:
  struct Free {
    void operator()(char *memory) const { std::free(memory); }
  };
  std::unique_ptr<char, Free> tape_;
};

// Everything that agent p has learned and where it stands, as bytes without padding.
inline std::string agent_bytes(const Population &population, int p) {
  const size_t reals = population.layout.reals;
  std::string bytes;
  const auto add = [&](const void *data, size_t size) {
    bytes.append(static_cast<const char *>(data), size);
  };
  for (const real *vector : {population.parameters, population.moment1, population.moment2})
    add(vector + p * reals, reals * sizeof(real));
  const AgentProgress &progress = population.progress[p];
  add(&progress.update, sizeof progress.update);
  add(&progress.env_steps, sizeof progress.env_steps);
  add(&progress.powers, sizeof progress.powers);
  add(&progress.status, sizeof progress.status);
  return bytes;
}

inline uint64_t agent_hash(const Population &population, int p) {
  const std::string bytes = agent_bytes(population, p);
  return XXH3_64bits(bytes.data(), bytes.size());
}

// The history of agent p's last updates as bytes: UpdateStats has no padding.
inline std::string agent_history(const Population &population, int p) {
  return std::string(reinterpret_cast<const char *>(population.history + p * POPULATION_HISTORY),
                     POPULATION_HISTORY * sizeof(UpdateStats));
}

// The bits of one agent that trains alone.
inline std::string agent_alone(const PopulationShape &shape, const AgentSpec &spec, const Phases *phases,
                               int updates) {
  PopulationShape one = shape;
  one.agents = 1;
  SmallPopulation small(one, {spec});
  small.train(phases, updates);
  return agent_bytes(small.population, 0);
}

// What a trace of agent p on some levels tells: plan, states and outputs of every tick.
struct Trace {
  std::vector<uint8_t> plan;
  std::vector<real> state, outputs;
  int squares;  // reserved for each tick
  bool operator==(const Trace &other) const {
    return plan == other.plan &&
           !std::memcmp(state.data(), other.state.data(), state.size() * sizeof(real)) &&
           !std::memcmp(outputs.data(), other.outputs.data(), outputs.size() * sizeof(real));
  }
};

// `run` makes the whole job. An eventful one has all that a job can have: from its third tick on the agent
// sees the level turned upside down, and two squares of every level are clamped for some ticks, one of them
// in the corner.
template <typename Run>
Trace trace_agent_with(Run run, const Population &population, int p, const std::vector<Level> &levels,
                       int ticks, bool eventful = true) {
  Trace trace = {};
  const size_t entries = levels.size() * ticks;
  for (const Level &level : levels) trace.squares = std::max(trace.squares, grid_squares(&level.grid));
  trace.plan.assign(entries * trace.squares, 0);
  trace.state.assign(entries * trace.squares * population.shape.agent.channels, 0);
  trace.outputs.assign(entries * trace.squares * HEAD_OUTPUTS, 0);
  TraceJob job = {};
  job.shape = population.shape.agent;
  job.parameters = population.parameters + static_cast<size_t>(p) * population.layout.reals;
  job.levels = levels.data();
  job.count = static_cast<int>(levels.size());
  job.ticks = ticks;
  job.plan = trace.plan.data();
  job.state = trace.state.data();
  job.outputs = trace.outputs.data();
  job.plan_stride = job.state_stride = trace.squares;
  std::vector<Level> later = levels;
  std::vector<TraceEdit> edits;
  std::vector<real> values(2 * static_cast<size_t>(ticks) * job.shape.channels);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = 0.04f * static_cast<real>(i % job.shape.channels) - (i < values.size() / 2 ? 0.75f : 0.25f);
  for (Level &level : later) {
    const Grid grid = level.grid;
    for (int y = 0; y < grid.height; ++y) level.grid.wall[y] = grid.wall[grid.height - 1 - y];
    level.goal = (grid.height - 1 - level.goal / grid.width) * grid.width + level.goal % grid.width;
    edits.push_back({grid.width + 1, 2, 1000, 1});
    edits.push_back({grid.width > 3 ? level.goal : -1, 1, 2, 0});
    if (edits.back().square == edits[edits.size() - 2].square) edits.back().square = -1;
  }
  if (eventful) {
    job.edits = edits.data();
    job.level_edits = 2;
    job.edit_values = values.data();
    job.edit_rows = 2;
    job.later = later.data();
    job.later_from = 3;
  }
  run(&job);
  return trace;
}

inline Trace trace_agent(const Phases *phases, const Population &population, int p,
                         const std::vector<Level> &levels, int ticks, bool eventful = true) {
  return trace_agent_with(
      [phases](const TraceJob *job) {
        std::vector<char> scratch(trace_bytes(&job->shape, job->plan_stride), '\xff');
        for (int n = 0; n < job->count; ++n) phases->trace(job, n, scratch.data());
      },
      population, p, levels, ticks, eventful);
}

// A board of any height and width >= 3 with blocks strewn over it; no rule on ways.
inline Level block_level(int height, int width, uint64_t seed) {
  Level level = {};
  Rng rng =
      rng_at(seed, rng_stream(RNG_PROBE, static_cast<uint32_t>(height), static_cast<uint32_t>(width)), 0);
  level.grid = grid_solid(height, width);
  maze_scatter_blocks(&level.grid, 0.3f, &rng);
  const int cell = static_cast<int>(rng_below(&rng, static_cast<uint32_t>((height - 2) * (width - 2))));
  level.goal = level.start = (1 + cell / (width - 2)) * width + 1 + cell % (width - 2);
  grid_set_wall(&level.grid, level.goal, false);
  return level;
}

// The instruction sets by name; those that the machine lacks are left out, and `absent` names them.
inline std::vector<const Phases *> phases_here(std::string *absent) {
  std::vector<const Phases *> here;
  for (const char *name : {"baseline", "avx2", "avx512"}) {
    const Phases *phases = nullptr;
    if (phases_choose(name, &phases) == STATUS_OK)
      here.push_back(phases);
    else if (absent)
      *absent += std::string(status_message()) + "; ";
  }
  return here;
}

inline const Phases *phases_best() {
  const Phases *phases = nullptr;
  EXPECT_EQ(phases_choose(nullptr, &phases), STATUS_OK);
  return phases;
}

#endif
