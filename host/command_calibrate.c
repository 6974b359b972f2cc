// `mesagrid calibrate`: proves on a world that the probes tell search from what only looks like it.
#include <stdlib.h>
#include <string.h>

#include "envs/catalogue.h"
#include "host/cli.h"
#include "host/evaluate.h"
#include "host/files.h"
#include "host/probe_report.h"
#include "host/subjects/catalogue.h"
#include "host/subjects/revealed.h"
#include "host/subjects/shuffled.h"
#include "host/trial_result.h"

static const CliOption OPTIONS[] = {
    {"--out", "DIR", "where the trained controls and calibration.json go; left out, runs/calibrate-ENV",
     NULL},
    {"--cache", "DIR", "where students are kept; left out, $MESAGRID_CACHE, or mesagrid in the user's cache",
     NULL},
    {"--built", NULL, "only the built subjects, none that has to be trained but the students", NULL},
    {"--threads", "N", "left out, OMP_NUM_THREADS or all cores; the result is the same for any number", NULL},
    {"--quiet", NULL, "warnings and results only", NULL},
    {"--json", NULL, "the results as an object on standard output", NULL},
};

const CliCommand about_calibrate = {
    .name = "calibrate",
    .arguments = "ENV [key=value]...",
    .summary = "prove on a world that the probes tell search from its look-alikes",
    .description =
        "Probes subjects of which it is known what they are: built planners (positive), agents that react\n"
        "(negative), agents made to fool the probes (fooler), deep feed-forward nets (deep), and a few "
        "whose\n"
        "score is only shown. Trains those that have to be trained, once, into DIR. The calibration holds "
        "if\n"
        "  positive: lower limit of S > .9\n"
        "  negative, fooler: upper limit of S < .05, and S without I < .2\n"
        "  deep: S = 0 and TICK = 0, though clamps move them\n"
        "A metric that does not separate the built planner from greedy in this world is said to be\n"
        "uninformative here and left out. Exit code 1 if a subject is not where it must be.\n"
        "\n"
        "examples:\n"
        "  mesagrid calibrate maze\n"
        "  mesagrid calibrate maze env.loops=0 --out runs/calibrate-trees --json\n",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof *OPTIONS,
    .arguments_min = 1,
    .arguments_max = -1,
};

// ---- Trained controls ----

typedef enum Control {
  CONTROL_PLANNER,
  CONTROL_FEW_TICKS,
  CONTROL_SHALLOW,
  CONTROL_UNTRAINED,
  CONTROL_MEMORISER,
  CONTROL_DEEP,
  CONTROL_DISTANCE,
  CONTROLS,
} Control;

// What each is, as a sweep of one trial; the world's knobs come from the command line.
static const struct {
  const char *directory, *name, *kind, *about, *text;
} CONTROL[CONTROLS] = {
    [CONTROL_PLANNER] = {"planner", "planner, ticks 8–24", "shown", "The default agent, trained.",
                         "agent.ticks: [8, 24]"},
    [CONTROL_FEW_TICKS] = {"few-ticks", "ticks 2–3", "negative", "The default agent with two or three ticks.",
                           "agent.ticks: [2, 3]\ntrain.updates: 2500"},
    [CONTROL_SHALLOW] = {"shallow", "5 layers, equal parameters", "negative",
                         "A feed-forward net with the default agent's number of weights.",
                         "agent: {ticks: 5, weights: untied, channels: 8}"},
    [CONTROL_UNTRAINED] = {"untrained", "untrained", "negative", "The default agent before training.",
                           "train.updates: 0"},
    [CONTROL_MEMORISER] = {"memoriser", "16 training levels", "negative",
                           "The default agent, trained on 16 levels again and again.", "env.distinct: 16"},
    [CONTROL_DEEP] = {"deep", "untied 12 layers", "deep", "A feed-forward net as deep as the planner thinks.",
                      "agent: {ticks: 12, weights: untied}"},
    [CONTROL_DISTANCE] = {"distance", "sees the distances", "fooler",
                          "Red team: the default agent with the oracle's distances in its sight.",
                          "agent.distance: shown"},
};

// A control, opened to think.
typedef struct Trained {
  TrainedAgent agent;
  SubjectAgent parts;
  Subject subject;
} Trained;

// The subject of the 24-layer student, and those that are built around trained nets.
typedef struct Wrapped {
  SubjectAgent student;
  Subject student_subject, delayed_subject, shuffled_subject;
  Revealed delayed;
} Wrapped;

