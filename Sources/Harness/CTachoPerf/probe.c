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
#if defined(__x86_64__)
#include <cpuid.h>
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

#if defined(__OPTIMIZE_SIZE__)
#define TACHO_OPTIMIZATION "C -Os"
#elif defined(__OPTIMIZE__)
#define TACHO_OPTIMIZATION "C -O1 or higher"
#else
#define TACHO_OPTIMIZATION "C -O0"
#endif
#if defined(__AVX512F__)
#define TACHO_BASELINE ", baseline with AVX-512"
#elif defined(__AVX2__)
#define TACHO_BASELINE ", baseline with AVX2"
#else
#define TACHO_BASELINE ", plain baseline"
#endif
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TACHO_SANITIZER ", sanitized"
#endif
#endif
#ifndef TACHO_SANITIZER
#define TACHO_SANITIZER ""
#endif

const char *tacho_compile_flags(void) {
  return TACHO_OPTIMIZATION TACHO_BASELINE TACHO_SANITIZER;
}

int tacho_hypervisor(char name[13]) {
#if defined(__x86_64__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  // Leaf 1 says whether there is one; its own leaves begin at 0x40000000, beyond those of the processor.
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & (1u << 31))) return 0;
  __cpuid(0x40000000, a, b, c, d);
  memcpy(name, &b, 4);
  memcpy(name + 4, &c, 4);
  memcpy(name + 8, &d, 4);
  name[12] = 0;
  return name[0] != 0;
#else
  (void)name;
  return 0;
#endif
}
