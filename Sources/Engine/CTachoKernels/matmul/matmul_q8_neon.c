// SPDX-License-Identifier: Apache-2.0
// Quantised weights times few rows of int8 activations (decode), for NEON with dot products.
//
// Codes go from the blocks to registers, 32 columns at a time, as signed bytes; up to four activation
// rows share that work. What a minimum takes off needs only the activations' block sums, which are
// computed once per call. Bound: the weights' bytes.
#if defined(__aarch64__)
#include "neon.h"

#pragma clang attribute push(TK_NEON_TARGET, apply_to = function)
#include "codes_neon.h"
#include "unpack.h"

enum { BATCH = 4 };

// One activation row; the sums are in scratch, for the formats with a minimum.
typedef struct {
  const int8_t *q;
  const float *scales;  // [columns / 32]
  float *sums16;        // [columns / 16]: scale * sum of 16 activations
  float *sums32;        // [columns / 32]: scale * sum of 32 activations
} prepared;

static inline void prepare(prepared *rows, const tk_matmul_q8_args *args, size_t b0, size_t count,
                           int has_minimum, void *scratch) {
  const size_t columns = args->columns;
  float *at = scratch;
  for (size_t b = 0; b < count; b++) {
    prepared *row = rows + b;
    row->q = args->q + (b0 + b) * columns;
    row->scales = args->scales + (b0 + b) * (columns / 32);
    row->sums16 = at;
    row->sums32 = at + columns / 16;
    at = row->sums32 + columns / 32;
    if (!has_minimum) continue;
    for (size_t block = 0; block < columns / 32; block++) {
      const int low = vaddlvq_s8(vld1q_s8(row->q + 32 * block));
      const int high = vaddlvq_s8(vld1q_s8(row->q + 32 * block + 16));
      row->sums16[2 * block] = row->scales[block] * (float)low;
      row->sums16[2 * block + 1] = row->scales[block] * (float)high;
      row->sums32[block] = row->scales[block] * (float)(low + high);
    }
  }
}

// Four sums of four products each, of 16 columns.
static inline float32x4_t product16(int8x16_t codes, const int8_t *q) {
  return vcvtq_f32_s32(vdotq_s32(vdupq_n_s32(0), codes, vld1q_s8(q)));
}

// Four sums of eight products each, of 32 columns.
static inline float32x4_t product32(codes32 codes, const int8_t *q) {
  const int32x4_t low = vdotq_s32(vdupq_n_s32(0), codes.low, vld1q_s8(q));
  return vcvtq_f32_s32(vdotq_s32(low, codes.high, vld1q_s8(q + 16)));
}

// Eight bytes as floats, times a factor.
static inline void scaled8(uint8x8_t bytes, float factor, float out[8]) {
  const uint16x8_t wide = vmovl_u8(bytes);
  vst1q_f32(out, vmulq_n_f32(vcvtq_f32_u32(vmovl_u16(vget_low_u16(wide))), factor));
  vst1q_f32(out + 4, vmulq_n_f32(vcvtq_f32_u32(vmovl_u16(vget_high_u16(wide))), factor));
}

static inline void signed_scaled16(int8x16_t bytes, float factor, float out[16]) {
  const int16x8_t low = vmovl_s8(vget_low_s8(bytes)), high = vmovl_s8(vget_high_s8(bytes));
  vst1q_f32(out, vmulq_n_f32(vcvtq_f32_s32(vmovl_s16(vget_low_s16(low))), factor));
  vst1q_f32(out + 4, vmulq_n_f32(vcvtq_f32_s32(vmovl_s16(vget_high_s16(low))), factor));
  vst1q_f32(out + 8, vmulq_n_f32(vcvtq_f32_s32(vmovl_s16(vget_low_s16(high))), factor));
  vst1q_f32(out + 12, vmulq_n_f32(vcvtq_f32_s32(vmovl_s16(vget_high_s16(high))), factor));
}

// Blocks of 32 with a scale: q4_0, q5_0, q8_0.
#define DEFINE_SCALED(format)                                                                     \
  static inline __attribute__((always_inline)) void row_##format(                                 \
      const void *weights, size_t columns, const prepared *rows, const size_t count,              \
      float *out) {                                                                               \
    float32x4_t sums[BATCH];                                                                      \
    for (size_t b = 0; b < count; b++) sums[b] = vdupq_n_f32(0);                                  \
    for (size_t i = 0; i < columns / 32; i++) {                                                   \
      const tk_block_##format *block = (const tk_block_##format *)weights + i;                    \
      const codes32 codes = codes_##format(block);                                                \
      const float d = half_at(&block->d);                                                         \
      for (size_t b = 0; b < count; b++)                                                          \
        sums[b] = vfmaq_n_f32(sums[b], product32(codes, rows[b].q + 32 * i),                      \
                              d * rows[b].scales[i]);                                             \
    }                                                                                             \
    for (size_t b = 0; b < count; b++) out[b] = vaddvq_f32(sums[b]);                              \
  }

