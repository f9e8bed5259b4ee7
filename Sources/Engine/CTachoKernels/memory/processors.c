// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "ops.h"

int tk_available_processors(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

int tk_current_processor(void) { return sched_getcpu(); }

int32_t tk_thread_id(void) { return gettid(); }

// Masks as large as any kernel is built for (NR_CPUS): a smaller one is an error on a larger kernel.
enum { TK_MASK_PROCESSORS = 8192 };

typedef struct {
  unsigned long words[TK_MASK_PROCESSORS / (8 * sizeof(unsigned long))];
} processor_mask;

static const size_t bits_per_word = 8 * sizeof(unsigned long);

int tk_pin_thread(int32_t thread, const int32_t *processors, size_t count) {
  processor_mask mask;
  memset(&mask, 0, sizeof mask);
  for (size_t i = 0; i < count; i++) {
    if (processors[i] < 0 || processors[i] >= TK_MASK_PROCESSORS) return EINVAL;
    size_t bit = (size_t)processors[i];
    mask.words[bit / bits_per_word] |= 1ul << (bit % bits_per_word);
  }
  return sched_setaffinity(thread, sizeof mask, (const cpu_set_t *)&mask) == 0 ? 0 : errno;
}

size_t tk_allowed_processors(int32_t *processors, size_t capacity) {
  processor_mask mask;
  memset(&mask, 0, sizeof mask);
  if (sched_getaffinity(0, sizeof mask, (cpu_set_t *)&mask) != 0) return 0;
  size_t count = 0;
  for (size_t bit = 0; bit < TK_MASK_PROCESSORS; bit++) {
    if (!(mask.words[bit / bits_per_word] >> (bit % bits_per_word) & 1)) continue;
    if (count < capacity) processors[count] = (int32_t)bit;
    count++;
  }
  return count;
}

int tk_allow_huge_pages(int allowed) {
  return prctl(PR_SET_THP_DISABLE, allowed ? 0ul : 1ul, 0ul, 0ul, 0ul) == 0 ? 0 : errno;
}
