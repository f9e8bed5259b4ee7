// SPDX-License-Identifier: Apache-2.0
// Copies for neon; the code is in copy_body.h.
#if defined(__aarch64__)
#define VW 4
#include "copy_body.h"

void tk_copy_neon(const void *source, void *target, size_t count) {
  copy_cached(source, target, count);
}

void tk_copy_stream_neon(const void *source, void *target, size_t count) {
  copy_streaming(source, target, count);
}
#endif
