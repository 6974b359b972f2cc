// Status: what everything that can fail returns; the sentence that tells the cause waits in status_message().
#ifndef MESAGRID_KERNELS_STATUS_H
#define MESAGRID_KERNELS_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

typedef enum Status {
  STATUS_OK = 0,
  STATUS_USAGE,        // the command or a key is wrong: the user mends the call
  STATUS_DATA,         // a file's content is wrong or damaged
  STATUS_IO,           // the operating system refused to read or write
  STATUS_MEMORY,       // an allocation failed
  STATUS_DEVICE,       // a device failed
  STATUS_INTERRUPTED,  // a signal asked to stop; everything is saved
} Status;

// Records the sentence (printf style, no newline at its end) for this thread and returns `code`.
Status status_fail(Status code, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Puts "prefix: " before this thread's sentence and returns `code`: callers add the place to a cause.
Status status_wrap(Status code, const char *format, ...) __attribute__((format(printf, 2, 3)));

// The last sentence that this thread recorded; never NULL, owned by the thread.
const char *status_message(void);

// Passes a failure up at once.
#define TRY(expression)                               \
  do {                                                \
    const Status try_status_ = (expression);          \
    if (try_status_ != STATUS_OK) return try_status_; \
  } while (0)

#ifdef __cplusplus
}
#endif
#endif
