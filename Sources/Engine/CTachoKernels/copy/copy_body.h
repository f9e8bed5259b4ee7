// SPDX-License-Identifier: Apache-2.0
// Copies for the vector width VW: through the caches, and past them.
#include <stdint.h>
#include <string.h>

#include "ops.h"

typedef uint64_t vcopy __attribute__((vector_size(VW * 4)));

// Eight vectors at a time, lines asked for ahead as in `read`.
static inline void load_eight(vcopy *v, const char *from) {
  for (int k = 0; k < 8; k++) {
    __builtin_prefetch(from + (size_t)k * sizeof(vcopy) + 4096);
    memcpy(&v[k], from + (size_t)k * sizeof(vcopy), sizeof(vcopy));
  }
}

static inline void copy_cached(const char *from, char *to, size_t count) {
  size_t i = 0;
  for (; i + 8 * sizeof(vcopy) <= count; i += 8 * sizeof(vcopy)) {
    vcopy v[8];
    load_eight(v, from + i);
    memcpy(to + i, v, sizeof v);
    // Else the loop becomes a call of memcpy, which for large counts may write past the caches.
    __asm__ volatile("" ::: "memory");
  }
  memcpy(to + i, from + i, count - i);
}

static inline void copy_streaming(const char *from, char *to, size_t count) {
  // Streaming stores need whole, aligned vectors.
  const size_t astray = (uintptr_t)to % sizeof(vcopy);
  size_t i = astray == 0 ? 0 : sizeof(vcopy) - astray;
  if (i > count) i = count;
  memcpy(to, from, i);
  for (; i + 8 * sizeof(vcopy) <= count; i += 8 * sizeof(vcopy)) {
    vcopy v[8];
    load_eight(v, from + i);
    for (int k = 0; k < 8; k++) __builtin_nontemporal_store(v[k], (vcopy *)(to + i) + k);
  }
  memcpy(to + i, from + i, count - i);
#if defined(__x86_64__)
  // They are ordered with nothing else: whoever is told of the copy must see all of it.
  __builtin_ia32_sfence();
#endif
}
