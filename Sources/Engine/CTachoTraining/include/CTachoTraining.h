// SPDX-License-Identifier: Apache-2.0
// Loops of training that are not matrix products: forward and backward, one table per number type and
// instruction set. Matrices are row-major; `+=` in a comment means that the result is added to what is there.
// A table may be called only where tk_best_isa allows its instruction set; ref runs anywhere.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// What a feed-forward layer does between its products; g and u are halves of a row of 2 * width.
typedef enum {
  TT_SWIGLU = 0,         ///< silu(g) * u (Shazeer 2020)
  TT_REGLU = 1,          ///< max(g, 0) * u
  TT_RELU = 2,           ///< max(x, 0)
  TT_SQUARED_RELU = 3,   ///< max(x, 0)^2 (So and others 2021)
} tt_activation;

#define TT_REAL float
#define TT_NAME(name) name##_f32
#include "operations.def"
#undef TT_REAL
#undef TT_NAME
#define TT_REAL double
#define TT_NAME(name) name##_f64
#include "operations.def"
#undef TT_REAL
#undef TT_NAME

/// float32 in plain C, for AVX2 with FMA, and for AVX-512; the last two only on x86-64.
extern const tt_operations_f32 tt_operations_f32_ref;
#if defined(__x86_64__)
extern const tt_operations_f32 tt_operations_f32_avx2;
extern const tt_operations_f32 tt_operations_f32_avx512;
#endif
/// float64 in plain C: what gradients are checked in.
extern const tt_operations_f64 tt_operations_f64_ref;
