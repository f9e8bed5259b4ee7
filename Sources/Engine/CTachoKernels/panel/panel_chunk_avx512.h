// SPDX-License-Identifier: Apache-2.0
// A chunk of columns of one or two panels, unpacked once for all activation rows: one byte a code in
// the order the products take them, one float a scale. Included inside the target.
//
// TK_CHUNK_STARTS: whether the including kernel's products are of unsigned activations.
#pragma once
#include "panel_codes_avx512.h"

enum { CHUNK = 512, CHUNK_GROUPS = CHUNK / 32, MOST_ROWS = 512 };

// codes[4 columns][panel][row][4], signed: the zero point is taken off; scales and minima
// [group][panel][row], where groups of 16 columns stand together in pairs. starts[group][panel][row] is
// minus 128 times the sum of the group's codes: what a sum of products with activations raised by 128,
// to be unsigned, has to start from.
typedef struct {
  int8_t codes[CHUNK / 4][2][64] __attribute__((aligned(64)));
  int32_t starts[2 * CHUNK_GROUPS][2][16];
  float scales[2 * CHUNK_GROUPS][2][16];
  float minima[2 * CHUNK_GROUPS][2][16];
  // Sums of the chunks so far. Result rows are a power of two apart and would fight for cache sets.
  float sums[MOST_ROWS][2][16];
} chunk;

_Static_assert(sizeof(chunk) <= 96 << 10, "tk_panel_scratch_bytes");

// Where a chunk's sums begin, null for zeros, and where they go: rows of 2 x 16 floats, `stride` apart.
typedef struct {
  const float *from;
  float *to;
  size_t to_stride;
  __mmask16 lanes[2];
} sums;

enum { SUMS_STRIDE = 32 };

