// SPDX-License-Identifier: Apache-2.0
// Panels times many activation rows (prefill) with AMX int8 tiles: sixteen activation rows against
// sixteen weight rows, 32 (or 16) columns at a time, because that is how far a scale reaches. The sums
// leave the tile for every group, become floats and find their scales, in the order of the other panel
// kernels, so that the results are theirs to the last bit. Bound: those three vector operations for
// each sum, and its way through the store buffer; the tile multiplier itself is idle half the time.
#if defined(__x86_64__)
#include "../matmul/avx512.h"

#pragma clang attribute push(                                                                     \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c,"        \
                          "amx-tile,amx-int8"))),                                                 \
    apply_to = function)
#include "panel_chunk_avx512.h"

enum { TILE = 16 };

// Tile registers: sums of 16 x 16, activations of 16 x `columns`, codes of `columns` / 4 x 16 x 4.
static void configure(int columns) {
  struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t column_bytes[16];
    uint8_t rows[16];
  } shape = {.palette = 1};
  _Static_assert(sizeof shape == 64, "tile configuration");
  for (int t = 0; t < 2; t++) {
    shape.rows[t] = TILE, shape.column_bytes[t] = 64;
    shape.rows[2 + t] = TILE, shape.column_bytes[2 + t] = (uint16_t)columns;
    shape.rows[4 + t] = (uint8_t)(columns / 4), shape.column_bytes[4 + t] = 64;
  }
  _tile_loadconfig(&shape);
}

// The products of two neighbouring groups of `width` columns, the `step`-th pair of the chunk.
TK_INLINE void multiply_two(const tk_panel_activations *a, const int8_t *q, const chunk *w, int n,
                            size_t step, const size_t width, int32_t (*product)[TILE][16]) {
  const size_t column = 2 * step * width;
  _tile_loadd(2, q + column, a->stride);
  _tile_loadd(4, w->codes[column / 4][n], 128);
  _tile_zero(0);
  _tile_dpbssd(0, 2, 4);
  _tile_loadd(3, q + column + width, a->stride);
  _tile_loadd(5, w->codes[(column + width) / 4][n], 128);
  _tile_zero(1);
  _tile_dpbssd(1, 3, 5);
  _tile_stored(0, product[0], 64);
  _tile_stored(1, product[1], 64);
}

TK_INLINE void add_group(__m512 *total, const int32_t (*product)[16], const chunk *w, size_t place,
                         int n, const float *scales, size_t stride, const int odd, __m512 *sum,
                         const int last) {
  const __m512 scale = _mm512_load_ps(w->scales[place][n]);
#pragma clang loop unroll(full)
  for (int b = 0; b < TILE; b++) {
    const __m512 p = _mm512_cvtepi32_ps(_mm512_load_si512(product[b]));
    const __m512 s = odd ? _mm512_fmadd_ps(p, scale, sum[b]) : _mm512_mul_ps(p, scale);
    if (last) total[b] = _mm512_fmadd_ps(s, _mm512_set1_ps(scales[(size_t)b * stride]), total[b]);
    else sum[b] = s;
  }
}

TK_INLINE void add_minima(__m512 *total, const chunk *w, size_t place, int n, const float *sums,
                          size_t stride) {
  const __m512 m = _mm512_load_ps(w->minima[place][n]);
#pragma clang loop unroll(full)
  for (int b = 0; b < TILE; b++)
    total[b] = _mm512_fmadd_ps(m, _mm512_set1_ps(sums[(size_t)b * stride]), total[b]);
}

