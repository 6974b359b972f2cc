// Rates of single ops and of the machine's multiply-adds, one table per instruction set.
#ifndef MESAGRID_BENCH_OPS_H
#define MESAGRID_BENCH_OPS_H

// A rate is measured over about this long [s].
#define OPS_SECONDS 0.15

typedef struct OpRates {
  const char *name;          // of the instruction set
  double (*peak)(void);      // multiply-adds in registers, one thread [FLOP/s]
  double (*tick)(int size);  // the core's tick on a size × size grid, 16 channels [FLOP/s of its convolution]
  double (*tick_backward)(int size);    // back through gates and states [FLOP/s of its convolution]
  double (*weight_backward)(int size);  // the weights' gradient [FLOP/s]
  double (*heads)(int size);            // logits and value of all squares [FLOP/s]
} OpRates;

extern const OpRates op_rates_avx512, op_rates_avx2, op_rates_baseline;

// Seconds of the monotonic clock.
double ops_now(void);

#endif
