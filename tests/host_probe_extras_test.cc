// Claims about the extras: what is shown beside the score and never scored.
#include <gtest/gtest.h>
#include <omp.h>

#include <climits>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "envs/oracle.h"
#include "host/probe_classes.h"
#include "host/probe_extra.h"
#include "host/probes/extra_curves.h"
#include "host/probes/extra_description.h"
#include "host/probes/extra_hysteresis.h"
#include "host/probes/extra_linear.h"
#include "host/probes/extra_refinement.h"
#include "host/probes/extra_replanning.h"
#include "host/probes/extra_wave.h"
#include "kernels/agent_catalogue.h"
#include "tests/envs_pictures.h"
#include "tests/host_evaluation.h"

namespace {

enum { UP, RIGHT, DOWN, LEFT };

// ---- Planted subjects ----

enum Kind {
  REREADS,   // value iteration that looks at the world at every tick
  COPIES,    // the same, but it keeps the world that it saw first
  REACTS,    // greedy; looks at the world at every tick, and its state is of no use to it
  IMPROVES,  // a walk by depth-first search, and from tick 6 on the shortest one; its state is of no use
  CHASES,    // greedy towards the square whose state says "goal", a clamped one before its own
};

const float STEP = 1.0f / 512;  // what a step costs on the map of values; the goal is worth 1

// Sets what is clamped in state(H·W) at the end of a tick.
void clamp(const SubjectBatch *batch, int level, int tick, float *state) {
  for (int e = 0; e < batch->level_edits; ++e) {
    const TraceEdit &edit = batch->edits[level * batch->level_edits + e];
    if (edit.square >= 0 && tick >= edit.from && tick < edit.until)
      state[edit.square] = batch->edit_values[edit.row * batch->ticks + tick - 1];
  }
}

void sweep_once(const Level &level, const std::vector<float> &before, float *after) {
  for (int square = 0; square < grid_squares(&level.grid); ++square) {
    after[square] = 0;
    if (grid_is_wall(&level.grid, square)) continue;
    for (int action = 0; action < ENV_ACTIONS; ++action)
      after[square] = std::max(after[square], before[square + grid_offset(level.grid.width, action)] - STEP);
    if (square == level.goal) after[square] = 1;
  }
}

void climb(const Level &level, const float *value, uint8_t *plan) {
  for (int square = 0; square < grid_squares(&level.grid); ++square) {
    plan[square] = PLAN_STAY;
    float best = 0;
    for (int action = 0; action < ENV_ACTIONS && !grid_is_wall(&level.grid, square); ++action) {
      const float worth = value[square + grid_offset(level.grid.width, action)];
      if (worth > best) plan[square] = static_cast<uint8_t>(action), best = worth;
    }
  }
}

// plan: towards the parents of a depth-first search from the goal; depth: steps that its walks take.
void search_deep(const Level &level, int square, int steps, int16_t *depth, uint8_t *plan) {
  depth[square] = static_cast<int16_t>(steps);
  for (int action = 0; action < ENV_ACTIONS; ++action) {
    const int from = square - grid_offset(level.grid.width, action);
    if (grid_is_wall(&level.grid, from) || depth[from] >= 0) continue;
    plan[from] = static_cast<uint8_t>(action);
    search_deep(level, from, steps + 1, depth, plan);
  }
}

void improve(const Level &level, int tick, uint8_t *plan) {
  int16_t distance[GRID_SQUARES], depth[GRID_SQUARES];
  oracle_distances(&level, distance);
  plan_decode(&level, distance, plan);
  std::fill(depth, depth + GRID_SQUARES, int16_t{-1});
  if (tick < 6) search_deep(level, level.goal, 0, depth, plan);
}

// The plan for the state that is read here, before it is made anew: 1 at the goal, 0 elsewhere, or clamped.
void chase(const Level &level, float *state, uint8_t *plan) {
  Level seen = level;
  for (int square = 0; square < grid_squares(&level.grid); ++square)
    if (state[square] == 1 && square != level.goal) seen.goal = square;
  plan_greedy(&seen, plan);
  std::fill(state, state + grid_squares(&level.grid), 0.0f);
  state[level.goal] = 1;
}

void think_level(const Subject *subject, const SubjectBatch *batch, int i, void *) {
  const Kind kind = *static_cast<const Kind *>(subject->context);
  std::vector<float> before(batch->stride, 0.0f), after(batch->stride, 0.0f);
  for (int tick = 1; tick <= batch->ticks; ++tick) {
    const bool later = batch->later && tick >= batch->later_from && kind != COPIES;
    const Level &level = later ? batch->later[i] : batch->levels[i];
    uint8_t *plan = subject_plan(batch, i, tick - 1);
    if (kind == REREADS || kind == COPIES) sweep_once(level, before, after.data());
    clamp(batch, i, tick, after.data());
    if (kind == REACTS)
      plan_greedy(&level, plan);
    else if (kind == IMPROVES)
      improve(level, tick, plan);
    else if (kind == CHASES)
      chase(level, after.data(), plan);
    else
      climb(level, after.data(), plan);
    before = after;
    if (batch->state)
      std::copy(after.begin(), after.end(),
                batch->state + (static_cast<size_t>(i) * batch->ticks + tick - 1) * batch->stride);
  }
}

Status think_planted(const Subject *subject, const SubjectBatch *batch) {
  return subject_each_level(subject, batch, think_level, 0);
}

Subject planted(Kind kind) {
  static const Kind KINDS[] = {REREADS, COPIES, REACTS, IMPROVES, CHASES};
  return {"planted", INT_MAX, 1, false, think_planted, &KINDS[kind]};
}

// ---- What a probe is asked about ----

const ProbeLevels &levels() {
  static const ProbeLevels drawn = [] {
    Config config;
    ProbeLevels made;
    config_default(&config);
    EXPECT_EQ(probe_levels_create(&config, 0.25, &made), STATUS_OK) << status_message();
    return made;
  }();
  return drawn;
}

// The context of a subject that is best after `best` ticks of `ticks`, freed at the end.
struct Asked {
  Asked(const Subject &subject, int best, int ticks, const SubjectAgent *agent = nullptr,
        const ProbeLevels *of = &levels())
      : subject(subject) {
    const EvalSet *set = of->set;
    context.subject = &this->subject;
    context.agent = agent;
    context.levels = of;
    context.ticks = ticks;
    context.best_ticks = best;
    EXPECT_EQ(scores_measure(&subject, &set[PROBE_NEAR], ticks, 0, &context.near), STATUS_OK);
    EXPECT_EQ(scores_measure(&subject, &set[PROBE_FAR], ticks, 0, &context.far), STATUS_OK);
    EXPECT_EQ(scores_measure(&subject, &set[PROBE_FARTHER], ticks, 0, &context.farther), STATUS_OK);
    EXPECT_EQ(probe_classes_measure(&this->subject, of, best, &context.classes), STATUS_OK);
  }
  ~Asked() {
    scores_free(&context.near);
    scores_free(&context.far);
    scores_free(&context.farther);
    probe_classes_free(&context.classes);
  }
  json_t *operator()(const ProbeExtra &extra) const {
    json_t *result = nullptr;
    EXPECT_EQ(extra.describe(&context, &result), STATUS_OK) << extra.name << ": " << status_message();
    return result;
  }
  Subject subject;
  ProbeContext context = {};
};

double at(const json_t *array, size_t i) {
  return json_number_value(json_array_get(array, i));
}

// ---- What extras share ----

TEST(Extras, EndAWalkAtTheGoalOnItsWayToAnotherSquare) {
  const Level level = picture_level("#######\n#@ G  #\n#######\n");
  const std::vector<uint8_t> right(21, RIGHT);
  int16_t walked[GRID_SQUARES];
  extra_walk_to(&level, right.data(), 12, walked);
  EXPECT_EQ(walked[12], 0);
  EXPECT_EQ(walked[11], 1);
  EXPECT_EQ(walked[10], -1) << "the goal itself";
  EXPECT_EQ(walked[9], -1) << "before it";
  extra_walk_to(&level, right.data(), 10, walked);
  EXPECT_EQ(walked[8], 2);
}

// Writes down, as its last plan's first entries, which level's edits and later world it was handed.
Status tell(const Subject *, const SubjectBatch *batch) {
  for (int i = 0; i < batch->count; ++i) {
    uint8_t *plan = subject_plan(batch, i, batch->ticks - 1);
    plan[0] = static_cast<uint8_t>(batch->edits[i * batch->level_edits + 1].square);
    plan[1] = static_cast<uint8_t>(batch->later[i].goal);
  }
  return STATUS_OK;
}

void compare(const ProbeThoughts *thoughts, int i, void *context) {
  const int n = thoughts->first + i;
  const uint8_t *plan = extra_plan(thoughts, i, thoughts->ticks);
  static_cast<bool *>(context)[n] = plan[0] == n && plan[1] == extra_level(thoughts, i)->goal;
}

TEST(Extras, HandEveryLevelItsOwnEditsAndLaterWorldWhateverTheChunk) {
  const EvalSet &set = levels().set[PROBE_NEAR];
  std::vector<TraceEdit> edits(2 * set.count);
  for (int n = 0; n < set.count; ++n) edits[2 * n] = {-1, 0, 0, 0}, edits[2 * n + 1] = {n, 1, 2, 0};
  Subject teller = planted(REACTS);
  teller.think = tell;
  ExtraThought thought = {};
  thought.subject = &teller;
  thought.set = &set;
  thought.ticks = 6000;  // half a megabyte of plans a level: several chunks
  thought.edits = edits.data();
  thought.level_edits = 2;
  thought.later = set.levels;
  bool same[256] = {false};
  ASSERT_LE(set.count, 256);
  ASSERT_EQ(extra_think(&thought, compare, same), STATUS_OK);
  for (int n = 0; n < set.count; ++n) EXPECT_TRUE(same[n]) << n;
}

// ---- Curves, wave, refinement ----

TEST(ExtraCurves, AreTheMeansOfTheScoresAtEverySize) {
  const Asked ask(planted(IMPROVES), 30, 40);
  const Json curves(ask(EXTRA_CURVES));
  const Scores *const scores[] = {&ask.context.near, &ask.context.far, &ask.context.farther};
  const char *const places[] = {"near", "far", "farther"};
  for (int p = 0; p < 3; ++p) {
    const json_t *solve = json_object_get(curves[places[p]], "solve");
    const json_t *spl = json_object_get(curves[places[p]], "spl");
    const json_t *optimal = json_object_get(curves[places[p]], "optimal");
    ASSERT_EQ(json_array_size(solve), 40u);
    for (int k : {1, 5, 6, 40}) {
      EXPECT_NEAR(at(solve, k - 1), scores_mean(scores[p], scores[p]->solve, k), 1e-5);
      EXPECT_NEAR(at(spl, k - 1), scores_mean(scores[p], scores[p]->spl, k), 1e-5);
      EXPECT_NEAR(at(optimal, k - 1), scores_mean(scores[p], scores[p]->optimal, k), 1e-5);
    }
  }
}

TEST(ExtraWave, OfValueIterationMovesOneSquareATick) {
  const Asked ask(planted(REREADS), 30, 40);
  const Json wave(ask(EXTRA_WAVE));
  const json_t *p = wave["p"];
  ASSERT_GT(json_array_size(wave["distances"]), 30u);
  ASSERT_EQ(json_array_size(p), json_array_size(wave["distances"]));
  ASSERT_EQ(json_array_size(wave["ticks"]), 40u);
  for (size_t d = 1; d <= 30; ++d) {
    EXPECT_EQ(json_integer_value(json_array_get(wave["distances"], d - 1)), static_cast<int>(d));
    for (size_t t = 1; t <= 40; ++t)
      ASSERT_EQ(at(json_array_get(p, d - 1), t - 1), d <= t) << d << " steps, tick " << t;
  }
}

TEST(ExtraWave, ShowsManyTicksInFortyEightColumnsAndLeavesRareDistancesOut) {
  ProbeLevels few = levels();
  few.set[PROBE_FAR].count = 8;
  const Asked ask(planted(REACTS), 2, 100, nullptr, &few);
  const Json wave(ask(EXTRA_WAVE));
  const json_t *ticks = wave["ticks"], *p = wave["p"];
  ASSERT_EQ(json_array_size(ticks), 48u);
  EXPECT_EQ(json_integer_value(json_array_get(ticks, 0)), 1);
  EXPECT_EQ(json_integer_value(json_array_get(ticks, 47)), 100);
  for (size_t c = 1; c < 48; ++c) EXPECT_GT(at(ticks, c) + at(ticks, 0), at(ticks, c - 1));
  const Scores &far = ask.context.far;
  int rare = 0;
  for (size_t d = 1; d <= json_array_size(p); ++d) {
    rare += far.squares[d] < 20;
    EXPECT_EQ(json_is_null(json_array_get(json_array_get(p, d - 1), 5)), far.squares[d] < 20) << d;
  }
  EXPECT_GT(rare, 0) << "or nothing was tested";
  for (int d = static_cast<int>(json_array_size(p)) + 1; d < far.distances; ++d)
    EXPECT_LT(far.squares[d], 20) << d;
}

TEST(ExtraRefinement, CountsTheSquaresWhoseWalkGetsShorter) {
  const Asked improves(planted(IMPROVES), 10, 10), early(planted(IMPROVES), 5, 10);
  double squares = 0, refined = 0;
  const EvalSet &set = levels().set[PROBE_NEAR];
  for (int n = 0; n < set.count; ++n) {
    int16_t depth[GRID_SQUARES];
    uint8_t plan[GRID_SQUARES];
    std::fill(depth, depth + GRID_SQUARES, int16_t{-1});
    search_deep(set.levels[n], set.levels[n].goal, 0, depth, plan);
    for (int square = 0; square < set.size * set.size; ++square) {
      squares += set.distance[n * set.size * set.size + square] > 0;
      refined += depth[square] > set.distance[n * set.size * set.size + square];
    }
  }
  const Json shares(improves(EXTRA_REFINEMENT)), none(early(EXTRA_REFINEMENT));
  EXPECT_NEAR(number(shares.value, "near"), refined / squares, 1e-4);
  EXPECT_GT(number(shares.value, "near"), 0.02);
  EXPECT_GT(number(shares.value, "far"), 0.02);
  EXPECT_EQ(number(none.value, "near"), 0) << "nothing has changed yet at tick 5";
}

TEST(ExtraRefinement, IsZeroWhereNoRouteGetsBetter) {
  for (Kind kind : {REREADS, REACTS}) {
    const Asked ask(planted(kind), 30, 30);
    const Json shares(ask(EXTRA_REFINEMENT));
    EXPECT_EQ(number(shares.value, "near"), 0);
    EXPECT_EQ(number(shares.value, "far"), 0);
  }
}

// ---- Late edits, replanning ----

TEST(ExtraHysteresis, IsOneForWhatReadsItsStateAndZeroForWhatDoesNot) {
  const Asked ask(planted(REREADS), 40, 40), reacts(planted(REACTS), 40, 40);
  const Json planner(ask(EXTRA_HYSTERESIS)), reactive(reacts(EXTRA_HYSTERESIS));
  const int from[] = {2, 10, 20, 30};
  ASSERT_EQ(json_array_size(planner["from"]), 4u);
  ASSERT_EQ(json_array_size(planner["share"]), 4u);
  for (int j = 0; j < 4; ++j) {
    EXPECT_EQ(json_integer_value(json_array_get(planner["from"], j)), from[j]);
    EXPECT_GT(at(planner["share"], j), 0.98) << "from tick " << from[j];
    EXPECT_TRUE(json_is_number(json_array_get(reactive["share"], j)));
    EXPECT_EQ(at(reactive["share"], j), 0);
  }
}

TEST(ExtraHysteresis, GivesALateEditAsManyTicksAsAnEarlyOne) {
  const Asked ask(planted(REREADS), 12,
                  12);  // too few to reach every square that counts; later, more walks lead into its reach
  const Json planner(ask(EXTRA_HYSTERESIS));
  ASSERT_EQ(json_array_size(planner["share"]), 4u);
  EXPECT_LT(at(planner["share"], 0), 0.98);
  EXPECT_GT(at(planner["share"], 0), 0.5);
  for (int j = 1; j < 4; ++j) EXPECT_GE(at(planner["share"], j), at(planner["share"], 0));
}

TEST(ExtraHysteresis, CountsNoSquareFromWhereTheOldPlanOrAGreedyWalkGoesThereAnyway) {
  for (Kind kind : {IMPROVES, CHASES}) {
    const Asked ask(planted(kind), 20, 20);
    const Json blind(ask(EXTRA_HYSTERESIS));
    ASSERT_TRUE(json_is_number(json_array_get(blind["share"], 0))) << "squares were counted";
    for (int j = 0; j < 4; ++j) EXPECT_EQ(at(blind["share"], j), 0) << kind;
  }
}

TEST(ExtraHysteresis, BeginsOnceWhereThoughtIsShort) {
  const Asked ask(planted(REREADS), 3, 10);
  const Json planner(ask(EXTRA_HYSTERESIS));
  ASSERT_EQ(json_array_size(planner["from"]), 1u);
  EXPECT_EQ(json_integer_value(json_array_get(planner["from"], 0)), 2);
}

TEST(ExtraReplanning, FollowsAChangedWorldOnlyIfTheSubjectLooksAgain) {
  const Asked looks(planted(REREADS), 40, 40), copies(planted(COPIES), 40, 40);
  const Json again(looks(EXTRA_REPLANNING)), never(copies(EXTRA_REPLANNING));
  EXPECT_GT(number(again["world"], "squares"), 100);
  EXPECT_EQ(number(again["world"], "replanned"), 1);
  EXPECT_EQ(number(again["world"], "from_start"), 1);
  EXPECT_EQ(number(never["world"], "squares"), number(again["world"], "squares"));
  EXPECT_EQ(number(never["world"], "replanned"), 0) << "what is right before is wrong after, on every square";
  EXPECT_EQ(number(never["world"], "from_start"), 1);
}

// Keeps its first map of values for ever: what is lost once stays lost.
Status think_frozen(const Subject *, const SubjectBatch *batch) {
  for (int i = 0; i < batch->count; ++i) {
    const Level &level = batch->levels[i];
    std::vector<float> state(batch->stride, 0.0f);
    int16_t distance[GRID_SQUARES];
    oracle_distances(&level, distance);
    for (int square = 0; square < batch->stride; ++square)
      if (distance[square] >= 0) state[square] = 1 - STEP * distance[square];
    for (int tick = 1; tick <= batch->ticks; ++tick) {
      clamp(batch, i, tick, state.data());
      climb(level, state.data(), subject_plan(batch, i, tick - 1));
    }
  }
  return STATUS_OK;
}

TEST(ExtraReplanning, TellsAStateThatHealsFromOneThatDoesNot) {
  Subject frozen = planted(COPIES);
  frozen.think = think_frozen;
  const Asked heals(planted(COPIES), 40, 40), stays(frozen, 40, 40);
  const Json healed(heals(EXTRA_REPLANNING)), lost(stays(EXTRA_REPLANNING));
  EXPECT_EQ(number(healed["state"], "undisturbed"), 1);
  EXPECT_EQ(number(healed["state"], "recovered"), 1);
  EXPECT_EQ(number(lost["state"], "undisturbed"), 1);
  EXPECT_LT(number(lost["state"], "recovered"), 0.6);
  EXPECT_GT(number(lost["state"], "recovered"), 0.02);
}

// ---- Linear probes ----

TEST(ExtraLinear, ReadsTheDistanceOffAMapOfValuesAndNotOffAPatch) {
  const Asked ask(planted(REREADS), 40, 40);
  const Json linear(ask(EXTRA_LINEAR));
  EXPECT_GT(number(linear["distance_r2"], "state"), 0.99);
  EXPECT_LT(number(linear["distance_r2"], "patch"), 0.6);
  EXPECT_TRUE(json_is_null(json_object_get(linear["distance_r2"], "untrained")));
  EXPECT_GT(number(linear["action_accuracy"], "patch"), 0.5)
      << "two free neighbours of four are half the answer";
  EXPECT_LT(number(linear["action_accuracy"], "patch"), 0.9);
  EXPECT_LT(number(linear["action_accuracy"], "state"), 0.5) << "one number says nothing of the way";
  EXPECT_LE(number(linear["action_f1"], "state"), number(linear["action_accuracy"], "state") + 0.05);
}

TEST(ExtraLinear, StandsBesideANetWithOtherFirstWeights) {
  const Untrained untrained;
  const Asked ask(untrained.subject, 6, 8, &untrained.agent);
  const Json linear(ask(EXTRA_LINEAR));
  for (const char *key : {"distance_r2", "action_accuracy", "action_f1"}) {
    ASSERT_TRUE(json_is_real(json_object_get(linear[key], "untrained"))) << key;
    EXPECT_NE(number(linear[key], "untrained"), number(linear[key], "state")) << key;
    EXPECT_NEAR(number(linear[key], "untrained"), number(linear[key], "state"), 0.2) << key;
  }
}

// ---- Description length ----

TEST(ExtraDescription, CountsBitsOfWeightsMaskAndScales) {
  EXPECT_DOUBLE_EQ(description_bits(1000, 1000, 8, 3), 8000 + 96);
  EXPECT_DOUBLE_EQ(description_bits(1000, 500, 4, 2), 2000 + 1000 + 64) << "a fair coin a weight";
  EXPECT_NEAR(description_bits(1000, 250, 2, 1), 500 + 811.278 + 32, 1e-3);  // H(1/4) = 0.811278
  EXPECT_DOUBLE_EQ(description_bits(1000, 0, 2, 1), 32);
}

TEST(ExtraDescription, PrunesTheSmallestAndRoundsTheRestWithoutTouchingPadding) {
  TensorTable table = {};
  tensor_table_add(&table, TensorInfo{"a", 2, {2, 2, 0, 0}, 0, 2, 2, 4, 0});
  tensor_table_add(&table, TensorInfo{"b", 1, {2, 0, 0, 0}, 0, 1, 2, 4, 0});
  const real from[12] = {-7, 0.6f, 0, 0, 2.4f, -3.6f, 0, 0, 0.07f, -0.01f, 0, 0};
  real to[12];
  EXPECT_EQ(description_coarsen(&table, from, 4, 0.5, to), 3);  // steps of 1: the largest, 7, is 7 steps
  const real coarse[12] = {-7, 0, 0, 0, 2, -4, 0, 0, 0, 0, 0, 0};
  for (int i = 0; i < 12; ++i) EXPECT_FLOAT_EQ(to[i], coarse[i]) << i;
  EXPECT_EQ(description_coarsen(&table, from, 2, 0, to), 6);  // -7, 0 or 7, and -0.07, 0 or 0.07
  const real coarsest[12] = {-7, 0, 0, 0, 0, -7, 0, 0, 0.07f, 0, 0, 0};
  for (int i = 0; i < 12; ++i) EXPECT_FLOAT_EQ(to[i], coarsest[i]) << i;
}

TEST(ExtraDescription, OfAnAgentThatKnowsNothingIsTheShortestThereIs) {
  const Untrained untrained;
  const Asked ask(untrained.subject, 6, 8, &untrained.agent);
  const Json length(ask(EXTRA_DESCRIPTION));
  const TensorTable table = agent_tensors(untrained.agent.shape);
  int weights = 0;
  for (int t = 0; t < table.count; ++t) weights += table.tensor[t].rows * table.tensor[t].length;
  EXPECT_EQ(number(length.value, "raw_bits"), 32 * weights);
  EXPECT_LE(number(length.value, "bits"), number(length.value, "raw_bits"));
  EXPECT_GE(number(length.value, "solve"), number(length.value, "solve_full") - 0.01001);
  const int kept = weights - static_cast<int>(number(length.value, "pruned") * weights);
  const int width = static_cast<int>(number(length.value, "weight_bits"));
  EXPECT_NEAR(number(length.value, "bits"), description_bits(weights, kept, width, table.count), 1);
}

// ---- All of them ----

TEST(Extras, SayTheSameOnAnyNumberOfThreads) {
  const Untrained untrained;
  const ProbeExtra *const extras[] = {&EXTRA_CURVES, &EXTRA_WAVE,        &EXTRA_REFINEMENT, &EXTRA_HYSTERESIS,
                                      &EXTRA_LINEAR, &EXTRA_DESCRIPTION, &EXTRA_REPLANNING};
  const Asked agent(untrained.subject, 6, 12, &untrained.agent), built(planted(REREADS), 20, 24);
  const int threads_before = omp_get_max_threads();
  for (const Asked *ask : {&agent, &built})
    for (const ProbeExtra *extra : extras) {
      if (extra->needs_agent && !ask->context.agent) continue;
      std::string said[3];
      for (int threads : {1, 2, 3}) {
        omp_set_num_threads(threads);
        const Json result((*ask)(*extra));
        char *text = json_dumps(result.value, EVALUATE_JSON_FLAGS);
        said[threads - 1] = text;
        free(text);
      }
      EXPECT_EQ(said[0], said[1]) << extra->name;
      EXPECT_EQ(said[0], said[2]) << extra->name;
      EXPECT_GT(said[0].size(), 20u) << extra->name;
    }
  omp_set_num_threads(threads_before);
}

}  // namespace
