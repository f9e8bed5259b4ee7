// SPDX-License-Identifier: Apache-2.0
// Quantised weights times int8 activations for AVX2. A row is unpacked to unsigned codes in L1, then
// multiplied with vpmaddubsw. Codes of at most six bits cannot saturate its 16-bit pairs; Q8_0 moves
// the sign to the activation instead. Bound: weights' bytes when few rows, vpmaddubsw when many.
#if defined(__x86_64__)
#include <immintrin.h>

#include "ops.h"

#define TK_HARDWARE_HALF 1
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#include "unpack.h"

typedef struct {
  uint8_t *u;
  float *d, *m;
} unpacked;

static inline unpacked slice(void *scratch, size_t columns, size_t index) {
  const size_t codes = (columns + 63) / 64 * 64, floats = columns / 16;
  char *base = (char *)scratch + index * (codes + 2 * floats * sizeof(float));
  unpacked part = {(uint8_t *)base, (float *)(base + codes), (float *)(base + codes) + floats};
  return part;
}

static inline __m256i pairs_to_int32(__m256i pairs) {
  return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}

// Eight sums of four products each; for Q8_0 (`wide`) of the signed weight, else of the code.
static inline __m256i multiply(__m256i u, __m256i a, int wide) {
  if (!wide) return pairs_to_int32(_mm256_maddubs_epi16(u, a));
  const __m256i w = _mm256_xor_si256(u, _mm256_set1_epi8((char)0x80));
  return pairs_to_int32(_mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(a, w)));
}

static inline float total(__m256 v) {
  __m128 x = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  x = _mm_add_ps(x, _mm_movehl_ps(x, x));
  return _mm_cvtss_f32(_mm_add_ss(x, _mm_movehdup_ps(x)));
}

static inline float dot(unpacked w, const int8_t *q, const float *scales, size_t columns, int group,
                        int wide) {
  __m256 sum = _mm256_setzero_ps();
  for (size_t b = 0; b < columns / 32; b++) {
    const __m256i a = _mm256_loadu_si256((const __m256i *)(q + 32 * b));
    const __m256i u = _mm256_loadu_si256((const __m256i *)(w.u + 32 * b));
    const __m256 product = _mm256_cvtepi32_ps(multiply(u, a, wide));
    __m256 d, m;
    if (group == 32) {
      d = _mm256_broadcast_ss(w.d + b);
      m = _mm256_broadcast_ss(w.m + b);
    } else {
      d = _mm256_set_m128(_mm_broadcast_ss(w.d + 2 * b + 1), _mm_broadcast_ss(w.d + 2 * b));
      m = _mm256_set_m128(_mm_broadcast_ss(w.m + 2 * b + 1), _mm_broadcast_ss(w.m + 2 * b));
    }
    __m256 value = _mm256_mul_ps(d, product);
    if (!wide) {
      const __m256i ones = pairs_to_int32(_mm256_maddubs_epi16(_mm256_set1_epi8(1), a));
      value = _mm256_fmadd_ps(m, _mm256_cvtepi32_ps(ones), value);
    }
    sum = _mm256_fmadd_ps(_mm256_broadcast_ss(scales + b), value, sum);
  }
  return total(sum);
}

