// Trains the students as a small sweep of their own in the cache, and reads what they solve.
#include "host/students.h"

#include <stdlib.h>
#include <string.h>

#include "envs/catalogue.h"
#include "host/files.h"

// Deepest first: the longest work begins at once.
static const int DEPTHS[STUDENTS] = {24, 12, 8, 5, 3, 2};

// Seeds differ: of depth 24 some end at .70 and some at .75 (15×15). This is the first, counted from 1 in odd
// numbers, whose deepest student is accepted; a stronger yardstick only lowers what RESIDUAL says of an
// agent.
enum { STUDENT_UPDATES = 3000, STUDENT_SEED = 3, SHAPE_BYTES = 128 };

// What the deepest one must solve for the others to be believed: measured .74 and .40.
static const double ACCEPTED_FAR = 0.72, ACCEPTED_FARTHER = 0.38;

int student_depth(int i) {
  return DEPTHS[i];
}

// ---- The cache ----

Status students_cache(const char *given, char *path) {
  const char *const own = getenv("MESAGRID_CACHE"), *const cache = getenv("XDG_CACHE_HOME");
  const char *const home = getenv("HOME");
  int length = -1;
  if (given && !given[0]) return status_fail(STATUS_USAGE, "--cache: the directory has no name");
  if (given || (own && own[0]))
    length = snprintf(path, FILES_PATH_BYTES, "%s", given ? given : own);
  else if (cache && cache[0])
    length = snprintf(path, FILES_PATH_BYTES, "%s/mesagrid", cache);
  else if (home && home[0])
    length = snprintf(path, FILES_PATH_BYTES, "%s/.cache/mesagrid", home);
  if (length < 0)
    return status_fail(STATUS_USAGE, "there is no home directory to keep students in: --cache DIR");
  // Room for the names below it.
  if (length > FILES_PATH_BYTES - PLAN_TRIAL_NAME_BYTES - SHAPE_BYTES)
    return status_fail(STATUS_USAGE, "the path of the cache is too long");
  return STATUS_OK;
}

// The students as a sweep: same cell, 16 channels, 64 levels an update, Adam 2e-3, × .3 after 60 % and × .1
// after 85 % of the updates (../docs/probes.md, "Students").
static Status students_plan(const Config *config, int budget, Plan *plan) {
  char text[1024];
  const int length = snprintf(
      text, sizeof text,
      "name: students\n"
      "env: {sizes: [%d, %d], loops: %.17g, blocks: %.17g}\n"
      "agent: {weights: untied, channels: 16}\n"
      "train: {teacher: oracle, updates: %d, levels: 64, learning_rate: 0.002, final_learning_rate: 0.0006,\n"
      "  adam_beta2: 0.999, adam_eps: 1.0e-8,"
      "  final_fraction: 0.4, last_learning_rate: 0.0002, last_fraction: 0.15}\n"
      "axes: {agent.ticks: [%d, %d, %d, %d, %d, %d]}\n"
      "seeds: [%d]\n",
      config->env_sizes.lo, config->env_sizes.hi, config->env_loops, config->env_blocks,
      STUDENT_UPDATES * budget, DEPTHS[0], DEPTHS[1], DEPTHS[2], DEPTHS[3], DEPTHS[4], DEPTHS[5],
      STUDENT_SEED);
  return plan_read_text(text, (size_t)length, "students", 0, NULL, plan);
}

// The directory of a world's students: its env knobs for people, and by the fingerprint of how they are
// taught, so that students of another version are left alone.
static void world_directory(const char *cache, const Config *config, int budget, const Plan *plan,
                            char *path) {
  snprintf(path, FILES_PATH_BYTES, "%s/students-%s-%d-%d-loops%g-blocks%g-x%d-%08x", cache,
           env_name(config->env_kind), config->env_sizes.lo, config->env_sizes.hi, config->env_loops,
           config->env_blocks, budget, (unsigned)config_fingerprint(&plan->trials[0].config));
}

// ---- Opening ----

// Loads those that are in the directory; STATUS_DATA if one is not trained to the end.
static Status load_students(const char *directory, const Plan *plan, Students *students) {
  char path[FILES_PATH_BYTES];
  Status status = STATUS_OK;
  for (int i = 0; i < STUDENTS && status == STATUS_OK; ++i) {
    const size_t length = (size_t)snprintf(path, sizeof path, "%s/%s", directory, plan->trials[i].name);
    status = length < sizeof path ? trained_agent_load(path, &students->agent[i])
                                  : status_fail(STATUS_USAGE, "the path of the cache is too long");
    if (status == STATUS_OK &&
        config_fingerprint(&students->agent[i].config) != config_fingerprint(&plan->trials[i].config))
      status = status_fail(STATUS_DATA, "%s: this student was taught otherwise", path);
    if (status == STATUS_OK && students->agent[i].progress.status != AGENT_DONE)
      status = status_fail(STATUS_DATA, "%s: this student is not trained to the end", path);
  }
  if (status != STATUS_OK) students_free(students);
  return status;
}

