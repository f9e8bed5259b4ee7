// SPDX-License-Identifier: Apache-2.0
// Attention over paged keys and values for avx512; the code is in attention_body.h.
#if defined(__x86_64__)
#define VW 16
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c"))), \
    apply_to = function)
#include "attention_body.h"

ATTENTION_KERNELS(avx512)

#pragma clang attribute pop
#endif
