// SPDX-License-Identifier: Apache-2.0
// Quantised weights times int8 activations for AVX-512 with VNNI.
//
// Few activation rows (decode): 64 columns at a time straight from the blocks to registers; bound by
// the weights' bytes. Many rows (prefill): four weight rows are unpacked to codes in L1 and multiplied
// with tiles of 16 activation rows, one row per lane, so that a group's scale is applied once per
// group and not once per product; bound by vpdpbusd (64 multiply-adds an instruction, two a cycle).
#if defined(__x86_64__)
#include <immintrin.h>

#include "ops.h"

#define TK_HARDWARE_HALF 1
#pragma clang attribute push(                                                                  \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c"))), \
    apply_to = function)
#include "unpack.h"

// 64 columns of one row: unsigned codes and, per lane of four columns, scale and offset.
typedef struct {
  __m512i u;
  __m512 d;
  __m512 m;
} chunk;

static inline __m512 halves(float low, float high) {
  return _mm512_mask_broadcastss_ps(_mm512_set1_ps(low), 0xff00, _mm_set_ss(high));
}

static inline __m512 quarters(const float *four) {
  const __m512i lanes = _mm512_set_epi32(3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0);
  return _mm512_permutexvar_ps(lanes, _mm512_castps128_ps512(_mm_loadu_ps(four)));
}

static inline __m512i nibbles(const uint8_t *first, const uint8_t *second) {
  const __m512i bytes = _mm512_inserti64x4(
      _mm512_castsi256_si512(_mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)first))),
      _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)second)), 1);
  const __m512i shifts = _mm512_set_epi64(0x0004000400040004, 0x0004000400040004, 0, 0,
                                          0x0004000400040004, 0x0004000400040004, 0, 0);
  return _mm512_and_si512(_mm512_srlv_epi16(bytes, shifts), _mm512_set1_epi8(15));
}

static inline __m512i fifth_bits(const uint8_t *first, const uint8_t *second) {
  uint32_t low, high;
  memcpy(&low, first, 4);
  memcpy(&high, second, 4);
  return _mm512_maskz_set1_epi8((uint64_t)high << 32 | low, 16);
}

// Which 64 columns: `index` counts chunks within the row.
static inline chunk load_q4_0(const void *row, size_t index) {
  const tk_block_q4_0 *b = (const tk_block_q4_0 *)row + 2 * index;
  const __m512 d = halves(half_at(&b[0].d), half_at(&b[1].d));
  chunk c = {nibbles(b[0].qs, b[1].qs), d, _mm512_mul_ps(d, _mm512_set1_ps(-8))};
  return c;
}

static inline chunk load_q4_1(const void *row, size_t index) {
  const tk_block_q4_1 *b = (const tk_block_q4_1 *)row + 2 * index;
  chunk c = {nibbles(b[0].qs, b[1].qs), halves(half_at(&b[0].d), half_at(&b[1].d)),
             halves(half_at(&b[0].m), half_at(&b[1].m))};
  return c;
}

static inline chunk load_q5_0(const void *row, size_t index) {
  const tk_block_q5_0 *b = (const tk_block_q5_0 *)row + 2 * index;
  const __m512 d = halves(half_at(&b[0].d), half_at(&b[1].d));
  chunk c = {_mm512_or_si512(nibbles(b[0].qs, b[1].qs), fifth_bits(b[0].qh, b[1].qh)), d,
             _mm512_mul_ps(d, _mm512_set1_ps(-16))};
  return c;
}

static inline chunk load_q5_1(const void *row, size_t index) {
  const tk_block_q5_1 *b = (const tk_block_q5_1 *)row + 2 * index;
  chunk c = {_mm512_or_si512(nibbles(b[0].qs, b[1].qs), fifth_bits(b[0].qh, b[1].qh)),
             halves(half_at(&b[0].d), half_at(&b[1].d)),
             halves(half_at(&b[0].m), half_at(&b[1].m))};
  return c;
}

