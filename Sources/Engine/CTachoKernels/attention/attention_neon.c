// SPDX-License-Identifier: Apache-2.0
// Attention over paged keys and values for neon; the code is in attention_body.h.
#if defined(__aarch64__)
#define VW 4
#include "attention_body.h"

void tk_attention_f16_neon(const tk_attention_args *args, void *scratch) {
  attention(args, scratch, 1);
}

void tk_attention_f32_neon(const tk_attention_args *args, void *scratch) {
  attention(args, scratch, 0);
}

void tk_kv_write_f16_neon(const tk_kv_write_args *args) { kv_write(args, 1); }

void tk_kv_write_f32_neon(const tk_kv_write_args *args) { kv_write(args, 0); }

#endif