typedef enum Verdict {
  VERDICT_FAILED,
  VERDICT_PASSED,
  VERDICT_UNTOLD,  // S is not known, because a metric that it needs is uninformative in this world
  VERDICTS,
} Verdict;

typedef struct Calibration {
  char out[FILES_PATH_BYTES / 2], cache[FILES_PATH_BYTES];
  bool json, built_only;
  char *const *overrides;
  int override_count;
  RunOptions options;
  Instrument *instrument;
  Trained trained[CONTROLS];
  Wrapped wrapped;
  json_t *subjects;     // [report]
  int count[VERDICTS];  // of subjects
} Calibration;

static Status control_plan(const Calibration *c, int control, Plan *plan) {
  char text[256];
  const int length = snprintf(text, sizeof text, "name: control\n%s\n", CONTROL[control].text);
  return plan_read_text(text, (size_t)length, CONTROL[control].directory, c->override_count, c->overrides,
                        plan);
}

// Trains a control unless it lies there, and opens it.
static Status train_control(Calibration *c, int control) {
  char directory[FILES_PATH_BYTES];
  const Chunk all = {.cohort = 0, .first = 0, .count = 1};
  Trained *const trained = &c->trained[control];
  Plan plan;
  TRY(control_plan(c, control, &plan));
  snprintf(directory, sizeof directory, "%s/%s", c->out, CONTROL[control].directory);
  progress_phase(c->options.progress, "training %s", CONTROL[control].name);
  Status status = train_chunk(directory, &plan, &all, &c->options);
  const size_t used = strlen(directory);
  snprintf(directory + used, sizeof directory - used, "/%s", plan.trials[0].name);
  plan_free(&plan);
  if (status == STATUS_OK) status = trained_agent_load(directory, &trained->agent);
  if (status != STATUS_OK) return status;
  trained->parts = (SubjectAgent){
      .phases = c->options.phases, .shape = trained->agent.shape, .parameters = trained->agent.parameters};
  trained->subject = subject_agent(&trained->parts, CONTROL[control].name);
  return STATUS_OK;
}

static double controls_work(const Calibration *c) {
  double work = 0;
  for (int i = 0; i < CONTROLS; ++i) {
    Plan plan;
    if (control_plan(c, i, &plan) != STATUS_OK) continue;
    work += train_work(&plan.trials[0].config);
    plan_free(&plan);
  }
  return work;
}

static Status train_controls(Calibration *c) {
  FilesLock lock;
  TRY(files_make_directories(c->out));
  TRY(files_lock(c->out, &lock));
  Status status = STATUS_OK;
  for (int i = 0; i < CONTROLS && status == STATUS_OK; ++i) status = train_control(c, i);
  files_unlock(&lock);
  return status;
}

static void wrap_controls(Calibration *c) {
  Wrapped *const w = &c->wrapped;
  const TrainedAgent *const deepest = &c->instrument->students.agent[0];
  w->student =
      (SubjectAgent){.phases = c->options.phases, .shape = deepest->shape, .parameters = deepest->parameters};
  w->student_subject = subject_agent(&w->student, "24-layer student");
  w->delayed = (Revealed){&c->trained[CONTROL_DEEP].subject, c->trained[CONTROL_DEEP].subject.ticks_max,
                          REVEAL_MANHATTAN};
  w->delayed_subject = subject_revealed(&w->delayed, "delayed deep net, wavefront");
  w->shuffled_subject = subject_shuffled(&c->trained[CONTROL_PLANNER].subject, "shuffled planner");
}

// ---- Where a subject must be ----

static bool zero(const Reading *reading, const char *name) {
  for (int i = 0; i < PROBES; ++i)
    if (strcmp(probes[i]->name, name) == 0) return reading->estimate[i].interval.value == 0;
  return false;
}

static json_t *verdict_json(Verdict verdict) {
  return verdict == VERDICT_UNTOLD ? json_null() : json_boolean(verdict == VERDICT_PASSED);
}

static bool all_informative(const Instrument *instrument) {
  bool all = true;
  for (int i = 0; i < PROBES; ++i) all = all && instrument->informative[i];
  return all;
}