static inline chunk load_q8_0(const void *row, size_t index) {
  const tk_block_q8_0 *b = (const tk_block_q8_0 *)row + 2 * index;
  const __m512i w = _mm512_inserti64x4(
      _mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)b[0].qs)),
      _mm256_loadu_si256((const __m256i *)b[1].qs), 1);
  const __m512 d = halves(half_at(&b[0].d), half_at(&b[1].d));
  chunk c = {_mm512_xor_si512(w, _mm512_set1_epi8((char)0x80)), d,
             _mm512_mul_ps(d, _mm512_set1_ps(-128))};
  return c;
}

static inline chunk load_q4_k(const void *row, size_t index) {
  const tk_block_q4_k *b = (const tk_block_q4_k *)row + index / 4;
  const size_t part = index % 4;
  const __m256i qs = _mm256_loadu_si256((const __m256i *)(b->qs + 32 * part));
  const __m512i both = _mm512_inserti64x4(_mm512_castsi256_si512(qs), _mm256_srli_epi16(qs, 4), 1);
  uint8_t scales[8], mins[8];
  unpack_scales_k4(b->scales, scales, mins);
  const float d = half_at(&b->d), minimum = -half_at(&b->dmin);
  chunk c = {_mm512_and_si512(both, _mm512_set1_epi8(15)),
             halves(d * (float)scales[2 * part], d * (float)scales[2 * part + 1]),
             halves(minimum * (float)mins[2 * part], minimum * (float)mins[2 * part + 1])};
  return c;
}

static inline chunk load_q5_k(const void *row, size_t index) {
  const tk_block_q5_k *b = (const tk_block_q5_k *)row + index / 4;
  const size_t part = index % 4;
  const __m256i qs = _mm256_loadu_si256((const __m256i *)(b->qs + 32 * part));
  const __m256i qh = _mm256_loadu_si256((const __m256i *)b->qh);
  const __m512i both = _mm512_inserti64x4(_mm512_castsi256_si512(qs), _mm256_srli_epi16(qs, 4), 1);
  const __mmask32 low = _mm256_test_epi8_mask(qh, _mm256_set1_epi8((char)(1 << (2 * part))));
  const __mmask32 high = _mm256_test_epi8_mask(qh, _mm256_set1_epi8((char)(2 << (2 * part))));
  const __m512i fifth = _mm512_maskz_set1_epi8((uint64_t)high << 32 | low, 16);
  uint8_t scales[8], mins[8];
  unpack_scales_k4(b->scales, scales, mins);
  const float d = half_at(&b->d), minimum = -half_at(&b->dmin);
  chunk c = {_mm512_or_si512(_mm512_and_si512(both, _mm512_set1_epi8(15)), fifth),
             halves(d * (float)scales[2 * part], d * (float)scales[2 * part + 1]),
             halves(minimum * (float)mins[2 * part], minimum * (float)mins[2 * part + 1])};
  return c;
}

static inline chunk load_q6_k(const void *row, size_t index) {
  const tk_block_q6_k *b = (const tk_block_q6_k *)row + index / 4;
  const size_t half = index / 2 % 2, upper = index % 2;
  const __m512i ql = _mm512_loadu_si512(b->ql + 64 * half);
  const __m512i low = _mm512_and_si512(upper ? _mm512_srli_epi16(ql, 4) : ql, _mm512_set1_epi8(15));
  const __m256i qh = _mm256_loadu_si256((const __m256i *)(b->qh + 32 * half));
  // columns 0..31 of the chunk take bits 0-1 (or 4-5), columns 32..63 bits 2-3 (or 6-7)
  const __m256i first = upper ? qh : _mm256_slli_epi16(qh, 4);
  const __m256i second = upper ? _mm256_srli_epi16(qh, 2) : _mm256_slli_epi16(qh, 2);
  const __m512i high = _mm512_and_si512(
      _mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1), _mm512_set1_epi8(0x30));
  const int8_t *s = b->scales + 8 * half + 4 * upper;
  const float scale = half_at(&b->d);
  const float d[4] = {scale * (float)s[0], scale * (float)s[1], scale * (float)s[2],
                      scale * (float)s[3]};
  const __m512 lanes = quarters(d);
  chunk c = {_mm512_or_si512(low, high), lanes, _mm512_mul_ps(lanes, _mm512_set1_ps(-32))};
  return c;
}

