// SPDX-License-Identifier: Apache-2.0
// Copies for avx2; the code is in copy_body.h.
#if defined(__x86_64__)
#define VW 8
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#include "copy_body.h"

void tk_copy_avx2(const void *source, void *target, size_t count) {
  copy_cached(source, target, count);
}

void tk_copy_stream_avx2(const void *source, void *target, size_t count) {
  copy_streaming(source, target, count);
}

#pragma clang attribute pop
#endif
