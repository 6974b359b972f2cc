// Devices to train on: what there is, found out in a child process, and which of them `--device` means.
#ifndef MESAGRID_HOST_DEVICES_H
#define MESAGRID_HOST_DEVICES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "kernels/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { DEVICES_MAX = 64, DEVICES_REASON_BYTES = 512 };

// One GPU that works.
typedef struct Gpu {
  int index;
  char name[128];
  size_t memory_free;  // [bytes]
} Gpu;

// The GPUs of this machine.
typedef struct Gpus {
  int count;
  Gpu gpu[DEVICES_MAX];
  char reason[DEVICES_REASON_BYTES];  // why there is none, or why one is left out; "" otherwise
} Gpus;

// What `mesagrid list devices` shows: item 0 is the CPU, {name: "cpu", here: true, threads, isa,
// memory_available}, then each GPU, {name: "cuda:0", here: true, model, memory_total, memory_free,
// compute_capability, multiprocessors}, or what keeps it from working, {name, here: false, reason}. Wakes
// CUDA's driver: not for a process that starts workers. Items are the caller's.
int devices_count(void);
json_t *devices_item(int i);

// Finds the GPUs by running `program` as `list devices --json`, so that whatever a driver does, hang or
// crash, it does not do it here. None is found after `seconds`, or when anything goes wrong; the reason says
// what.
void gpus_discover(const char *program, double seconds, Gpus *gpus);

// What `--device` asks for.
typedef enum DeviceKind { DEVICE_AUTO, DEVICE_CPU, DEVICE_CUDA, DEVICE_CUDA_ONE } DeviceKind;

typedef struct DeviceWish {
  DeviceKind kind;
  int index;  // of DEVICE_CUDA_ONE
} DeviceWish;

// Reads "auto", "cpu", "cuda" or "cuda:1". STATUS_USAGE with a sentence.
Status device_wish_parse(const char *text, DeviceWish *wish);

// Leaves those GPUs in `gpus` that were asked for; none means the CPU. `note` receives what is to be said of
// it, or "".
void device_wish_choose(const DeviceWish *wish, Gpus *gpus, char *note, size_t size);

// True if this program was built with CUDA: a build without it has nothing to discover.
bool devices_cuda_built(void);

// Memory that new work can have without swapping [bytes]; 0 where the system does not say.
size_t devices_memory_available(void);

#ifdef __cplusplus
}
#endif
#endif
