// SPDX-License-Identifier: Apache-2.0
// A walk along pointers: each load's address is the result of the one before it, so that nothing can be
// asked for ahead and the time of a hop is the latency of the memory that holds it.
#include "ops.h"

const void *tk_chase_ref(const void *start, size_t hops) {
  const void *place = start;
  for (size_t i = 0; i < hops; i++) place = *(const void *const *)place;
  return place;
}
