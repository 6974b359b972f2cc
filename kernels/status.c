// Keeps one sentence per thread for the last failure.
#include "kernels/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MESSAGE_BYTES = 1024 };

static _Thread_local char message[MESSAGE_BYTES];

Status status_fail(Status code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  return code;
}

Status status_wrap(Status code, const char *format, ...) {
  char cause[MESSAGE_BYTES];
  memcpy(cause, message, sizeof cause);
  va_list arguments;
  va_start(arguments, format);
  const int used = vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  const int room = (int)sizeof message - used - (int)sizeof ": ";  // a cause that is too long loses its end
  if (used >= 0 && room > 0) snprintf(message + used, sizeof message - (size_t)used, ": %.*s", room, cause);
  return code;
}

const char *status_message(void) {
  return message;
}
