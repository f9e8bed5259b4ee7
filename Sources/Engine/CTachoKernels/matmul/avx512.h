// SPDX-License-Identifier: Apache-2.0
// What the AVX-512 product kernels share: the target, and codes of 64 columns in a register.
#pragma once
#include <immintrin.h>
#include <string.h>

#include "ops.h"

#define TK_HARDWARE_HALF 1
#define TK_AVX512_TARGET \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c")))
