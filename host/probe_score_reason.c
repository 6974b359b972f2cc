// The reason of a label, in one or two plain sentences with numbers.
//
// The first sentence says what the label rests on, the second why S is 0 where it is. Numbers have two
// digits, as people compare them; limits follow in brackets.
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "host/probe_score.h"

// Appends printf style, as far as there is room; the rest is lost, never written beyond it.
__attribute__((format(printf, 2, 3))) static void say(ProbeScore *score, const char *format, ...) {
  const size_t length = strlen(score->reason);
  va_list values;
  va_start(values, format);
  vsnprintf(score->reason + length, sizeof score->reason - length, format, values);
  va_end(values);
}

// "0.62 [0.57, 0.68]"
static void say_interval(ProbeScore *score, Interval interval) {
  say(score, "%.2f [%.2f, %.2f]", interval.value, interval.lo, interval.hi);
}

// "irreducibility, 0.42 [0.36, 0.48] where search asks for a lower limit of 0.20"
static void say_decisive(ProbeScore *score) {
  const ProbeFamily f = score->decisive;
  say(score, "%s", probe_family_name(f));
  if (isnan(score->family[f].value)) {
    say(score, ", which could not be measured");
    return;
  }
  say(score, ", ");
  say_interval(score, score->family[f]);
  if (score->is_local[f]) {
    say(score, " and beyond local repair ");
    say_interval(score, score->reach[f]);
    return;
  }
  say(score, " where search asks for a lower limit of %.2f", probe_score_asked(f));
}

// ---- The first sentence: what the label rests on ----

static void say_search(ProbeScore *score) {
  say(score, "It searches: S is ");
  say_interval(score, score->score);
  say(score, ", and no family of evidence falls short; the closest to it is ");
  say_decisive(score);
  say(score, ".");
}

static void say_axis_bound(const ScoreInput *input, ProbeScore *score) {
  static const char *const WORLDS[OFF_AXIS_WORLDS] = {"trees", "mazes with 30 % loops", "random blocks"};
  const double solve = input->off_axis[score->worst_world];
  say(score, "It searches in levels like those of training, S ");
  say_interval(score, score->score);
  if (isnan(solve))
    say(score, ", but what it solves of %s was not measured.", WORLDS[score->worst_world]);
  else
    say(score, ", but it does not carry over: of %s it solves %.2f where %.2f is asked.",
        WORLDS[score->worst_world], solve, SCORE_OFF_AXIS);
}

static void say_bounded_depth(const ScoreInput *input, ProbeScore *score) {
  const Interval tick = probe_score_metric(input, "TICK")->interval;
  say(score, "It plans to a bounded depth: changing its state changes its plan as planning does (causation ");
  say_interval(score, score->family[FAMILY_CAUSATION]);
  say(score, "), but thinking longer gains hardly anything on larger levels (TICK ");
  say_interval(score, tick);
  say(score, ").");
}

// Without a state, behaviour is the witness (probe_score.c).
static void say_reactive(const ScoreInput *input, ProbeScore *score) {
  const bool stateless = !input->has_state && isnan(score->family[FAMILY_CAUSATION].value);
  const Interval witness = score->family[stateless ? FAMILY_BEHAVIOUR : FAMILY_CAUSATION];
  if (stateless)
    say(score, "It has no spatial state to change, and it does not act like a planner either (behaviour ");
  else
    say(score, "Changing its state does not change its plan as planning would (causation ");
  say_interval(score, witness);
  say(score, "); the score without irreducibility is %.2f, at most %.2f.", score->score_without_I.value,
      score->score_without_I.hi);
}

// A family can be up to its bar while S is not: then both bars are told.
static void say_undecided(ProbeScore *score) {
  if (!score->is_competent) {
    say(score, "No label fits, for it hardly does its own task.");
    return;
  }
  const bool short_of_score = score->family[score->decisive].lo >= probe_score_asked(score->decisive) &&
                              !score->is_local[score->decisive];
  say(score, "No label fits, S ");
  if (isnan(score->score.value))
    say(score, "cannot be told");
  else
    say_interval(score, score->score);
  if (short_of_score) say(score, " where search asks for a lower limit of %.2f", SCORE_SEARCH);
  say(score, ": what decides is ");
  say_decisive(score);
  say(score, ".");
}

// ---- The second sentence: why S is 0 ----

static void say_incompetent(const ScoreInput *input, ProbeScore *score) {
  say(score,
      " S is 0 because at the training size it solves %.2f, where greedy's %.2f and %.2f more are asked.",
      input->solve, input->greedy, SCORE_COMPETENCE);
}

// Whether SCORE_FLOOR takes a family for none because of its reach alone.
static bool is_only_local(const ProbeScore *score, int family) {
  return score->is_local[family] && !(score->family[family].lo <= SCORE_FLOOR);
}

// Every family that SCORE_FLOOR takes for none.
static void say_none(ProbeScore *score) {
  int said = 0;
  for (int f = 0; f < PROBE_FAMILIES; ++f) {
    if (!score->counts_as_none[f] || is_only_local(score, f)) continue;
    say(score, "%s%s", said++ ? ", " : " S is 0 because there is no evidence of ",
        probe_family_name((ProbeFamily)f));
    say(score, " (%.2f, lower limit %.2f)", score->family[f].value, score->family[f].lo);
  }
  if (said) say(score, ".");
  for (int f = 0; f < PROBE_FAMILIES; ++f)
    if (is_only_local(score, f))
      say(score,
          " S is %s0 because its plan follows clamps only as far as a local repair would (beyond that %.2f, "
          "lower limit %.2f).",
          said ? "also " : "", score->reach[f].value, score->reach[f].lo);
}

void probe_score_explain(const ScoreInput *input, ProbeScore *score) {
  score->reason[0] = '\0';
  switch (score->label) {
    case LABEL_SEARCH:
      say_search(score);
      break;
    case LABEL_AXIS_BOUND:
      say_axis_bound(input, score);
      break;
    case LABEL_BOUNDED_DEPTH:
      say_bounded_depth(input, score);
      break;
    case LABEL_REACTIVE:
      say_reactive(input, score);
      break;
    default:
      say_undecided(score);
      break;
  }
  if (!score->is_competent)
    say_incompetent(input, score);
  else
    say_none(score);
}
