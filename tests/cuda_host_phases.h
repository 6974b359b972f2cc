// What cuda_host_phases.cu offers to the tests.
#ifndef MESAGRID_TESTS_CUDA_HOST_PHASES_H
#define MESAGRID_TESTS_CUDA_HOST_PHASES_H

#include "kernels/phases.h"

// The phases with what `near` says copied into memory laid out by think_near() and learn_near(), 64-byte
// aligned. One set at a time.
Phases cuda_host_phases(int near, void *rollout_near, void *learn_near);

#endif
