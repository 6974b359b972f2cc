// `mesagrid probe`: says of trained agents whether they search inside, and how far.
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "host/cli.h"
#include "host/evaluate.h"
#include "host/files.h"
#include "host/open_trial.h"
#include "host/probe_report.h"
#include "host/probe_settings.h"
#include "host/report/report.h"
#include "host/sweep.h"
#include "host/trial_result.h"

enum { HASH_BYTES = 17 };

static const CliOption OPTIONS[] = {
    {"--cache", "DIR", "where students are kept; left out, $MESAGRID_CACHE, or mesagrid in the user's cache",
     NULL},
    {"--fourfold", NULL, "also measure RESIDUAL against students of four times the budget (trained once)",
     NULL},
    {"--again", NULL, "probe trials that have been probed already", NULL},
    {"--scores", NULL, "the metrics only, without what is shown and never scored", NULL},
    {"--threads", "N", "left out, OMP_NUM_THREADS or all cores; the result is the same for any number", NULL},
    {"--quiet", NULL, "warnings and results only", NULL},
    {"--json", NULL, "the results as an object on standard output; of a sweep, its agents and settings",
     NULL},
};

const CliCommand about_probe = {
    .name = "probe",
    .arguments = "TRIAL_DIR | SWEEP_DIR",
    .summary = "say whether trained agents search inside, and how far",
    .description =
        "Asks each agent the questions of docs/probes.md on held-out levels and prints its label, its\n"
        "search score S with a 95 % interval, and its metrics:\n"
        "  FLIP, TICK   behaviour: follows changed walls; ends better for thinking longer\n"
        "  FRONT        representation: the plan is right from the goal outwards, and how far\n"
        "  BLOCK, GOAL  causation: clamping the state of a square moves the plan\n"
        "  RESIDUAL     irreducibility: better than any feed-forward net taught by the oracle\n"
        "Writes probe.json and probe.html, a page to look at, into each trial's directory and changes\n"
        "nothing else there; a sweep's report.html is written anew with its phase diagram. Trials that\n"
        "were probed are not probed again. The first time in a world, feed-forward students are trained (a\n"
        "minute or two) and kept. A trial that diverged or is not trained to the end is refused, in a sweep\n"
        "left out.\n"
        "\n"
        "examples:\n"
        "  mesagrid probe runs/quickstart/ticks=8-24,seed=1\n"
        "  mesagrid probe runs/quickstart --json\n",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof *OPTIONS,
    .arguments_min = 1,
    .arguments_max = 1,
};

// What was asked for, and the instrument of the world that was probed last.
typedef struct Probing {
  const char *directory;
  char cache[FILES_PATH_BYTES];
  bool json, fourfold, again, scores_only;
  RunOptions options;
  Instrument *instrument;  // NULL: none yet
  json_t *reports;         // [report]
  json_t *settings;        // [number of the setting of each report], of a sweep
  json_t *summary;         // of a sweep (host/probe_settings.h)
} Probing;

// ---- One trial ----

// A hash of the weights: by it a later run knows that they have been probed.
static void weights_hash(const TrainedAgent *agent, char *text) {
  const size_t reals = (size_t)agent_layout(agent->shape).reals;
  snprintf(text, HASH_BYTES, "%016" PRIx64, XXH3_64bits(agent->parameters, reals * sizeof(real)));
}

// The report that is there already for these weights; NULL if there is none.
static json_t *report_there(const Probing *probing, const char *path, const char *weights) {
  json_t *report = NULL;
  if (probing->again || !files_exists(path) || json_file_read(path, &report) != STATUS_OK) return NULL;
  const char *const of = json_string_value(json_object_get(report, "weights"));
  const char *const version = json_string_value(json_object_get(report, "version"));
  const bool has_extras = json_object_get(report, "extras") || probing->scores_only;
  const bool has_fourfold =
      !probing->fourfold || json_is_object(json_object_get(json_object_get(report, "students"), "fourfold"));
  if (of && version && strcmp(of, weights) == 0 && strcmp(version, cli_version()) == 0 && has_extras &&
      has_fourfold)
    return report;
  json_decref(report);
  return NULL;
}

// Whether an instrument fits a configuration: what it was made from is what the world and the evaluation say.
static bool fits(const Instrument *instrument, const Config *config) {
  int count;
  const KeyInfo *const keys = config_keys(&count);
  for (int i = 0; i < count; ++i) {
    char a[CONFIG_TEXT_BYTES], b[CONFIG_TEXT_BYTES];
    if (strcmp(keys[i].section, "env") != 0 && strcmp(keys[i].section, "eval") != 0) continue;
    if (strcmp(keys[i].name, "env.distinct") == 0 || strcmp(keys[i].name, "env.limit") == 0) continue;
    config_get_text(&instrument->config, &keys[i], a, sizeof a);
    config_get_text(config, &keys[i], b, sizeof b);
    if (strcmp(a, b) != 0) return false;
  }
  return true;
}