// Four weight rows against one tile of 16 activation rows.
static inline void tile_rows(const unpacked *w, int rows, const int8_t *q, const float *scales,
                             const float *sums, size_t columns, size_t group, int wide,
                             float *out, size_t out_stride, size_t lanes) {
  for (int r = 0; r < rows; r++) {
    __m256 low = _mm256_setzero_ps(), high = _mm256_setzero_ps();
    for (size_t g = 0; g < columns / group; g++) {
      __m256i ilow = _mm256_setzero_si256(), ihigh = _mm256_setzero_si256();
      for (size_t c = g * group; c < (g + 1) * group; c += 4) {
        int32_t quad;
        memcpy(&quad, w[r].u + c, 4);
        const __m256i u = _mm256_set1_epi32(quad);
        const int8_t *a = q + c * TK_TILE;
        ilow = _mm256_add_epi32(ilow, multiply(u, _mm256_loadu_si256((const __m256i *)a), wide));
        ihigh = _mm256_add_epi32(
            ihigh, multiply(u, _mm256_loadu_si256((const __m256i *)(a + 32)), wide));
      }
      const float *s = scales + g * group / 32 * TK_TILE;
      const __m256 d = _mm256_broadcast_ss(w[r].d + g);
      low = _mm256_fmadd_ps(_mm256_mul_ps(d, _mm256_loadu_ps(s)), _mm256_cvtepi32_ps(ilow), low);
      high =
          _mm256_fmadd_ps(_mm256_mul_ps(d, _mm256_loadu_ps(s + 8)), _mm256_cvtepi32_ps(ihigh), high);
      if (!wide) {
        const __m256 m = _mm256_broadcast_ss(w[r].m + g);
        for (size_t part = 0; part < group / 16; part++) {
          const float *t = sums + (g * (group / 16) + part) * TK_TILE;
          low = _mm256_fmadd_ps(m, _mm256_loadu_ps(t), low);
          high = _mm256_fmadd_ps(m, _mm256_loadu_ps(t + 8), high);
        }
      }
    }
    float result[TK_TILE];
    _mm256_storeu_ps(result, low);
    _mm256_storeu_ps(result + 8, high);
    for (size_t lane = 0; lane < lanes; lane++) out[lane * out_stride + (size_t)r] = result[lane];
  }
}

#define DEFINE(format)                                                                            \
  void tk_matmul_##format##_q8_avx2(const tk_matmul_q8_args *args, size_t row0, size_t row1,      \
                                    void *scratch) {                                              \
    const size_t columns = args->columns;                                                         \
    const unpacked w = slice(scratch, columns, 0);                                                \
    for (size_t row = row0; row < row1; row++) {                                                  \
      unpack_##format((const char *)args->weights + row * args->row_bytes, columns, w.u, w.d,     \
                      w.m);                                                                       \
      for (size_t b = 0; b < args->batch; b++)                                                    \
        args->out[b * args->out_stride + row] =                                                   \
            dot(w, args->q + b * columns, args->scales + b * (columns / 32), columns,             \
                GROUP_##format, TK_##format##_WIDE);                                              \
    }                                                                                             \
  }                                                                                               \
  void tk_matmul_tile_##format##_q8_avx2(const tk_matmul_q8_args *args, size_t row0, size_t row1, \
                                         void *scratch) {                                         \
    const size_t columns = args->columns;                                                         \
    for (size_t row = row0; row < row1; row += 4) {                                               \
      const int rows = (int)(row1 - row < 4 ? row1 - row : 4);                                    \
      unpacked w[4];                                                                              \
      for (int r = 0; r < rows; r++) {                                                            \
        w[r] = slice(scratch, columns, (size_t)r);                                                \
        unpack_##format((const char *)args->weights + (row + (size_t)r) * args->row_bytes,        \
                        columns, w[r].u, w[r].d, w[r].m);                                         \
      }                                                                                           \
      for (size_t b = 0; b < args->batch; b += TK_TILE) {                                         \
        const size_t lanes = args->batch - b < TK_TILE ? args->batch - b : TK_TILE;               \
        tile_rows(w, rows, args->q + b * columns, args->scales + b * (columns / 32),              \
                  args->sums + b * (columns / 16), columns, GROUP_##format, TK_##format##_WIDE,   \
                  args->out + b * args->out_stride + row, args->out_stride, lanes);               \
      }                                                                                           \
    }                                                                                             \
  }

enum {
  TK_q4_0_WIDE = 0,
  TK_q4_1_WIDE = 0,
  TK_q5_0_WIDE = 0,
  TK_q5_1_WIDE = 0,
  TK_q8_0_WIDE = 1,
  TK_q2_k_WIDE = 0,
  TK_q3_k_WIDE = 0,
  TK_q4_k_WIDE = 0,
  TK_q5_k_WIDE = 0,
  TK_q6_k_WIDE = 0,
};

TK_EACH_QUANTIZED_FORMAT(DEFINE)

#pragma clang attribute pop
#endif
