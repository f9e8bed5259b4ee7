// SPDX-License-Identifier: Apache-2.0
// Splits a row of any quantised format into unsigned codes with a scale and an offset per group:
// weight = d[group] * u + m[group]. Plain C, included inside each variant's target so that the
// compiler vectorises it there; only the tile kernels use it, where 16 or more rows share the cost.
#pragma once
#include <string.h>

#include "formats.h"

static inline float half_at(const uint16_t *half) {
#if defined(TK_HARDWARE_HALF) && defined(__aarch64__)
  _Float16 value;
  memcpy(&value, half, sizeof value);
  return (float)value;
#elif defined(TK_HARDWARE_HALF)
  return _cvtsh_ss(*half);  // the including variant's target has F16C
#else
  return tk_half_to_float(*half);
#endif
}

// Eight 6-bit scales and eight 6-bit minima in 12 bytes (Q4_K, Q5_K).
static inline void unpack_scales_k4(const uint8_t *packed, uint8_t *scales, uint8_t *mins) {
  for (int i = 0; i < 4; i++) {
    scales[i] = packed[i] & 63;
    mins[i] = packed[i + 4] & 63;
    scales[i + 4] = (uint8_t)((packed[i + 8] & 15) | (packed[i] >> 6) << 4);
    mins[i + 4] = (uint8_t)((packed[i + 8] >> 4) | (packed[i + 4] >> 6) << 4);
  }
}

// Sixteen 6-bit scales in 12 bytes (Q3_K), still with their offset of 32.
static inline void unpack_scales_k3(const uint8_t *packed, uint8_t *scales) {
  for (int i = 0; i < 4; i++) {
    const uint8_t high = packed[8 + i];
    scales[i] = (uint8_t)((packed[i] & 15) | (high & 3) << 4);
    scales[i + 4] = (uint8_t)((packed[i + 4] & 15) | (high >> 2 & 3) << 4);
    scales[i + 8] = (uint8_t)(packed[i] >> 4 | (high >> 4 & 3) << 4);
    scales[i + 12] = (uint8_t)(packed[i + 4] >> 4 | (high >> 6 & 3) << 4);
  }
}

static inline void unpack_q4_0(const void *row, size_t columns, uint8_t *u, float *d, float *m) {
  const tk_block_q4_0 *blocks = row;
  for (size_t b = 0; b < columns / 32; b++, u += 32) {
    d[b] = half_at(&blocks[b].d);
    m[b] = -8.0f * d[b];
    for (int i = 0; i < 16; i++) {
      u[i] = blocks[b].qs[i] & 15;
      u[i + 16] = blocks[b].qs[i] >> 4;
    }
  }
}

static inline void unpack_q4_1(const void *row, size_t columns, uint8_t *u, float *d, float *m) {
  const tk_block_q4_1 *blocks = row;
  for (size_t b = 0; b < columns / 32; b++, u += 32) {
    d[b] = half_at(&blocks[b].d);
    m[b] = half_at(&blocks[b].m);
    for (int i = 0; i < 16; i++) {
      u[i] = blocks[b].qs[i] & 15;
      u[i + 16] = blocks[b].qs[i] >> 4;
    }
  }
}

static inline void unpack_fifth_bit(const uint8_t *qs, const uint8_t *qh, uint8_t *u) {
  uint32_t high;
  memcpy(&high, qh, 4);
  for (int i = 0; i < 16; i++) {
    u[i] = (uint8_t)((qs[i] & 15) | (high >> i & 1) << 4);
    u[i + 16] = (uint8_t)(qs[i] >> 4 | (high >> (i + 16) & 1) << 4);
  }
}

static inline void unpack_q5_0(const void *row, size_t columns, uint8_t *u, float *d, float *m) {
  const tk_block_q5_0 *blocks = row;
  for (size_t b = 0; b < columns / 32; b++, u += 32) {
    d[b] = half_at(&blocks[b].d);
    m[b] = -16.0f * d[b];
    unpack_fifth_bit(blocks[b].qs, blocks[b].qh, u);
  }
}

static inline void unpack_q5_1(const void *row, size_t columns, uint8_t *u, float *d, float *m) {
  const tk_block_q5_1 *blocks = row;
  for (size_t b = 0; b < columns / 32; b++, u += 32) {
    d[b] = half_at(&blocks[b].d);
    m[b] = half_at(&blocks[b].m);
    unpack_fifth_bit(blocks[b].qs, blocks[b].qh, u);
  }
}

static inline void unpack_q8_0(const void *row, size_t columns, uint8_t *u, float *d, float *m) {
  const tk_block_q8_0 *blocks = row;
  for (size_t b = 0; b < columns / 32; b++, u += 32) {
    d[b] = half_at(&blocks[b].d);
    m[b] = -128.0f * d[b];
    for (int i = 0; i < 32; i++) u[i] = (uint8_t)blocks[b].qs[i] ^ 0x80;
  }
}