static void drop_instrument(Probing *probing) {
  if (probing->instrument) instrument_free(probing->instrument);
  free(probing->instrument);
  probing->instrument = NULL;
}

// Makes the instrument fit; students are trained here where they are not in the cache.
static Status settle_instrument(Probing *probing, const Config *config) {
  if (probing->instrument && fits(probing->instrument, config)) return STATUS_OK;
  drop_instrument(probing);
  double work = students_are_there(probing->cache, config, 1) ? 0 : students_work(config, 1);
  if (probing->fourfold && !students_are_there(probing->cache, config, 4)) work += students_work(config, 4);
  Instrument *const instrument = malloc(sizeof *instrument);
  if (!instrument) return status_fail(STATUS_MEMORY, "no memory for the probes");
  if (work > 0) progress_start(probing->options.progress, work, probing->options.progress->quiet);
  const Status status =
      instrument_create(config, probing->cache, probing->fourfold, &probing->options, instrument);
  if (work > 0) progress_end(probing->options.progress);
  if (status == STATUS_OK) {
    probing->instrument = instrument;
  } else {
    free(instrument);
  }
  return status;
}

static Status read_trial(Probing *probing, const char *directory, OpenTrial *trial, json_t **report) {
  Reading *const reading = malloc(sizeof *reading);
  if (!reading) return status_fail(STATUS_MEMORY, "no memory for a reading");
  const char *const slash = strrchr(directory, '/');
  Status status = instrument_read(probing->instrument, &trial->subject, &trial->parts, reading);
  if (status == STATUS_OK)
    status = probe_report(probing->instrument, slash && slash[1] ? slash + 1 : directory, reading, report);
  if (status == STATUS_OK && !probing->scores_only) status = probe_report_extras(reading, *report);
  reading_free(reading);
  free(reading);
  return status;
}

static Status write_report(const char *directory, const json_t *report) {
  char path[FILES_PATH_BYTES + 16];
  snprintf(path, sizeof path, "%s/probe.json", directory);
  TRY(json_file_write(path, report));
  snprintf(path, sizeof path, "%s/probe.html", directory);
  return report_write_agent(path, report);
}

// Refused by name: the weights of what did not end well are not those of an agent.
static Status refuse_unfinished(const char *directory, const TrainedAgent *agent) {
  const AgentProgress *const progress = &agent->progress;
  if (progress->status == AGENT_DIVERGED)
    return status_fail(STATUS_DATA, "%s: its training diverged after update %" PRId64 ": not probed",
                       directory, progress->update);
  if (progress->status == AGENT_TRAINING)
    return status_fail(STATUS_DATA, "%s: it is not trained to the end, update %" PRId64 " of %d: not probed",
                       directory, progress->update, agent->config.train_updates);
  return STATUS_OK;
}

static Status probe_open_trial(Probing *probing, const char *directory, OpenTrial *trial) {
  char path[FILES_PATH_BYTES + 16], weights[HASH_BYTES];
  TRY(refuse_unfinished(directory, &trial->agent));
  weights_hash(&trial->agent, weights);
  snprintf(path, sizeof path, "%s/probe.json", directory);
  json_t *report = report_there(probing, path, weights);
  if (report) {
    json_array_append_new(probing->reports, report);
    return STATUS_OK;
  }
  TRY(settle_instrument(probing, &trial->agent.config));
  Status status = read_trial(probing, directory, trial, &report);
  if (status == STATUS_OK) json_object_set_new(report, "weights", json_string(weights));
  if (status == STATUS_OK) status = write_report(directory, report);
  if (status == STATUS_OK) json_array_append(probing->reports, report);
  json_decref(report);
  return status;
}

static Status probe_trial(Probing *probing, const char *directory) {
  OpenTrial trial;
  TRY(open_trial_silently(directory, &trial));
  const Status status = probe_open_trial(probing, directory, &trial);
  open_trial_close(&trial);
  return status;
}

// ---- A sweep ----

