// Holds a directory against a second process by a lock that the kernel drops when the process dies.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "host/files.h"
#include "host/system_call.h"

enum { MODE_FILE = 0666 };

// Tells who holds the lock, as far as the holder has written it down.
static Status lock_refused(int descriptor, const char *directory) {
  char text[128] = "", host[65] = "";
  long process = 0;
  const ssize_t got = pread(descriptor, text, sizeof text - 1, 0);
  (void)got;
  if (sscanf(text, "%ld %64[0-9A-Za-z._-]", &process, host) == 2)
    return status_fail(STATUS_USAGE, "%s is in use by process %ld on %s", directory, process, host);
  return status_fail(STATUS_USAGE, "%s is in use by another process", directory);
}

// Writes down who holds the lock.
static void lock_sign(int descriptor) {
  char host[65] = "", text[128];
  if (gethostname(host, sizeof host - 1) != 0 || !*host) strcpy(host, "unknown");
  const int used = snprintf(text, sizeof text, "%ld %s\n", (long)getpid(), host);
  // Only for the sentence that a second process prints; the lock holds without it.
  if (ftruncate(descriptor, 0) == 0 && pwrite(descriptor, text, (size_t)used, 0) != used)
    (void)!ftruncate(descriptor, 0);
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
  // descriptor of the file does not drop it. O_CLOEXEC above keeps programs that we start from holding it on.
  if (SYSTEM_CALL(flock(descriptor, LOCK_EX | LOCK_NB)) != 0) {
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
