// SPDX-License-Identifier: Apache-2.0
// Attention over paged keys and values for avx512; the code is in attention_body.h.
#if defined(__x86_64__)
#define VW 16
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c"))), \
    apply_to = function)
#include "attention_body.h"

void tk_attention_f16_avx512(const tk_attention_args *args, void *scratch) {
  attention(args, scratch, 1);
}

void tk_attention_f32_avx512(const tk_attention_args *args, void *scratch) {
  attention(args, scratch, 0);
}

void tk_kv_write_f16_avx512(const tk_kv_write_args *args) { kv_write(args, 1); }

void tk_kv_write_f32_avx512(const tk_kv_write_args *args) { kv_write(args, 0); }

#pragma clang attribute pop
#endif
