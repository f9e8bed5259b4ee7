// SPDX-License-Identifier: Apache-2.0
// Q2_K to Q6_K to float32: 256 weights share one or two half-float scales, groups of 16 or 32 have
// small integer scales of their own. Each function first unpacks the codes in weight order.
#include <string.h>

#include "families.h"

// A fused multiply-add would round differently from the formats' definition.
#pragma STDC FP_CONTRACT OFF

// 2 bits each: byte l of half n holds weights 128n + 32j + l at bits 2j.
static void unpack_2_bits(const uint8_t qs[64], uint8_t codes[256]) {
  for (int n = 0; n < 2; ++n)
    for (int j = 0; j < 4; ++j)
      for (int l = 0; l < 32; ++l) codes[128 * n + 32 * j + l] = qs[32 * n + l] >> 2 * j & 3;
}

// 4 bits each: byte l of quarter n holds weights 64n + l and 64n + 32 + l.
static void unpack_4_bits(const uint8_t qs[128], uint8_t codes[256]) {
  for (int n = 0; n < 4; ++n)
    for (int l = 0; l < 32; ++l) {
      codes[64 * n + l] = qs[32 * n + l] & 15;
      codes[64 * n + 32 + l] = qs[32 * n + l] >> 4;
    }
}

// Adds bit j of byte l to weight 32j + l, at bit `position` of its code.
static void unpack_high_bit(const uint8_t bits[32], int position, uint8_t codes[256]) {
  for (int j = 0; j < 8; ++j)
    for (int l = 0; l < 32; ++l)
      codes[32 * j + l] |= (uint8_t)((bits[l] >> j & 1) << position);
}

// Eight 6-bit scales and mins in 12 bytes: the first four of each whole, the last four in halves.
static void unpack_scales_and_mins(const uint8_t packed[12], uint8_t scales[8], uint8_t mins[8]) {
  for (int i = 0; i < 4; ++i) {
    scales[i] = packed[i] & 63;
    mins[i] = packed[i + 4] & 63;
    scales[i + 4] = (uint8_t)((packed[i + 8] & 15) | packed[i] >> 6 << 4);
    mins[i + 4] = (uint8_t)(packed[i + 8] >> 4 | packed[i + 4] >> 6 << 4);
  }
}

void tk_dequantize_q2_k(const void *source, float *target, size_t blocks) {
  for (size_t b = 0; b < blocks; ++b, target += 256) {
    tk_block_q2_k block;
    memcpy(&block, (const char *)source + b * sizeof block, sizeof block);
    uint8_t codes[256];
    unpack_2_bits(block.qs, codes);
    const float d = tk_half_to_float(block.d), dmin = tk_half_to_float(block.dmin);
    for (int g = 0; g < 16; ++g) {
      const float scale = d * (float)(block.scales[g] & 15);
      const float min = dmin * (float)(block.scales[g] >> 4);
      for (int i = 16 * g; i < 16 * g + 16; ++i) target[i] = scale * (float)codes[i] - min;
    }
  }
}

void tk_dequantize_q3_k(const void *source, float *target, size_t blocks) {
  for (size_t b = 0; b < blocks; ++b, target += 256) {
    tk_block_q3_k block;
    memcpy(&block, (const char *)source + b * sizeof block, sizeof block);
    uint8_t codes[256];
    unpack_2_bits(block.qs, codes);
    unpack_high_bit(block.hmask, 2, codes);
    const float d = tk_half_to_float(block.d);
    for (int g = 0; g < 16; ++g) {
      const int low = g < 8 ? block.scales[g] & 15 : block.scales[g - 8] >> 4;
      const int high = block.scales[8 + g % 4] >> 2 * (g / 4) & 3;
      const float scale = d * (float)((low | high << 4) - 32);
      for (int i = 16 * g; i < 16 * g + 16; ++i) target[i] = scale * (float)(codes[i] - 4);
    }
  }
}

static void scale_groups_of_32(
    const uint8_t codes[256], uint16_t d_bits, uint16_t dmin_bits, const uint8_t packed[12],
    float *target) {
  uint8_t scales[8], mins[8];
  unpack_scales_and_mins(packed, scales, mins);
  const float d = tk_half_to_float(d_bits), dmin = tk_half_to_float(dmin_bits);
  for (int g = 0; g < 8; ++g) {
    const float scale = d * (float)scales[g], min = dmin * (float)mins[g];
    for (int i = 32 * g; i < 32 * g + 32; ++i) target[i] = scale * (float)codes[i] - min;
  }
}

void tk_dequantize_q4_k(const void *source, float *target, size_t blocks) {
  for (size_t b = 0; b < blocks; ++b, target += 256) {
    tk_block_q4_k block;
    memcpy(&block, (const char *)source + b * sizeof block, sizeof block);
    uint8_t codes[256];
    unpack_4_bits(block.qs, codes);
    scale_groups_of_32(codes, block.d, block.dmin, block.scales, target);
  }
}

void tk_dequantize_q5_k(const void *source, float *target, size_t blocks) {
  for (size_t b = 0; b < blocks; ++b, target += 256) {
    tk_block_q5_k block;
    memcpy(&block, (const char *)source + b * sizeof block, sizeof block);
    uint8_t codes[256];
    unpack_4_bits(block.qs, codes);
    unpack_high_bit(block.qh, 4, codes);
    scale_groups_of_32(codes, block.d, block.dmin, block.scales, target);
  }
}

void tk_dequantize_q6_k(const void *source, float *target, size_t blocks) {
  for (size_t b = 0; b < blocks; ++b, target += 256) {
    tk_block_q6_k block;
    memcpy(&block, (const char *)source + b * sizeof block, sizeof block);
    const float d = tk_half_to_float(block.d);
    // Half n: low nibbles are weights 0..63, high nibbles 64..127; qh has 2 bits for each 32.
    for (int n = 0; n < 2; ++n)
      for (int j = 0; j < 4; ++j)
        for (int l = 0; l < 32; ++l) {
          const uint8_t byte = block.ql[64 * n + 32 * (j & 1) + l];
          const int low = j < 2 ? byte & 15 : byte >> 4;
          const int high = block.qh[32 * n + l] >> 2 * j & 3;
          const int weight = 128 * n + 32 * j + l;
          target[weight] = d * (float)block.scales[weight / 16] * (float)((low | high << 4) - 32);
        }
  }
}
