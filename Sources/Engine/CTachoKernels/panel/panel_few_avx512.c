// SPDX-License-Identifier: Apache-2.0
// Panels times few activation rows (decode, verification, small batches), AVX-512 VNNI: codes go from
// memory to a register once for up to eight activation rows. Bound: the weights' bytes.
#if defined(__x86_64__)
#include "../matmul/avx512.h"

#pragma clang attribute push(TK_AVX512_TARGET, apply_to = function)
#include "panel_codes_avx512.h"

enum { MOST = 8 };

// Units of a panel follow each other in memory, but the loads of a unit are spread over so much
// arithmetic that the hardware's own prefetching alone does not keep enough of them in flight. So they are
// asked for far ahead into L2, which can wait for more of them than L1, and once more near ahead where a
// group is many lines, whose arithmetic does not cover the way from L2.
enum { FAR = 8192, NEAR = 1152, MANY_LINES = 6 };

TK_INLINE void ahead(const void *unit, const size_t bytes, const size_t groups) {
#pragma clang loop unroll(full)
  for (size_t i = 0; i < bytes; i += 64) {
    _mm_prefetch((const char *)unit + FAR + i, _MM_HINT_T1);
    if (bytes > groups * MANY_LINES * 64) _mm_prefetch((const char *)unit + NEAR + i, _MM_HINT_T0);
  }
}

TK_INLINE __m512i four(const int8_t *q) {
  int32_t quad;
  memcpy(&quad, q, 4);
  return _mm512_set1_epi32(quad);
}

// What an integer sum of 32 (or 16) products starts from: the zero point taken off all of them.
TK_INLINE __m512i start(int32_t minus_sum, const int zero_bits) {
  const __m512i times128 = _mm512_set1_epi32(minus_sum);
  return zero_bits == 7 ? times128
         : zero_bits    ? _mm512_srai_epi32(times128, (unsigned)(7 - zero_bits))
                        : _mm512_setzero_si512();
}