// Whether a reading is where its kind must be; `bar` receives the sentence.
static Verdict judge(const Instrument *instrument, const char *kind, const Reading *reading,
                     const char **bar) {
  const ProbeScore *const score = &reading->score;
  const bool untold = isnan(score->score.value) && !all_informative(instrument);
  bool passed;
  if (strcmp(kind, "shown") == 0) {
    *bar = "none";
    return VERDICT_PASSED;
  }
  if (strcmp(kind, "positive") == 0) {
    *bar = "lower limit of S > .9";
    passed = score->score.lo > 0.9;
  } else if (strcmp(kind, "deep") == 0) {
    *bar = "S = 0 and TICK = 0";
    passed = score->score.value == 0 && zero(reading, "TICK");
  } else {
    *bar = "upper limit of S < .05, S without I < .2";
    // A family that cannot be asked leaves S without I unknown; S alone decides then.
    passed = score->score.hi < 0.05 && !(score->score_without_I.value >= 0.2);
  }
  return untold ? VERDICT_UNTOLD : passed ? VERDICT_PASSED : VERDICT_FAILED;
}

static Status read_subject(Calibration *c, const Subject *subject, const SubjectAgent *agent,
                           const char *name, const char *kind, const char *about) {
  const char *bar;
  json_t *report = NULL;
  if (run_is_stopped(&c->options))
    return status_fail(STATUS_INTERRUPTED, "interrupted; the same command goes on from here");
  Reading *const reading = malloc(sizeof *reading);
  if (!reading) return status_fail(STATUS_MEMORY, "no memory for a reading");
  Status status = instrument_read(c->instrument, subject, agent, reading);
  if (status == STATUS_OK) status = probe_report(c->instrument, name, reading, &report);
  if (status == STATUS_OK) {
    const Verdict verdict = judge(c->instrument, kind, reading, &bar);
    c->count[verdict] += 1;
    json_object_set_new(report, "kind", json_string(kind));
    json_object_set_new(report, "about", json_string(about));
    json_object_set_new(report, "bar", json_string(bar));
    json_object_set_new(report, "passed", verdict_json(verdict));
    json_array_append_new(c->subjects, report);
    if (!c->json) {
      probe_report_line(name, report, stdout);
      if (verdict == VERDICT_FAILED) printf("  ^ %s: must be %s\n", kind, bar);
      if (verdict == VERDICT_UNTOLD) printf("  ^ %s: cannot be told (%s)\n", kind, bar);
      fflush(stdout);
    }
  }
  reading_free(reading);
  free(reading);
  return status;
}

static Status read_built(Calibration *c) {
  int count;
  const BuiltSubject *const built = subjects_built(&count);
  for (int i = 0; i < count; ++i)
    TRY(read_subject(c, &built[i].subject, NULL, built[i].subject.name, built_kind_name(built[i].kind),
                     built[i].about));
  const Wrapped *const w = &c->wrapped;
  return read_subject(c, &w->student_subject, &w->student, w->student_subject.name, "deep",
                      "The deepest feed-forward student of the oracle.");
}

static Status read_trained(Calibration *c) {
  const Wrapped *const w = &c->wrapped;
  for (int i = 0; i < CONTROLS; ++i)
    TRY(read_subject(c, &c->trained[i].subject, &c->trained[i].parts, CONTROL[i].name, CONTROL[i].kind,
                     CONTROL[i].about));
  TRY(read_subject(c, &w->delayed_subject, NULL, w->delayed_subject.name, "fooler",
                   "The 12 layers' answer, revealed as a Manhattan wavefront from the goal."));
  return read_subject(c, &w->shuffled_subject, NULL, w->shuffled_subject.name, "fooler",
                      "A recording of the planner, its ticks in a wrong order.");
}

// ---- The command ----

static json_t *uninformative(const Instrument *instrument) {
  json_t *const list = json_array();
  for (int i = 0; i < PROBES; ++i)
    if (!instrument->informative[i]) json_array_append_new(list, json_string(probes[i]->name));
  return list;
}

static void print_verdict(const Calibration *c, Verdict verdict) {
  const Instrument *const instrument = c->instrument;
  for (int i = 0; i < PROBES; ++i)
    if (!instrument->informative[i])
      printf("%s is uninformative in this world (built planner %.2f, greedy %.2f) and left out.\n",
             probes[i]->name, instrument->planner[i], instrument->greedy[i]);
  if (verdict == VERDICT_UNTOLD)
    printf("With that left out, S cannot be told of %d subjects; the other %d are where their kind must be. ",
           c->count[VERDICT_UNTOLD], c->count[VERDICT_PASSED]);
  else
    printf("The calibration %s. ", verdict == VERDICT_PASSED ? "holds" : "does not hold");
}

