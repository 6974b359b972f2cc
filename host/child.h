// Child processes: a program started with a pipe from its standard output, and the words for how it ended.
#ifndef MESAGRID_HOST_CHILD_H
#define MESAGRID_HOST_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

// This very program, even after its file was replaced.
#define CHILD_THIS_PROGRAM "/proc/self/exe"

typedef struct Child {
  pid_t id;  // 0: none
  int pipe;  // where its standard output arrives
} Child;

// Starts a program. `arguments` begins with its name and ends in NULL. The child also holds a copy of the
// descriptor `shared` open, if that is not −1; `mute` gives its standard error to /dev/null.
Status child_start(const char *program, char *const *arguments, int shared, bool mute, Child *child);

// Waits for its end and closes the pipe. Returns its exit code, or −1 for any other end; `how` tells it for
// people: "it was killed by signal 9 (Killed)", "it ended with exit code 3".
int child_wait(Child *child, char *how, size_t size);

#ifdef __cplusplus
}
#endif
#endif