// One panel against sixteen activation rows, of which `rows` count.
TK_INLINE void tile(const tk_panel_activations *a, const chunk *w, const sums *s, int n, size_t b0,
                    size_t first, size_t rows, size_t group0, size_t groups, const int sixteen,
                    const int has_minimum) {
  const size_t s32 = a->stride / 32, s16 = a->stride / 16;
  const int8_t *q = a->q + b0 * a->stride + 32 * group0;
  const float *scales = a->scales + b0 * s32 + group0, *sums32 = a->sums32 + b0 * s32 + group0;
  const float *sums16 = a->sums16 + b0 * s16 + 2 * group0;
  float *to = s->to + first * s->to_stride + 16 * n;
  __m512 total[TILE];
#pragma clang loop unroll(full)
  for (size_t b = 0; b < TILE; b++)
    total[b] = s->from && b < rows ? _mm512_load_ps(s->from + (first + b) * SUMS_STRIDE + 16 * n)
                                   : _mm512_setzero_ps();
  // Two products at a time; the next two are on their way through the tiles while these find scales.
  int32_t product[2][2][TILE][16] __attribute__((aligned(64)));
  const size_t steps = sixteen ? groups : groups / 2, width = sixteen ? 16 : 32;
  multiply_two(a, q, w, n, 0, width, product[0]);
  for (size_t i = 0; i < steps; i++) {
    if (i + 1 < steps) multiply_two(a, q, w, n, i + 1, width, product[(i + 1) % 2]);
    int32_t(*const now)[TILE][16] = product[i % 2];
    if (sixteen) {
      __m512 sum[TILE];
      add_group(total, now[0], w, 2 * i, n, scales + i, s32, 0, sum, 0);
      add_group(total, now[1], w, 2 * i + 1, n, scales + i, s32, 1, sum, 1);
    } else {
      add_group(total, now[0], w, 2 * i, n, scales + 2 * i, s32, 0, NULL, 1);
      if (has_minimum) add_minima(total, w, 2 * i, n, sums32 + 2 * i, s32);
      add_group(total, now[1], w, 2 * i + 1, n, scales + 2 * i + 1, s32, 0, NULL, 1);
      if (has_minimum) add_minima(total, w, 2 * i + 1, n, sums32 + 2 * i + 1, s32);
    }
    if (has_minimum && sixteen) {
      add_minima(total, w, 2 * i, n, sums16 + 2 * i, s16);
      add_minima(total, w, 2 * i + 1, n, sums16 + 2 * i + 1, s16);
    }
  }
#pragma clang loop unroll(full)
  for (size_t b = 0; b < TILE; b++)
    if (b < rows) _mm512_mask_storeu_ps(to + b * s->to_stride, s->lanes[n], total[b]);
}

#define DEFINE_TILES(kind, sixteen, has_minimum)                                                  \
  static void tiles_##kind(const tk_panel_activations *a, const chunk *w, const sums *s,          \
                           int panels, size_t b0, size_t rows, size_t group0, size_t groups) {    \
    for (size_t at = 0; at < rows; at += TILE) {                                                  \
      const size_t left = rows - at, now = left < TILE ? left : TILE;                             \
      for (int n = 0; n < panels; n++)                                                            \
        tile(a, w, s, n, b0 + at, at, now, group0, groups, sixteen, has_minimum);                 \
    }                                                                                             \
  }

DEFINE_TILES(scale, 0, 0)
DEFINE_TILES(minimum, 0, 1)
DEFINE_TILES(sixteen, 1, 0)
DEFINE_TILES(sixteen_minimum, 1, 1)

#define TILES(a, w, s, panels, b0, rows, group0, groups, sixteen, has_minimum, zero_bits)        \
  ((sixteen) ? (has_minimum ? tiles_sixteen_minimum : tiles_sixteen)                              \
             : (has_minimum ? tiles_minimum : tiles_scale))(a, w, s, panels, b0, rows, group0, groups)

#define DEFINE(format, sixteen, has_minimum, zero_bits)                                           \
  DEFINE_MANY(format, sixteen, has_minimum, zero_bits, amx, zero_bits ? 1 << zero_bits : 0,       \
              configure(sixteen ? 16 : 32), TILES, _tile_release())

TK_EACH_PANEL_KIND(DEFINE)

#pragma clang attribute pop
#endif