static inline chunk load_q2_k(const void *row, size_t index) {
  const tk_block_q2_k *b = (const tk_block_q2_k *)row + index / 4;
  const size_t half = index / 2 % 2;
  const int shift = 4 * (int)(index % 2);
  const __m256i qs = _mm256_loadu_si256((const __m256i *)(b->qs + 32 * half));
  const __m256i first = _mm256_srl_epi16(qs, _mm_cvtsi32_si128(shift));
  const __m256i second = _mm256_srl_epi16(qs, _mm_cvtsi32_si128(shift + 2));
  const __m512i u = _mm512_and_si512(_mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1),
                                     _mm512_set1_epi8(3));
  const uint8_t *s = b->scales + 4 * index % 16;
  const float scale = half_at(&b->d), minimum = -half_at(&b->dmin);
  float d[4], m[4];
  for (int i = 0; i < 4; i++) {
    d[i] = scale * (float)(s[i] & 15);
    m[i] = minimum * (float)(s[i] >> 4);
  }
  chunk c = {u, quarters(d), quarters(m)};
  return c;
}

static inline chunk load_q3_k(const void *row, size_t index) {
  const tk_block_q3_k *b = (const tk_block_q3_k *)row + index / 4;
  const size_t half = index / 2 % 2, part = 2 * (index % 4);
  const int shift = 4 * (int)(index % 2);
  const __m256i qs = _mm256_loadu_si256((const __m256i *)(b->qs + 32 * half));
  const __m256i hmask = _mm256_loadu_si256((const __m256i *)b->hmask);
  const __m256i first = _mm256_srl_epi16(qs, _mm_cvtsi32_si128(shift));
  const __m256i second = _mm256_srl_epi16(qs, _mm_cvtsi32_si128(shift + 2));
  const __m512i low = _mm512_and_si512(
      _mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1), _mm512_set1_epi8(3));
  const __mmask32 h0 = _mm256_test_epi8_mask(hmask, _mm256_set1_epi8((char)(1 << part)));
  const __mmask32 h1 = _mm256_test_epi8_mask(hmask, _mm256_set1_epi8((char)(2 << part)));
  const __m512i third = _mm512_maskz_set1_epi8((uint64_t)h1 << 32 | h0, 4);
  uint8_t scales[16];
  unpack_scales_k3(b->scales, scales);
  const float scale = half_at(&b->d);
  float d[4];
  for (int i = 0; i < 4; i++) d[i] = scale * (float)((int)scales[4 * index % 16 + (size_t)i] - 32);
  const __m512 lanes = quarters(d);
  chunk c = {_mm512_or_si512(low, third), lanes, _mm512_mul_ps(lanes, _mm512_set1_ps(-4))};
  return c;
}

enum { ROWS_MAX = 4 };

// Sums of four neighbouring activations, as floats: what an offset is multiplied with. One chunk.
static inline __m512 lane_sums(__m512i a) {
  const __m512i zero = _mm512_setzero_si512();
  return _mm512_cvtepi32_ps(_mm512_dpbusd_epi32(zero, _mm512_set1_epi8(1), a));
}

static inline __m512 accumulate(chunk c, const int8_t *q, const float *scales, size_t index,
                                __m512 sum) {
  const __m512i a = _mm512_loadu_si512(q + 64 * index);
  const __m512i product = _mm512_dpbusd_epi32(_mm512_setzero_si512(), c.u, a);
  const __m512 scale = halves(scales[2 * index], scales[2 * index + 1]);
  const __m512 value =
      _mm512_fmadd_ps(c.m, lane_sums(a), _mm512_mul_ps(c.d, _mm512_cvtepi32_ps(product)));
  return _mm512_fmadd_ps(scale, value, sum);
}

