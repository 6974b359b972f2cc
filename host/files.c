// Writes and reads whole files with every system call's answer looked at.
#include "host/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/system_call.h"

// Every temporary of ours is ".SOMETHING" followed by this; nothing else is ever swept away.
static const char temporary_suffix[] = ".mesagrid.tmp";

enum { NAME_BYTES = NAME_MAX + 1, READ_START_BYTES = 1 << 16, MODE_FILE = 0666, MODE_DIRECTORY = 0777 };

// ---- Paths ----

// What follows the last slash.
static const char *path_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

// The length of the part of a name before its extension; a leading dot starts no extension.
static int stem_length(const char *name) {
  const char *dot = strrchr(name, '.');
  return (int)(dot && dot != name ? (size_t)(dot - name) : strlen(name));
}

Status files_previous_path(const char *path, char *previous) {
  const char *name = path_name(path);
  const int directory = (int)(name - path), stem = stem_length(name);
  const int used =
      snprintf(previous, FILES_PATH_BYTES, "%.*s%.*s.previous%s", directory, path, stem, name, name + stem);
  if (used < 0 || used >= FILES_PATH_BYTES)
    return status_fail(STATUS_USAGE, "%s: the path is too long", path);
  return STATUS_OK;
}

// Differs between any two live processes, also of different machines on one network file system, and stays
// the same within a process: a temporary that could not be removed is overwritten by the next write.
static uint64_t process_token(void) {
  static atomic_int owner;
  static atomic_ullong token;
  if (owner != (int)getpid()) {  // the first call, or the first after a fork
    uint64_t drawn = 0;
    if (getrandom(&drawn, sizeof drawn, 0) != (ssize_t)sizeof drawn) drawn = (uint64_t)getpid();
    token = drawn;
    owner = (int)getpid();
  }
  return token;
}

// A path taken apart: its directory, open, and the names in it that a write needs.
typedef struct Place {
  int directory;                                // descriptor
  char name[NAME_BYTES], previous[NAME_BYTES];  // where the new and the old file end up
  char written[NAME_BYTES], kept[NAME_BYTES];   // temporaries of the new and of the old file
} Place;

// False if the path names no file, or one of the names does not fit.
static bool place_names(const char *path, Place *place) {
  const char *name = path_name(path);
  const int stem = stem_length(name);
  const unsigned long long token = process_token();
  const int lengths[] = {
      snprintf(place->name, NAME_BYTES, "%s", name),
      snprintf(place->previous, NAME_BYTES, "%.*s.previous%s", stem, name, name + stem),
      snprintf(place->written, NAME_BYTES, ".%s.%016llx%s", name, token, temporary_suffix),
      snprintf(place->kept, NAME_BYTES, ".%s.previous.%016llx%s", name, token, temporary_suffix),
  };
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; ++i)
    if (lengths[i] < 0 || lengths[i] >= NAME_BYTES) return false;
  return *name != '\0';
}

