// SPDX-License-Identifier: Apache-2.0
// float32 for AVX2 with FMA: the same loops, vectorised by the compiler for it.
#if defined(__x86_64__)
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "CTachoTraining.h"
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "exp_f32.h"
#define TT_REAL float
#define TT_NAME(name) name##_f32
#define TT_VARIANT tt_operations_f32_avx2
#define TT_EXP exp_f32
#define TT_LOG logf
#include "operations_body.h"
#pragma clang attribute pop
#endif
