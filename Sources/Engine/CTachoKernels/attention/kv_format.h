// SPDX-License-Identifier: Apache-2.0
// The formats of keys and values in a page; their layouts are in ops.h.
#pragma once
#include <stddef.h>

enum { KV_F32, KV_F16, KV_BF16, KV_Q8_0, KV_Q4_0, KV_BLOCK = 32 };

// Whether elements are codes of a block with a scale.
static inline int kv_has_scales(const int format) { return format >= KV_Q8_0; }

// Bytes of `count` elements' numbers or codes, without scales.
static inline size_t kv_code_bytes(const int format, size_t count) {
  if (format == KV_F32) return 4 * count;
  if (format == KV_Q8_0) return count;
  if (format == KV_Q4_0) return count / 2;
  return 2 * count;
}

// Bytes of one head's K or V in a page.
static inline size_t kv_head_bytes(const int format, size_t head_dim, size_t page_tokens) {
  const size_t count = head_dim * page_tokens;
  return kv_code_bytes(format, count) + (kv_has_scales(format) ? count / KV_BLOCK * 2 : 0);
}
