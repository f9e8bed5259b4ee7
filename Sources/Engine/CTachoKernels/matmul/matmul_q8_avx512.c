// SPDX-License-Identifier: Apache-2.0
// Quantised weights times few rows of int8 activations (decode), for AVX-512 with VNNI.
//
// Codes go from the blocks to registers, 64 columns at a time, as unsigned bytes: weight = d * (u - z)
// or d * u - m. What the zero point z takes off is an integer that depends on the activations alone, so
// it is computed once per call and is what the integer accumulator starts from; what the minimum m
// takes off needs only the activations' block sums. Bound: the weights' bytes.
#if defined(__x86_64__)
#include "avx512.h"

#pragma clang attribute push(TK_AVX512_TARGET, apply_to = function)
#include "codes_avx512.h"
#include "unpack.h"

enum { BATCH = 4 };

// What is computed once per call for each activation row, in scratch.
typedef struct {
  const int8_t *q;
  const float *scales;  // [columns / 32]
  int32_t *start;       // [columns / 4]: -z * sum of four activations
  float *scales16;      // [columns / 16]: scales, each twice
  float *sums16;        // [columns / 16]: scale * sum of 16 activations
  float *sums32;        // [columns / 32]: scale * sum of 32 activations
} prepared;

static inline void prepare(prepared *rows, const tk_matmul_q8_args *args, size_t b0, size_t count,
                           int zero_point, void *scratch) {
  const size_t columns = args->columns;
  const size_t floats = (columns / 16 + 15) / 16 * 16, words = (columns / 4 + 15) / 16 * 16;
  char *at = scratch;
  for (size_t b = 0; b < count; b++) {
    prepared *row = rows + b;
    row->q = args->q + (b0 + b) * columns;
    row->scales = args->scales + (b0 + b) * (columns / 32);
    row->start = (int32_t *)at;
    row->scales16 = (float *)(row->start + words);
    row->sums16 = row->scales16 + floats;
    row->sums32 = row->sums16 + floats;
    at = (char *)(row->sums32 + floats);
    for (size_t block = 0; block < columns / 32; block++) {
      const __m256i a = _mm256_loadu_si256((const __m256i *)(row->q + 32 * block));
      const __m256i four =
          _mm256_dpbusd_epi32(_mm256_setzero_si256(), _mm256_set1_epi8(1), a);
      _mm256_storeu_si256((__m256i *)(row->start + 8 * block),
                          _mm256_mullo_epi32(four, _mm256_set1_epi32(-zero_point)));
      int32_t lanes[8];
      _mm256_storeu_si256((__m256i *)lanes, four);
      const int32_t low = lanes[0] + lanes[1] + lanes[2] + lanes[3];
      const int32_t high = lanes[4] + lanes[5] + lanes[6] + lanes[7];
      const float scale = row->scales[block];
      row->scales16[2 * block] = row->scales16[2 * block + 1] = scale;
      row->sums16[2 * block] = scale * (float)low;
      row->sums16[2 * block + 1] = scale * (float)high;
      row->sums32[block] = scale * (float)(low + high);
    }
  }
}

#ifndef TK_PREFETCH_BYTES
#define TK_PREFETCH_BYTES 4096
#endif

// Asks for the lines that `bytes` at this place will be read from some time later: rows follow each
// other in memory, and the arithmetic between loads keeps the out-of-order window from seeing far enough.
static inline __attribute__((always_inline)) void ahead(const void *place, const size_t bytes) {
  for (size_t i = 0; i < bytes; i += 64)
    _mm_prefetch((const char *)place + TK_PREFETCH_BYTES + i, _MM_HINT_T0);
}

static inline __m512 product(const prepared *row, size_t index, __m512i u) {
  const __m512i start = _mm512_loadu_si512(row->start + 16 * index);
  const __m512i a = _mm512_loadu_si512(row->q + 64 * index);
  return _mm512_cvtepi32_ps(_mm512_dpbusd_epi32(start, u, a));
}

// Lanes of one of two, or one of four, neighbouring floats for each 32 (or 16) columns of a chunk.
static inline __m512 spread2(__m512 floats, int first) {
  const __m512i lanes = _mm512_set_epi32(1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0);
  return _mm512_permutexvar_ps(_mm512_add_epi32(lanes, _mm512_set1_epi32(first)), floats);
}

