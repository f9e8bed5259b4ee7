// SPDX-License-Identifier: Apache-2.0
// The formats of 32 weights with one scale (Q4_0, Q4_1, Q5_0, Q5_1, Q8_0), both ways. Quantising
// gives the bytes of ggml's reference quantisers (checked against gguf-py): the scale comes from
// the extreme value, and codes use the scale before it is rounded to half.
#include <string.h>

#include "families.h"

// A fused multiply-add would round differently from the formats' definition.
#pragma STDC FP_CONTRACT OFF

// Low and high nibbles are weights 0..15 and 16..31; bit i of `qh` is the fifth bit of weight i.
static void unpack(const uint8_t qs[16], uint32_t qh, uint8_t codes[32]) {
  for (int i = 0; i < 16; ++i) {
    codes[i] = (uint8_t)((qs[i] & 15) | (qh >> i & 1) << 4);
    codes[i + 16] = (uint8_t)(qs[i] >> 4 | (qh >> (i + 16) & 1) << 4);
  }
}

static uint32_t pack(const uint8_t codes[32], uint8_t qs[16]) {
  uint32_t high = 0;
  for (int i = 0; i < 16; ++i) {
    qs[i] = (uint8_t)((codes[i] & 15) | (codes[i + 16] & 15) << 4);
    high |= (uint32_t)(codes[i] >> 4) << i | (uint32_t)(codes[i + 16] >> 4) << (i + 16);
  }
  return high;
}

static uint32_t load_high_bits(const uint8_t qh[4]) {
  return (uint32_t)qh[0] | (uint32_t)qh[1] << 8 | (uint32_t)qh[2] << 16 | (uint32_t)qh[3] << 24;
}

static void store_high_bits(uint32_t high, uint8_t qh[4]) {
  for (int i = 0; i < 4; ++i) qh[i] = (uint8_t)(high >> 8 * i);
}

static float magnitude_of(float value) { return value < 0 ? -value : value; }

// The first value of the largest magnitude, with its sign.
static float extreme(const float values[32]) {
  float largest = 0, found = 0;
  for (int i = 0; i < 32; ++i) {
    const float magnitude = magnitude_of(values[i]);
    if (magnitude > largest) {
      largest = magnitude;
      found = values[i];
    }
  }
  return found;
}

static float inverse(float scale) { return scale != 0 ? 1.0f / scale : 0.0f; }

// Codes 0 ..< 2 * zero around `zero`; returns the scale.
static float encode_centred(const float values[32], int zero, uint8_t codes[32]) {
  const float scale = extreme(values) / (float)-zero;
  const float factor = inverse(scale);
  const float limit = (float)(2 * zero - 1), half_up = (float)zero + 0.5f;
  for (int i = 0; i < 32; ++i) codes[i] = tk_level(values[i] * factor + half_up, limit);
  return scale;
}

// Codes 0 ... `limit` above the smallest value; returns the scale.
static float encode_offset(
    const float values[32], float limit, uint8_t codes[32], float *minimum) {
  float low = values[0], high = values[0];
  for (int i = 1; i < 32; ++i) {
    low = values[i] < low ? values[i] : low;
    high = values[i] > high ? values[i] : high;
  }
  const float scale = (high - low) / limit;
  const float factor = inverse(scale);
  for (int i = 0; i < 32; ++i) codes[i] = tk_level((values[i] - low) * factor + 0.5f, limit);
  *minimum = low;
  return scale;
}

void tk_dequantize_q4_0(const void *source, float *target, size_t blocks) {
  for (size_t b = 0; b < blocks; ++b, target += 32) {
    tk_block_q4_0 block;
    memcpy(&block, (const char *)source + b * sizeof block, sizeof block);
    uint8_t codes[32];
    unpack(block.qs, 0, codes);
    const float d = tk_half_to_float(block.d);
    for (int i = 0; i < 32; ++i) target[i] = d * (float)(codes[i] - 8);
  }
}

void tk_dequantize_q4_1(const void *source, float *target, size_t blocks) {
  for (size_t b = 0; b < blocks; ++b, target += 32) {
    tk_block_q4_1 block;
    memcpy(&block, (const char *)source + b * sizeof block, sizeof block);
    uint8_t codes[32];
    unpack(block.qs, 0, codes);
    const float d = tk_half_to_float(block.d), m = tk_half_to_float(block.m);
    for (int i = 0; i < 32; ++i) target[i] = d * (float)codes[i] + m;
  }
}

