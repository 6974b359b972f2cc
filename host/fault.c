// Reads the order and carries it out.
#include "host/fault.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/text.h"

enum { KINDS = 4, EXIT_CODE = 77, FLOOD_CHUNKS = 64, CHUNK_BYTES = 16384 };

static const char *const kind_names[KINDS] = {"device", "kill", "exit", "flood"};

Status fault_parse(const char *text, Fault *fault) {
  char name[16] = "", shown[64];
  long long updates = 0;
  int times = 1, used = 0, used_times = 0;
  *fault = (Fault){.times = 1};
  sscanf(text, "%15[a-z]@%lld%n:%d%n", name, &updates, &used, &times, &used_times);
  const bool whole = used > 0 && (text[used] == '\0' || (used_times > 0 && text[used_times] == '\0'));
  for (int kind = 0; whole && updates > 0 && times > 0 && kind < KINDS; ++kind) {
    if (strcmp(name, kind_names[kind]) != 0) continue;
    *fault = (Fault){.kind = (FaultKind)kind, .updates = updates, .times = times};
    return STATUS_OK;
  }
  return status_fail(STATUS_USAGE, "--fault takes device, kill, exit or flood, as in kill@12:2, not '%s'",
                     text_printable(text, shown, sizeof shown));
}

// A megabyte of no line at all, of lines without meaning, and of pieces of lines with one.
static void flood(int pipe) {
  char bytes[CHUNK_BYTES];
  for (int i = 0; i < CHUNK_BYTES; ++i) bytes[i] = (char)(i * 37 % 256);
  memcpy(bytes, "\ndone 1e999 nan", 15);
  memcpy(bytes + 1024, "\ndone\nend\nend x\ndone 3", 22);
  for (int chunk = 0; chunk < FLOOD_CHUNKS; ++chunk) {
    bytes[CHUNK_BYTES / 2] = chunk % 2 ? '\n' : 'x';
    if (write(pipe, bytes, sizeof bytes) < 0) return;
  }
}

static Status strike(const Fault *fault) {
  if (fault->kind == FAULT_KILL) raise(SIGKILL);
  if (fault->kind == FAULT_EXIT) _exit(EXIT_CODE);
  if (fault->kind == FAULT_DEVICE)
    return status_fail(STATUS_DEVICE, "the device failed after %lld updates, as --fault asked",
                       (long long)fault->updates);
  flood(fault->pipe);
  return STATUS_OK;
}

Status fault_count(Fault *fault, int64_t updates) {
  const int64_t made = __atomic_add_fetch(&fault->made, updates, __ATOMIC_RELAXED);
  return made >= fault->updates && made - updates < fault->updates ? strike(fault) : STATUS_OK;
}
