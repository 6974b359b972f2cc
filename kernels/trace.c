// The CPU's `trace`: one thread is one block.
#include "kernels/trace.h"

#include "kernels/phase_name.h"

void PHASE_NAME(trace)(const TraceJob *job, int level, void *memory);
void PHASE_NAME(trace)(const TraceJob *job, int level, void *memory) {
  const Block block = {0};
  trace_block(&block, job, level, memory);
}