static inline __m512 spread4(__m512 floats, int first) {
  const __m512i lanes = _mm512_set_epi32(3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0);
  return _mm512_permutexvar_ps(_mm512_add_epi32(lanes, _mm512_set1_epi32(first)), floats);
}

// The 32 columns after the last whole chunk of a row with an odd number of blocks.
static inline float tail(const uint8_t *u, float d, float m, const prepared *row, size_t columns) {
  const size_t first = columns - 32;
  const __m256i a = load32(row->q + first);
  const __m256i sum = _mm256_dpbusd_epi32(_mm256_setzero_si256(), load32(u), a);
  int32_t lanes[8], total = 0;
  _mm256_storeu_si256((__m256i *)lanes, sum);
  for (int i = 0; i < 8; i++) total += lanes[i];
  return d * row->scales[first / 32] * (float)total + m * row->sums32[first / 32];
}

#define TAIL(format)                                                                              \
  if (columns % 64) {                                                                             \
    uint8_t u[32];                                                                                \
    float d, m;                                                                                   \
    unpack_##format((const tk_block_##format *)weights + columns / 32 - 1, 32, u, &d, &m);        \
    for (size_t b = 0; b < count; b++) out[b] += tail(u, d, m, rows + b, columns);                \
  }

// Blocks of 32 with a scale: q4_0, q5_0, q8_0.
#define DEFINE_SCALED(format)                                                                     \
  static inline __attribute__((always_inline)) void row_##format(                                 \
      const void *weights, size_t columns, const prepared *rows, const size_t count,              \
      float *out) {                                                                               \
    __m512 sums[BATCH];                                                                           \
    for (size_t b = 0; b < count; b++) sums[b] = _mm512_setzero_ps();                             \
    for (size_t i = 0; i < columns / 64; i++) {                                                   \
      const tk_block_##format *block = (const tk_block_##format *)weights + 2 * i;                \
      ahead(block, 2 * sizeof *block);                                                            \
      const __m512i u = codes_##format(block);                                                    \
      const __m128 d = two_halves(&block[0].d, &block[1].d);                                      \
      for (size_t b = 0; b < count; b++) {                                                        \
        const __m128 scale = _mm_mul_ps(d, load2(rows[b].scales + 2 * i));                        \
        sums[b] = _mm512_fmadd_ps(spread2(_mm512_castps128_ps512(scale), 0),                      \
                                  product(rows + b, i, u), sums[b]);                              \
      }                                                                                           \
    }                                                                                             \
    for (size_t b = 0; b < count; b++) out[b] = _mm512_reduce_add_ps(sums[b]);                    \
    TAIL(format)                                                                                  \
  }

// Blocks of 32 with a scale and a minimum: q4_1, q5_1.
#define DEFINE_SHIFTED(format)                                                                    \
  static inline __attribute__((always_inline)) void row_##format(                                 \
      const void *weights, size_t columns, const prepared *rows, const size_t count,              \
      float *out) {                                                                               \
    __m512 sums[BATCH];                                                                           \
    __m128 shifts[BATCH];                                                                         \
    for (size_t b = 0; b < count; b++) {                                                          \
      sums[b] = _mm512_setzero_ps();                                                              \
      shifts[b] = _mm_setzero_ps();                                                               \
    }                                                                                             \
    for (size_t i = 0; i < columns / 64; i++) {                                                   \
      const tk_block_##format *block = (const tk_block_##format *)weights + 2 * i;                \
      ahead(block, 2 * sizeof *block);                                                            \
      const __m512i u = codes_##format(block);                                                    \
      const __m128 d = two_halves(&block[0].d, &block[1].d);                                      \
      const __m128 m = two_halves(&block[0].m, &block[1].m);                                      \
      for (size_t b = 0; b < count; b++) {                                                        \
        const __m128 scale = _mm_mul_ps(d, load2(rows[b].scales + 2 * i));                        \
        sums[b] = _mm512_fmadd_ps(spread2(_mm512_castps128_ps512(scale), 0),                      \
                                  product(rows + b, i, u), sums[b]);                              \
        shifts[b] = _mm_fmadd_ps(m, load2(rows[b].sums32 + 2 * i), shifts[b]);                    \
      }                                                                                           \
    }                                                                                             \
    for (size_t b = 0; b < count; b++)                                                            \
      out[b] = _mm512_reduce_add_ps(sums[b]) + _mm_cvtss_f32(shifts[b]) +                         \
               _mm_cvtss_f32(_mm_movehdup_ps(shifts[b]));                                         \
    TAIL(format)                                                                                  \
  }

