// System calls that tests can make fail, and the sentence that goes with a failure.
#ifndef MESAGRID_HOST_SYSTEM_CALL_H
#define MESAGRID_HOST_SYSTEM_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

// For tests: the `call`-th system call from now on (1 = the next) fails with errno `error`, and all later
// ones as well if `stays` (as on a full disk). 0 turns this off.
void system_call_fail_after(int call, int error, bool stays);

// True, with errno set, if the system call about to be made is to fail.
bool system_call_fault(void);

// Wraps a system call that answers -1 on failure.
#define SYSTEM_CALL(expression) (system_call_fault() ? -1 : (expression))

// write(), repeated when a signal interrupts it. A full disk takes a part of the bytes before it refuses; so
// does the fault, which leaves half of them.
ssize_t system_call_write(int descriptor, const void *bytes, size_t size);

// STATUS_IO: "cannot DOING PATH: the meaning of errno".
Status system_call_fail(const char *doing, const char *path);

#ifdef __cplusplus
}
#endif
#endif
