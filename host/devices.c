// Lists devices in a process of its own, reads such a list, and chooses from it.
#include "host/devices.h"

#include <errno.h>
#include <omp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/child.h"
#include "host/progress.h"
#include "host/text.h"
#include "kernels/device.h"

enum { LIST_BYTES = 1 << 16 };  // of the JSON that a discovery prints

bool devices_cuda_built(void) {
#ifdef MESAGRID_CUDA
  return true;
#else
  return false;
#endif
}

size_t devices_memory_available(void) {
  char line[128];
  unsigned long long kilobytes = 0;
  FILE *const file = fopen("/proc/meminfo", "r");
  if (!file) return 0;
  while (fgets(line, sizeof line, file) && sscanf(line, "MemAvailable: %llu kB", &kilobytes) != 1) continue;
  fclose(file);
  return (size_t)kilobytes * 1024;
}

// ---- The list ----

int devices_count(void) {
  int gpus;
  return device_count(&gpus) == STATUS_OK && gpus > 0 ? 1 + gpus : 2;
}

static json_t *cpu_item(void) {
  const Phases *phases;
  const char *const isa = phases_choose("auto", &phases) == STATUS_OK ? phases->name : "none";
  return json_pack("{s:s, s:b, s:i, s:s, s:I}", "name", "cpu", "here", 1, "threads", omp_get_max_threads(),
                   "isa", isa, "memory_available", (json_int_t)devices_memory_available());
}

static json_t *missing_item(const char *name) {
  return json_pack("{s:s, s:b, s:s}", "name", name, "here", 0, "reason", status_message());
}

json_t *devices_item(int i) {
  char name[32], capability[32];
  int gpus;
  DeviceInfo info;
  if (i == 0) return cpu_item();
  if (device_count(&gpus) != STATUS_OK) return missing_item("cuda");
  if (gpus == 0) {
    (void)status_fail(STATUS_DEVICE, "no GPU");
    return missing_item("cuda");
  }
  snprintf(name, sizeof name, "cuda:%d", i - 1);
  if (device_info(i - 1, &info) != STATUS_OK) return missing_item(name);
  snprintf(capability, sizeof capability, "%d.%d", info.major, info.minor);
  return json_pack("{s:s, s:b, s:s, s:I, s:I, s:s, s:i}", "name", name, "here", 1, "model", info.name,
                   "memory_total", (json_int_t)info.memory_total, "memory_free", (json_int_t)info.memory_free,
                   "compute_capability", capability, "multiprocessors", info.multiprocessors);
}

// ---- Discovery ----

// Reads until the end. Returns the bytes read, or −1 if time was up before, or there were too many.
static int read_in_time(int pipe, char *bytes, int size, double deadline) {
  for (int used = 0;;) {
    struct pollfd wait = {.fd = pipe, .events = POLLIN};
    const double left = deadline - progress_now();
    if (left <= 0) return -1;
    if (poll(&wait, 1, (int)(1000 * left) + 1) <= 0) continue;
    const ssize_t got = read(pipe, bytes + used, (size_t)(size - used));
    if (got < 0 && errno == EINTR) continue;
    if (got > 0) used += (int)got;
    if (got <= 0) return used;
    if (used == size) return -1;
  }
}

static void add_gpu(const json_t *item, Gpus *gpus) {
  Gpu gpu = {.index = 0};
  const char *const name = json_string_value(json_object_get(item, "name")),
                    *const reason = json_string_value(json_object_get(item, "reason")),
                    *const model = json_string_value(json_object_get(item, "model"));
  if (!name || strncmp(name, "cuda", 4) != 0 || gpus->count == DEVICES_MAX) return;
  if (json_is_true(json_object_get(item, "here")) && sscanf(name, "cuda:%d", &gpu.index) == 1) {
    snprintf(gpu.name, sizeof gpu.name, "%s", model ? model : "GPU");
    gpu.memory_free = (size_t)json_integer_value(json_object_get(item, "memory_free"));
    gpus->gpu[gpus->count++] = gpu;
  } else if (reason) {
    snprintf(gpus->reason, sizeof gpus->reason, "%s", reason);
  }
}

// Takes the printed list apart; false if it is none.
static bool take_list(const char *bytes, int size, Gpus *gpus) {
  size_t i;
  json_t *item, *const list = json_loadb(bytes, (size_t)size, 0, NULL);
  const bool is_list = json_is_array(list);
  json_array_foreach(list, i, item) add_gpu(item, gpus);
  json_decref(list);
  return is_list;
}

