// Output that appears whole or not at all, to a file, a pipe or standard output.
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/cli.h"
#include "host/files.h"

// Asked of the pipe itself: errno tells of whichever write came last, stdio's flag of none in particular.
bool cli_reader_left(void) {
  struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
  return poll(&output, 1, 0) > 0 && (output.revents & POLLERR);
}

// True for pipes, terminals and devices: renaming a file over them would put an end to them.
static bool is_special(const char *path) {
  struct stat found;
  return stat(path, &found) == 0 && !S_ISREG(found.st_mode);
}

static Status refuse(const char *path) {
  return status_fail(STATUS_IO, "%s: cannot write: %s", path, strerror(errno));
}

// Says before the work what would fail after it.
static Status check_writable(const char *path) {
  char directory[FILES_PATH_BYTES];
  struct stat found;
  const char *slash = strrchr(path, '/');
  const int length = slash ? (int)(slash - path) + 1 : 0;
  const int used = snprintf(directory, sizeof directory, "%.*s.", length, path);
  errno = used < 0 || (size_t)used >= sizeof directory ? ENAMETOOLONG : 0;
  if (errno != 0) return refuse(path);
  if (stat(path, &found) == 0 && S_ISDIR(found.st_mode)) {
    errno = EISDIR;
    return refuse(path);
  }
  if (is_special(path)) return access(path, W_OK) == 0 ? STATUS_OK : refuse(path);
  return access(directory, W_OK | X_OK) == 0 ? STATUS_OK : refuse(path);
}

Status cli_output_open(const char *path, CliOutput *output) {
  memset(output, 0, sizeof *output);
  output->is_standard = strcmp(path, "-") == 0;
  output->path = output->is_standard ? "standard output" : path;
  if (!output->is_standard) TRY(check_writable(path));
  output->stream = open_memstream(&output->bytes, &output->size);
  return output->stream ? STATUS_OK : status_fail(STATUS_MEMORY, "no memory for the output");
}

// A reader that left has what it wanted.
static Status write_standard(const CliOutput *output) {
  const bool good = fwrite(output->bytes, 1, output->size, stdout) == output->size && fflush(stdout) == 0;
  return good || cli_reader_left() ? STATUS_OK : refuse(output->path);
}

// Pipes and devices: what has gone out cannot be taken back, so they get it in one go.
static Status write_through(const CliOutput *output) {
  FILE *file = fopen(output->path, "wb");
  if (!file) return refuse(output->path);
  bool good = fwrite(output->bytes, 1, output->size, file) == output->size;
  good = fclose(file) == 0 && good;
  return good ? STATUS_OK : refuse(output->path);
}

// A link stays a link: what it points to is replaced.
static Status write_file(const CliOutput *output) {
  char *target = realpath(output->path, NULL);  // NULL where there is no file yet
  const char *path = target ? target : output->path;
  const Status status = files_write_atomic(path, output->bytes, output->size, false);
  free(target);
  return status;
}

Status cli_output_close(CliOutput *output, Status status) {
  const bool gathered = !ferror(output->stream);
  if ((fclose(output->stream) != 0 || !gathered) && status == STATUS_OK)
    status = status_fail(STATUS_MEMORY, "no memory for the output");
  if (status == STATUS_OK) {
    if (output->is_standard)
      status = write_standard(output);
    else
      status = is_special(output->path) ? write_through(output) : write_file(output);
  }
  free(output->bytes);
  memset(output, 0, sizeof *output);
  return status;
}