// The last 32 columns of a row whose length is an odd number of blocks: codes from the unpacker.
static inline __m512 accumulate_tail(const uint8_t *u, float d, float m, const int8_t *q,
                                     float scale, __m512 sum) {
  const __m512i a = _mm512_zextsi256_si512(_mm256_loadu_si256((const __m256i *)q));
  const __m512i w = _mm512_zextsi256_si512(_mm256_loadu_si256((const __m256i *)u));
  const __m512i product = _mm512_dpbusd_epi32(_mm512_setzero_si512(), w, a);
  const __m512 value = _mm512_fmadd_ps(_mm512_set1_ps(m), lane_sums(a),
                                       _mm512_mul_ps(_mm512_set1_ps(d), _mm512_cvtepi32_ps(product)));
  return _mm512_fmadd_ps(_mm512_set1_ps(scale), value, sum);
}

#define DEFINE_ROWS(format)                                                                        \
  static inline void rows_##format(const tk_matmul_q8_args *args, size_t row, size_t b0,           \
                                   size_t count) {                                                 \
    const size_t columns = args->columns, chunks = columns / 64;                                   \
    const char *weights = (const char *)args->weights + row * args->row_bytes;                     \
    const int8_t *q = args->q + b0 * columns;                                                      \
    const float *scales = args->scales + b0 * (columns / 32);                                      \
    __m512 sums[ROWS_MAX];                                                                         \
    for (size_t b = 0; b < count; b++) sums[b] = _mm512_setzero_ps();                              \
    for (size_t i = 0; i < chunks; i++) {                                                          \
      const chunk c = load_##format(weights, i);                                                   \
      for (size_t b = 0; b < count; b++)                                                           \
        sums[b] = accumulate(c, q + b * columns, scales + b * (columns / 32), i, sums[b]);         \
    }                                                                                              \
    if (columns % 64) {                                                                            \
      uint8_t u[64];                                                                               \
      float d[2], m[2];                                                                            \
      unpack_##format(weights + args->row_bytes / (columns / 32) * (columns / 32 - 1), 32, u, d,   \
                      m);                                                                          \
      for (size_t b = 0; b < count; b++)                                                           \
        sums[b] = accumulate_tail(u, d[0], m[0], q + b * columns + columns - 32,                   \
                                  scales[b * (columns / 32) + columns / 32 - 1], sums[b]);         \
    }                                                                                              \
    for (size_t b = 0; b < count; b++)                                                             \
      args->out[(b0 + b) * args->out_stride + row] = _mm512_reduce_add_ps(sums[b]);                \
  }                                                                                                \
  void tk_matmul_##format##_q8_avx512(const tk_matmul_q8_args *args, size_t row0, size_t row1,     \
                                      void *scratch) {                                             \
    (void)scratch;                                                                                 \
    for (size_t row = row0; row < row1; row++) {                                                   \
      size_t b = 0;                                                                                \
      for (; b + 4 <= args->batch; b += 4) rows_##format(args, row, b, 4);                         \
      switch (args->batch - b) {                                                                   \
        case 3: rows_##format(args, row, b, 3); break;                                             \
        case 2: rows_##format(args, row, b, 2); break;                                             \
        case 1: rows_##format(args, row, b, 1); break;                                             \
        default: break;                                                                            \
      }                                                                                            \
    }                                                                                              \
  }

TK_EACH_QUANTIZED_FORMAT(DEFINE_ROWS)

typedef struct {
  const uint8_t *u;
  const float *d, *m;
} unpacked;

