// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "counter.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

int tacho_counter_open(const tacho_counter_event *event, pid_t thread, int processor, int leader) {
  struct perf_event_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.size = sizeof attributes;
  attributes.type = event->type;
  attributes.config = event->config;
  attributes.config1 = event->config1;
  attributes.config2 = event->config2;
  attributes.precise_ip = event->precise & 3;
  attributes.exclude_user = event->exclude_user != 0;
  attributes.exclude_kernel = event->exclude_kernel != 0;
  attributes.exclude_hv = event->exclude_hypervisor != 0;
  attributes.exclude_guest = event->exclude_guest != 0;
  attributes.disabled = event->disabled != 0;
  attributes.read_format = PERF_FORMAT_GROUP | PERF_FORMAT_ID | PERF_FORMAT_TOTAL_TIME_ENABLED |
                           PERF_FORMAT_TOTAL_TIME_RUNNING;
  long descriptor = syscall(
      SYS_perf_event_open, &attributes, thread, processor, leader, PERF_FLAG_FD_CLOEXEC);
  return descriptor < 0 ? -errno : (int)descriptor;
}

int tacho_counter_id(int descriptor, uint64_t *id) {
  return ioctl(descriptor, PERF_EVENT_IOC_ID, id) < 0 ? -errno : 0;
}

int tacho_counter_control(int leader, tacho_counter_action action) {
  unsigned long request = action == TACHO_COUNTER_ENABLE    ? PERF_EVENT_IOC_ENABLE
                          : action == TACHO_COUNTER_DISABLE ? PERF_EVENT_IOC_DISABLE
                                                            : PERF_EVENT_IOC_RESET;
  return ioctl(leader, request, PERF_IOC_FLAG_GROUP) < 0 ? -errno : 0;
}

long tacho_counter_read(int leader, uint64_t *into, size_t words) {
  ssize_t bytes;
  do {
    bytes = read(leader, into, words * sizeof *into);
  } while (bytes < 0 && errno == EINTR);
  return bytes < 0 ? -errno : (long)((size_t)bytes / sizeof *into);
}

void *tacho_counter_map(int descriptor) {
  void *page = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ, MAP_SHARED, descriptor, 0);
  return page == MAP_FAILED ? NULL : page;
}

void tacho_counter_unmap(void *page) { munmap(page, (size_t)sysconf(_SC_PAGESIZE)); }

#if defined(__x86_64__)
static uint64_t processor_counter(uint32_t index) {
  uint32_t low, high;
  __asm__ volatile("rdpmc" : "=a"(low), "=d"(high) : "c"(index));
  return (uint64_t)high << 32 | low;
}

static uint64_t processor_ticks(void) {
  uint32_t low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return (uint64_t)high << 32 | low;
}

static const tacho_counter_registers processor = {processor_counter, processor_ticks};
#endif

int tacho_counter_page_readable(const void *mapped) {
#if defined(__x86_64__)
  const struct perf_event_mmap_page *page = mapped;
  return page->cap_user_rdpmc && page->cap_user_time;
#else
  (void)mapped;
  return 0;
#endif
}

int tacho_counter_page_read(
    const void *mapped, const tacho_counter_registers *registers, tacho_counter_value *value) {
#if defined(__x86_64__)
  if (registers == NULL) registers = &processor;
#else
  if (registers == NULL) return -1;
#endif
  const volatile struct perf_event_mmap_page *page = mapped;
  for (int tries = 0; tries < 1000; tries++) {
    uint32_t sequence = page->lock;
    __asm__ volatile("" ::: "memory");
    uint64_t enabled = page->time_enabled, running = page->time_running;
    uint64_t ticks = registers->ticks();
    uint16_t shift = page->time_shift, width = page->pmc_width;
    uint32_t scale = page->time_mult, index = page->index;
    uint64_t offset = page->time_offset;
    int64_t count = page->offset;
    if (index != 0 && width != 0) {
      // The counter is `width` bits wide, and signed.
      uint64_t bits = registers->counter(index - 1) << (64 - width);
      count += (int64_t)bits >> (64 - width);
    }
    __asm__ volatile("" ::: "memory");
    if (page->lock != sequence || (sequence & 1) != 0) continue;
    // Nanoseconds since the page was last written, without overflow.
    uint64_t whole = ticks >> shift, rest = ticks & ((1ull << shift) - 1);
    uint64_t since = offset + whole * scale + ((rest * scale) >> shift);
    value->raw = (uint64_t)count;
    value->enabled_ns = enabled + since;
    value->running_ns = index != 0 ? running + since : running;
    return 0;
  }
  return -1;
}