void tk_dequantize_q5_0(const void *source, float *target, size_t blocks) {
  for (size_t b = 0; b < blocks; ++b, target += 32) {
    tk_block_q5_0 block;
    memcpy(&block, (const char *)source + b * sizeof block, sizeof block);
    uint8_t codes[32];
    unpack(block.qs, load_high_bits(block.qh), codes);
    const float d = tk_half_to_float(block.d);
    for (int i = 0; i < 32; ++i) target[i] = d * (float)(codes[i] - 16);
  }
}

void tk_dequantize_q5_1(const void *source, float *target, size_t blocks) {
  for (size_t b = 0; b < blocks; ++b, target += 32) {
    tk_block_q5_1 block;
    memcpy(&block, (const char *)source + b * sizeof block, sizeof block);
    uint8_t codes[32];
    unpack(block.qs, load_high_bits(block.qh), codes);
    const float d = tk_half_to_float(block.d), m = tk_half_to_float(block.m);
    for (int i = 0; i < 32; ++i) target[i] = d * (float)codes[i] + m;
  }
}

void tk_dequantize_q8_0(const void *source, float *target, size_t blocks) {
  for (size_t b = 0; b < blocks; ++b, target += 32) {
    tk_block_q8_0 block;
    memcpy(&block, (const char *)source + b * sizeof block, sizeof block);
    const float d = tk_half_to_float(block.d);
    for (int i = 0; i < 32; ++i) target[i] = d * (float)block.qs[i];
  }
}

void tk_quantize_q4_0(const float *source, void *target, size_t blocks) {
  for (size_t b = 0; b < blocks; ++b, source += 32) {
    tk_block_q4_0 block;
    uint8_t codes[32];
    block.d = tk_float_to_half(encode_centred(source, 8, codes));
    pack(codes, block.qs);
    memcpy((char *)target + b * sizeof block, &block, sizeof block);
  }
}

void tk_quantize_q4_1(const float *source, void *target, size_t blocks) {
  for (size_t b = 0; b < blocks; ++b, source += 32) {
    tk_block_q4_1 block;
    uint8_t codes[32];
    float minimum;
    block.d = tk_float_to_half(encode_offset(source, 15, codes, &minimum));
    block.m = tk_float_to_half(minimum);
    pack(codes, block.qs);
    memcpy((char *)target + b * sizeof block, &block, sizeof block);
  }
}

void tk_quantize_q5_0(const float *source, void *target, size_t blocks) {
  for (size_t b = 0; b < blocks; ++b, source += 32) {
    tk_block_q5_0 block;
    uint8_t codes[32];
    block.d = tk_float_to_half(encode_centred(source, 16, codes));
    store_high_bits(pack(codes, block.qs), block.qh);
    memcpy((char *)target + b * sizeof block, &block, sizeof block);
  }
}

void tk_quantize_q5_1(const float *source, void *target, size_t blocks) {
  for (size_t b = 0; b < blocks; ++b, source += 32) {
    tk_block_q5_1 block;
    uint8_t codes[32];
    float minimum;
    block.d = tk_float_to_half(encode_offset(source, 31, codes, &minimum));
    block.m = tk_float_to_half(minimum);
    store_high_bits(pack(codes, block.qs), block.qh);
    memcpy((char *)target + b * sizeof block, &block, sizeof block);
  }
}

void tk_quantize_q8_0(const float *source, void *target, size_t blocks) {
  for (size_t b = 0; b < blocks; ++b, source += 32) {
    tk_block_q8_0 block;
    const float scale = magnitude_of(extreme(source)) / 127.0f;
    const float factor = inverse(scale);
    for (int i = 0; i < 32; ++i) {  // halves go away from zero
      const float scaled = source[i] * factor;
      const float magnitude = magnitude_of(scaled);
      const int whole = tk_level(magnitude, 127);
      const int rounded = whole + (magnitude - (float)whole >= 0.5f && whole < 127);
      block.qs[i] = (int8_t)(scaled < 0 ? -rounded : rounded);
    }
    block.d = tk_float_to_half(scale);
    memcpy((char *)target + b * sizeof block, &block, sizeof block);
  }
}
