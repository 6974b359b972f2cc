// Faults on order: how tests make a worker fail in the middle of its training, on any machine.
#ifndef MESAGRID_HOST_FAULT_H
#define MESAGRID_HOST_FAULT_H

#include <stdint.h>

#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum FaultKind {
  FAULT_DEVICE,  // training ends with STATUS_DEVICE
  FAULT_KILL,    // the process kills itself
  FAULT_EXIT,    // the process ends with an exit code that means nothing
  FAULT_FLOOD,   // the pipe to the sweep is flooded with torn lines; training goes on
} FaultKind;

// What strikes, and when.
typedef struct Fault {
  FaultKind kind;
  int64_t updates;  // made by the worker, all its trials together, until it strikes
  int times;        // in the first so many workers of a sweep
  int pipe;         // to the sweep: what FAULT_FLOOD floods
  int64_t made;     // updates so far
} Fault;

// Reads "KIND@UPDATES" or "KIND@UPDATES:TIMES", as in "kill@12:2". STATUS_USAGE with a sentence.
Status fault_parse(const char *text, Fault *fault);

// Counts updates that were made, and strikes when it is time to. Any thread may call it.
Status fault_count(Fault *fault, int64_t updates);

#ifdef __cplusplus
}
#endif
#endif
