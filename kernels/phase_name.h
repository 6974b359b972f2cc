// PHASE_NAME(rollout) is rollout_avx512 in the unit compiled for AVX-512, and so on.
#ifndef MESAGRID_KERNELS_PHASE_NAME_H
#define MESAGRID_KERNELS_PHASE_NAME_H

#define PHASE_JOIN2(a, b) a##_##b
#define PHASE_JOIN(a, b) PHASE_JOIN2(a, b)
#define PHASE_NAME(phase) PHASE_JOIN(phase, MESAGRID_ISA)

#endif
