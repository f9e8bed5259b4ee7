// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include <sched.h>
#include <unistd.h>

#include "ops.h"

int tk_available_processors(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

int tk_current_processor(void) { return sched_getcpu(); }

int32_t tk_thread_id(void) { return gettid(); }
