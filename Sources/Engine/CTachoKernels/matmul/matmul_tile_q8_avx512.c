// SPDX-License-Identifier: Apache-2.0
// Quantised weights times many rows of int8 activations, for AVX-512 with VNNI: four weight rows are
// unpacked to codes in L1 and multiplied with tiles of 16 activation rows, one row per lane, so that a
// group's scale is applied once per group and not once per product. Bound: vpdpbusd (64 multiply-adds
// an instruction, two a cycle).
#if defined(__x86_64__)
#include "avx512.h"

#pragma clang attribute push(TK_AVX512_TARGET, apply_to = function)
#include "unpack.h"

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
