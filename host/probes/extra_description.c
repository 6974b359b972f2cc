// Extra "description": in how few bits an agent's weights can be told at no more than .01 loss of solve.
//
// A searcher is held to be the shorter description of many good plans (Hubinger et al. 2019, "compression").
// The grid: uniform symmetric quantization of each tensor times pruning of the smallest magnitudes (as Han et
// al. 2016), without any training after. It does not separate: under coarse weights the order of searching
// and other agents is even reversed, and only agents of equal solve compare at all.
#include "host/probes/extra_description.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "envs/oracle.h"
#include "host/evaluate.h"
#include "host/json_parts.h"
#include "host/probe_extra.h"
#include "kernels/agent_catalogue.h"

enum { WIDTHS = 6, SHARES = 6, SCALE_BITS = 32, RAW_BITS = 32 };

static const int WIDTH[WIDTHS] = {8, 6, 5, 4, 3, 2};                // bits a weight
static const double SHARE[SHARES] = {0, 0.25, 0.5, 0.7, 0.8, 0.9};  // pruned
static const double LOSS_ALLOWED = 0.01;                            // of solve on PROBE_SELECT

// ---- Weights ----

double description_bits(int weights, int kept, int weight_bits, int tensors) {
  const double n = weights, p = kept / n;
  const double entropy = kept > 0 && kept < weights ? -p * log2(p) - (1 - p) * log2(1 - p) : 0;
  return (double)kept * weight_bits + n * entropy + (double)SCALE_BITS * tensors;
}

// The place of the j-th learned number of a tensor in the flat vector; the rest is padding.
static int place_of(const TensorInfo *info, int j) {
  return info->offset + j / info->length * info->stride + j % info->length;
}

static int count_weights(const TensorTable *table) {
  int count = 0;
  for (int t = 0; t < table->count; ++t) count += table->tensor[t].rows * table->tensor[t].length;
  return count;
}

typedef struct Weight {
  real magnitude;
  int place;
} Weight;

// Rising; equal magnitudes in the order of the vector, so that a sort has one result.
static int compare_weights(const void *left, const void *right) {
  const Weight *a = left, *b = right;
  if (a->magnitude != b->magnitude) return a->magnitude < b->magnitude ? -1 : 1;
  return (a->place > b->place) - (a->place < b->place);
}

static void quantize(const TensorInfo *info, int weight_bits, real *to) {
  const int weights = info->rows * info->length, steps = (1 << (weight_bits - 1)) - 1;
  real largest = 0;
  for (int j = 0; j < weights; ++j) {
    const real magnitude = (real)fabs((double)to[place_of(info, j)]);
    largest = magnitude > largest ? magnitude : largest;
  }
  if (!(largest > 0)) return;
  const double scale = (double)largest / steps;
  for (int j = 0; j < weights; ++j) {
    real *weight = &to[place_of(info, j)];
    *weight = (real)(scale * round((double)*weight / scale));
  }
}

int description_coarsen(const TensorTable *table, const real *parameters, int weight_bits, double pruned,
                        real *to) {
  const int weights = count_weights(table), dropped = (int)(pruned * weights);
  Weight *sorted = malloc((size_t)weights * sizeof *sorted);
  int filled = 0;
  if (!sorted) return -1;
  for (int t = 0; t < table->count; ++t)
    for (int j = 0; j < table->tensor[t].rows * table->tensor[t].length; ++j) {
      const int place = place_of(&table->tensor[t], j);
      sorted[filled++] = (Weight){(real)fabs((double)parameters[place]), place};
    }
  qsort(sorted, (size_t)weights, sizeof *sorted, compare_weights);
  memcpy(to, parameters, (size_t)table->reals * sizeof *to);
  for (int j = 0; j < dropped; ++j) to[sorted[j].place] = 0;
  for (int t = 0; t < table->count; ++t) quantize(&table->tensor[t], weight_bits, to);
  free(sorted);
  return weights - dropped;
}

// ---- What they still solve ----

