// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdint.h>

// Allocations of all threads since the process began.
struct tacho_heap_counts {
  uint64_t calls;
  // As asked for, not what the allocator rounds them up to.
  uint64_t bytes;
};

// Why this process does not count its allocations, in English; NULL when it does.
const char *tacho_heap_uncounted(void);

// The sum over all threads: exact for those that do not allocate meanwhile. Allocates nothing.
struct tacho_heap_counts tacho_heap_counts_now(void);
