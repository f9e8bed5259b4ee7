// SPDX-License-Identifier: Apache-2.0
// Panels times many activation rows (prefill) with AMX int8 tiles: sixteen activation rows against
// sixteen weight rows, 32 columns at a time, because that is how far a scale reaches. The sums
// leave the tile for every group, become floats and find their scales, in the order of the other panel
// kernels, so that the results are theirs to the last bit. Bound: those three vector operations for
// each sum, and its way through the store buffer; the tile multiplier itself is idle three quarters of the time.
#if defined(__x86_64__)
#include "../matmul/avx512.h"

#pragma clang attribute push(                                                                     \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c,"        \
                          "amx-tile,amx-int8"))),                                                 \
    apply_to = function)
#define TK_CHUNK_STARTS 0
#include "panel_chunk_avx512.h"

enum { TILE = 16 };

// Tile registers: sums of 16 x 16, activations of 16 x 32, codes of 8 x 16 x 4.
static void configure(void) {
  struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t column_bytes[16];
    uint8_t rows[16];
  } shape = {.palette = 1};
  _Static_assert(sizeof shape == 64, "tile configuration");
  for (int t = 0; t < 2; t++) {
    shape.rows[t] = TILE, shape.column_bytes[t] = 64;
    shape.rows[2 + t] = TILE, shape.column_bytes[2 + t] = 32;
    shape.rows[4 + t] = 8, shape.column_bytes[4 + t] = 64;
  }
  _tile_loadconfig(&shape);
}

// The products of two neighbouring groups, the `step`-th pair of the chunk.
TK_INLINE void multiply_two(const tk_panel_activations *a, const int8_t *q, const chunk *w, int n,
                            size_t step, int32_t (*product)[TILE][16]) {
  enum { WIDTH = 32 };
  const size_t column = 2 * step * WIDTH;
  _tile_loadd(2, q + column, a->stride);
  _tile_loadd(4, w->codes[column / 4][n], 128);
  _tile_zero(0);
  _tile_dpbssd(0, 2, 4);
  _tile_loadd(3, q + column + WIDTH, a->stride);
  _tile_loadd(5, w->codes[(column + WIDTH) / 4][n], 128);
  _tile_zero(1);
  _tile_dpbssd(1, 3, 5);
  _tile_stored(0, product[0], 64);
  _tile_stored(1, product[1], 64);
}

TK_INLINE void add_group(__m512 *total, const int32_t (*product)[16], const chunk *w, size_t g, int n,
                         const float *scales, size_t stride) {
  const __m512 scale = _mm512_load_ps(w->scales[g][n]);
#pragma clang loop unroll(full)
  for (int b = 0; b < TILE; b++) {
    const __m512 sum = _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_load_si512(product[b])), scale);
    total[b] = _mm512_fmadd_ps(sum, _mm512_set1_ps(scales[(size_t)b * stride]), total[b]);
  }
}

TK_INLINE void add_minima(__m512 *total, const chunk *w, size_t g, int n, const float *sums,
                          size_t stride) {
  const __m512 m = _mm512_load_ps(w->minima[g][n]);
#pragma clang loop unroll(full)
  for (int b = 0; b < TILE; b++)
    total[b] = _mm512_fmadd_ps(m, _mm512_set1_ps(sums[(size_t)b * stride]), total[b]);
}

// One panel against sixteen activation rows, of which `rows` count.
TK_INLINE void tile(const tk_panel_activations *a, const chunk *w, const sums *s, int n, size_t b0,
                    size_t first, size_t rows, size_t group0, size_t groups,
                    const int has_minimum) {
  const size_t s32 = a->stride / 32;
  const int8_t *q = a->q + b0 * a->stride + 32 * group0;
  const float *scales = a->scales + b0 * s32 + group0, *sums32 = a->sums32 + b0 * s32 + group0;
  float *to = s->to + first * s->to_stride + 16 * n;
  __m512 total[TILE];
#pragma clang loop unroll(full)
  for (size_t b = 0; b < TILE; b++)
    total[b] = s->from && b < rows ? _mm512_load_ps(s->from + (first + b) * SUMS_STRIDE + 16 * n)
                                   : _mm512_setzero_ps();
  // Two products at a time; the next two are on their way through the tiles while these find scales.
  int32_t product[2][2][TILE][16] __attribute__((aligned(64)));
  const size_t steps = groups / 2;  // a unit has at least two
  multiply_two(a, q, w, n, 0, product[0]);
  for (size_t i = 0; i < steps; i++) {
    if (i + 1 < steps) multiply_two(a, q, w, n, i + 1, product[(i + 1) % 2]);
#pragma clang loop unroll(full)
    for (size_t g = 2 * i; g < 2 * i + 2; g++) {
      add_group(total, product[i % 2][g % 2], w, g, n, scales + g, s32);
      if (has_minimum) add_minima(total, w, g, n, sums32 + g, s32);
    }
  }
#pragma clang loop unroll(full)
  for (size_t b = 0; b < TILE; b++)
    if (b < rows) _mm512_mask_storeu_ps(to + b * s->to_stride, s->lanes[n], total[b]);
}

#define DEFINE_TILES(kind, has_minimum)                                                           \
  static void tiles_##kind(const tk_panel_activations *a, const chunk *w, const sums *s,          \
                           int panels, size_t b0, size_t rows, size_t group0, size_t groups) {    \
    for (size_t at = 0; at < rows; at += TILE) {                                                  \
      const size_t left = rows - at, now = left < TILE ? left : TILE;                             \
      for (int n = 0; n < panels; n++)                                                            \
        tile(a, w, s, n, b0 + at, at, now, group0, groups, has_minimum);                          \
    }                                                                                             \
  }

DEFINE_TILES(scale, 0)
DEFINE_TILES(minimum, 1)

#define TILES(a, w, s, panels, b0, rows, group0, groups, sixteen, has_minimum) \
  (has_minimum ? tiles_minimum : tiles_scale)(a, w, s, panels, b0, rows, group0, groups)

// Formats with a scale for every 16 columns stay with VNNI: a tile half as deep costs as much.
#define DEFINE(format, has_minimum, zero_bits) \
  DEFINE_MANY(format, 0, has_minimum, zero_bits, amx, configure(), TILES, _tile_release())

DEFINE(q4_0, 0, TK_ZERO_BITS_q4_0)
DEFINE(q4_1, 1, 0)
DEFINE(q5_0, 0, TK_ZERO_BITS_q5_0)
DEFINE(q5_1, 1, 0)
DEFINE(q8_0, 0, TK_ZERO_BITS_q8_0)
DEFINE(q4_k, 1, 0)
DEFINE(q5_k, 1, 0)

#pragma clang attribute pop
#endif
