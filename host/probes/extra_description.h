// The extra "description", shown and never scored; what it measures stands in extra_description.c.
#ifndef MESAGRID_HOST_PROBES_EXTRA_DESCRIPTION_H
#define MESAGRID_HOST_PROBES_EXTRA_DESCRIPTION_H

#include "host/probes/probe.h"
#include "kernels/agent.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const ProbeExtra EXTRA_DESCRIPTION;

// Bits that tell `kept` of `weights` weights at `weight_bits` each, which ones they are (the entropy of the
// mask), and a scale of 32 bits for each of `tensors` tensors.
double description_bits(int weights, int kept, int weight_bits, int tensors);

// to(table->reals) = the weights of which the smallest `pruned` share is 0 and the rest are rounded to
// 2^weight_bits − 1 numbers, evenly spaced around 0, up to each tensor's largest magnitude. Returns how many
// weights were kept; -1 without memory.
int description_coarsen(const TensorTable *table, const real *parameters, int weight_bits, double pruned,
                        real *to);

#ifdef __cplusplus
}
#endif
#endif
