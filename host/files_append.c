// Files that grow by whole pieces: one write() each, and a torn piece is cut off again.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/files.h"
#include "host/system_call.h"

enum { MODE_FILE = 0666 };

Status files_append_open(const char *path, FilesAppender *appender) {
  *appender = (FilesAppender){.descriptor = -1};
  const int used = snprintf(appender->path, sizeof appender->path, "%s", path);
  if (used < 0 || (size_t)used >= sizeof appender->path)
    return status_fail(STATUS_USAGE, "%s: the path is too long", path);
  const int descriptor = SYSTEM_CALL(open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, MODE_FILE));
  if (descriptor < 0) return system_call_fail("write", path);
  struct stat found;
  if (SYSTEM_CALL(fstat(descriptor, &found)) != 0) {  // its size is where a torn append is cut
    const Status status = system_call_fail("write", path);
    close(descriptor);
    return status;
  }
  appender->descriptor = descriptor;
  appender->size = found.st_size;
  return STATUS_OK;
}

// Cuts a piece of an append off again; after a failure the next append tries once more.
static Status append_mend(FilesAppender *appender) {
  if (!appender->torn) return STATUS_OK;
  if (SYSTEM_CALL(ftruncate(appender->descriptor, appender->size)) != 0)
    return system_call_fail("mend the end of", appender->path);
  appender->torn = false;
  return STATUS_OK;
}

Status files_append(FilesAppender *appender, const void *bytes, size_t size) {
  TRY(append_mend(appender));
  const ssize_t written = system_call_write(appender->descriptor, bytes, size);
  if (written == (ssize_t)size) {  // the usual case
    appender->size += written;
    return STATUS_OK;
  }
  if (written >= 0) errno = ENOSPC;  // a part was taken: what the rest would have met
  const Status status = system_call_fail("write", appender->path);
  // Cut at once, for readers; should the disk refuse that as well, the flag remembers.
  appender->torn = true;
  if (SYSTEM_CALL(ftruncate(appender->descriptor, appender->size)) == 0) appender->torn = false;
  return status;
}

Status files_append_sync(FilesAppender *appender) {
  return SYSTEM_CALL(fsync(appender->descriptor)) == 0 ? STATUS_OK : system_call_fail("sync", appender->path);
}

void files_append_close(FilesAppender *appender) {
  if (appender->descriptor >= 0) close(appender->descriptor);
  appender->descriptor = -1;
}
