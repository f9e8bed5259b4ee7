// SPDX-License-Identifier: Apache-2.0
// Activations to int8 for avx512; the code is in quantize_q8_body.h.
#if defined(__x86_64__)
#define VW 16
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c"))), \
    apply_to = function)
#include "quantize_q8_body.h"

void tk_quantize_rows_q8_avx512(const tk_quantize_args *args, size_t first, size_t last) {
  quantize_rows(args, first, last);
}

void tk_quantize_tiles_q8_avx512(const tk_quantize_args *args, size_t first, size_t last) {
  quantize_tiles(args, first, last);
}

#pragma clang attribute pop
#endif