// Whether the child has ended, or does so by then: a driver can hang in its last moments too.
static bool ends_in_time(const Child *child, double deadline) {
  for (siginfo_t ended = {.si_pid = 0}; progress_now() < deadline; usleep(1000)) {
    if (waitid(P_PID, (id_t)child->id, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid != 0)
      return true;
  }
  return false;
}

// A driver that hangs in the kernel does not even let its process be killed: nobody waits for that one.
static void abandon(Child *child) {
  kill(child->id, SIGKILL);
  (void)waitpid(child->id, NULL, WNOHANG);
  close(child->pipe);
}

void gpus_discover(const char *program, double seconds, Gpus *gpus) {
  char *const arguments[] = {"mesagrid", "list", "devices", "--json", NULL};
  char bytes[LIST_BYTES], how[128];
  Child child;
  *gpus = (Gpus){.count = 0};
  if (child_start(program, arguments, -1, true, &child) != STATUS_OK) {
    snprintf(gpus->reason, sizeof gpus->reason, "%s", status_message());
    return;
  }
  const double deadline = progress_now() + seconds;
  const int size = read_in_time(child.pipe, bytes, sizeof bytes, deadline);
  if (size < 0 || !ends_in_time(&child, deadline)) {
    const bool late = progress_now() >= deadline;
    abandon(&child);
    if (late)
      snprintf(gpus->reason, sizeof gpus->reason, "the search for GPUs did not end within %g s", seconds);
    else
      strcpy(gpus->reason, "the search for GPUs failed: it printed no list");
    return;
  }
  const int code = child_wait(&child, how, sizeof how);
  if (code == 0 && take_list(bytes, size, gpus)) {
    if (gpus->count == 0 && gpus->reason[0] == '\0') strcpy(gpus->reason, "no GPU");
    return;
  }
  *gpus = (Gpus){.count = 0};
  snprintf(gpus->reason, sizeof gpus->reason, "the search for GPUs failed: %s",
           code == 0 ? "it printed no list" : how);
}

// ---- The choice ----

Status device_wish_parse(const char *text, DeviceWish *wish) {
  char shown[64];
  int used = 0;
  *wish = (DeviceWish){.kind = DEVICE_AUTO};
  if (strcmp(text, "auto") == 0) return STATUS_OK;
  wish->kind = DEVICE_CPU;
  if (strcmp(text, "cpu") == 0) return STATUS_OK;
  wish->kind = DEVICE_CUDA;
  if (strcmp(text, "cuda") == 0) return STATUS_OK;
  wish->kind = DEVICE_CUDA_ONE;
  if (sscanf(text, "cuda:%4d%n", &wish->index, &used) == 1 && text[used] == '\0' && wish->index >= 0)
    return STATUS_OK;
  return status_fail(STATUS_USAGE, "--device takes auto, cpu, cuda or cuda:0 (any number), not '%s'",
                     text_printable(text, shown, sizeof shown));
}

// "cuda:0 (NVIDIA H200), cuda:1 (NVIDIA H200)"
static void name_gpus(const Gpus *gpus, char *text, size_t size) {
  size_t used = 0;
  text[0] = '\0';
  for (int i = 0; i < gpus->count && used < size; ++i)
    used += (size_t)snprintf(text + used, size - used, "%scuda:%d (%s)", i > 0 ? ", " : "",
                             gpus->gpu[i].index, gpus->gpu[i].name);
}

// Leaves the one GPU that was asked for, or none.
static void choose_one(int index, Gpus *gpus, char *note, size_t size) {
  char names[512];
  for (int i = 0; i < gpus->count; ++i) {
    if (gpus->gpu[i].index != index) continue;
    gpus->gpu[0] = gpus->gpu[i];
    gpus->count = 1;
    return;
  }
  name_gpus(gpus, names, sizeof names);
  gpus->count = 0;
  snprintf(note, size, "warning: there is no cuda:%d: the GPUs here are %s; training on the CPU", index,
           names);
}

void device_wish_choose(const DeviceWish *wish, Gpus *gpus, char *note, size_t size) {
  note[0] = '\0';
  if (wish->kind == DEVICE_CPU) {
    gpus->count = 0;
  } else if (gpus->count == 0) {
    if (wish->kind != DEVICE_AUTO)
      snprintf(note, size, "warning: training on the CPU: %s", gpus->reason);
    else if (devices_cuda_built())
      snprintf(note, size, "training on the CPU: %s", gpus->reason);
  } else if (wish->kind == DEVICE_CUDA_ONE) {
    choose_one(wish->index, gpus, note, size);
  } else if (gpus->reason[0] != '\0') {
    snprintf(note, size, "warning: a GPU is left out: %s", gpus->reason);
  }
}
