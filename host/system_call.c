// Keeps the one order for a fault; without an order a system call costs one load more.
#include "host/system_call.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

// Atomic, because any thread may save a file while the main thread of a test gives the order.
static atomic_int fault_countdown;  // calls until the fault; 0 = none is ordered
static atomic_int fault_error;
static atomic_bool fault_stays;

void system_call_fail_after(int call, int error, bool stays) {
  fault_error = error;
  fault_stays = stays;
  fault_countdown = call;
}

bool system_call_fault(void) {
  if (fault_countdown == 0) return false;
  if (fault_countdown > 1) {
    --fault_countdown;
    return false;
  }
  if (!fault_stays) fault_countdown = 0;  // else it stays at 1: the next call fails too
  errno = fault_error;
  return true;
}

ssize_t system_call_write(int descriptor, const void *bytes, size_t size) {
  const bool fault = system_call_fault();
  const int error = errno;  // of the fault; the write below may change it
  ssize_t written;
  do {
    written = write(descriptor, bytes, fault ? size / 2 : size);
  } while (written < 0 && errno == EINTR);
  if (!fault) return written;
  errno = error;
  return -1;
}

Status system_call_fail(const char *doing, const char *path) {
  return status_fail(STATUS_IO, "cannot %s %s: %s", doing, path, strerror(errno));
}
