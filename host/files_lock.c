// Holds a directory against a second process by a lock that the kernel drops when the process dies.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "host/files.h"
#include "host/system_call.h"

enum { MODE_FILE = 0666 };

enum { WAIT_MILLISECONDS = 10, WAITS_MAX = 3000 };

// Who holds a lock, as far as the holder has written it down.
typedef struct Holder {
  long process;  // 0: unknown
  char host[65];
} Holder;

static Holder lock_holder(int descriptor) {
  Holder holder = {.process = 0};
  char text[128] = "";
  const ssize_t got = pread(descriptor, text, sizeof text - 1, 0);
  (void)got;
  if (sscanf(text, "%ld %64[0-9A-Za-z._-]", &holder.process, holder.host) != 2) holder.process = 0;
  return holder;
}

static void this_host(char *host, size_t size) {
  host[0] = '\0';
  if (gethostname(host, size - 1) != 0 || !*host) snprintf(host, size, "unknown");
}

// True where the holder was killed on this machine: its workers hold the lock still, and are on their way
// out.
static bool lock_is_ending(int descriptor) {
  char host[65] = "";
  const Holder holder = lock_holder(descriptor);
  this_host(host, sizeof host);
  return holder.process > 0 && strcmp(host, holder.host) == 0 && kill((pid_t)holder.process, 0) != 0 &&
         errno == ESRCH;
}

// Tells who holds the lock, as far as the holder has written it down.
static Status lock_refused(int descriptor, const char *directory) {
  const Holder holder = lock_holder(descriptor);
  if (holder.process > 0)
    return status_fail(STATUS_USAGE, "%s is in use by process %ld on %s", directory, holder.process,
                       holder.host);
  return status_fail(STATUS_USAGE, "%s is in use by another process", directory);
}

// Writes down who holds the lock.
static void lock_sign(int descriptor) {
  char host[65] = "", text[128];
  this_host(host, sizeof host);
  const int used = snprintf(text, sizeof text, "%ld %s\n", (long)getpid(), host);
  // Only for the sentence that a second process prints; the lock holds without it.
  if (ftruncate(descriptor, 0) == 0 && pwrite(descriptor, text, (size_t)used, 0) != used)
    (void)!ftruncate(descriptor, 0);
}

// 0, or why it was refused.
static int lock_try(int descriptor) {
  return SYSTEM_CALL(flock(descriptor, LOCK_EX | LOCK_NB)) == 0 ? 0 : errno;
}

Status files_lock(const char *directory, FilesLock *lock) {
  lock->descriptor = -1;
  char path[FILES_PATH_BYTES];
  const int used = snprintf(path, sizeof path, "%s/.lock", directory);
  if (used < 0 || (size_t)used >= sizeof path)
    return status_fail(STATUS_USAGE, "%s: the path is too long", directory);
  const int descriptor = SYSTEM_CALL(open(path, O_RDWR | O_CREAT | O_CLOEXEC, MODE_FILE));
  if (descriptor < 0) return system_call_fail("lock", directory);
  // flock() rather than O_EXCL: a killed holder leaves no lock behind; rather than fcntl(): closing another
  // descriptor of the file does not drop it. O_CLOEXEC above keeps programs that we start from holding it on;
  // workers are given a copy of their own.
  int error = lock_try(descriptor);
  for (int waits = 0; error == EWOULDBLOCK && waits < WAITS_MAX && lock_is_ending(descriptor); ++waits) {
    usleep(1000 * WAIT_MILLISECONDS);
    error = lock_try(descriptor);
  }
  if (error != 0) {
    errno = error;
    const Status status =
        errno == EWOULDBLOCK ? lock_refused(descriptor, directory) : system_call_fail("lock", directory);
    close(descriptor);
    return status;
  }
  lock_sign(descriptor);
  lock->descriptor = descriptor;
  return STATUS_OK;
}

void files_unlock(FilesLock *lock) {
  if (lock->descriptor < 0) return;
  // The file stays: removing it would let two processes lock two different files of that name.
  (void)!ftruncate(lock->descriptor, 0);
  close(lock->descriptor);
  lock->descriptor = -1;
}
