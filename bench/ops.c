// Times ops on one thread; compiled once per instruction set, like the phases.
#include "bench/ops.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/agent_catalogue.h"
#include "kernels/phase_name.h"

enum {
  PEAK_CHAINS = VEC_WIDTH == 16 ? 16 : 12,
  PEAK_ROUNDS = VEC_WIDTH == 4 ? 20000 : 1000000,
  CHANNELS = 16,
  ROUNDS = VEC_WIDTH == 4 ? 1 : 50,  // calls between two looks at the clock
};

// Independent chains of multiply-adds in registers: nothing else to wait for.
static double peak(void) {
  Vec chain[PEAK_CHAINS];
  volatile real source = REAL(0.999);
  const Vec factor = vec_set1(source), term = vec_set1(source - 1);
  UNROLL for (int i = 0; i < PEAK_CHAINS; ++i) chain[i] = vec_set1(source * (real)i);
  const double start = ops_now();
  for (int round = 0; round < PEAK_ROUNDS; ++round) {
    UNROLL for (int i = 0; i < PEAK_CHAINS; ++i) chain[i] = vec_fma(chain[i], factor, term);
  }
  const double seconds = ops_now() - start;
  real kept[VEC_WIDTH];
  for (int i = 1; i < PEAK_CHAINS; ++i) chain[0] = vec_fma(chain[0], factor, chain[i]);
  vec_store(kept, chain[0]);
  source = kept[0];  // the chains are used: the compiler may not drop them
  return 2.0 * PEAK_CHAINS * VEC_WIDTH * PEAK_ROUNDS / seconds;
}

// Buffers of one level, filled with small numbers.
typedef struct Bench {
  Interior interior;
  AgentLayout layout;
  real *parameters, *transposed, *state, *next, *gates, *drive, *outputs, *gradient;
  MguBackward backward;
} Bench;

static real *filled(size_t count) {
  real *const x = aligned_alloc(64, (count * sizeof(real) + 63) / 64 * 64);
  for (size_t i = 0; x && i < count; ++i) x[i] = REAL(0.001) * (real)(i % 97);
  if (!x) abort();  // a benchmark without memory has nothing to say
  return x;
}

static Bench bench_make(int size) {
  const AgentShape shape = {CORE_CONV_MGU, CHANNELS, 0, 0};
  Bench b = {.interior = interior_of(size, size), .layout = agent_layout(shape)};
  const size_t plane = (size_t)size * (size_t)size * CHANNELS;
  b.parameters = filled((size_t)b.layout.reals);
  b.gradient = filled((size_t)b.layout.reals);
  b.transposed = filled((size_t)b.layout.transposed);
  b.state = filled(plane);
  b.next = filled(plane);
  b.gates = filled(2 * plane);
  b.drive = filled(2 * plane);
  b.outputs = filled((size_t)size * (size_t)size * HEAD_STRIDE);
  b.backward = (MguBackward){filled(plane), filled(2 * plane), filled(2 * plane), NULL};
  return b;
}

static void bench_free(Bench *b) {
  real *const buffers[] = {b->parameters,     b->transposed,   b->state,         b->next,
                           b->gates,          b->drive,        b->outputs,       b->gradient,
                           b->backward.state, b->backward.pre, b->backward.drive};
  for (size_t i = 0; i < sizeof buffers / sizeof *buffers; ++i) free(buffers[i]);
}

typedef void Op(const Block *block, const Bench *b);

static void op_tick(const Block *block, const Bench *b) {
  const MguTick tick = {b->drive, b->state, b->next, NULL, b->gates};
  mgu_tick(block, b->layout.core, b->parameters, b->interior, tick);
}
static void op_tick_backward(const Block *block, const Bench *b) {
  mgu_tick_backward(block, b->layout.core, b->transposed, b->interior, b->state, b->gates, &b->backward);
}
static void op_weight_backward(const Block *block, const Bench *b) {
  const ConvPlanes one = {1, 0, 0};
  mgu_weight_backward(block, b->layout.core, b->interior, one, b->state, b->backward.pre, b->gradient);
}
static void op_heads(const Block *block, const Bench *b) {
  heads_forward(block, b->layout.heads, b->parameters, b->interior, b->state, b->outputs);
}

// Multiply-adds a second, times two, of `op` on a grid of this size; `macs` per interior cell are counted.
static double rate(Op *op, int size, double macs) {
  const Block block = {0};
  Bench b = bench_make(size);
  long calls = 0;
  const double start = ops_now();
  double seconds = 0;
  while (seconds < OPS_SECONDS) {
    for (int i = 0; i < ROUNDS; ++i) op(&block, &b);
    calls += ROUNDS;
    seconds = ops_now() - start;
  }
  bench_free(&b);
  return 2 * macs * b.interior.count * (double)calls / seconds;
}

enum { CONV_MACS = CONV_TAPS * CHANNELS * MGU_HALVES * CHANNELS };

static double tick(int size) {
  return rate(op_tick, size, CONV_MACS);
}
static double tick_backward(int size) {
  return rate(op_tick_backward, size, CONV_MACS);
}
static double weight_backward(int size) {
  return rate(op_weight_backward, size, CONV_MACS);
}
static double heads(int size) {
  return rate(op_heads, size, CHANNELS * HEAD_OUTPUTS);
}

#define OPS_TEXT2(isa) #isa
#define OPS_TEXT(isa) OPS_TEXT2(isa)

const OpRates PHASE_NAME(op_rates) = {OPS_TEXT(MESAGRID_ISA), peak, tick, tick_backward,
                                      weight_backward,        heads};