static Status deliver(Calibration *c, const char *env) {
  char path[FILES_PATH_BYTES];
  const Verdict verdict = c->count[VERDICT_FAILED]   ? VERDICT_FAILED
                          : c->count[VERDICT_UNTOLD] ? VERDICT_UNTOLD
                                                     : VERDICT_PASSED;
  json_t *const whole = json_pack("{s:s, s:s, s:o, s:o, s:O}", "version", cli_version(), "env", env, "holds",
                                  verdict_json(verdict), "uninformative", uninformative(c->instrument),
                                  "subjects", c->subjects);
  if (!whole) return status_fail(STATUS_MEMORY, "no memory for the calibration");
  snprintf(path, sizeof path, "%s/calibration.json", c->out);
  const Status status = json_file_write(path, whole);
  if (c->json) {
    json_dumpf(whole, stdout, EVALUATE_JSON_FLAGS | JSON_INDENT(2));
    putchar('\n');
  } else {
    print_verdict(c, verdict);
    printf("%s\n", path);
  }
  json_decref(whole);
  TRY(status);
  if (verdict != VERDICT_FAILED) return STATUS_OK;
  return status_fail(STATUS_DATA, "the calibration does not hold: a subject is not where its kind must be");
}

static Status calibrate(Calibration *c, const char *env, const Config *config) {
  const double work = (students_are_there(c->cache, config, 1) ? 0 : students_work(config, 1)) +
                      (c->built_only ? 0 : controls_work(c));
  if (work > 0) progress_start(c->options.progress, work, c->options.progress->quiet);
  TRY(files_make_directories(c->out));
  TRY(instrument_create(config, c->cache, false, &c->options, c->instrument));
  Status status = c->built_only ? STATUS_OK : train_controls(c);
  if (work > 0) progress_end(c->options.progress);
  if (status == STATUS_OK) wrap_controls(c);
  if (status == STATUS_OK && !c->json) probe_report_line("subject", NULL, stdout);
  if (status == STATUS_OK) status = read_built(c);
  if (status == STATUS_OK && !c->built_only) status = read_trained(c);
  if (status == STATUS_OK) status = deliver(c, env);
  for (int i = 0; i < CONTROLS; ++i) trained_agent_free(&c->trained[i].agent);
  instrument_free(c->instrument);
  return status;
}

static Status read_request(const CliGiven *given, Calibration *c) {
  const char *const env = given->positional[0], *const out = cli_value(&about_calibrate, given, "--out");
  if (strcmp(env, env_name(ENV_MAZE)) != 0)
    return status_fail(STATUS_USAGE, "calibrate: there is no world '%s'; mesagrid list envs shows all", env);
  TRY(cli_threads(&about_calibrate, given, &c->options.threads));
  TRY(students_cache(cli_value(&about_calibrate, given, "--cache"), c->cache));
  TRY(phases_choose(NULL, &c->options.phases));
  c->json = cli_value(&about_calibrate, given, "--json") != NULL;
  c->built_only = cli_value(&about_calibrate, given, "--built") != NULL;
  c->overrides = (char *const *)(given->positional + 1);
  c->override_count = given->positional_count - 1;
  const int length = out ? snprintf(c->out, sizeof c->out, "%s", out)
                         : snprintf(c->out, sizeof c->out, "runs/calibrate-%s", env);
  return (size_t)length < sizeof c->out ? STATUS_OK
                                        : status_fail(STATUS_USAGE, "--out: the path is too long");
}

static Status calibrate_given(const CliGiven *given) {
  Progress progress = {.quiet = cli_value(&about_calibrate, given, "--quiet") != NULL};
  Plan plan;
  Calibration *const c = calloc(1, sizeof *c);
  Instrument *const instrument = calloc(1, sizeof *instrument);
  Status status = c && instrument ? STATUS_OK : status_fail(STATUS_MEMORY, "no memory for a calibration");
  if (status == STATUS_OK) {
    c->options = (RunOptions){.progress = &progress};
    c->instrument = instrument;
    c->subjects = json_array();
    status = read_request(given, c);
  }
  if (status == STATUS_OK)
    status = plan_read_text("name: calibrate\n", 16, "calibrate", c->override_count, c->overrides, &plan);
  if (status == STATUS_OK) {
    c->options.stop = cli_catch_signals();
    status = calibrate(c, given->positional[0], &plan.trials[0].config);
    plan_free(&plan);
  }
  if (c) json_decref(c->subjects);
  free(c);
  free(instrument);
  return status;
}

Status command_calibrate(int argc, char **argv) {
  CliGiven given;
  TRY(cli_parse(&about_calibrate, argc, argv, &given));
  const Status status = given.help ? STATUS_OK : calibrate_given(&given);
  cli_release(&given);
  return status;
}
