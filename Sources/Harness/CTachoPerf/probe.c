// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "probe.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

int tacho_probe_cycles(void) {
  struct perf_event_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.size = sizeof attributes;
  attributes.type = PERF_TYPE_HARDWARE;
  attributes.config = PERF_COUNT_HW_CPU_CYCLES;
  attributes.exclude_kernel = 1;
  attributes.exclude_hv = 1;
  int descriptor = (int)syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0);
  if (descriptor < 0) return errno;
  uint64_t value = 0;
  ssize_t count = read(descriptor, &value, sizeof value);
  int error = count < 0 ? errno : 0;
  close(descriptor);
  return error;
}

const char *tacho_compiler_version(void) { return __VERSION__; }

const char *tacho_libc_version(void) {
#ifdef __GLIBC__
  return gnu_get_libc_version();
#else
  return "not glibc";
#endif
}