// Blocks of 32 with a scale and a minimum: q4_1, q5_1.
#define DEFINE_SHIFTED(format)                                                                    \
  static inline __attribute__((always_inline)) void row_##format(                                 \
      const void *weights, size_t columns, const prepared *rows, const size_t count,              \
      float *out) {                                                                               \
    float32x4_t sums[BATCH];                                                                      \
    float shifts[BATCH];                                                                          \
    for (size_t b = 0; b < count; b++) {                                                          \
      sums[b] = vdupq_n_f32(0);                                                                   \
      shifts[b] = 0;                                                                              \
    }                                                                                             \
    for (size_t i = 0; i < columns / 32; i++) {                                                   \
      const tk_block_##format *block = (const tk_block_##format *)weights + i;                    \
      const codes32 codes = codes_##format(block);                                                \
      const float d = half_at(&block->d), m = half_at(&block->m);                                 \
      for (size_t b = 0; b < count; b++) {                                                        \
        sums[b] = vfmaq_n_f32(sums[b], product32(codes, rows[b].q + 32 * i),                      \
                              d * rows[b].scales[i]);                                             \
        shifts[b] += m * rows[b].sums32[i];                                                       \
      }                                                                                           \
    }                                                                                             \
    for (size_t b = 0; b < count; b++) out[b] = vaddvq_f32(sums[b]) + shifts[b];                  \
  }

// Super-blocks with eight groups of 32, scales and minima of six bits: q4_k, q5_k.
#define DEFINE_EIGHT(format)                                                                      \
  static inline __attribute__((always_inline)) void row_##format(                                 \
      const void *weights, size_t columns, const prepared *rows, const size_t count,              \
      float *out) {                                                                               \
    float32x4_t sums[BATCH], shifts[BATCH];                                                       \
    for (size_t b = 0; b < count; b++) sums[b] = shifts[b] = vdupq_n_f32(0);                      \
    for (size_t i = 0; i < columns / 256; i++) {                                                  \
      const tk_block_##format *block = (const tk_block_##format *)weights + i;                    \
      uint8_t scales[8], mins[8];                                                                 \
      unpack_scales_k4(block->scales, scales, mins);                                              \
      float d[8], m[8];                                                                           \
      scaled8(vld1_u8(scales), half_at(&block->d), d);                                            \
      scaled8(vld1_u8(mins), half_at(&block->dmin), m);                                           \
      for (size_t b = 0; b < count; b++) {                                                        \
        const float *s = rows[b].sums32 + 8 * i;                                                  \
        shifts[b] = vfmaq_f32(shifts[b], vld1q_f32(m), vld1q_f32(s));                             \
        shifts[b] = vfmaq_f32(shifts[b], vld1q_f32(m + 4), vld1q_f32(s + 4));                     \
      }                                                                                           \
      _Pragma("clang loop unroll(full)") for (int part = 0; part < 8; part++) {                   \
        const codes32 codes = codes_##format(block, part);                                        \
        const size_t at = 8 * i + (size_t)part;                                                   \
        for (size_t b = 0; b < count; b++)                                                        \
          sums[b] = vfmaq_n_f32(sums[b], product32(codes, rows[b].q + 32 * at),                   \
                                d[part] * rows[b].scales[at]);                                    \
      }                                                                                           \
    }                                                                                             \
    for (size_t b = 0; b < count; b++) out[b] = vaddvq_f32(sums[b]) - vaddvq_f32(shifts[b]);      \
  }

static inline int8x16_t scales_q3_k(const tk_block_q3_k *block) {
  uint8_t scales[16];
  unpack_scales_k3(block->scales, scales);
  return vsubq_s8(vreinterpretq_s8_u8(vld1q_u8(scales)), vdupq_n_s8(32));
}

static inline int8x16_t scales_q6_k(const tk_block_q6_k *block) { return vld1q_s8(block->scales); }

// Adds the 32 columns of one part of a super-block with groups of 16.
static inline float32x4_t add_part(float32x4_t sum, codes32 codes, const prepared *row, size_t at,
                                   const float *d) {
  const int8_t *q = row->q + 32 * at;
  const float scale = row->scales[at];
  sum = vfmaq_n_f32(sum, product16(codes.low, q), d[0] * scale);
  return vfmaq_n_f32(sum, product16(codes.high, q + 16), d[1] * scale);
}

