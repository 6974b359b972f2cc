// Scores plans: batch by batch, level by level, and only where a tick changed the plan.
#include "host/scores.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "envs/oracle.h"

// ---- One level ----

enum { ROW = 8, UNKNOWN = -2, NEVER = -1 };

// A level as a graph: places 0 … count - 1 are its squares that count, in order, and place `count` is the
// goal.
typedef struct Board {
  int count, start;
  uint16_t square[GRID_SQUARES];
  int16_t distance[GRID_SQUARES];
  uint8_t best[GRID_SQUARES];         // actions that shorten the way, one bit each
  uint16_t next[GRID_SQUARES * ROW];  // (count, ROW): the place an action leads to
} Board;

static void board_make(const Level *level, const int16_t *known, Board *board) {
  uint16_t place[GRID_SQUARES];
  int16_t distance[GRID_SQUARES];
  const int squares = grid_squares(&level->grid);
  memcpy(distance, known, (size_t)squares * sizeof *distance);
  board->count = 0;
  for (int square = 0; square < squares; ++square) {
    if (distance[square] <= 0) continue;
    place[square] = (uint16_t)board->count;
    board->square[board->count++] = (uint16_t)square;
  }
  place[level->goal] = (uint16_t)board->count;
  board->start = place[level->start];
  for (int i = 0; i < board->count; ++i) {
    const int square = board->square[i];
    board->distance[i] = distance[square];
    board->best[i] = (uint8_t)oracle_best_actions(level, distance, square);
    for (int action = 0; action < ENV_ACTIONS; ++action)
      board->next[i * ROW + action] = place[grid_move(&level->grid, square, action)];
    board->next[i * ROW + PLAN_STAY] = (uint16_t)i;
  }
}

// action(count) = the plan at the places; anything that is no action stays.
static void board_gather(const Board *board, const uint8_t *plan, uint8_t *action) {
  for (int i = 0; i < board->count; ++i) {
    const uint8_t planned = plan[board->square[i]];
    action[i] = planned < PLAN_STAY ? planned : PLAN_STAY;
  }
}

// walked(count + 1) = steps that the plan takes from each place to the goal, NEVER where it never gets there.
// Each walk stops at the first place that was walked before: on the way itself that closes a circle, which
// never arrives, and so says the mark that walking leaves.
static void board_walk(const Board *board, const uint8_t *action, int16_t *walked) {
  uint16_t way[GRID_SQUARES];
  for (int i = 0; i < board->count; ++i) walked[i] = UNKNOWN;
  walked[board->count] = 0;
  for (int from = 0; from < board->count; ++from) {
    int length = 0, at = from;
    while (walked[at] == UNKNOWN) {
      walked[at] = NEVER;
      way[length++] = (uint16_t)at;
      at = board->next[at * ROW + action[at]];
    }
    int16_t steps = walked[at];
    while (steps >= 0 && length > 0) walked[way[--length]] = ++steps;
  }
}

// The same as plan_score, bit for bit: squares in the same order.
static PlanScore board_score(const Board *board, const uint8_t *action, const int16_t *walked) {
  PlanScore score = {board->count, 0, 0, 0.0};
  for (int i = 0; i < board->count; ++i) {
    score.optimal += board->best[i] >> action[i] & 1;
    if (walked[i] == NEVER) continue;
    score.solved += 1;
    score.spl += (double)board->distance[i] / walked[i];
  }
  return score;
}

static void count_reached(const Board *board, const int16_t *walked, int64_t *reached) {
  for (int i = 0; i < board->count; ++i) reached[board->distance[i]] += walked[i] != NEVER;
}

// Writes one level's row of every rate, and adds to reached (ticks, D).
static void score_level(const Board *board, const uint8_t *plan, int stride, int n, int64_t *reached,
                        Scores *scores) {
  uint8_t action[2][GRID_SQUARES];
  int16_t walked[GRID_SQUARES];
  PlanScore score = {0, 0, 0, 0.0};
  for (int k = 0; k < scores->ticks; ++k) {
    uint8_t *now = action[k % 2];
    board_gather(board, plan + (size_t)k * (size_t)stride, now);
    if (k == 0 || memcmp(now, action[(k + 1) % 2], (size_t)board->count) != 0) {
      board_walk(board, now, walked);
      score = board_score(board, now, walked);
    }
    const size_t at = (size_t)n * (size_t)scores->ticks + (size_t)k;
    scores->solve[at] = (double)score.solved / score.free;
    scores->spl[at] = score.spl / score.free;
    scores->optimal[at] = (double)score.optimal / score.free;
    scores->started[at] = walked[board->start] != NEVER;
    count_reached(board, walked, reached + (size_t)k * (size_t)scores->distances);
  }
}

// ---- A set of levels ----