// A trial that cannot be probed is told and left out: the others say what they say.
static Status probe_trials(Probing *probing, const Plan *plan) {
  char path[FILES_PATH_BYTES];
  for (int t = 0; t < plan->trial_count; ++t) {
    if (run_is_stopped(&probing->options))
      return status_fail(STATUS_INTERRUPTED, "interrupted; the same command goes on from here");
    if ((size_t)snprintf(path, sizeof path, "%s/%s", probing->directory, plan->trials[t].name) >= sizeof path)
      return status_fail(STATUS_USAGE, "the path of %s is too long", plan->trials[t].name);
    if (!probing->options.progress->quiet)
      cli_note("probing %s (%d of %d)", plan->trials[t].name, t + 1, plan->trial_count);
    const Status status = probe_trial(probing, path);
    if (status == STATUS_OK)
      json_array_append_new(probing->settings, json_integer(plan->trials[t].setting));
    else if (status == STATUS_DATA || status == STATUS_IO)
      cli_note("%s", status_message());
    else
      return status;
  }
  if (json_array_size(probing->reports) == 0)
    return status_fail(STATUS_DATA, "%s: it has no trial that can be probed", probing->directory);
  TRY(probe_settings(plan, probing->reports, probing->settings, &probing->summary));
  return sweep_report(probing->directory, &probing->options);
}

static Status probe_sweep(Probing *probing, const char *sweep_path) {
  Plan plan;
  TRY(plan_read(sweep_path, 0, NULL, &plan));
  const Status status = probe_trials(probing, &plan);
  plan_free(&plan);
  return status;
}

// ---- The command ----

static void print_reports(const Probing *probing, bool is_sweep) {
  const json_t *const only = json_array_get(probing->reports, 0);
  if (probing->json) {
    if (is_sweep) json_object_set(probing->summary, "agents", probing->reports);
    json_dumpf(is_sweep ? probing->summary : only, stdout, EVALUATE_JSON_FLAGS | JSON_INDENT(2));
    putchar('\n');
    return;
  }
  probe_report_line("agent", NULL, stdout);
  for (size_t i = 0; i < json_array_size(probing->reports); ++i) {
    const json_t *const report = json_array_get(probing->reports, i);
    const json_t *const fourfold = json_object_get(json_object_get(report, "students"), "fourfold");
    probe_report_line(json_string_value(json_object_get(report, "name")), report, stdout);
    if (json_is_object(fourfold))
      printf("  ^ I against students of a fourfold budget: %.2f\n",
             json_number_value(json_object_get(fourfold, "I")));
  }
  if (is_sweep) probe_settings_print(probing->summary, stdout);
  if (!is_sweep) printf("%s\n", json_string_value(json_object_get(only, "reason")));
  printf("Page: %s/%s.html\n", probing->directory, is_sweep ? "report" : "probe");
}

static Status read_request(const CliGiven *given, Probing *probing) {
  TRY(cli_threads(&about_probe, given, &probing->options.threads));
  TRY(students_cache(cli_value(&about_probe, given, "--cache"), probing->cache));
  TRY(phases_choose(NULL, &probing->options.phases));
  probing->directory = given->positional[0];
  probing->json = cli_value(&about_probe, given, "--json") != NULL;
  probing->fourfold = cli_value(&about_probe, given, "--fourfold") != NULL;
  probing->again = cli_value(&about_probe, given, "--again") != NULL;
  probing->scores_only = cli_value(&about_probe, given, "--scores") != NULL;
  return STATUS_OK;
}

static Status probe_given(const CliGiven *given) {
  char sweep_path[FILES_PATH_BYTES];
  Progress progress = {.quiet = cli_value(&about_probe, given, "--quiet") != NULL};
  Probing probing = {.options = {.progress = &progress}};
  TRY(read_request(given, &probing));
  if ((size_t)snprintf(sweep_path, sizeof sweep_path, "%s/sweep.yaml", probing.directory) >=
      sizeof sweep_path)
    return status_fail(STATUS_USAGE, "%s: the path is too long", probing.directory);
  probing.options.stop = cli_catch_signals();
  const bool is_sweep = files_exists(sweep_path);
  probing.reports = json_array();
  probing.settings = json_array();
  if (!probing.reports || !probing.settings) return status_fail(STATUS_MEMORY, "no memory for results");
  const Status status =
      is_sweep ? probe_sweep(&probing, sweep_path) : probe_trial(&probing, probing.directory);
  if (status == STATUS_OK) print_reports(&probing, is_sweep);
  drop_instrument(&probing);
  json_decref(probing.reports);
  json_decref(probing.settings);
  json_decref(probing.summary);
  return status;
}

Status command_probe(int argc, char **argv) {
  CliGiven given;
  TRY(cli_parse(&about_probe, argc, argv, &given));
  const Status status = given.help ? STATUS_OK : probe_given(&given);
  cli_release(&given);
  return status;
}
