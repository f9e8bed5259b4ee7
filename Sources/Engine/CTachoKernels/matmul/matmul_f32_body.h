// SPDX-License-Identifier: Apache-2.0
// Weights of any format times float32 activations, for the vector width VW. F32, F16 and BF16 rows
// are read directly; quantised rows are dequantised exactly, a row at a time.
// Few activation rows: dot products, bound by the weights' bytes. Many: matmul_f32_tile_body.h.
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
  switch (format) {
    case TK_F16: return tk_half_to_float(((const uint16_t *)row)[column]);
    case TK_BF16: return tk_bfloat_to_float(((const uint16_t *)row)[column]);
    default: return ((const float *)row)[column];
  }
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