// Everything a write does is relative to this descriptor: the directory may be renamed meanwhile.
static int open_directory_of(const char *path) {
  const size_t length = (size_t)(path_name(path) - path);
  if (length == 0) return SYSTEM_CALL(open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  char directory[FILES_PATH_BYTES];
  if (length >= sizeof directory) {
    errno = ENAMETOOLONG;
    return -1;
  }
  memcpy(directory, path, length);
  directory[length] = '\0';
  return SYSTEM_CALL(open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

// ---- Atomic writes ----

// A write() may take fewer bytes than it is given; the call after it then tells why.
static bool write_all(int descriptor, const char *bytes, size_t size) {
  while (size > 0) {
    const ssize_t written = system_call_write(descriptor, bytes, size);
    if (written < 0) return false;
    bytes += written;
    size -= (size_t)written;
  }
  return true;
}

// Some file systems cannot sync a directory and say EINVAL; they have nothing more to offer.
static bool sync_directory(int directory) {
  return SYSTEM_CALL(fsync(directory)) == 0 || errno == EINVAL;
}

// The new bytes reach the disk before any name changes: a rename that outlives a power cut while its data do
// not leaves an empty file.
static Status write_temporary(const Place *place, const char *path, const void *bytes, size_t size) {
  const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
  const int descriptor = SYSTEM_CALL(openat(place->directory, place->written, flags, MODE_FILE));
  if (descriptor < 0) return system_call_fail("write", path);
  const bool good = write_all(descriptor, bytes, size) && SYSTEM_CALL(fsync(descriptor)) == 0;
  const Status status = good ? STATUS_OK : system_call_fail("write", path);
  // Network file systems report a full quota only here. The descriptor is gone even when close() fails.
  if (close(descriptor) != 0 && good) return system_call_fail("write", path);
  return status;
}

// What link() answers on file systems that have no hard links, or no more of them for this file.
static bool links_unsupported(void) {
  return errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS || errno == EMLINK;
}

// Gives the old file its second name. The link goes through a temporary of its own, because link() does not
// replace: removing the former previous file first would leave a moment with only one file, perhaps damaged.
static Status keep_old(const Place *place, const char *path) {
  const int directory = place->directory;
  if (SYSTEM_CALL(unlinkat(directory, place->kept, 0)) != 0 && errno != ENOENT)
    return system_call_fail("keep the old", path);
  if (SYSTEM_CALL(linkat(directory, place->name, directory, place->kept, 0)) != 0) {
    if (errno == ENOENT) return STATUS_OK;  // there is no old file
    if (!links_unsupported()) return system_call_fail("keep the old", path);
    const bool moved = SYSTEM_CALL(renameat(directory, place->name, directory, place->previous)) == 0;
    return moved || errno == ENOENT ? STATUS_OK : system_call_fail("keep the old", path);
  }
  const bool moved = SYSTEM_CALL(renameat(directory, place->kept, directory, place->previous)) == 0;
  const Status status = moved ? STATUS_OK : system_call_fail("keep the old", path);
  // After a write that was killed between this rename and the next, both names are one file; then rename()
  // does nothing.
  const bool gone = SYSTEM_CALL(unlinkat(directory, place->kept, 0)) == 0 || errno == ENOENT;
  return moved && !gone ? system_call_fail("keep the old", path) : status;
}

// The moment of truth, and then the directory to the disk, so that the caller may count on the new file.
static Status publish(const Place *place, const char *path) {
  if (SYSTEM_CALL(renameat(place->directory, place->written, place->directory, place->name)) != 0)
    return system_call_fail("write", path);
  return sync_directory(place->directory) ? STATUS_OK : system_call_fail("sync the directory of", path);
}

Status files_write_atomic(const char *path, const void *bytes, size_t size, bool keep_previous) {
  Place place;
  if (!place_names(path, &place))
    return status_fail(STATUS_USAGE, "%s: not a file name that can be written", path);
  place.directory = open_directory_of(path);
  if (place.directory < 0) return system_call_fail("write", path);
  Status status = write_temporary(&place, path, bytes, size);
  if (status == STATUS_OK && keep_previous) status = keep_old(&place, path);
  if (status == STATUS_OK) status = publish(&place, path);
  // Should this fail too, the next write or the next start sweeps it away.
  if (status != STATUS_OK) (void)SYSTEM_CALL(unlinkat(place.directory, place.written, 0));
  close(place.directory);
  return status;
}

Status files_set_aside(const char *path) {
  char damaged[FILES_PATH_BYTES];
  const int used = snprintf(damaged, sizeof damaged, "%s.damaged", path);
  if (used < 0 || (size_t)used >= sizeof damaged)
    return status_fail(STATUS_USAGE, "%s: the path is too long", path);
  return SYSTEM_CALL(rename(path, damaged)) == 0 ? STATUS_OK : system_call_fail("set aside", path);
}

// ---- Reads ----

// Reads until the end, or until more than `limit` bytes have come. *bytes grows and is the caller's in every
// case.
static Status read_all(int descriptor, const char *path, char **bytes, size_t *size, size_t limit) {
  size_t capacity = 0;
  for (*size = 0;;) {
    if (*size + 1 >= capacity) {
      capacity = capacity ? 2 * capacity : READ_START_BYTES;
      char *grown = (char *)realloc(*bytes, capacity);
      if (!grown) return status_fail(STATUS_MEMORY, "%s: no memory for its %zu bytes", path, capacity);
      *bytes = grown;
    }
    const ssize_t got = SYSTEM_CALL(read(descriptor, *bytes + *size, capacity - *size - 1));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_call_fail("read", path);
    *size += (size_t)got;
    if (*size > limit) return status_fail(STATUS_DATA, "%s: larger than the %zu bytes allowed", path, limit);
    if (got == 0) break;
  }
  (*bytes)[*size] = '\0';
  return STATUS_OK;
}

Status files_read(const char *path, void **bytes, size_t *size, size_t limit) {
  *bytes = NULL;
  *size = 0;
  const int descriptor = SYSTEM_CALL(open(path, O_RDONLY | O_CLOEXEC));
  if (descriptor < 0) return system_call_fail("read", path);
  char *content = NULL;
  const Status status = read_all(descriptor, path, &content, size, limit);
  close(descriptor);
  if (status == STATUS_OK) {
    *bytes = content;
  } else {
    free(content);
    *size = 0;
  }
  return status;
}

// ---- Directories ----

// Follows links: a directory of runs may lie on another disk.
static bool is_directory(const char *path) {
  struct stat found;
  return SYSTEM_CALL(stat(path, &found)) == 0 && S_ISDIR(found.st_mode);
}

// mkdir() may answer EEXIST, EROFS or EACCES for a directory that is there, so that decides.
static Status make_directory(const char *path) {
  if (SYSTEM_CALL(mkdir(path, MODE_DIRECTORY)) == 0) return STATUS_OK;
  const int error = errno;
  if (is_directory(path)) return STATUS_OK;
  errno = error == EEXIST ? ENOTDIR : error;
  return system_call_fail("make the directory", path);
}

Status files_make_directories(const char *path) {
  char part[FILES_PATH_BYTES];
  if (strlen(path) >= sizeof part) return status_fail(STATUS_USAGE, "%s: the path is too long", path);
  strcpy(part, path);
  for (char *slash = strchr(part + (*part == '/'), '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = '\0';  // cut the path here for a moment
    TRY(make_directory(part));
    *slash = '/';
  }
  return make_directory(path);
}

bool files_exists(const char *path) {
  struct stat found;
  return stat(path, &found) == 0;
}

// True for the names that place_names() makes, and for no name that a person or another program gives.
static bool is_temporary(const char *name) {
  const size_t length = strlen(name), suffix = sizeof temporary_suffix - 1;
  return name[0] == '.' && length > suffix && strcmp(name + length - suffix, temporary_suffix) == 0;
}

Status files_remove_stale_temporaries(const char *directory) {
  DIR *entries = system_call_fault() ? NULL : opendir(directory);
  if (!entries) return system_call_fail("list", directory);
  Status status = STATUS_OK;
  errno = 0;  // readdir() tells its end from a failure by errno alone
  for (struct dirent *entry; status == STATUS_OK && (entry = readdir(entries)); errno = 0) {
    if (!is_temporary(entry->d_name)) continue;
    if (SYSTEM_CALL(unlinkat(dirfd(entries), entry->d_name, 0)) != 0 && errno != ENOENT)
      status = system_call_fail("remove a stale temporary in", directory);
  }
  if (status == STATUS_OK && errno != 0) status = system_call_fail("list", directory);
  closedir(entries);
  return status;
}
