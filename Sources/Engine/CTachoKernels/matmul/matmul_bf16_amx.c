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
  STEP = 32,                   // columns of one instruction
  DEPTH = TK_AMX_DEPTH,        // columns of a panel
  TILE_BYTES = 1024,
  ROW_TILE_BYTES = DEPTH / STEP * TILE_BYTES
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

// Columns [column, column + columns) of rows [row, row + rows) in bfloat16, [tile of 16 rows][step][16]
// [32]; what is missing becomes zero.
static inline __attribute__((always_inline)) void load_panel(const tk_matmul_f32_args *args,
                                                             size_t row, size_t rows,
                                                             size_t column, size_t columns,
                                                             uint8_t *panel, const int format) {
  const size_t size = format == TK_F32 ? 4 : 2, whole = columns / STEP, rest = columns % STEP;
  for (size_t r = 0; r < (rows + 31) / 32 * 32; r++) {
    const char *in = (const char *)args->weights + (row + r) * args->row_bytes + column * size;
    uint8_t *out = panel + r / 16 * ROW_TILE_BYTES + r % 16 * 64;
    for (size_t s = 0; s < whole; s++) {
      const __m512i step = r < rows ? load_step(in + s * STEP * size, format) : (__m512i){0};
      _mm512_store_si512(out + s * TILE_BYTES, step);
    }
    if (rest) {
      char last[STEP * 4] = {0};
      if (r < rows) memcpy(last, in + whole * STEP * size, rest * size);
      _mm512_store_si512(out + whole * TILE_BYTES, load_step(last, format));
    }
  }
}

// Two tiles of weight rows by one or two of activation rows, over `steps`.
static inline __attribute__((always_inline)) void product_block(
    const uint8_t *w, const uint8_t *x0, const uint8_t *x1, const int pair, size_t steps,
    float *sums, int first) {
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
  }
  _tile_stored(0, sums, SUM_BYTES);
  _tile_stored(2, below, SUM_BYTES);
  if (pair) _tile_stored(1, sums + 16, SUM_BYTES);
  if (pair) _tile_stored(3, below + 16, SUM_BYTES);
}

// One panel of weight rows against at most TK_FLOAT_BATCH activation rows.
static inline __attribute__((always_inline)) void product_panel(const tk_matmul_f32_args *args,
                                                                size_t row, size_t rows,
                                                                size_t batch, uint8_t *panel,
                                                                const int format) {
  const size_t left = args->batch - batch, lanes = left < TK_FLOAT_BATCH ? left : TK_FLOAT_BATCH;
  const size_t tiles = (lanes + 15) / 16, columns = args->columns;
  const size_t tile_bytes = tk_bf16_columns(columns) / STEP * TILE_BYTES;
  const uint8_t *x = (const uint8_t *)args->activations + batch / TK_TILE * tile_bytes;
  float *sums = (float *)(panel + TK_FLOAT_ROWS * DEPTH * 2);
  for (size_t column = 0; column < columns; column += DEPTH) {
    const size_t depth = columns - column < DEPTH ? columns - column : DEPTH;
    const size_t steps = (depth + STEP - 1) / STEP;
    load_panel(args, row, rows, column, depth, panel, format);
    for (size_t t = 0; t < tiles; t += 2) {
      const uint8_t *x0 = x + t * tile_bytes + column / STEP * TILE_BYTES;
      for (size_t r = 0; r < rows; r += 32) {
        const uint8_t *w = panel + r / 16 * ROW_TILE_BYTES;
        float *block = sums + r * TK_SUM_STRIDE + t * 16;
        if (t + 1 < tiles)
          product_block(w, x0, x0 + tile_bytes, 1, steps, block, column == 0);
        else
          product_block(w, x0, x0, 0, steps, block, column == 0);
      }
    }
  }
  store_panel(args, sums, row, rows, batch, lanes);
}

void tk_matmul_tile_bf16_amx(const tk_matmul_f32_args *args, size_t row0, size_t row1,
                             void *scratch) {
  configure_tiles();
  for (size_t batch = 0; batch < args->batch; batch += TK_FLOAT_BATCH)
    for (size_t row = row0; row < row1; row += TK_FLOAT_ROWS) {
      const size_t rows = row1 - row < TK_FLOAT_ROWS ? row1 - row : TK_FLOAT_ROWS;
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
