// SPDX-License-Identifier: Apache-2.0
// Panels times many activation rows (prefill), AVX-512 VNNI: two panels of codes in L1 against six
// activation rows in registers. Bound: vpdpbusd; for every eight of them a sum of 32 products needs
// three more vector operations to become a float and find its scale, four where there are minima, so
// that where both kinds share two ports (Intel) at most 8/11 of the peak can be reached.
#if defined(__x86_64__)
#include "../matmul/avx512.h"

#pragma clang attribute push(TK_AVX512_TARGET, apply_to = function)
#define TK_CHUNK_STARTS 1
#include "panel_chunk_avx512.h"

// Activation rows at a time: their sums, products and (for groups of 16) partial sums fill the registers.
enum { ROWS_32 = 6, ROWS_16 = 4 };

TK_INLINE __m512i four(const uint8_t *q) {
  int32_t quad;
  memcpy(&quad, q, 4);
  return _mm512_set1_epi32(quad);
}

// `first` is the row's number among those of the sums.
TK_INLINE void block(const tk_panel_activations *a, const chunk *w, const sums *s, const int panels,
                     size_t b0, size_t first, const int rows, size_t group0, size_t groups,
                     const int sixteen, const int has_minimum) {
  const size_t s32 = a->stride / 32, s16 = a->stride / 16, stride = a->stride;
  const uint8_t *q = a->raised + b0 * stride + 32 * group0;
  const float *scales = a->scales + b0 * s32 + group0, *sums32 = a->sums32 + b0 * s32 + group0;
  const float *sums16 = a->sums16 + b0 * s16 + 2 * group0;
  float *to = s->to + first * s->to_stride;
  __m512 total[ROWS_32][2];
#pragma clang loop unroll(full)
  for (int b = 0; b < rows; b++)
#pragma clang loop unroll(full)
    for (int n = 0; n < panels; n++)
      total[b][n] = s->from ? _mm512_load_ps(s->from + (first + (size_t)b) * SUMS_STRIDE + 16 * n)
                            : _mm512_setzero_ps();
  for (size_t g = 0; g < groups; g++) {
    __m512 sum[ROWS_32][2];
#pragma clang loop unroll(full)
    for (int h = 0; h < (sixteen ? 2 : 1); h++) {
      __m512i product[ROWS_32][2];
#pragma clang loop unroll(full)
      for (int b = 0; b < rows; b++)
#pragma clang loop unroll(full)
        for (int n = 0; n < panels; n++)
          product[b][n] = _mm512_load_si512(w->starts[sixteen ? 2 * g + (size_t)h : g][n]);
#pragma clang loop unroll(full)
      for (int j = sixteen ? 4 * h : 0; j < (sixteen ? 4 * h + 4 : 8); j++) {
        __m512i u[2];
#pragma clang loop unroll(full)
        for (int n = 0; n < panels; n++) u[n] = _mm512_load_si512(w->codes[8 * g + (size_t)j][n]);
#pragma clang loop unroll(full)
        for (int b = 0; b < rows; b++) {
          const __m512i x = four(q + (size_t)b * stride + 32 * g + 4 * (size_t)j);
#pragma clang loop unroll(full)
          for (int n = 0; n < panels; n++) product[b][n] = _mm512_dpbusd_epi32(product[b][n], x, u[n]);
        }
      }
      const size_t place = sixteen ? 2 * g + (size_t)h : g;
#pragma clang loop unroll(full)
      for (int n = 0; n < panels; n++) {
        const __m512 scale = _mm512_load_ps(w->scales[place][n]);
#pragma clang loop unroll(full)
        for (int b = 0; b < rows; b++)
          sum[b][n] = h ? _mm512_fmadd_ps(_mm512_cvtepi32_ps(product[b][n]), scale, sum[b][n])
                        : _mm512_mul_ps(_mm512_cvtepi32_ps(product[b][n]), scale);
      }
    }
#pragma clang loop unroll(full)
    for (int b = 0; b < rows; b++) {
      const __m512 scale = _mm512_set1_ps(scales[(size_t)b * s32 + g]);
#pragma clang loop unroll(full)
      for (int n = 0; n < panels; n++) total[b][n] = _mm512_fmadd_ps(sum[b][n], scale, total[b][n]);
    }
    if (has_minimum) {
#pragma clang loop unroll(full)
      for (int h = 0; h < (sixteen ? 2 : 1); h++)
#pragma clang loop unroll(full)
        for (int n = 0; n < panels; n++) {
          const __m512 m = _mm512_load_ps(w->minima[sixteen ? 2 * g + (size_t)h : g][n]);
#pragma clang loop unroll(full)
          for (int b = 0; b < rows; b++)
            total[b][n] = _mm512_fmadd_ps(
                m,
                _mm512_set1_ps(sixteen ? sums16[(size_t)b * s16 + 2 * g + (size_t)h]
                                       : sums32[(size_t)b * s32 + g]),
                total[b][n]);
        }
    }
  }
#pragma clang loop unroll(full)
  for (int b = 0; b < rows; b++)
#pragma clang loop unroll(full)
    for (int n = 0; n < panels; n++)
      _mm512_mask_storeu_ps(to + (size_t)b * s->to_stride + 16 * n, s->lanes[n], total[b][n]);
}

