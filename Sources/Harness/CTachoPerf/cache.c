// SPDX-License-Identifier: Apache-2.0
#include "cache.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

static int has_clflushopt(void) {
  unsigned a, b, c, d;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b >> 23 & 1);
}

const char *tacho_evict_instruction(void) { return has_clflushopt() ? "clflushopt" : "clflush"; }

size_t tacho_evict_line_bytes(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return 64;
  size_t bytes = (b >> 8 & 255) * 8;
  return bytes ? bytes : 64;
}

__attribute__((target("clflushopt"))) static void evict_opt(
    const uint8_t *first, const uint8_t *end, size_t line) {
  for (; first < end; first += line) _mm_clflushopt((void *)first);
}

static void evict_plain(const uint8_t *first, const uint8_t *end, size_t line) {
  for (; first < end; first += line) _mm_clflush(first);
}

static void evict_lines(const uint8_t *first, const uint8_t *end, size_t line) {
  // clflushopt is ordered by fences alone: before by the stores that are to be written back, after by whatever
  // is to find the lines gone.
  _mm_mfence();
  if (has_clflushopt())
    evict_opt(first, end, line);
  else
    evict_plain(first, end, line);
  _mm_mfence();
}

#define TACHO_EVICTS 1

#elif defined(__aarch64__) && defined(__linux__)

// Linux lets programs use the instruction (SCTLR_EL1.UCI).
const char *tacho_evict_instruction(void) { return "dc civac"; }

size_t tacho_evict_line_bytes(void) {
  uint64_t type;
  __asm__("mrs %0, ctr_el0" : "=r"(type));
  return (size_t)4 << (type >> 16 & 15);
}

static void evict_lines(const uint8_t *first, const uint8_t *end, size_t line) {
  __asm__ volatile("dsb sy" ::: "memory");
  for (; first < end; first += line) __asm__ volatile("dc civac, %0" ::"r"(first) : "memory");
  __asm__ volatile("dsb sy" ::: "memory");
}

#define TACHO_EVICTS 1

#else

const char *tacho_evict_instruction(void) { return NULL; }
size_t tacho_evict_line_bytes(void) { return 64; }
#define TACHO_EVICTS 0

#endif

int tacho_evict(const void *bytes, size_t count) {
#if TACHO_EVICTS
  if (count == 0) return 0;
  size_t line = tacho_evict_line_bytes();
  const uint8_t *start = bytes;
  evict_lines(start - (uintptr_t)start % line, start + count, line);
  return 0;
#else
  (void)bytes, (void)count;
  return -1;
#endif
}

uint64_t tacho_touch(const uint8_t *const *addresses, size_t count) {
  uint64_t sum = 0, nothing = 0;
  for (size_t i = 0; i < count; i++) {
    uint64_t value = *(const volatile uint8_t *)(addresses[i] + nothing);
    __asm__ volatile("" : "+r"(value));  // from here on the compiler does not know that it is below 256
    sum += value;
    nothing = value & 0x100;
  }
  return sum;
}