static inline void unpack_q2_k(const void *row, size_t columns, uint8_t *u, float *d, float *m) {
  const tk_block_q2_k *blocks = row;
  for (size_t b = 0; b < columns / 256; b++, d += 16, m += 16) {
    const float scale = half_at(&blocks[b].d), minimum = half_at(&blocks[b].dmin);
    for (int g = 0; g < 16; g++) {
      d[g] = scale * (float)(blocks[b].scales[g] & 15);
      m[g] = -minimum * (float)(blocks[b].scales[g] >> 4);
    }
    for (int half = 0; half < 2; half++)
      for (int shift = 0; shift < 8; shift += 2, u += 32)
        for (int i = 0; i < 32; i++) u[i] = blocks[b].qs[32 * half + i] >> shift & 3;
  }
}

static inline void unpack_q3_k(const void *row, size_t columns, uint8_t *u, float *d, float *m) {
  const tk_block_q3_k *blocks = row;
  for (size_t b = 0; b < columns / 256; b++, d += 16, m += 16) {
    const float scale = half_at(&blocks[b].d);
    uint8_t scales[16];
    unpack_scales_k3(blocks[b].scales, scales);
    for (int g = 0; g < 16; g++) {
      d[g] = scale * (float)((int)scales[g] - 32);
      m[g] = -4.0f * d[g];
    }
    for (int part = 0; part < 8; part++, u += 32) {
      const uint8_t *qs = blocks[b].qs + 32 * (part / 4);
      const int shift = 2 * (part % 4);
      for (int i = 0; i < 32; i++)
        u[i] = (uint8_t)((qs[i] >> shift & 3) | (blocks[b].hmask[i] >> part & 1) << 2);
    }
  }
}

static inline void unpack_q4_k(const void *row, size_t columns, uint8_t *u, float *d, float *m) {
  const tk_block_q4_k *blocks = row;
  for (size_t b = 0; b < columns / 256; b++, d += 8, m += 8) {
    const float scale = half_at(&blocks[b].d), minimum = half_at(&blocks[b].dmin);
    uint8_t scales[8], mins[8];
    unpack_scales_k4(blocks[b].scales, scales, mins);
    for (int g = 0; g < 8; g++) {
      d[g] = scale * (float)scales[g];
      m[g] = -minimum * (float)mins[g];
    }
    for (int part = 0; part < 4; part++, u += 64)
      for (int i = 0; i < 32; i++) {
        u[i] = blocks[b].qs[32 * part + i] & 15;
        u[i + 32] = blocks[b].qs[32 * part + i] >> 4;
      }
  }
}

static inline void unpack_q5_k(const void *row, size_t columns, uint8_t *u, float *d, float *m) {
  const tk_block_q5_k *blocks = row;
  for (size_t b = 0; b < columns / 256; b++, d += 8, m += 8) {
    const float scale = half_at(&blocks[b].d), minimum = half_at(&blocks[b].dmin);
    uint8_t scales[8], mins[8];
    unpack_scales_k4(blocks[b].scales, scales, mins);
    for (int g = 0; g < 8; g++) {
      d[g] = scale * (float)scales[g];
      m[g] = -minimum * (float)mins[g];
    }
    for (int part = 0; part < 4; part++, u += 64)
      for (int i = 0; i < 32; i++) {
        const uint8_t q = blocks[b].qs[32 * part + i], high = blocks[b].qh[i];
        u[i] = (uint8_t)((q & 15) | (high >> (2 * part) & 1) << 4);
        u[i + 32] = (uint8_t)(q >> 4 | (high >> (2 * part + 1) & 1) << 4);
      }
  }
}

static inline void unpack_q6_k(const void *row, size_t columns, uint8_t *u, float *d, float *m) {
  const tk_block_q6_k *blocks = row;
  for (size_t b = 0; b < columns / 256; b++, d += 16, m += 16) {
    const float scale = half_at(&blocks[b].d);
    for (int g = 0; g < 16; g++) {
      d[g] = scale * (float)blocks[b].scales[g];
      m[g] = -32.0f * d[g];
    }
    for (int half = 0; half < 2; half++, u += 128) {
      const uint8_t *ql = blocks[b].ql + 64 * half, *qh = blocks[b].qh + 32 * half;
      for (int i = 0; i < 32; i++) {
        u[i] = (uint8_t)((ql[i] & 15) | (qh[i] & 3) << 4);
        u[i + 32] = (uint8_t)((ql[i + 32] & 15) | (qh[i] >> 2 & 3) << 4);
        u[i + 64] = (uint8_t)(ql[i] >> 4 | (qh[i] >> 4 & 3) << 4);
        u[i + 96] = (uint8_t)(ql[i + 32] >> 4 | (qh[i] >> 6 & 3) << 4);
      }
    }
  }
}

// Columns that share a scale.
enum {
  GROUP_q4_0 = 32,
  GROUP_q4_1 = 32,
  GROUP_q5_0 = 32,
  GROUP_q5_1 = 32,
  GROUP_q8_0 = 32,
  GROUP_q2_k = 16,
  GROUP_q3_k = 16,
  GROUP_q4_k = 32,
  GROUP_q5_k = 32,
  GROUP_q6_k = 16,
};

#define TK_EACH_QUANTIZED_FORMAT(X) \
  X(q4_0) X(q4_1) X(q5_0) X(q5_1) X(q8_0) X(q2_k) X(q3_k) X(q4_k) X(q5_k) X(q6_k)
