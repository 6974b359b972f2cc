// Starts programs by posix_spawn(), which copies none of the memory of this one.
#define _GNU_SOURCE  // pipe2()
#include "host/child.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int spawn(const char *program, char *const *arguments, int output, bool mute, pid_t *id) {
  posix_spawn_file_actions_t actions;
  int error = posix_spawn_file_actions_init(&actions);
  if (error != 0) return error;
  error = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  if (error == 0 && mute)
    error = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  if (error == 0) error = posix_spawn(id, program, &actions, NULL, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

Status child_start(const char *program, char *const *arguments, int shared, bool mute, Child *child) {
  int ends[2];
  *child = (Child){.id = 0, .pipe = -1};
  if (pipe2(ends, O_CLOEXEC) != 0)
    return status_fail(STATUS_IO, "cannot make a pipe to %s: %s", program, strerror(errno));
  // Without O_CLOEXEC, and beyond the standard streams, where nothing is put in its place.
  const int held = shared >= 0 ? fcntl(shared, F_DUPFD, STDERR_FILENO + 1) : -1;
  const int error = shared >= 0 && held < 0 ? errno : spawn(program, arguments, ends[1], mute, &child->id);
  if (held >= 0) close(held);
  close(ends[1]);
  if (error == 0) {
    child->pipe = ends[0];
    return STATUS_OK;
  }
  close(ends[0]);
  child->id = 0;
  return status_fail(STATUS_IO, "cannot start %s: %s", program, strerror(error));
}

int child_wait(Child *child, char *how, size_t size) {
  int state = 0;
  pid_t ended;
  do {
    ended = waitpid(child->id, &state, 0);
  } while (ended < 0 && errno == EINTR);
  close(child->pipe);
  *child = (Child){.id = 0, .pipe = -1};
  if (ended >= 0 && WIFEXITED(state)) {
    snprintf(how, size, "it ended with exit code %d", WEXITSTATUS(state));
    return WEXITSTATUS(state);
  }
  if (ended >= 0 && WIFSIGNALED(state)) {
    const int number = WTERMSIG(state);
    snprintf(how, size, "it was killed by signal %d (%s)", number, strsignal(number));
  } else {
    snprintf(how, size, "it ended in an unknown way");
  }
  return -1;
}