// Super-blocks with sixteen groups of 16 and a signed scale each: q3_k, q6_k.
#define DEFINE_SIXTEEN(format)                                                                    \
  static inline __attribute__((always_inline)) void row_##format(                                 \
      const void *weights, size_t columns, const prepared *rows, const size_t count,              \
      float *out) {                                                                               \
    float32x4_t sums[BATCH];                                                                      \
    for (size_t b = 0; b < count; b++) sums[b] = vdupq_n_f32(0);                                  \
    for (size_t i = 0; i < columns / 256; i++) {                                                  \
      const tk_block_##format *block = (const tk_block_##format *)weights + i;                    \
      float d[16];                                                                                \
      signed_scaled16(scales_##format(block), half_at(&block->d), d);                             \
      _Pragma("clang loop unroll(full)") for (int part = 0; part < 8; part++) {                   \
        const codes32 codes = codes_##format(block, part);                                        \
        for (size_t b = 0; b < count; b++)                                                        \
          sums[b] = add_part(sums[b], codes, rows + b, 8 * i + (size_t)part, d + 2 * part);       \
      }                                                                                           \
    }                                                                                             \
    for (size_t b = 0; b < count; b++) out[b] = vaddvq_f32(sums[b]);                              \
  }

static inline __attribute__((always_inline)) void row_q2_k(const void *weights, size_t columns,
                                                           const prepared *rows,
                                                           const size_t count, float *out) {
  float32x4_t sums[BATCH], shifts[BATCH];
  for (size_t b = 0; b < count; b++) sums[b] = shifts[b] = vdupq_n_f32(0);
  for (size_t i = 0; i < columns / 256; i++) {
    const tk_block_q2_k *block = (const tk_block_q2_k *)weights + i;
    const uint8x16_t both = vld1q_u8(block->scales);
    const uint8x16_t scales = low_nibbles(both), mins = high_nibbles(both);
    float d[16], m[16];
    scaled8(vget_low_u8(scales), half_at(&block->d), d);
    scaled8(vget_high_u8(scales), half_at(&block->d), d + 8);
    scaled8(vget_low_u8(mins), half_at(&block->dmin), m);
    scaled8(vget_high_u8(mins), half_at(&block->dmin), m + 8);
    for (size_t b = 0; b < count; b++)
      for (size_t k = 0; k < 16; k += 4)
        shifts[b] =
            vfmaq_f32(shifts[b], vld1q_f32(m + k), vld1q_f32(rows[b].sums16 + 16 * i + k));
#pragma clang loop unroll(full)
    for (int part = 0; part < 8; part++) {
      const codes32 codes = codes_q2_k(block, part);
      for (size_t b = 0; b < count; b++)
        sums[b] = add_part(sums[b], codes, rows + b, 8 * i + (size_t)part, d + 2 * part);
    }
  }
  for (size_t b = 0; b < count; b++) out[b] = vaddvq_f32(sums[b]) - vaddvq_f32(shifts[b]);
}

DEFINE_SCALED(q4_0)
DEFINE_SCALED(q5_0)
DEFINE_SCALED(q8_0)
DEFINE_SHIFTED(q4_1)
DEFINE_SHIFTED(q5_1)
DEFINE_EIGHT(q4_k)
DEFINE_EIGHT(q5_k)
DEFINE_SIXTEEN(q3_k)
DEFINE_SIXTEEN(q6_k)

enum {
  HAS_MINIMUM_q4_0 = 0,
  HAS_MINIMUM_q4_1 = 1,
  HAS_MINIMUM_q5_0 = 0,
  HAS_MINIMUM_q5_1 = 1,
  HAS_MINIMUM_q8_0 = 0,
  HAS_MINIMUM_q2_k = 1,
  HAS_MINIMUM_q3_k = 0,
  HAS_MINIMUM_q4_k = 1,
  HAS_MINIMUM_q5_k = 1,
  HAS_MINIMUM_q6_k = 0,
};

#define DEFINE(format)                                                                            \
  void tk_matmul_##format##_q8_neon(const tk_matmul_q8_args *args, size_t row0, size_t row1,      \
                                    void *scratch) {                                              \
    for (size_t b0 = 0; b0 < args->batch; b0 += BATCH) {                                          \
      const size_t count = args->batch - b0 < BATCH ? args->batch - b0 : BATCH;                   \
      prepared rows[BATCH];                                                                       \
      prepare(rows, args, b0, count, HAS_MINIMUM_##format, scratch);                              \
      for (size_t row = row0; row < row1; row++) {                                                \
        const char *weights = (const char *)args->weights + row * args->row_bytes;                \
        float out[BATCH];                                                                         \
        switch (count) {                                                                          \
          case 1: row_##format(weights, args->columns, rows, 1, out); break;                      \
          case 2: row_##format(weights, args->columns, rows, 2, out); break;                      \
          case 3: row_##format(weights, args->columns, rows, 3, out); break;                      \
          default: row_##format(weights, args->columns, rows, 4, out); break;                     \
        }                                                                                         \
        for (size_t b = 0; b < count; b++) args->out[(b0 + b) * args->out_stride + row] = out[b]; \
      }                                                                                           \
    }                                                                                             \
  }

TK_EACH_QUANTIZED_FORMAT(DEFINE)

#pragma clang attribute pop
#endif