// Units [unit0, unit0 + units) of `panel` to its half of the chunk.
#define DEFINE_UNPACK(format, sixteen, has_minimum, zero_bits)                                    \
  TK_INLINE void unpack_chunk_##format(const tk_panel_##format *panel, size_t unit0,              \
                                       size_t units, int which, chunk *to) {                      \
    enum { GROUPS = TK_UNIT_##format / 32, STEP = GROUPS < 4 ? GROUPS : 4 };                      \
    const __m512i zero = _mm512_set1_epi8((char)(zero_bits ? 1 << zero_bits : 0));                \
    for (size_t i = 0; i < units; i++) {                                                          \
      const tk_panel_##format *p = panel + unit0 + i;                                             \
      unit_##format unit;                                                                         \
      unit_of_##format(p, &unit);                                                                 \
      _Pragma("clang loop unroll(disable)") for (int g0 = 0; g0 < GROUPS; g0 += STEP)             \
      _Pragma("clang loop unroll(full)") for (int step = 0; step < STEP; step++) {                \
        const int g = g0 + step;                                                                  \
        const size_t at = i * GROUPS + (size_t)g;                                                 \
        __m512i start = _mm512_setzero_si512();                                                   \
        _Pragma("clang loop unroll(full)") for (int j = 0; j < 8; j++) {                          \
          const __m512i code = _mm512_sub_epi8(codes_##format(p, g, j), zero);                    \
          _mm512_store_si512(to->codes[8 * at + (size_t)j][which], code);                         \
          if (!TK_CHUNK_STARTS) continue;                                                         \
          start = _mm512_dpbusd_epi32(start, _mm512_set1_epi8((char)0x80), code);                 \
          if (sixteen ? j % 4 == 3 : j == 7) {                                                    \
            _mm512_store_si512(to->starts[sixteen ? 2 * at + (size_t)(j / 4) : at][which],        \
                               _mm512_sub_epi32(_mm512_setzero_si512(), start));                  \
            start = _mm512_setzero_si512();                                                       \
          }                                                                                       \
        }                                                                                         \
        _Pragma("clang loop unroll(full)") for (int h = 0; h < (sixteen ? 2 : 1); h++) {          \
          const int own = sixteen ? 2 * g + h : g;                                                \
          const size_t place = sixteen ? 2 * at + (size_t)h : at;                                 \
          _mm512_store_ps(to->scales[place][which], scale_##format(p, &unit, own));               \
          if (has_minimum)                                                                        \
            _mm512_store_ps(to->minima[place][which], minimum_##format(p, &unit, own));           \
        }                                                                                         \
      }                                                                                           \
    }                                                                                             \
  }

TK_EACH_PANEL_KIND(DEFINE_UNPACK)

// The lanes of a panel that are rows of the matrix.
TK_INLINE __mmask16 panel_lanes(const tk_panel_args *args, size_t panel) {
  const size_t row = panel * TK_PANEL_ROWS, left = args->rows > row ? args->rows - row : 0;
  return left < TK_PANEL_ROWS ? (__mmask16)((1u << left) - 1) : (__mmask16)-1;
}

TK_INLINE sums sums_of(const tk_panel_args *args, chunk *w, size_t p, int panels, size_t b0,
                       int first, int last) {
  sums s = {first ? NULL : w->sums[0][0],
            w->sums[0][0],
            SUMS_STRIDE,
            {(__mmask16)-1, (__mmask16)-1}};
  if (last) {
    s.to = args->out + b0 * args->out_stride + p * TK_PANEL_ROWS;
    s.to_stride = args->out_stride;
    s.lanes[0] = panel_lanes(args, p);
    s.lanes[1] = panels > 1 ? panel_lanes(args, p + 1) : 0;
  }
  return s;
}

// Activation rows to go through the weights with: as many as leave room for them in a 2 MiB L2, in
// equal parts, each a multiple of what the kernels take at a time.
TK_INLINE size_t rows_at_once(const tk_panel_activations *a) {
  enum { BYTES = 1 << 20, MULTIPLE = 48 };
  size_t most = BYTES / a->stride;
  most = most > MOST_ROWS ? MOST_ROWS : most < MULTIPLE ? MULTIPLE : most;
  const size_t parts = (a->rows + most - 1) / most, rows = (a->rows + parts - 1) / parts;
  const size_t even = (rows + MULTIPLE - 1) / MULTIPLE * MULTIPLE;
  return even > MOST_ROWS ? MOST_ROWS : even;
}

// Walks some activation rows, two panels, a chunk at a time; `block` takes the
// products of the chunk with activation rows [b0, b0 + rows).
#define DEFINE_MANY(format, sixteen, has_minimum, zero_bits, isa, before, block, after)           \
  void tk_panel_many_##format##_##isa(const tk_panel_args *args, size_t panel0, size_t panel1,    \
                                      void *scratch) {                                            \
    enum { UNITS = CHUNK / TK_UNIT_##format };                                                    \
    const size_t units = args->panel_bytes / sizeof(tk_panel_##format);                           \
    chunk *const at = scratch;                                                                    \
    before;                                                                                       \
    const size_t step = rows_at_once(&args->a);                                                   \
    for (size_t b0 = 0; b0 < args->a.rows; b0 += step)                                            \
      for (size_t p = panel0; p < panel1; p += 2) {                                               \
        const size_t left = args->a.rows - b0, rows = left < step ? left : step;                  \
        const int panels = panel1 - p < 2 ? 1 : 2;                                                \
        const char *const panel = (const char *)args->panels + p * args->panel_bytes;             \
        for (size_t unit = 0; unit < units; unit += UNITS) {                                      \
          const size_t count = units - unit < UNITS ? units - unit : UNITS;                       \
          const tk_panel_##format *one = (const void *)panel;                                     \
          const tk_panel_##format *two = (const void *)(panel + args->panel_bytes);               \
          unpack_chunk_##format(one, unit, count, 0, at);                                         \
          if (panels > 1) unpack_chunk_##format(two, unit, count, 1, at);                         \
          const sums s = sums_of(args, at, p, panels, b0, unit == 0, unit + count == units);      \
          block(&args->a, at, &s, panels, b0, rows, unit * TK_UNIT_##format / 32,                 \
                count * TK_UNIT_##format / 32, sixteen, has_minimum);                             \
        }                                                                                         \
      }                                                                                           \
    after;                                                                                        \
  }