// `rows` (at most 4) weight rows against `tiles` (1 or 2) tiles of 16 activation rows.
static inline __attribute__((always_inline)) void tile_block(
    const unpacked *w, const int rows, const int tiles, const tk_matmul_q8_args *args, size_t tile,
    const size_t group, size_t row) {
  const size_t columns = args->columns;
  const int8_t *q = args->q + tile * columns * TK_TILE;
  const float *scales = args->scales + tile * (columns / 32) * TK_TILE;
  const float *sums = args->sums + tile * (columns / 16) * TK_TILE;
  __m512 total[4][2];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
    for (int t = 0; t < tiles; t++) total[r][t] = _mm512_setzero_ps();
  for (size_t g = 0; g < columns / group; g++) {
    __m512i product[4][2];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
      for (int t = 0; t < tiles; t++) product[r][t] = _mm512_setzero_si512();
#pragma clang loop unroll(full)
    for (size_t c = g * group; c < (g + 1) * group; c += 4) {
      __m512i a[2];
      for (int t = 0; t < tiles; t++)
        a[t] = _mm512_loadu_si512(q + ((size_t)t * columns + c) * TK_TILE);
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) {
        int32_t quad;
        memcpy(&quad, w[r].u + c, 4);
        const __m512i u = _mm512_set1_epi32(quad);
        for (int t = 0; t < tiles; t++)
          product[r][t] = _mm512_dpbusd_epi32(product[r][t], u, a[t]);
      }
    }
#pragma clang loop unroll(full)
    for (int t = 0; t < tiles; t++) {
      const __m512 scale =
          _mm512_loadu_ps(scales + ((size_t)t * (columns / 32) + g * group / 32) * TK_TILE);
      const float *s = sums + ((size_t)t * (columns / 16) + g * group / 16) * TK_TILE;
      __m512 sum = _mm512_loadu_ps(s);
      if (group == 32) sum = _mm512_add_ps(sum, _mm512_loadu_ps(s + TK_TILE));
      for (int r = 0; r < rows; r++) {
        const __m512 factor = _mm512_mul_ps(scale, _mm512_set1_ps(w[r].d[g]));
        total[r][t] = _mm512_fmadd_ps(factor, _mm512_cvtepi32_ps(product[r][t]), total[r][t]);
        total[r][t] = _mm512_fmadd_ps(_mm512_set1_ps(w[r].m[g]), sum, total[r][t]);
      }
    }
  }
  for (int t = 0; t < tiles; t++) {
    const size_t b0 = (tile + (size_t)t) * TK_TILE;
    const size_t lanes = args->batch - b0 < TK_TILE ? args->batch - b0 : TK_TILE;
    float result[4][TK_TILE];
    for (int r = 0; r < rows; r++) _mm512_storeu_ps(result[r], total[r][t]);
    for (size_t lane = 0; lane < lanes; lane++) {
      float *out = args->out + (b0 + lane) * args->out_stride + row;
      for (int r = 0; r < rows; r++) out[r] = result[r][lane];
    }
  }
}

static inline __attribute__((always_inline)) void tile_rows(const unpacked *w, const int rows,
                                                            const tk_matmul_q8_args *args,
                                                            const size_t group, size_t row) {
  const size_t tiles = (args->batch + TK_TILE - 1) / TK_TILE;
  size_t tile = 0;
  for (; tile + 2 <= tiles; tile += 2) tile_block(w, rows, 2, args, tile, group, row);
  if (tile < tiles) tile_block(w, rows, 1, args, tile, group, row);
}

#define DEFINE_TILES(format)                                                                      \
  void tk_matmul_tile_##format##_q8_avx512(const tk_matmul_q8_args *args, size_t row0,            \
                                           size_t row1, void *scratch) {                          \
    const size_t columns = args->columns, codes = (columns + 63) / 64 * 64, floats = columns / 16; \
    for (size_t row = row0; row < row1; row += 4) {                                               \
      const size_t rows = row1 - row < 4 ? row1 - row : 4;                                        \
      unpacked w[4];                                                                              \
      for (size_t r = 0; r < rows; r++) {                                                         \
        uint8_t *u = (uint8_t *)scratch + r * (codes + 2 * floats * sizeof(float));               \
        float *d = (float *)(u + codes), *m = d + floats;                                         \
        unpack_##format((const char *)args->weights + (row + r) * args->row_bytes, columns, u, d, \
                        m);                                                                       \
        w[r] = (unpacked){u, d, m};                                                               \
      }                                                                                           \
      if (rows == 4) {                                                                            \
        tile_rows(w, 4, args, GROUP_##format, row);                                               \
      } else {                                                                                    \
        for (size_t r = 0; r < rows; r++) tile_rows(w + r, 1, args, GROUP_##format, row + r);     \
      }                                                                                           \
    }                                                                                             \
  }

TK_EACH_QUANTIZED_FORMAT(DEFINE_TILES)

#pragma clang attribute pop
#endif
