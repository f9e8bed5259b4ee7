// SPDX-License-Identifier: Apache-2.0
// Reference conversion between float32 and every weight format. `count` is a multiple of the
// format's block. Dequantisation is exact to the format's definition (computed in float32).
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "blocks.h"

typedef enum {  // values are GGUF's type ids
  TK_F32 = 0,
  TK_F16 = 1,
  TK_Q4_0 = 2,
  TK_Q4_1 = 3,
  TK_Q5_0 = 6,
  TK_Q5_1 = 7,
  TK_Q8_0 = 8,
  TK_Q2_K = 10,
  TK_Q3_K = 11,
  TK_Q4_K = 12,
  TK_Q5_K = 13,
  TK_Q6_K = 14,
  TK_BF16 = 30,
} tk_format;

float tk_half_to_float(uint16_t half);
uint16_t tk_float_to_half(float value);
float tk_bfloat_to_float(uint16_t bits);
uint16_t tk_float_to_bfloat(float value);

// 0 on success, -1 for an unknown format.
int tk_dequantize(tk_format format, const void *source, float *target, size_t count);
int tk_quantize(tk_format format, const float *source, void *target, size_t count);
