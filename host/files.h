// Files that survive a kill, a full disk and a second process: atomic writes, whole reads, appends, a lock.
#ifndef MESAGRID_HOST_FILES_H
#define MESAGRID_HOST_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

// Longest path in bytes, the final NUL included.
enum { FILES_PATH_BYTES = 4096 };

// Puts `size` bytes at `path` so that at every moment, even after kill -9 or a power cut, a whole file is
// there: the old one or the new one. With `keep_previous` the old file lives on under files_previous_path().
// After a failure the old file still stands; should only the very last step, the directory's fsync, fail, the
// new one does. One thread at a time may write one path; different processes may not disturb each other.
Status files_write_atomic(const char *path, const void *bytes, size_t size, bool keep_previous);

// Where keep_previous leaves the old file: "a/b.ext" gives "a/b.previous.ext". `previous` holds
// FILES_PATH_BYTES. A reader looks there when the file at `path` is damaged, or missing: on file systems
// without hard links a kill can hit the moment between two renames.
Status files_previous_path(const char *path, char *previous);

// Renames a damaged file to "PATH.damaged", so that the next write does not take it for a good previous one.
Status files_set_aside(const char *path);

// Reads a whole file or pipe of at most `limit` bytes. The caller frees *bytes, which end in a NUL not
// counted in *size.
Status files_read(const char *path, void **bytes, size_t *size, size_t limit);

// Makes a directory and its parents; those that are there already are fine.
Status files_make_directories(const char *path);

// True if a file or directory lies at `path`.
bool files_exists(const char *path);

// Removes what killed writers of ours left in this directory (not below it). Call it with the directory's
// lock held: it cannot tell a dead writer's temporary from a live one's.
Status files_remove_stale_temporaries(const char *directory);

// A hold on a directory against a second process. It dies with the process and with the workers that hold a
// copy of its descriptor, so nothing is ever left locked.
typedef struct FilesLock {
  int descriptor;  // of DIRECTORY/.lock; -1 when released
} FilesLock;

// STATUS_USAGE if another process holds the directory; the sentence names it. Waits a while for workers whose
// sweep was killed.
Status files_lock(const char *directory, FilesLock *lock);
void files_unlock(FilesLock *lock);

// A file that only grows. One writer at a time.
typedef struct FilesAppender {
  int descriptor;  // -1 when closed
  bool torn;       // the last append left a piece that could not be cut off yet
  int64_t size;    // bytes known to be whole
  char path[FILES_PATH_BYTES];
} FilesAppender;

Status files_append_open(const char *path, FilesAppender *appender);

// Adds the bytes in a single write(), so that only a kill within that call can leave a piece of them. A piece
// that a full disk let through is cut off again, at the latest before the next append.
Status files_append(FilesAppender *appender, const void *bytes, size_t size);

// Waits until all that was appended is on the disk.
Status files_append_sync(FilesAppender *appender);
void files_append_close(FilesAppender *appender);

#ifdef __cplusplus
}
#endif
#endif
