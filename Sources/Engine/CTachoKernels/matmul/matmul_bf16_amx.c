// SPDX-License-Identifier: Apache-2.0
// Products of many activation rows with the bfloat16 tiles of AMX (TDPBF16PS): 16 weight rows by 16
// activation rows by 32 columns an instruction. Subnormal numbers are taken for zero.
//
// Weights are the left operand, so that a panel of them is a plain copy in bfloat16, [tile of 16
// rows][step of 32 columns][16][32]; activations are the right one, in pairs as they were prepared.
// Two by two tiles of sums stay in registers over a panel's depth. Every output is summed in the order
// of columns, in steps of 32, whatever the division of rows.
#if defined(__x86_64__)
#include <immintrin.h>

#define VW 16
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx512bf16,avx2,fma,f16c,amx-tile,amx-bf16"))), \
    apply_to = function)
#include "../memory/vector.h"
#include "formats.h"
#include "matmul_f32_lanes.h"
#include "ops.h"

enum {
  STEP = 32,                          // columns of one instruction
  STEPS = 2 * TK_PANEL_DEPTH / STEP,  // of a panel
  TILE_BYTES = 1024,
  ROW_TILE_BYTES = STEPS * TILE_BYTES
};

typedef struct {
  uint8_t palette, start_row, reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
} tile_configuration;

static inline void configure_tiles(void) {
  tile_configuration configuration = {.palette = 1};
  for (int tile = 0; tile < 8; tile++) {
    configuration.row_bytes[tile] = 64;
    configuration.rows[tile] = 16;
  }
  _tile_loadconfig(&configuration);
}

// 32 columns of one row as bfloat16.
static inline __attribute__((always_inline)) __m512i load_step(const char *row, const int format) {
  if (format == TK_BF16) return _mm512_loadu_si512(row);
  if (format == TK_F16)
    return (__m512i)_mm512_cvtne2ps_pbh(_mm512_cvtph_ps(_mm256_loadu_si256((const void *)(row + 32))),
                                        _mm512_cvtph_ps(_mm256_loadu_si256((const void *)row)));
  return (__m512i)_mm512_cvtne2ps_pbh(_mm512_loadu_ps(row + 64), _mm512_loadu_ps(row));
}

// Converts a panel's weights step by step, so that it can be done between the products of another
// panel: the tile unit leaves the vector units idle.
typedef struct {
  const char *row_start, *end;  // of the row in work: its first and last byte of this panel
  const char *next;             // the step to convert
  uint8_t *out;
  size_t row, rows, row_bytes;
} converter;

static inline converter convert_begin(const tk_matmul_f32_args *args, size_t row, size_t rows,
                                      size_t column, size_t columns, size_t size, uint8_t *panel) {
  const char *start = (const char *)args->weights + row * args->row_bytes + column * size;
  const size_t steps = (columns + STEP - 1) / STEP;
  for (size_t tile = 0; tile < (rows + 31) / 32 * 2; tile++)  // rows that are missing are zeros
    for (size_t r = tile * 16 > rows ? 0 : rows - tile * 16; r < 16; r++)
      for (size_t s = 0; s < steps; s++)
        memset(panel + tile * ROW_TILE_BYTES + s * TILE_BYTES + r * 64, 0, 64);
  return (converter){start, start + columns * size, start, panel, 0, rows, args->row_bytes};
}

static inline __attribute__((always_inline)) void convert_step(converter *work, const int format) {
  enum { BYTES_F32 = 4 * STEP, BYTES_HALF = 2 * STEP };
  const size_t bytes = format == TK_F32 ? BYTES_F32 : BYTES_HALF;
  if (work->row >= work->rows) return;
  const char *from = work->next;
  char whole[BYTES_F32] __attribute__((aligned(64)));
  if (work->end - from < (ptrdiff_t)bytes) {
    memset(whole, 0, sizeof whole);
    memcpy(whole, from, (size_t)(work->end - from));
    from = whole;
  }
  __builtin_prefetch(work->next + work->row_bytes, 0, 2);
  if (format == TK_F32) __builtin_prefetch(work->next + work->row_bytes + 64, 0, 2);
  _mm512_storeu_si512(work->out, load_step(from, format));
  work->out += TILE_BYTES;
  work->next += bytes;
  if (work->next >= work->end) {
    const size_t steps = ((size_t)(work->end - work->row_start) + bytes - 1) / bytes;
    work->row++;
    work->out += (work->row % 16 ? 64 : ROW_TILE_BYTES - 15 * 64) - (ptrdiff_t)(steps * TILE_BYTES);
    work->row_start += work->row_bytes;
    work->end += work->row_bytes;
    work->next = work->row_start;
  }
}

