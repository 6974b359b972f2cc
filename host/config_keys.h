// The one table of knobs: a row is a struct field, a YAML key, a command-line key, a line of help and a
// result column.
#ifndef MESAGRID_HOST_CONFIG_KEYS_H
#define MESAGRID_HOST_CONFIG_KEYS_H

// TOP(name, type, default, bounds, scope, help)           the key `name`, the field `name`
// KEY(section, name, type, default, bounds, scope, help)  the key `section.name`, the field `section_name`
//
// type     INT (int), LONG (int64_t), ODD (int, odd), REAL (double), RANGE and ODD_RANGE (Range, written [lo,
// hi] or
//          n for [n, n]), CHOICE (int, the place of the name in ONE_OF)
// default  canonical text, read by the same parser as a user's value
// bounds   WITHIN(min, max), both allowed, or ONE_OF("a|b|c")
// scope    SHAPE: equal in a whole cohort. SCALAR: may differ from agent to agent. EVAL: read after training
// only, so
//          a checkpoint does not depend on it
// help     what it is, then its unit in brackets if it has one
//
// Whole numbers stop at 2^53 - 1, which every reader of JSON and CSV keeps exactly.
// clang-format off
#define CONFIG_KEYS(TOP, KEY) \
  TOP(seed, LONG, "1", WITHIN(0, 9007199254740991), SCALAR, \
      "root of all random numbers of a trial; a sweep's `seeds` sets it") \
  \
  KEY(env, kind, CHOICE, "maze", ONE_OF("maze"), SHAPE, \
      "the world") \
  KEY(env, sizes, ODD_RANGE, "[5, 9]", WITHIN(5, 31), SHAPE, \
      "sides of the square grid, border included; each level draws one of the odd sizes [squares]") \
  KEY(env, loops, REAL, "0.1", WITHIN(0, 1), SCALAR, \
      "share of the walls between two cells that are removed; 0 leaves a tree with one way to the goal") \
  KEY(env, blocks, REAL, "0", WITHIN(0, 0.5), SCALAR, \
      "share of inner squares that are walls at random, in place of a maze; 0 is a maze") \
  KEY(env, distinct, INT, "0", WITHIN(0, 1000000000), SCALAR, \
      "different levels that an agent is trained on, drawn again and again; 0 is no limit [levels]") \
  KEY(env, limit, INT, "4", WITHIN(1, 64), SHAPE, \
      "steps in training until an episode is truncated [grid sizes]") \
  \
  KEY(agent, core, CHOICE, "conv_mgu", ONE_OF("conv_mgu"), SHAPE, \
      "the recurrent core that thinks") \
  KEY(agent, thinks, CHOICE, "per_level", ONE_OF("per_level"), SHAPE, \
      "when it thinks: per_level is once a level, for every square at once") \
  KEY(agent, channels, INT, "16", WITHIN(1, 64), SHAPE, \
      "hidden state of one square [numbers]") \
  KEY(agent, weights, CHOICE, "tied", ONE_OF("tied|untied"), SHAPE, \
      "tied: one set of weights for all ticks; untied: one for each tick, a feed-forward net of that depth") \
  KEY(agent, distance, CHOICE, "hidden", ONE_OF("hidden|shown"), SHAPE, \
      "shown: the oracle's distances to the goal are a third plane of what it sees") \
  KEY(agent, ticks, RANGE, "[8, 24]", WITHIN(1, 128), SCALAR, \
      "inner steps before it acts; in training each level draws a number from this range [ticks]") \
  \
  KEY(train, teacher, CHOICE, "reward", ONE_OF("reward|oracle"), SHAPE, \
      "reward: actor-critic policy gradients; oracle: imitation of the shortest ways, and nobody walks") \
  KEY(train, updates, INT, "1500", WITHIN(0, 1000000000), SCALAR, \
      "budget: gradient updates, or until train.steps if that comes first [updates]") \
  KEY(train, steps, LONG, "0", WITHIN(0, 9007199254740991), SCALAR, \
      "budget: environment steps, or until train.updates if that comes first; 0 is no limit [steps]") \
  KEY(train, levels, INT, "64", WITHIN(1, 4096), SHAPE, \
      "levels in one update [levels]") \
  KEY(train, walkers, INT, "8", WITHIN(1, 64), SHAPE, \
      "episodes on one level in one update, each from its own start [episodes]") \
  KEY(train, shards, INT, "16", WITHIN(1, 64), SHAPE, \
      "parts whose gradients are summed in order; divides train.levels; changes the bits of the result") \
  KEY(train, learning_rate, REAL, "0.003", WITHIN(0, 1), SCALAR, \
      "Adam's step size") \
  KEY(train, final_learning_rate, REAL, "0.001", WITHIN(0, 1), SCALAR, \
      "Adam's step size in the last part of training") \
  KEY(train, final_fraction, REAL, "0.2", WITHIN(0, 1), SCALAR, \
      "share of the updates, at the end, that use train.final_learning_rate") \
  KEY(train, last_learning_rate, REAL, "0.001", WITHIN(0, 1), SCALAR, \
      "Adam's step size in the last part of that part") \
  KEY(train, last_fraction, REAL, "0", WITHIN(0, 1), SCALAR, \
      "share of the updates, at the end, that use train.last_learning_rate; 0 is none") \
  KEY(train, gamma, REAL, "0.97", WITHIN(0, 1), SCALAR, \
      "discount of the return, per step") \
  KEY(train, gae_lambda, REAL, "1", WITHIN(0, 1), SCALAR, \
      "lambda of generalized advantage estimation; 1 is the whole return") \
  KEY(train, ent_coef, REAL, "0.01", WITHIN(0, 10), SCALAR, \
      "weight of the entropy bonus in the loss") \
  KEY(train, vf_coef, REAL, "0.5", WITHIN(0, 10), SCALAR, \
      "weight of the value loss in the loss") \
  KEY(train, max_grad_norm, REAL, "0.5", WITHIN(0, 1000000), SCALAR, \
      "the gradient of one agent is scaled down to this norm") \
  KEY(train, adam_beta1, REAL, "0.9", WITHIN(0, 0.999999), SCALAR, \
      "Adam's decay of the mean of gradients, per update") \
  KEY(train, adam_beta2, REAL, "0.99", WITHIN(0, 0.999999), SCALAR, \
      "Adam's decay of the mean of squared gradients, per update") \
  KEY(train, adam_eps, REAL, "1.0e-05", WITHIN(1e-12, 1), SCALAR, \
      "Adam's guard against division by zero") \
  \
  KEY(eval, ticks, INT, "128", WITHIN(1, 128), EVAL, \
      "longest thought in evaluation [ticks]") \
  KEY(eval, levels, INT, "1000", WITHIN(1, 1000000), EVAL, \
      "held-out levels at the largest training size and at eval.far_size [levels]") \
  KEY(eval, levels_apart, INT, "200", WITHIN(1, 1000000), EVAL, \
      "held-out levels in every other setting of the evaluation [levels]") \
  KEY(eval, far_size, ODD, "15", WITHIN(5, 31), EVAL, \
      "side of larger grids than in training [squares]") \
  KEY(eval, farther_size, ODD, "23", WITHIN(5, 31), EVAL, \
      "side of still larger grids [squares]") \
  KEY(eval, seed, LONG, "1000", WITHIN(0, 9007199254740991), EVAL, \
      "root of the random numbers of held-out levels, the same for every trial")
// clang-format on

#endif
