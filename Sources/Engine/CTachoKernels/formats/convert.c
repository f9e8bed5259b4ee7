// SPDX-License-Identifier: Apache-2.0
// Chooses the converter of a format; holds those of the plain float formats. memcpy instead of
// pointer casts because a tensor in a safetensors file may start at any byte.
#include <string.h>

#include "families.h"

static void dequantize_f32(const void *source, float *target, size_t count) {
  memcpy(target, source, count * sizeof(float));
}

static void dequantize_f16(const void *source, float *target, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    uint16_t bits;
    memcpy(&bits, (const char *)source + 2 * i, 2);
    target[i] = tk_half_to_float(bits);
  }
}

static void dequantize_bf16(const void *source, float *target, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    uint16_t bits;
    memcpy(&bits, (const char *)source + 2 * i, 2);
    const uint32_t wide = (uint32_t)bits << 16;
    memcpy(target + i, &wide, 4);
  }
}

static void quantize_f32(const float *source, void *target, size_t count) {
  memcpy(target, source, count * sizeof(float));
}

static void quantize_f16(const float *source, void *target, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const uint16_t bits = tk_float_to_half(source[i]);
    memcpy((char *)target + 2 * i, &bits, 2);
  }
}

static void quantize_bf16(const float *source, void *target, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const uint16_t bits = tk_float_to_bfloat(source[i]);
    memcpy((char *)target + 2 * i, &bits, 2);
  }
}

typedef struct {
  size_t block;  // weights per block; 0 marks an unknown format
  tk_dequantize_blocks *dequantize;
  tk_quantize_blocks *quantize;
} converter;

static converter converter_of(tk_format format) {
  switch (format) {
    case TK_F32: return (converter){1, dequantize_f32, quantize_f32};
    case TK_F16: return (converter){1, dequantize_f16, quantize_f16};
    case TK_BF16: return (converter){1, dequantize_bf16, quantize_bf16};
    case TK_Q4_0: return (converter){TK_BLOCK, tk_dequantize_q4_0, tk_quantize_q4_0};
    case TK_Q4_1: return (converter){TK_BLOCK, tk_dequantize_q4_1, tk_quantize_q4_1};
    case TK_Q5_0: return (converter){TK_BLOCK, tk_dequantize_q5_0, tk_quantize_q5_0};
    case TK_Q5_1: return (converter){TK_BLOCK, tk_dequantize_q5_1, tk_quantize_q5_1};
    case TK_Q8_0: return (converter){TK_BLOCK, tk_dequantize_q8_0, tk_quantize_q8_0};
    case TK_Q2_K: return (converter){TK_SUPER, tk_dequantize_q2_k, tk_quantize_q2_k};
    case TK_Q3_K: return (converter){TK_SUPER, tk_dequantize_q3_k, tk_quantize_q3_k};
    case TK_Q4_K: return (converter){TK_SUPER, tk_dequantize_q4_k, tk_quantize_q4_k};
    case TK_Q5_K: return (converter){TK_SUPER, tk_dequantize_q5_k, tk_quantize_q5_k};
    case TK_Q6_K: return (converter){TK_SUPER, tk_dequantize_q6_k, tk_quantize_q6_k};
  }
  return (converter){0};
}

int tk_dequantize(tk_format format, const void *source, float *target, size_t count) {
  const converter found = converter_of(format);
  if (found.block == 0) return -1;
  if (count > 0) found.dequantize(source, target, count / found.block);
  return 0;
}

int tk_quantize(tk_format format, const float *source, void *target, size_t count) {
  const converter found = converter_of(format);
  if (found.block == 0) return -1;
  if (count > 0) found.quantize(source, target, count / found.block);
  return 0;
}