// Super-blocks with eight groups of 32, scales and minima of six bits: q4_k, q5_k.
#define DEFINE_EIGHT(format)                                                                      \
  static inline __attribute__((always_inline)) void row_##format(                                 \
      const void *weights, size_t columns, const prepared *rows, const size_t count,              \
      float *out) {                                                                               \
    __m512 sums[BATCH];                                                                           \
    __m256 shifts[BATCH];                                                                         \
    for (size_t b = 0; b < count; b++) {                                                          \
      sums[b] = _mm512_setzero_ps();                                                              \
      shifts[b] = _mm256_setzero_ps();                                                            \
    }                                                                                             \
    for (size_t i = 0; i < columns / 256; i++) {                                                  \
      const tk_block_##format *block = (const tk_block_##format *)weights + i;                    \
      ahead(block, sizeof *block);                                                                \
      uint32_t p[3];                                                                              \
      memcpy(p, block->scales, 12);                                                               \
      const uint64_t scale_bits = (p[0] & 0x3f3f3f3f) |                                           \
          (uint64_t)((p[2] & 0x0f0f0f0f) | (p[0] >> 2 & 0x30303030)) << 32;                       \
      const uint64_t min_bits = (p[1] & 0x3f3f3f3f) |                                             \
          (uint64_t)((p[2] >> 4 & 0x0f0f0f0f) | (p[1] >> 2 & 0x30303030)) << 32;                  \
      const __m256 d = _mm256_mul_ps(                                                             \
          _mm256_set1_ps(one_half(&block->d)),                                                    \
          _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_cvtsi64_si128((int64_t)scale_bits))));      \
      const __m256 m = _mm256_mul_ps(                                                             \
          _mm256_set1_ps(one_half(&block->dmin)),                                                 \
          _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_cvtsi64_si128((int64_t)min_bits))));        \
      __m512 scales[BATCH];                                                                       \
      for (size_t b = 0; b < count; b++) {                                                        \
        scales[b] = _mm512_castps256_ps512(                                                       \
            _mm256_mul_ps(d, _mm256_loadu_ps(rows[b].scales + 8 * i)));                           \
        shifts[b] = _mm256_fmadd_ps(m, _mm256_loadu_ps(rows[b].sums32 + 8 * i), shifts[b]);       \
      }                                                                                           \
      _Pragma("clang loop unroll(full)") for (int part = 0; part < 4; part++) {                   \
        const __m512i u = codes_##format(block, part);                                            \
        for (size_t b = 0; b < count; b++)                                                        \
          sums[b] = _mm512_fmadd_ps(spread2(scales[b], 2 * part),                                 \
                                    product(rows + b, 4 * i + (size_t)part, u), sums[b]);         \
      }                                                                                           \
    }                                                                                             \
    for (size_t b = 0; b < count; b++)                                                            \
      out[b] = _mm512_reduce_add_ps(sums[b]) -                                                    \
               _mm512_reduce_add_ps(_mm512_zextps256_ps512(shifts[b]));                           \
  }

static inline __m128i scales_q3_k(const tk_block_q3_k *block) {
  uint32_t p[3];
  memcpy(p, block->scales, 12);
  const __m128i packed = _mm_set_epi32((int)((p[1] >> 4 & 0x0f0f0f0f) | (p[2] >> 2 & 0x30303030)),
                                       (int)((p[0] >> 4 & 0x0f0f0f0f) | (p[2] & 0x30303030)),
                                       (int)((p[1] & 0x0f0f0f0f) | (p[2] << 2 & 0x30303030)),
                                       (int)((p[0] & 0x0f0f0f0f) | (p[2] << 4 & 0x30303030)));
  return _mm_sub_epi8(packed, _mm_set1_epi8(32));
}

static inline __m128i scales_q6_k(const tk_block_q6_k *block) {
  return _mm_loadu_si128((const __m128i *)block->scales);
}