// One function for each kind of format and number of rows, not one for each format.
#define DEFINE_BLOCKS(kind, sixteen, has_minimum)                                                 \
  static void blocks_##kind(const tk_panel_activations *a, const chunk *w, const sums *s,         \
                            const int panels, size_t b0, size_t rows, size_t group0,              \
                            size_t groups) {                                                      \
    enum { MOST = sixteen ? ROWS_16 : ROWS_32 };                                                  \
    size_t left = rows, at = 0;                                                                   \
    for (size_t passes = (rows + MOST - 1) / MOST; passes > 0; passes--) {                        \
      const size_t now = (left + passes - 1) / passes;                                            \
      switch (panels == 2 ? now : 0) {                                                            \
        case 1: BLOCK(2, at, 1, sixteen, has_minimum); break;                                     \
        case 2: BLOCK(2, at, 2, sixteen, has_minimum); break;                                     \
        case 3: BLOCK(2, at, 3, sixteen, has_minimum); break;                                     \
        case 4: BLOCK(2, at, 4, sixteen, has_minimum); break;                                     \
        case 5: BLOCK(2, at, sixteen ? 1 : 5, sixteen, has_minimum); break;                       \
        case 6: BLOCK(2, at, sixteen ? 1 : 6, sixteen, has_minimum); break;                       \
        default:                                                                                  \
          for (size_t i = 0; i < now; i++) BLOCK(1, at + i, 1, sixteen, has_minimum);             \
      }                                                                                           \
      at += now;                                                                                  \
      left -= now;                                                                                \
    }                                                                                             \
  }

#define BLOCK(panels, at, rows, sixteen, has_minimum) \
  block(a, w, s, panels, b0 + (at), at, rows, group0, groups, sixteen, has_minimum)

DEFINE_BLOCKS(scale, 0, 0)
DEFINE_BLOCKS(minimum, 0, 1)
DEFINE_BLOCKS(sixteen, 1, 0)
DEFINE_BLOCKS(sixteen_minimum, 1, 1)

#define BLOCKS(a, w, s, panels, b0, rows, group0, groups, sixteen, has_minimum)      \
  ((sixteen) ? (has_minimum ? blocks_sixteen_minimum : blocks_sixteen)               \
             : (has_minimum ? blocks_minimum : blocks_scale))(a, w, s, panels, b0, rows, group0, \
                                                              groups)

#define DEFINE(format, sixteen, has_minimum, zero_bits) \
  DEFINE_MANY(format, sixteen, has_minimum, zero_bits, avx512, , BLOCKS, )

TK_EACH_PANEL_KIND(DEFINE)

#pragma clang attribute pop
#endif
