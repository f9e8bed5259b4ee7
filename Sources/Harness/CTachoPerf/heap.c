// SPDX-License-Identifier: Apache-2.0
// Counts the process's heap allocations: the program's own malloc, calloc, realloc, posix_memalign,
// aligned_alloc and memalign stand before those of the C library (or of a preloaded allocator), count, and
// hand the call on. free is not among them, so blocks come from and go back to the same allocator.
//
// Each thread counts in a slot of its own, found through one thread-local pointer: no lock, no shared cache
// line, no allocation. Slots are static and never given back; threads beyond them share the last one with
// atomic additions, so that no count is lost. A child after fork goes on counting in its copy.
#if defined(__linux__)
#define _GNU_SOURCE
#endif
#include "heap.h"

#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer) || __has_feature(hwaddress_sanitizer)
#define UNCOUNTED "it is built with a sanitizer, which has an allocator of its own"
#endif
#endif
#if !defined(UNCOUNTED)
#include <stdlib.h>
#if !defined(__linux__) || !defined(__GLIBC__)
#define UNCOUNTED "allocations are counted with glibc only"
#endif
#endif

#if defined(UNCOUNTED)

const char *tacho_heap_uncounted(void) { return UNCOUNTED; }

struct tacho_heap_counts tacho_heap_counts_now(void) { return (struct tacho_heap_counts){0, 0}; }

#else

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>

// glibc's own names of its functions: for calls that come while the next allocator is looked for.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *memalign(size_t alignment, size_t size);

enum { SLOTS = 1024 };

struct slot {
  _Alignas(64) _Atomic uint64_t calls;
  _Atomic uint64_t bytes;
};

static struct slot slots[SLOTS];
static _Atomic uint32_t claimed;

// In the program's static block of thread-local memory, which exists before any code of the program runs.
static _Thread_local struct slot *mine __attribute__((tls_model("initial-exec")));

static void *(*_Atomic next_malloc)(size_t);
static void *(*_Atomic next_calloc)(size_t, size_t);
static void *(*_Atomic next_realloc)(void *, size_t);
static void *(*_Atomic next_memalign)(size_t, size_t);
static void *(*_Atomic next_aligned_alloc)(size_t, size_t);
static int (*_Atomic next_posix_memalign)(void **, size_t, size_t);

static int libc_posix_memalign(void **block, size_t alignment, size_t size) {
  void *memory = __libc_memalign(alignment, size);
  if (!memory) return ENOMEM;
  *block = memory;
  return 0;
}

#define LOAD(function) atomic_load_explicit(&next_##function, memory_order_relaxed)
#define RESOLVE(function, otherwise)                                               \
  do {                                                                             \
    void *found = dlsym(RTLD_NEXT, #function);                                     \
    atomic_store_explicit(&next_##function, found ? found : (void *)(otherwise),   \
                          memory_order_relaxed);                                   \
  } while (0)

// A thread's first allocation. Before the first of all returns, calls it makes itself go to glibc.
__attribute__((noinline, cold)) static struct slot *claim(void) {
  if (!LOAD(malloc)) {
    atomic_store_explicit(&next_calloc, __libc_calloc, memory_order_relaxed);
    atomic_store_explicit(&next_realloc, __libc_realloc, memory_order_relaxed);
    atomic_store_explicit(&next_memalign, __libc_memalign, memory_order_relaxed);
    atomic_store_explicit(&next_aligned_alloc, __libc_memalign, memory_order_relaxed);
    atomic_store_explicit(&next_posix_memalign, libc_posix_memalign, memory_order_relaxed);
    atomic_store_explicit(&next_malloc, __libc_malloc, memory_order_relaxed);
    RESOLVE(calloc, __libc_calloc);
    RESOLVE(realloc, __libc_realloc);
    RESOLVE(memalign, __libc_memalign);
    RESOLVE(aligned_alloc, __libc_memalign);
    RESOLVE(posix_memalign, libc_posix_memalign);
    RESOLVE(malloc, __libc_malloc);
  }
  if (!mine) {
    uint32_t index = atomic_load_explicit(&claimed, memory_order_relaxed);
    while (index < SLOTS && !atomic_compare_exchange_weak_explicit(&claimed, &index, index + 1,
                                                                   memory_order_relaxed,
                                                                   memory_order_relaxed)) {
    }
    mine = &slots[index < SLOTS ? index : SLOTS - 1];
  }
  return mine;
}

static inline void count(size_t size) {
  struct slot *slot = mine;
  if (__builtin_expect(!slot, 0)) slot = claim();
  if (__builtin_expect(slot == &slots[SLOTS - 1], 0)) {
    atomic_fetch_add_explicit(&slot->calls, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&slot->bytes, size, memory_order_relaxed);
    return;
  }
  // Only this thread writes here; atomic, because others read.
  uint64_t calls = atomic_load_explicit(&slot->calls, memory_order_relaxed);
  uint64_t bytes = atomic_load_explicit(&slot->bytes, memory_order_relaxed);
  atomic_store_explicit(&slot->calls, calls + 1, memory_order_relaxed);
  atomic_store_explicit(&slot->bytes, bytes + size, memory_order_relaxed);
}

void *malloc(size_t size) {
  count(size);
  return LOAD(malloc)(size);
}

void *calloc(size_t number, size_t size) {
  count(number * size);
  return LOAD(calloc)(number, size);
}

void *realloc(void *block, size_t size) {
  count(size);
  return LOAD(realloc)(block, size);
}

void *memalign(size_t alignment, size_t size) {
  count(size);
  return LOAD(memalign)(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count(size);
  return LOAD(aligned_alloc)(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
  count(size);
  return LOAD(posix_memalign)(block, alignment, size);
}

const char *tacho_heap_uncounted(void) { return NULL; }

struct tacho_heap_counts tacho_heap_counts_now(void) {
  struct tacho_heap_counts sum = {0, 0};
  uint32_t used = atomic_load_explicit(&claimed, memory_order_acquire);
  for (uint32_t index = 0; index < used; index++) {
    sum.calls += atomic_load_explicit(&slots[index].calls, memory_order_relaxed);
    sum.bytes += atomic_load_explicit(&slots[index].bytes, memory_order_relaxed);
  }
  return sum;
}

#endif
