// SPDX-License-Identifier: Apache-2.0
// What convert.c dispatches to: each function handles `blocks` whole blocks of its format, which
// need not be aligned.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "blocks.h"
#include "formats.h"

typedef void tk_dequantize_blocks(const void *source, float *target, size_t blocks);
typedef void tk_quantize_blocks(const float *source, void *target, size_t blocks);

tk_dequantize_blocks tk_dequantize_q4_0, tk_dequantize_q4_1, tk_dequantize_q5_0, tk_dequantize_q5_1,
    tk_dequantize_q8_0, tk_dequantize_q2_k, tk_dequantize_q3_k, tk_dequantize_q4_k,
    tk_dequantize_q5_k, tk_dequantize_q6_k;

tk_quantize_blocks tk_quantize_q4_0, tk_quantize_q4_1, tk_quantize_q5_0, tk_quantize_q5_1,
    tk_quantize_q8_0, tk_quantize_q2_k, tk_quantize_q3_k, tk_quantize_q4_k, tk_quantize_q5_k,
    tk_quantize_q6_k;

// `value` cut to a whole number in 0..limit; NaN gives 0 (a plain cast would be undefined).
static inline uint8_t tk_level(float value, float limit) {
  value = value > 0 ? value : 0;
  return (uint8_t)(int)(value < limit ? value : limit);
}