// Super-blocks with sixteen groups of 16 and a signed scale each: q3_k, q6_k.
#define DEFINE_SIXTEEN(format)                                                                    \
  static inline __attribute__((always_inline)) void row_##format(                                 \
      const void *weights, size_t columns, const prepared *rows, const size_t count,              \
      float *out) {                                                                               \
    __m512 sums[BATCH];                                                                           \
    for (size_t b = 0; b < count; b++) sums[b] = _mm512_setzero_ps();                             \
    for (size_t i = 0; i < columns / 256; i++) {                                                  \
      const tk_block_##format *block = (const tk_block_##format *)weights + i;                    \
      ahead(block, sizeof *block);                                                                \
      const __m512 d =                                                                            \
          _mm512_mul_ps(_mm512_set1_ps(one_half(&block->d)),                                      \
                        _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(scales_##format(block))));        \
      __m512 scales[BATCH];                                                                       \
      for (size_t b = 0; b < count; b++)                                                          \
        scales[b] = _mm512_mul_ps(d, _mm512_loadu_ps(rows[b].scales16 + 16 * i));                 \
      _Pragma("clang loop unroll(full)") for (int part = 0; part < 4; part++) {                   \
        const __m512i u = codes_##format(block, part);                                            \
        for (size_t b = 0; b < count; b++)                                                        \
          sums[b] = _mm512_fmadd_ps(spread4(scales[b], 4 * part),                                 \
                                    product(rows + b, 4 * i + (size_t)part, u), sums[b]);         \
      }                                                                                           \
    }                                                                                             \
    for (size_t b = 0; b < count; b++) out[b] = _mm512_reduce_add_ps(sums[b]);                    \
  }

static inline __attribute__((always_inline)) void row_q2_k(const void *weights, size_t columns,
                                                           const prepared *rows,
                                                           const size_t count, float *out) {
  __m512 sums[BATCH], shifts[BATCH];
  for (size_t b = 0; b < count; b++) sums[b] = shifts[b] = _mm512_setzero_ps();
  for (size_t i = 0; i < columns / 256; i++) {
    const tk_block_q2_k *block = (const tk_block_q2_k *)weights + i;
    ahead(block, sizeof *block);
    const __m512i both = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)block->scales));
    const __m512 d = _mm512_mul_ps(
        _mm512_set1_ps(one_half(&block->d)),
        _mm512_cvtepi32_ps(_mm512_and_si512(both, _mm512_set1_epi32(15))));
    const __m512 m = _mm512_mul_ps(_mm512_set1_ps(one_half(&block->dmin)),
                                   _mm512_cvtepi32_ps(_mm512_srli_epi32(both, 4)));
    __m512 scales[BATCH];
    for (size_t b = 0; b < count; b++) {
      scales[b] = _mm512_mul_ps(d, _mm512_loadu_ps(rows[b].scales16 + 16 * i));
      shifts[b] = _mm512_fmadd_ps(m, _mm512_loadu_ps(rows[b].sums16 + 16 * i), shifts[b]);
    }
#pragma clang loop unroll(full)
    for (int part = 0; part < 4; part++) {
      const __m512i u = codes_q2_k(block, part);
      for (size_t b = 0; b < count; b++)
        sums[b] = _mm512_fmadd_ps(spread4(scales[b], 4 * part),
                                  product(rows + b, 4 * i + (size_t)part, u), sums[b]);
    }
  }
  for (size_t b = 0; b < count; b++)
    out[b] = _mm512_reduce_add_ps(sums[b]) - _mm512_reduce_add_ps(shifts[b]);
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

// What is subtracted from a code; formats with a minimum subtract nothing.
enum {
  ZERO_q4_0 = 8,
  ZERO_q4_1 = 0,
  ZERO_q5_0 = 16,
  ZERO_q5_1 = 0,
  ZERO_q8_0 = 128,
  ZERO_q2_k = 0,
  ZERO_q3_k = 4,
  ZERO_q4_k = 0,
  ZERO_q5_k = 0,
  ZERO_q6_k = 32,
};

#define DEFINE(format)                                                                            \
  void tk_matmul_##format##_q8_avx512(const tk_matmul_q8_args *args, size_t row0, size_t row1,    \
                                      void *scratch) {                                            \
    for (size_t b0 = 0; b0 < args->batch; b0 += BATCH) {                                          \
      const size_t count = args->batch - b0 < BATCH ? args->batch - b0 : BATCH;                   \
      prepared rows[BATCH];                                                                       \
      prepare(rows, args, b0, count, ZERO_##format, scratch);                                     \
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
