// SPDX-License-Identifier: Apache-2.0
// Attention over paged keys and values for avx2; the code is in attention_body.h.
#if defined(__x86_64__)
#define VW 8
#pragma clang attribute push( \
    __attribute__((target("avx2,fma,f16c"))), \
    apply_to = function)
#include "attention_body.h"

ATTENTION_KERNELS(avx2)

#pragma clang attribute pop
#endif
