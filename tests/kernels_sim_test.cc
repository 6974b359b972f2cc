// Claims about stepping: every step, reset and observation is what a plain reading of the rules gives, on
// every instruction set and any number of threads.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "envs/catalogue.h"
#include "envs/rng_lane.h"
#include "kernels/sim.h"
#include "kernels/stepping.h"

namespace {

std::vector<const Phases *> phases_here() {
  std::vector<const Phases *> found;
  for (const char *name : {"avx512", "avx2", "baseline"}) {
    const Phases *phases = nullptr;
    if (phases_choose(name, &phases) == STATUS_OK) found.push_back(phases);
  }
  return found;
}

WorldsSpec small_spec(int size, int worlds, int pool, View view) {
  WorldsSpec spec = {};
  spec.env.kind = ENV_MAZE;
  spec.env.size_lo = spec.env.size_hi = size;
  spec.env.loops = 0.1f;
  spec.env.limit = size == 5 ? 1 : size == 13 ? 3 : 2;
  spec.env.split = SPLIT_ANY;
  spec.seed = 7;
  spec.count = worlds;
  spec.pool = pool;
  spec.view = view;
  return spec;
}

View view_of(ViewKind kind, int side, ViewPack pack) {
  View view;
  view.kind = kind;
  view.pack = pack;
  view.side = side;
  return view;
}

struct OwnedWorlds {
  explicit OwnedWorlds(const WorldsSpec &spec) {
    const Status status = worlds_create(&spec, &worlds);
    EXPECT_EQ(status, STATUS_OK) << status_message();
  }
  ~OwnedWorlds() { worlds_free(&worlds); }
  OwnedWorlds(const OwnedWorlds &) = delete;
  OwnedWorlds &operator=(const OwnedWorlds &) = delete;
  Worlds worlds;
};

// ---- The plain reading ----

void put_bits(std::vector<uint8_t> *bytes, int *at, uint32_t value, int count) {
  for (int i = 0; i < count; ++i, ++*at)
    if (value >> i & 1) (*bytes)[*at / 8] |= static_cast<uint8_t>(1 << *at % 8);
}

int index_bits(int squares) {
  int bits = 0;
  while ((1 << bits) < squares + 1) ++bits;
  return bits;
}

// What envs/view.h promises, square by square.
std::vector<uint8_t> plain_view(const View &view, const Level &level, int agent) {
  const int side = view.side, squares = side * side, width = level.grid.width, height = level.grid.height;
  const bool window = view.kind == VIEW_WINDOW;
  const int top = window ? agent / width - side / 2 : 0, left = window ? agent % width - side / 2 : 0;
  std::vector<uint8_t> shown(squares, SQUARE_WALL);
  int goal = squares, here = squares;
  for (int i = 0; i < squares; ++i) {
    const int y = top + i / side, x = left + i % side;
    if (y < 0 || y >= height || x < 0 || x >= width) continue;
    const int square = y * width + x;
    if (!grid_is_wall(&level.grid, square)) shown[i] = SQUARE_FREE;
    if (square == level.goal) shown[goal = i] = SQUARE_GOAL;
    if (square == agent) here = i;
  }
  if (view.pack == VIEW_BYTES) {
    if (!window) shown[here] = SQUARE_AGENT;
    return shown;
  }
  const int marks = index_bits(squares), bits = squares + marks * (window ? 1 : 2);
  std::vector<uint8_t> packed((bits + 31) / 32 * 4, 0);
  int at = 0;
  for (int i = 0; i < squares; ++i) put_bits(&packed, &at, shown[i] == SQUARE_WALL, 1);
  put_bits(&packed, &at, goal, marks);
  if (!window) put_bits(&packed, &at, here, marks);
  return packed;
}

// One world by env_step(), its draws by Rng.
struct PlainWorld {
  PlainWorld(const WorldsSpec &spec_of_all, uint32_t number) : spec(&spec_of_all), world(number) { begin(); }

  void begin() {
    if (spec->pool > 0) {
      Rng rng = rng_at(spec->seed, rng_stream(RNG_SIM_POOL, world, episode), 0);
      const uint32_t drawn = rng_below(&rng, spec->pool);
      env_generate(&spec->env, spec->seed, drawn, 0, &level);
    } else {
      env_generate(&spec->env, spec->seed, world, episode, &level);
    }
    state.agent = level.start;
    state.step = 0;
    limit = env_step_limit(&spec->env, &level);
  }