static Status train_students(const char *directory, const Plan *plan, const RunOptions *options) {
  const Chunk all = {.cohort = 0, .first = 0, .count = STUDENTS};
  FilesLock lock;
  TRY(files_make_directories(directory));
  TRY(files_lock(directory, &lock));
  progress_phase(options->progress, "training students");
  const Status status = train_chunk(directory, plan, &all, options);
  files_unlock(&lock);
  return status;
}

Status students_open(const char *cache, const Config *config, int budget, const RunOptions *options,
                     Students *students) {
  char directory[FILES_PATH_BYTES];
  Plan plan;
  *students = (Students){.budget = budget};
  TRY(students_plan(config, budget, &plan));
  world_directory(cache, config, budget, &plan, directory);
  Status status = load_students(directory, &plan, students);
  if (status != STATUS_OK) {
    status = train_students(directory, &plan, options);
    if (status == STATUS_OK) status = load_students(directory, &plan, students);
  }
  plan_free(&plan);
  return status;
}

void students_free(Students *students) {
  for (int i = 0; i < STUDENTS; ++i) trained_agent_free(&students->agent[i]);
}

bool students_are_there(const char *cache, const Config *config, int budget) {
  char directory[FILES_PATH_BYTES];
  Students students = {.budget = budget};
  Plan plan;
  if (students_plan(config, budget, &plan) != STATUS_OK) return false;
  world_directory(cache, config, budget, &plan, directory);
  const bool there = load_students(directory, &plan, &students) == STATUS_OK;
  if (there) students_free(&students);
  plan_free(&plan);
  return there;
}

double students_work(const Config *config, int budget) {
  Plan plan;
  double work = 0;
  if (students_plan(config, budget, &plan) != STATUS_OK) return 0;
  for (int t = 0; t < plan.trial_count; ++t) work += train_work(&plan.trials[t].config);
  plan_free(&plan);
  return work;
}

// ---- What they solve ----

// solve(levels, STUDENTS), column `i`: one student on one set, after its last layer.
static Status solve_set(const TrainedAgent *agent, int i, const EvalSet *set, const RunOptions *options,
                        double *solve) {
  const SubjectAgent parts = {
      .phases = options->phases, .shape = agent->shape, .parameters = agent->parameters, .gpu = options->gpu};
  const Subject subject = subject_agent(&parts, "student");
  Scores scores;
  TRY(scores_measure(&subject, set, DEPTHS[i], 0, &scores));
  for (int n = 0; n < set->count; ++n)
    solve[(size_t)n * STUDENTS + (size_t)i] =
        scores.solve[(size_t)n * (size_t)scores.ticks + (size_t)scores.ticks - 1];
  scores_free(&scores);
  return STATUS_OK;
}

Status students_solve(const Students *students, const ProbeLevels *levels, const RunOptions *options,
                      StudentSolve *solve) {
  const EvalSet *const far = &levels->set[PROBE_FAR], *const farther = &levels->set[PROBE_FARTHER];
  Status status = STATUS_OK;
  solve->students = STUDENTS;
  solve->far = calloc((size_t)far->count * STUDENTS, sizeof *solve->far);
  solve->farther = calloc((size_t)farther->count * STUDENTS, sizeof *solve->farther);
  if (!solve->far || !solve->farther)
    status = status_fail(STATUS_MEMORY, "no memory for what students solve");
  for (int i = 0; i < STUDENTS && status == STATUS_OK; ++i) {
    status = solve_set(&students->agent[i], i, far, options, solve->far);
    if (status == STATUS_OK) status = solve_set(&students->agent[i], i, farther, options, solve->farther);
  }
  if (status != STATUS_OK) student_solve_free(solve);
  return status;
}

void student_solve_free(StudentSolve *solve) {
  free(solve->far);
  free(solve->farther);
  *solve = (StudentSolve){.students = 0};
}

double student_mean(const double *solve, int levels, int student) {
  double sum = 0;
  for (int n = 0; n < levels; ++n) sum += solve[(size_t)n * STUDENTS + (size_t)student];
  return sum / levels;
}

int students_accepted(const Config *config, const StudentSolve *solve, const ProbeLevels *levels) {
  const EvalSet *const far = &levels->set[PROBE_FAR], *const farther = &levels->set[PROBE_FARTHER];
  const bool known = config->env_sizes.lo == 5 && config->env_sizes.hi == 9 && config->env_loops == 0.1 &&
                     config->env_blocks == 0 && far->size == 15 && farther->size == 23;
  if (!known) return -1;
  return student_mean(solve->far, far->count, 0) >= ACCEPTED_FAR &&
         student_mean(solve->farther, farther->count, 0) >= ACCEPTED_FARTHER;
}