// Scores one batch. Threads count squares apart; sums of whole numbers do not mind their order.
static Status score_batch(const SubjectBatch *batch, const EvalSet *set, Scores *scores) {
  const size_t cells = (size_t)scores->ticks * (size_t)scores->distances;
  const int threads = omp_get_max_threads();
  const int squares = set->size * set->size;
  Board *boards = malloc((size_t)threads * sizeof *boards);
  int64_t *reached = calloc((size_t)threads * cells, sizeof *reached);
  const bool good = boards && reached;
  if (good) {
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (int i = 0; i < batch->count; ++i) {
      const int thread = omp_get_thread_num(), n = batch->first + i;
      board_make(&batch->levels[i], set->distance + (size_t)n * (size_t)squares, &boards[thread]);
      score_level(&boards[thread], subject_plan(batch, i, 0), batch->stride, n,
                  reached + (size_t)thread * cells, scores);
    }
    for (size_t i = 0; i < (size_t)threads * cells; ++i) scores->reached[i % cells] += reached[i];
  }
  free(boards);
  free(reached);
  return good ? STATUS_OK : status_fail(STATUS_MEMORY, "no memory to score plans");
}

static Status measure_batches(const Subject *subject, const EvalSet *set, size_t batch_bytes,
                              Scores *scores) {
  const int squares = set->size * set->size;
  const size_t bytes = (size_t)scores->ticks * (size_t)squares;
  const size_t fitting = batch_bytes / bytes, many = fitting < 1 ? 1 : fitting;
  const int room = many < (size_t)set->count ? (int)many : set->count;
  uint8_t *plan = calloc((size_t)room, bytes);
  Status status = plan ? STATUS_OK : status_fail(STATUS_MEMORY, "no memory for plans of %d levels", room);
  for (int first = 0; status == STATUS_OK && first < set->count; first += room) {
    const int left = set->count - first;
    const SubjectBatch batch = {.levels = set->levels + first,
                                .count = left < room ? left : room,
                                .first = first,
                                .set = set->number,
                                .seed = set->seed,
                                .ticks = scores->ticks,
                                .stride = squares,
                                .plan = plan};
    status = subject->think(subject, &batch);
    if (status == STATUS_OK) status = score_batch(&batch, set, scores);
  }
  free(plan);
  return status;
}

// Counts squares by distance, after finding the longest.
static void count_squares(const EvalSet *set, int64_t *squares, int *distances) {
  const size_t count = (size_t)set->count * (size_t)set->size * (size_t)set->size;
  for (size_t i = 0; i < count; ++i) {
    const int distance = set->distance[i];
    if (distance <= 0) continue;
    if (distance >= *distances) *distances = distance + 1;
    squares[distance] += 1;
  }
}

static Status scores_allocate(const EvalSet *set, int ticks, Scores *scores) {
  int64_t squares[GRID_SQUARES] = {0};
  *scores = (Scores){.levels = set->count, .ticks = ticks, .distances = 1};
  count_squares(set, squares, &scores->distances);
  const size_t cells = (size_t)set->count * (size_t)ticks, distances = (size_t)scores->distances;
  scores->storage =
      calloc(3 * cells * sizeof(double) + (1 + (size_t)ticks) * distances * sizeof(int64_t) + cells, 1);
  if (!scores->storage)
    return status_fail(STATUS_MEMORY, "no memory for the scores of %d levels", set->count);
  scores->solve = scores->storage;
  scores->spl = scores->solve + cells;
  scores->optimal = scores->spl + cells;
  scores->squares = (int64_t *)(scores->optimal + cells);
  scores->reached = scores->squares + distances;
  scores->started = (uint8_t *)(scores->reached + (size_t)ticks * distances);
  memcpy(scores->squares, squares, distances * sizeof *squares);
  return STATUS_OK;
}

Status scores_measure(const Subject *subject, const EvalSet *set, int ticks, size_t batch_bytes,
                      Scores *scores) {
  const int most = subject->ticks_max < ticks ? subject->ticks_max : ticks;
  TRY(scores_allocate(set, most, scores));
  const Status status = measure_batches(subject, set, batch_bytes ? batch_bytes : SCORES_BATCH_BYTES, scores);
  if (status != STATUS_OK) scores_free(scores);
  return status;
}

void scores_free(Scores *scores) {
  free(scores->storage);
  *scores = (Scores){0};
}

// ---- Summaries ----

double scores_mean(const Scores *scores, const double *rates, int ticks) {
  double sum = 0;
  for (int n = 0; n < scores->levels; ++n)
    sum += rates[(size_t)n * (size_t)scores->ticks + (size_t)ticks - 1];
  return sum / scores->levels;
}

int scores_best_ticks(const Scores *scores) {
  int best = 1;
  double highest = -1;
  for (int ticks = 1; ticks <= scores->ticks; ++ticks) {
    const double mean = scores_mean(scores, scores->solve, ticks);
    if (mean <= highest) continue;
    highest = mean;
    best = ticks;
  }
  return best;
}

int scores_ticks_for(const Scores *scores, int best_ticks, double share) {
  const double enough = share * scores_mean(scores, scores->solve, best_ticks);
  int ticks = 1;
  while (ticks < best_ticks && scores_mean(scores, scores->solve, ticks) < enough) ++ticks;
  return ticks;
}