// Two tiles of weight rows by one or two of activation rows, over `steps`; in each step `share` steps
// of another panel are converted and `lines` lines from `ahead` on fetched to the level-2 cache.
static inline __attribute__((always_inline)) void product_block(
    const uint8_t *w, const uint8_t *x0, const uint8_t *x1, const int pair, size_t steps,
    float *sums, int first, converter *work, size_t share, const int format, const char *ahead,
    size_t lines) {
  enum { SUM_BYTES = TK_SUM_STRIDE * 4 };
  float *below = sums + 16 * TK_SUM_STRIDE;
  if (first) {
    _tile_zero(0);
    _tile_zero(2);
    if (pair) _tile_zero(1);
    if (pair) _tile_zero(3);
  } else {
    _tile_loadd(0, sums, SUM_BYTES);
    _tile_loadd(2, below, SUM_BYTES);
    if (pair) _tile_loadd(1, sums + 16, SUM_BYTES);
    if (pair) _tile_loadd(3, below + 16, SUM_BYTES);
  }
  for (size_t s = 0; s < steps; s++) {
    _tile_loadd(4, w + s * TILE_BYTES, 64);
    _tile_loadd(6, x0 + s * TILE_BYTES, 64);
    _tile_dpbf16ps(0, 4, 6);
    if (pair) _tile_loadd(7, x1 + s * TILE_BYTES, 64);
    if (pair) _tile_dpbf16ps(1, 4, 7);
    _tile_loadd(5, w + ROW_TILE_BYTES + s * TILE_BYTES, 64);
    _tile_dpbf16ps(2, 5, 6);
    if (pair) _tile_dpbf16ps(3, 5, 7);
    for (size_t i = 0; i < share; i++) convert_step(work, format);
    for (size_t i = 0; i < lines; i++, ahead += 64) __builtin_prefetch(ahead, 0, 2);
  }
  _tile_stored(0, sums, SUM_BYTES);
  _tile_stored(2, below, SUM_BYTES);
  if (pair) _tile_stored(1, sums + 16, SUM_BYTES);
  if (pair) _tile_stored(3, below + 16, SUM_BYTES);
}

// One panel of weight rows against at most TK_PANEL_BATCH activation rows.
static inline __attribute__((always_inline)) void product_panel(const tk_matmul_f32_args *args,
                                                                size_t row, size_t rows,
                                                                size_t batch, uint8_t *scratch,
                                                                const int format) {
  enum { DEPTH = 2 * TK_PANEL_DEPTH, PANEL_BYTES = TK_PANEL_ROWS * DEPTH * 2 };
  const size_t size = format == TK_F32 ? 4 : 2, columns = args->columns;
  const size_t left = args->batch - batch, lanes = left < TK_PANEL_BATCH ? left : TK_PANEL_BATCH;
  const size_t tiles = (lanes + 15) / 16, row_pairs = (rows + 31) / 32;
  const size_t tile_bytes = tk_bf16_columns(columns) / STEP * TILE_BYTES;
  const uint8_t *x = (const uint8_t *)args->activations + batch / TK_TILE * tile_bytes;
  float *sums = (float *)(scratch + 2 * PANEL_BYTES);
  uint8_t *panel = scratch, *other = scratch + PANEL_BYTES;
  converter work = convert_begin(args, row, rows, 0, columns < DEPTH ? columns : DEPTH, size, panel);
  while (work.row < work.rows) convert_step(&work, format);
  for (size_t column = 0; column < columns; column += DEPTH) {
    const size_t rest = columns - column, depth = rest < DEPTH ? rest : DEPTH;
    const size_t steps = (depth + STEP - 1) / STEP, after = rest - depth;
    size_t share = 0;
    if (after > 0) {
      const size_t next = after < DEPTH ? after : DEPTH;
      const size_t slots = (tiles + 1) / 2 * row_pairs * steps;
      work = convert_begin(args, row, rows, column + depth, next, size, other);
      share = (rows * ((next + STEP - 1) / STEP) + slots - 1) / slots;
    }
    const size_t offset = column / STEP * TILE_BYTES;
    for (size_t t = 0; t < tiles; t += 2) {
      const uint8_t *x0 = x + t * tile_bytes + offset;
      for (size_t r = 0; r < row_pairs; r++) {
        const uint8_t *w = panel + 2 * r * ROW_TILE_BYTES;
        float *block = sums + r * 32 * TK_SUM_STRIDE + t * 16;
        const char *ahead = (const char *)x0 + 2 * tile_bytes;
        if (t + 1 < tiles)
          product_block(w, x0, x0 + tile_bytes, 1, steps, block, column == 0, &work, share, format,
                        ahead, 0);
        else
          product_block(w, x0, NULL, 0, steps, block, column == 0, &work, share, format, ahead, 0);
      }
    }
    uint8_t *done = panel;
    panel = other;
    other = done;
  }
  store_panel(args, sums, row, rows, batch, lanes);
}

void tk_matmul_tile_bf16_amx(const tk_matmul_f32_args *args, size_t row0, size_t row1,
                             void *scratch) {
  configure_tiles();
  for (size_t batch = 0; batch < args->batch; batch += TK_PANEL_BATCH)
    for (size_t row = row0; row < row1; row += TK_PANEL_ROWS) {
      const size_t rows = row1 - row < TK_PANEL_ROWS ? row1 - row : TK_PANEL_ROWS;
      switch (args->format) {
        case TK_F32: product_panel(args, row, rows, batch, scratch, TK_F32); break;
        case TK_F16: product_panel(args, row, rows, batch, scratch, TK_F16); break;
        default: product_panel(args, row, rows, batch, scratch, TK_BF16);
      }
    }
  _tile_release();
}

#pragma clang attribute pop
#endif
