// Chooses among the instruction sets that this machine has.
#include "kernels/phases.h"

#include <string.h>

#if defined(__x86_64__)
static bool has_avx512(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}
static bool has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
         __builtin_cpu_supports("bmi2");
}
#endif
static bool has_baseline(void) {
  return true;
}

// Widest first.
static const struct {
  const Phases *phases;
  bool (*here)(void);
} known[] = {
#if defined(__x86_64__)
    {&phases_avx512, has_avx512},
    {&phases_avx2, has_avx2},
#endif
    {&phases_baseline, has_baseline},
};

Status phases_choose(const char *name, const Phases **phases) {
  const bool any = !name || strcmp(name, "auto") == 0;
  for (size_t i = 0; i < sizeof known / sizeof *known; ++i) {
    if (!any && strcmp(name, known[i].phases->name) != 0) continue;
    if (known[i].here()) {
      *phases = known[i].phases;
      return STATUS_OK;
    }
    if (!any) return status_fail(STATUS_DEVICE, "this machine has no %s instructions", name);
  }
  return status_fail(STATUS_USAGE, "unknown instruction set '%s': avx512, avx2, baseline or auto", name);
}
