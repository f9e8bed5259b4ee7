// SPDX-License-Identifier: Apache-2.0
// Weights of any format times float32 activations, for the vector width VW. F32, F16 and BF16 rows
// are read directly; quantised rows are dequantised exactly, a row at a time.
// Few activation rows: dot products, bound by the weights' bytes. Many: eight weight rows against
// tiles of 16 activation rows, one per lane, bound by fused multiply-adds.
#include "../memory/vector.h"
#include "formats.h"
#include "ops.h"

// How far ahead of the arithmetic weights are asked for; rows follow each other in memory.
#ifndef TK_PREFETCH_BYTES
#define TK_PREFETCH_BYTES 4096
#endif

static inline __attribute__((always_inline)) vfloat load_weights(const void *row, size_t column,
                                                                 const int format) {
  switch (format) {
    case TK_F16: return v_load_half((const uint16_t *)row + column);
    case TK_BF16: return v_load_bfloat((const uint16_t *)row + column);
    default: return v_load((const float *)row + column);
  }
}

static inline float load_weight(const void *row, size_t column, int format) {
  float value;  // memcpy, because a row may begin at any address
  uint16_t bits;
  if (format == TK_F16 || format == TK_BF16) {
    memcpy(&bits, (const char *)row + 2 * column, 2);
    return format == TK_F16 ? tk_half_to_float(bits) : tk_bfloat_to_float(bits);
  }
  memcpy(&value, (const char *)row + 4 * column, 4);
  return value;
}

static inline __attribute__((always_inline)) float dot(const void *row, const float *x,
                                                       size_t columns, const int format) {
  vfloat a = {0}, b = {0}, c = {0}, d = {0};
  size_t i = 0;
  const size_t size = format == TK_F16 || format == TK_BF16 ? 2 : 4;
  for (; i + 4 * VW <= columns; i += 4 * VW) {
    for (size_t line = 0; line < 4 * VW * size; line += 64)
      __builtin_prefetch((const char *)row + i * size + line + TK_PREFETCH_BYTES);
    a = v_fma(load_weights(row, i, format), v_load(x + i), a);
    b = v_fma(load_weights(row, i + VW, format), v_load(x + i + VW), b);
    c = v_fma(load_weights(row, i + 2 * VW, format), v_load(x + i + 2 * VW), c);
    d = v_fma(load_weights(row, i + 3 * VW, format), v_load(x + i + 3 * VW), d);
  }
  for (; i + VW <= columns; i += VW) a = v_fma(load_weights(row, i, format), v_load(x + i), a);
  float total = v_sum((a + b) + (c + d));
  for (; i < columns; i++) total += load_weight(row, i, format) * x[i];
  return total;
}

static inline __attribute__((always_inline)) void rows_of(const tk_matmul_f32_args *args,
                                                          size_t row0, size_t row1, float *scratch,
                                                          const int format) {
  for (size_t row = row0; row < row1; row++) {
    const void *weights = (const char *)args->weights + row * args->row_bytes;
    if (format < 0) {  // quantised
      tk_dequantize((tk_format)args->format, weights, scratch, args->columns);
      weights = scratch;
    }
    for (size_t b = 0; b < args->batch; b++)
      args->out[b * args->out_stride + row] =
          dot(weights, args->activations + b * args->columns, args->columns, format);
  }
}

static void matmul_rows(const tk_matmul_f32_args *args, size_t row0, size_t row1, void *scratch) {
  switch (args->format) {
    case TK_F32: rows_of(args, row0, row1, scratch, TK_F32); break;
    case TK_F16: rows_of(args, row0, row1, scratch, TK_F16); break;
    case TK_BF16: rows_of(args, row0, row1, scratch, TK_BF16); break;
    default: rows_of(args, row0, row1, scratch, -1); break;
  }
}

static inline __attribute__((always_inline)) void to_float(const void *row, float *out,
                                                           size_t columns, const int format) {
  size_t i = 0;
  for (; i + VW <= columns; i += VW) v_store(out + i, load_weights(row, i, format));
  for (; i < columns; i++) out[i] = load_weight(row, i, format);
}

// Vectors of VW lanes that hold one tile of 16 activation rows.
enum { PARTS = TK_TILE / VW };

// `rows` weight rows against `tiles` neighbouring tiles of 16 activation rows.
static inline __attribute__((always_inline)) void tile_block(const float *w, size_t w_stride,
                                                             const int rows, const int tiles,
                                                             const float *a, size_t columns,
                                                             float *out, size_t out_stride,
                                                             size_t lanes) {
  vfloat total[8][2 * PARTS];
  const int parts = tiles * PARTS;
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
    for (int p = 0; p < parts; p++) total[r][p] = v_set(0);
  for (size_t c = 0; c < columns; c++) {
    vfloat x[2 * PARTS];
#pragma clang loop unroll(full)
    for (int p = 0; p < parts; p++)
      x[p] = v_load(a + ((size_t)(p / PARTS) * columns + c) * TK_TILE + p % PARTS * VW);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
      for (int p = 0; p < parts; p++)
        total[r][p] = v_fma(v_set(w[(size_t)r * w_stride + c]), x[p], total[r][p]);
  }
  for (int r = 0; r < rows; r++) {
    float result[2 * TK_TILE];
    for (int p = 0; p < parts; p++) v_store(result + p * VW, total[r][p]);
    for (size_t lane = 0; lane < lanes; lane++) out[lane * out_stride + (size_t)r] = result[lane];
  }
}

// Accumulators must fit the registers: 32 with AVX-512, 16 with AVX2.
enum { BLOCK_ROWS = VW == 16 ? 8 : 4 };

static void matmul_tiles(const tk_matmul_f32_args *args, size_t row0, size_t row1, void *scratch) {
  const size_t columns = args->columns, stride = columns + 16;  // rows must not share cache sets
  float *w = scratch;
  for (size_t row = row0; row < row1; row += BLOCK_ROWS) {
    const size_t rows = row1 - row < BLOCK_ROWS ? row1 - row : BLOCK_ROWS;
    for (size_t r = 0; r < rows; r++) {
      const void *weights = (const char *)args->weights + (row + r) * args->row_bytes;
      switch (args->format) {
        case TK_F32: to_float(weights, w + r * stride, columns, TK_F32); break;
        case TK_F16: to_float(weights, w + r * stride, columns, TK_F16); break;
        case TK_BF16: to_float(weights, w + r * stride, columns, TK_BF16); break;
        default: tk_dequantize((tk_format)args->format, weights, w + r * stride, columns);
      }
    }
    const size_t step = VW == 16 ? 2 * TK_TILE : TK_TILE;
    for (size_t b = 0; b < args->batch; b += step) {
      const size_t left = args->batch - b, lanes = left < step ? left : step;
      const float *a = args->activations + b * columns;
      float *out = args->out + b * args->out_stride + row;
      for (size_t r = 0; r < rows; r += rows == BLOCK_ROWS ? BLOCK_ROWS : 1) {
        const int block = rows == BLOCK_ROWS ? BLOCK_ROWS : 1;
        if (lanes > TK_TILE && block > 1)
          tile_block(w, stride, BLOCK_ROWS, 2, a, columns, out, args->out_stride, lanes);
        else if (lanes > TK_TILE)
          tile_block(w + r * stride, stride, 1, 2, a, columns, out + r, args->out_stride, lanes);
        else if (block > 1)
          tile_block(w, stride, BLOCK_ROWS, 1, a, columns, out, args->out_stride, lanes);
        else
          tile_block(w + r * stride, stride, 1, 1, a, columns, out + r, args->out_stride, lanes);
      }
    }
  }
}