  static int random_action(uint64_t seed, uint32_t world, uint64_t step) {
    Rng rng = rng_at(seed, rng_stream(RNG_SIM_ACTION, world, 0), step / 16);
    return static_cast<int>(rng_next(&rng) >> 2 * (step % 16) & 3);
  }

  int step(int action) {
    const StepResult result = env_step(spec->env.kind, &level, limit, &state, action);
    reward += result.reward;
    terminated += result.terminated;
    if (!result.terminated && !result.truncated) return SIM_GOES_ON;
    ++episode;
    begin();
    return result.terminated ? SIM_TERMINATED : SIM_TRUNCATED;
  }

  const WorldsSpec *spec;
  uint32_t world, episode = 0, terminated = 0;
  int64_t reward = 0;
  int limit = 0;
  Level level;
  EnvState state;
};

// ---- Step by step ----

struct Case {
  int size, worlds, pool, steps;
  View view;
  bool given;
};

// Everything that a call writes over all its steps.
struct Record {
  std::vector<uint8_t> observation, outcome;
};

Record step_all(Worlds *worlds, const Phases *phases, int threads, int steps, const uint8_t *actions) {
  const size_t rows = static_cast<size_t>(steps ? steps : 1) * worlds->spec.count;
  Record record;
  record.observation.assign(rows * view_bytes(&worlds->spec.view), 0xee);
  record.outcome.assign(rows, 0xee);
  const SteppingIo io = {actions, record.observation.empty() ? nullptr : record.observation.data(),
                         record.outcome.data(), steps};
  stepping_run(worlds, phases, threads, steps, &io);
  return record;
}

std::vector<uint8_t> some_actions(size_t count) {
  std::vector<uint8_t> actions(count);
  Rng rng = rng_at(99, 0, 0);
  for (uint8_t &action : actions) action = static_cast<uint8_t>(rng_below(&rng, ENV_ACTIONS));
  return actions;
}

// Returns the steps that were compared. The steps are made in calls of uneven length.
int64_t compare_with_plain(const Case &c, const Phases *phases) {
  const WorldsSpec spec = small_spec(c.size, c.worlds, c.pool, c.view);
  OwnedWorlds owned(spec);
  Worlds *worlds = &owned.worlds;
  std::vector<PlainWorld> plain;
  for (int w = 0; w < c.worlds; ++w) plain.emplace_back(spec, w);
  const size_t bytes = view_bytes(&spec.view);
  const std::vector<uint8_t> actions = some_actions(static_cast<size_t>(c.steps) * c.worlds);
  int done = 0;
  for (int call = 0; done < c.steps; ++call) {
    const int left = c.steps - done, wanted = 1 + call * 37 % 90, steps = wanted < left ? wanted : left;
    const uint8_t *given = c.given ? actions.data() + static_cast<size_t>(done) * c.worlds : nullptr;
    const Record record = step_all(worlds, phases, 1, steps, given);
    for (int t = 0; t < steps; ++t)
      for (int w = 0; w < c.worlds; ++w) {
        const size_t row = static_cast<size_t>(t) * c.worlds + w;
        const int action = given ? given[row] : PlainWorld::random_action(spec.seed, w, done + t);
        const int outcome = plain[w].step(action);
        const std::vector<uint8_t> seen = plain_view(spec.view, plain[w].level, plain[w].state.agent);
        if (outcome != record.outcome[row] ||
            (bytes && memcmp(seen.data(), &record.observation[row * bytes], bytes) != 0)) {
          ADD_FAILURE() << phases->name << ": size " << c.size << ", view " << spec.view.kind << " of "
                        << spec.view.side << ", pack " << spec.view.pack << ", pool " << c.pool << ": world "
                        << w << ", step " << done + t << ": outcome " << int{record.outcome[row]} << ", not "
                        << outcome;
          return 0;
        }
      }
    done += steps;
  }
  WorldsTotals sum = {};
  for (int w = 0; w < c.worlds; ++w) {
    const WorldTile &tile = worlds->tile[w / LANE_TILE];
    EXPECT_EQ(tile.position[w % LANE_TILE], position_of(plain[w].state.agent, plain[w].level.grid.width));
    EXPECT_EQ(tile.left[w % LANE_TILE], static_cast<uint32_t>(plain[w].limit - plain[w].state.step));
    EXPECT_EQ(tile.episode[w % LANE_TILE], plain[w].episode);
    sum.episodes += plain[w].episode;
    sum.terminated += plain[w].terminated;
    sum.reward += plain[w].reward;
  }
  const WorldsTotals totals = worlds_totals(worlds);
  EXPECT_EQ(totals.steps, static_cast<int64_t>(c.steps) * c.worlds);
  EXPECT_EQ(totals.episodes, sum.episodes);
  EXPECT_EQ(totals.terminated, sum.terminated);
  EXPECT_EQ(totals.reward, sum.reward);
  EXPECT_TRUE(c.size > 13 || sum.terminated > 0);
  EXPECT_GT(sum.episodes, sum.terminated);
  return totals.steps;
}

class SimAgainstPlain : public testing::TestWithParam<int> {};

TEST_P(SimAgainstPlain, StepsAndShowsWhatThePlainReadingDoes) {
  const int size = GetParam();
  for (const Phases *phases : phases_here())
    for (const ViewPack pack : {VIEW_BITS, VIEW_BYTES})
      for (const int pool : {0, 50}) {
        for (const int side : {3, 5, 7, 9, 11, 13, 31}) {
          if ((side + size) % 4 == 2 && side != 11) continue;  // half of them at every size
          compare_with_plain({size, 67, pool, 70, view_of(VIEW_WINDOW, side, pack), side % 4 == 3}, phases);
        }
        compare_with_plain({size, 67, pool, 70, view_of(VIEW_BOARD, size, pack), pool == 0}, phases);
      }
}

INSTANTIATE_TEST_SUITE_P(Sizes, SimAgainstPlain, testing::Values(5, 7, 9, 13, 21, 31));

TEST(Sim, TenMillionStepsAreThePlainReadings) {
  int64_t compared = 0;
  for (const Phases *phases : phases_here())
    for (const int size : {5, 13})
      for (const bool given : {false, true})
        compared +=
            compare_with_plain({size, 1000, 500, 900, view_of(VIEW_NONE, 1, VIEW_BITS), given}, phases);
  EXPECT_GE(compared, 3600000 * static_cast<int64_t>(phases_here().size()));
}

TEST(Sim, TakesLevelsOfManySizes) {
  WorldsSpec spec = small_spec(15, 40, 30, view_of(VIEW_WINDOW, 11, VIEW_BITS));
  spec.env.size_lo = 5;
  for (const Phases *phases : phases_here()) {
    OwnedWorlds owned(spec);
    std::vector<PlainWorld> plain;
    for (int w = 0; w < spec.count; ++w) plain.emplace_back(spec, w);
    const Record record = step_all(&owned.worlds, phases, 1, 500, nullptr);
    for (int t = 0; t < 500; ++t)
      for (int w = 0; w < spec.count; ++w) {
        plain[w].step(PlainWorld::random_action(spec.seed, w, t));
        const std::vector<uint8_t> seen = plain_view(spec.view, plain[w].level, plain[w].state.agent);
        ASSERT_EQ(0, memcmp(seen.data(), &record.observation[(t * 40 + w) * seen.size()], seen.size()));
      }
  }
}

TEST(Sim, ShowsTheBeginningBeforeTheFirstStep) {
  for (const Phases *phases : phases_here())
    for (const int pool : {0, 20}) {
      const WorldsSpec spec = small_spec(9, 50, pool, view_of(VIEW_WINDOW, 7, VIEW_BYTES));
      OwnedWorlds owned(spec);
      const Record record = step_all(&owned.worlds, phases, 1, 0, nullptr);
      for (int w = 0; w < spec.count; ++w) {
        const PlainWorld plain(spec, w);
        const std::vector<uint8_t> seen = plain_view(spec.view, plain.level, plain.state.agent);
        ASSERT_EQ(0, memcmp(seen.data(), &record.observation[w * seen.size()], seen.size())) << w;
      }
      EXPECT_EQ(owned.worlds.step, 0u);
    }
}

// ---- The same bits everywhere ----

TEST(Sim, IsTheSameForEveryNumberOfThreadsAndEverySplitOfTheSteps) {
  for (const int pool : {0, 100}) {
    const WorldsSpec spec = small_spec(13, 500, pool, view_of(VIEW_WINDOW, 11, VIEW_BITS));
    const Phases *phases = phases_here()[0];
    OwnedWorlds one(spec);
    const Record expected = step_all(&one.worlds, phases, 1, 300, nullptr);
    for (const int threads : {1, 2, 3}) {
      OwnedWorlds other(spec);
      Record record = step_all(&other.worlds, phases, threads, 123, nullptr);
      const Record rest = step_all(&other.worlds, phases, threads, 177, nullptr);
      record.observation.insert(record.observation.end(), rest.observation.begin(), rest.observation.end());
      record.outcome.insert(record.outcome.end(), rest.outcome.begin(), rest.outcome.end());
      EXPECT_TRUE(record.observation == expected.observation) << threads;
      EXPECT_TRUE(record.outcome == expected.outcome) << threads;
      EXPECT_EQ(0, memcmp(one.worlds.tile, other.worlds.tile, worlds_tiles(500) * sizeof(WorldTile)));
    }
  }
}

TEST(Sim, OverwritesSlotsInTurn) {
  const WorldsSpec spec = small_spec(9, 33, 10, view_of(VIEW_WINDOW, 5, VIEW_BITS));
  OwnedWorlds all(spec), ring(spec);
  const Record expected = step_all(&all.worlds, phases_here()[0], 1, 50, nullptr);
  const size_t row = 33 * view_bytes(&spec.view);
  std::vector<uint8_t> observation(4 * row), outcome(4 * 33);
  const SteppingIo io = {nullptr, observation.data(), outcome.data(), 4};
  stepping_run(&ring.worlds, phases_here()[0], 1, 50, &io);
  for (int t = 46; t < 50; ++t) {
    EXPECT_EQ(0, memcmp(&observation[t % 4 * row], &expected.observation[t * row], row)) << t;
    EXPECT_EQ(0, memcmp(&outcome[t % 4 * 33], &expected.outcome[t * 33], 33)) << t;
  }
}

TEST(RngLane, IsRngBlock) {
  Rng rng = rng_at(5, 0, 0);
  for (int i = 0; i < 10000; ++i) {
    const uint64_t seed = (uint64_t)rng_next(&rng) << 32 | rng_next(&rng);
    const uint64_t block = (uint64_t)rng_next(&rng) << 32 | rng_next(&rng);
    uint32_t world[LANE_WIDTH], episode[LANE_WIDTH], drawn[4][LANE_WIDTH];
    for (int lane = 0; lane < LANE_WIDTH; ++lane)
      world[lane] = rng_next(&rng) >> 8, episode[lane] = rng_next(&rng);
    Lane word[4];
    rng_lane_block(seed, rng_lane_stream(RNG_START, lane_load(world)), lane_load(episode), block, word);
    for (int k = 0; k < 4; ++k) lane_store(drawn[k], word[k]);
    for (int lane = 0; lane < LANE_WIDTH; ++lane) {
      uint32_t expected[4];
      rng_block(seed, rng_stream(RNG_START, world[lane], episode[lane]), block, expected);
      for (int k = 0; k < 4; ++k) ASSERT_EQ(drawn[k][lane], expected[k]) << lane << ", word " << k;
    }
  }
}

// ---- What is refused ----

TEST(Worlds, RefuseWhatTheyCannotDo) {
  const View none = view_of(VIEW_NONE, 1, VIEW_BITS);
  Worlds worlds;
  for (const WorldsSpec &spec :
       {small_spec(4, 1, 1, none), small_spec(33, 1, 1, none), small_spec(9, 0, 1, none),
        small_spec(9, WORLDS_MAX + 1, 1, none), small_spec(9, 1, -1, none),
        small_spec(9, 1, 1, view_of(VIEW_WINDOW, 4, VIEW_BITS)),
        small_spec(9, 1, 1, view_of(VIEW_WINDOW, 33, VIEW_BITS)),
        small_spec(9, 1, 1, view_of(VIEW_BOARD, 7, VIEW_BITS)),
        small_spec(31, 1, WORLDS_POOL_MAX, view_of(VIEW_WINDOW, 31, VIEW_BITS))}) {
    EXPECT_EQ(worlds_create(&spec, &worlds), STATUS_USAGE);
    EXPECT_NE(std::string(status_message()), "");
  }
}

}  // namespace