#define DEFINE_FEW(format, sixteen, has_minimum, zero_bits)                                       \
  TK_INLINE void panel_##format(const tk_panel_##format *panel, size_t units,                     \
                                const tk_panel_activations *a, size_t b0, const int rows,         \
                                __m512 *total) {                                                  \
    enum { GROUPS = TK_UNIT_##format / 32, STEP = GROUPS < 4 ? GROUPS : 4 };                      \
    const size_t s32 = a->stride / 32, s16 = a->stride / 16;                                      \
    const int8_t *q = a->q + b0 * a->stride;                                                      \
    const float *scales = a->scales + b0 * s32, *sums32 = a->sums32 + b0 * s32;                   \
    const float *sums16 = a->sums16 + b0 * s16;                                                   \
    const int32_t *minus32 = a->minus32 + b0 * s32, *minus16 = a->minus16 + b0 * s16;             \
    _Pragma("clang loop unroll(full)") for (int b = 0; b < rows; b++) total[b] = _mm512_setzero_ps(); \
    for (size_t i = 0; i < units; i++, panel++) {                                                 \
      ahead(panel, sizeof *panel, GROUPS);                                                        \
      unit_##format unit;                                                                         \
      unit_of_##format(panel, &unit);                                                             \
      _Pragma("clang loop unroll(disable)") for (int g0 = 0; g0 < GROUPS; g0 += STEP)             \
      _Pragma("clang loop unroll(full)") for (int step = 0; step < STEP; step++) {                \
        const int g = g0 + step;                                                                  \
        const size_t at = i * GROUPS + (size_t)g;                                                 \
        __m512 sum[MOST];                                                                         \
        _Pragma("clang loop unroll(full)") for (int h = 0; h < (sixteen ? 2 : 1); h++) {          \
          __m512i product[MOST];                                                                  \
          _Pragma("clang loop unroll(full)") for (int b = 0; b < rows; b++) product[b] =          \
              sixteen ? start(minus16[(size_t)b * s16 + 2 * at + (size_t)h], zero_bits)           \
                      : start(minus32[(size_t)b * s32 + at], zero_bits);                          \
          _Pragma("clang loop unroll(full)") for (int j = sixteen ? 4 * h : 0;                    \
                                                  j < (sixteen ? 4 * h + 4 : 8); j++) {           \
            const __m512i u = codes_##format(panel, g, j);                                        \
            _Pragma("clang loop unroll(full)") for (int b = 0; b < rows; b++) product[b] =        \
                _mm512_dpbusd_epi32(product[b], u,                                                \
                                    four(q + (size_t)b * a->stride + 32 * at + 4 * (size_t)j));   \
          }                                                                                       \
          const __m512 w = scale_##format(panel, &unit, sixteen ? 2 * g + h : g);                 \
          _Pragma("clang loop unroll(full)") for (int b = 0; b < rows; b++) sum[b] =              \
              h ? _mm512_fmadd_ps(_mm512_cvtepi32_ps(product[b]), w, sum[b])                      \
                : _mm512_mul_ps(_mm512_cvtepi32_ps(product[b]), w);                               \
        }                                                                                         \
        _Pragma("clang loop unroll(full)") for (int b = 0; b < rows; b++) total[b] =              \
            _mm512_fmadd_ps(sum[b], _mm512_set1_ps(scales[(size_t)b * s32 + at]), total[b]);      \
        if (has_minimum)                                                                          \
          _Pragma("clang loop unroll(full)") for (int h = 0; h < (sixteen ? 2 : 1); h++) {        \
            const __m512 m = minimum_##format(panel, &unit, sixteen ? 2 * g + h : g);             \
            _Pragma("clang loop unroll(full)") for (int b = 0; b < rows; b++) total[b] =          \
                _mm512_fmadd_ps(m,                                                                \
                                _mm512_set1_ps(sixteen ? sums16[(size_t)b * s16 + 2 * at +        \
                                                                (size_t)h]                        \
                                                       : sums32[(size_t)b * s32 + at]),           \
                                total[b]);                                                        \
          }                                                                                       \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
                                                                                                  \
  TK_INLINE void rows_##format(const tk_panel_args *args, size_t p, size_t b0, const int rows) {  \
    const size_t units = args->panel_bytes / sizeof(tk_panel_##format);                           \
    __m512 total[MOST];                                                                           \
    panel_##format((const void *)((const char *)args->panels + p * args->panel_bytes), units,     \
                   &args->a, b0, rows, total);                                                    \
    const size_t row = p * TK_PANEL_ROWS, left = args->rows - row;                                \
    const __mmask16 mask =                                                                        \
        left < TK_PANEL_ROWS ? (__mmask16)((1u << left) - 1) : (__mmask16)-1;                     \
    for (int b = 0; b < rows; b++)                                                                \
      _mm512_mask_storeu_ps(args->out + (b0 + (size_t)b) * args->out_stride + row, mask,          \
                            total[b]);                                                            \
  }                                                                                               \
                                                                                                  \
  void tk_panel_few_##format##_avx512(const tk_panel_args *args, size_t panel0, size_t panel1,    \
                                      void *scratch) {                                            \
    (void)scratch;                                                                                \
    for (size_t p = panel0; p < panel1; p++)                                                      \
      for (size_t b = 0; b < args->a.rows; b += MOST) switch (args->a.rows - b) {                 \
          case 1: rows_##format(args, p, b, 1); break;                                            \
          case 2: rows_##format(args, p, b, 2); break;                                            \
          case 3: rows_##format(args, p, b, 3); break;                                            \
          case 4: rows_##format(args, p, b, 4); break;                                            \
          case 5: rows_##format(args, p, b, 5); break;                                            \
          case 6: rows_##format(args, p, b, 6); break;                                            \
          case 7: rows_##format(args, p, b, 7); break;                                            \
          default: rows_##format(args, p, b, 8); break;                                           \
        }                                                                                         \
  }

TK_EACH_PANEL_KIND(DEFINE_FEW)

#pragma clang attribute pop
#endif