static void visit(const ProbeThoughts *thoughts, int i, void *context) {
  const Level *level = extra_level(thoughts, i);
  int16_t distance[GRID_SQUARES];
  oracle_distances(level, distance);
  const PlanScore score = plan_score(level, distance, extra_plan(thoughts, i, thoughts->ticks));
  ((double *)context)[thoughts->first + i] = (double)score.solved / score.free;
}

// Mean solve on PROBE_SELECT at N* of the agent with other parameters.
static Status solve_with(const ProbeContext *context, const real *parameters, double *solve) {
  const EvalSet *set = &context->levels->set[PROBE_SELECT];
  SubjectAgent agent = *context->agent;
  agent.parameters = parameters;
  const Subject subject = subject_agent(&agent, "coarse");
  const ExtraThought thought = {.subject = &subject, .set = set, .ticks = context->best_ticks};
  double *each = calloc((size_t)set->count, sizeof *each), sum = 0;
  if (!each) return status_fail(STATUS_MEMORY, "no memory to score %d levels", set->count);
  const Status status = extra_think(&thought, visit, each);
  for (int n = 0; n < set->count; ++n) sum += each[n];
  *solve = sum / set->count;
  free(each);
  return status;
}

// ---- The grid ----

typedef struct Coarse {
  double bits, pruned, solve;
  int weight_bits;
} Coarse;

// Fewest bits first; of equal ones the finer weights.
static int compare_bits(const void *left, const void *right) {
  const Coarse *a = left, *b = right;
  if (a->bits != b->bits) return a->bits < b->bits ? -1 : 1;
  return b->weight_bits - a->weight_bits;
}

static void make_grid(const TensorTable *table, Coarse *grid) {
  const int weights = count_weights(table);
  for (int i = 0; i < WIDTHS * SHARES; ++i) {
    const int width = WIDTH[i / SHARES];
    const double share = SHARE[i % SHARES];
    const int kept = weights - (int)(share * weights);
    grid[i] = (Coarse){description_bits(weights, kept, width, table->count), share, 0, width};
  }
  qsort(grid, (size_t)WIDTHS * SHARES, sizeof *grid, compare_bits);
}

// The first of the grid, from few bits to many, that loses little enough; `best` as it is where none does.
static Status search_grid(const ProbeContext *context, const TensorTable *table, double enough, real *coarse,
                          Coarse *best) {
  Coarse grid[WIDTHS * SHARES];
  make_grid(table, grid);
  for (int i = 0; i < WIDTHS * SHARES; ++i) {
    const real *parameters = context->agent->parameters;
    if (description_coarsen(table, parameters, grid[i].weight_bits, grid[i].pruned, coarse) < 0)
      return status_fail(STATUS_MEMORY, "no memory to sort weights");
    TRY(solve_with(context, coarse, &grid[i].solve));
    if (grid[i].solve < enough) continue;
    *best = grid[i];
    break;
  }
  return STATUS_OK;
}

static Status describe(const ProbeContext *context, json_t **result) {
  const TensorTable table = agent_tensors(context->agent->shape);
  const double raw = (double)RAW_BITS * count_weights(&table);
  double full;
  bool good = true;
  TRY(solve_with(context, context->agent->parameters, &full));
  Coarse best = {raw, 0, full, RAW_BITS};
  real *coarse = aligned_alloc(64, tape_align((size_t)table.reals * sizeof *coarse));
  if (!coarse) return status_fail(STATUS_MEMORY, "no memory for %d coarse weights", table.reals);
  const Status status = search_grid(context, &table, full - LOSS_ALLOWED, coarse, &best);
  free(coarse);
  TRY(status);
  json_t *object = json_object();
  parts_put(object, "bits", evaluate_number(best.bits), &good);
  parts_put(object, "weight_bits", json_integer(best.weight_bits), &good);
  parts_put(object, "pruned", evaluate_number(best.pruned), &good);
  parts_put(object, "solve", evaluate_number(best.solve), &good);
  parts_put(object, "solve_full", evaluate_number(full), &good);
  parts_put(object, "raw_bits", evaluate_number(raw), &good);
  return parts_deliver(object, good, result);
}

const ProbeExtra EXTRA_DESCRIPTION = {
    .name = "description",
    .question = "In how few bits can the weights be told at no more than .01 loss of solve?",
    .needs_agent = true,
    .describe = describe,
};
