// SPDX-License-Identifier: Apache-2.0
// Weights of any format times float32 activations, for the vector width VW. F32, F16 and BF16 rows
// are read directly; quantised rows are dequantised exactly, a row at a time.
// Few activation rows: dot products, bound by the weights' bytes. Many: matmul_f32_tile_body.h.
#include "../memory/vector.h"
#include "formats.h"
#include "matmul_f32_lanes.h"
#include "ops.h"

// Weight rows and activation rows whose dot products are computed at once. Their sums must fit the
// registers, 16 with AVX2 and 32 otherwise; four rows are four streams from memory.
enum { DOT_ROWS = 4, DOT_BATCH = VW == 8 ? 2 : 4 };

static inline __attribute__((always_inline)) vfloat load_weights(const void *row, size_t column,
                                                                 const int format) {
  switch (format) {
    case TK_F16: return v_load_half((const uint16_t *)row + column);
    case TK_BF16: return v_load_bfloat((const uint16_t *)row + column);
    default: return v_load((const float *)row + column);
  }
}

// memcpy because a tensor in a safetensors file may start at any byte.
static inline float load_weight(const void *row, size_t column, int format) {
  uint16_t bits;
  float value;
  if (format == TK_F16 || format == TK_BF16) {
    memcpy(&bits, (const char *)row + 2 * column, 2);
    return format == TK_F16 ? tk_half_to_float(bits) : tk_bfloat_to_float(bits);
  }
  memcpy(&value, (const char *)row + 4 * column, 4);
  return value;
}

// What rows a block of dot products prefetches while it computes: `streams` rows from `next` on.
typedef struct {
  const char *next;
  int streams;
} dot_ahead;

// out[b * out_stride + r] = weights[r] . x[b] for constant numbers of rows and activation rows. Each is
// summed in the same order whatever the numbers, so a row's result does not depend on its batch.
static inline __attribute__((always_inline)) void dot_block(
    const tk_matmul_f32_args *args, const char *weights, const int rows, const float *x,
    const int batch, const int format, const int rounded, float *out, dot_ahead ahead) {
  enum { UNROLL = 2 };
  const size_t columns = args->columns, stride = args->row_bytes;
  const size_t size = format == TK_F16 || format == TK_BF16 ? 2 : 4;
  vfloat total[DOT_BATCH * DOT_ROWS];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows * batch; i++) total[i] = v_set(0);
  size_t c = 0;
  for (; c + UNROLL * VW <= columns; c += UNROLL * VW) {
    for (int s = 0; s < ahead.streams; s++)
      for (size_t line = 0; line < UNROLL * VW * size; line += 64)
        __builtin_prefetch(ahead.next + (size_t)s * stride + c * size + line, 0, 3);
#pragma clang loop unroll(full)
    for (int u = 0; u < UNROLL; u++) {
      vfloat w[DOT_ROWS];
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) {
        w[r] = load_weights(weights + (size_t)r * stride, c + (size_t)u * VW, format);
        if (rounded) w[r] = v_round_bfloat(w[r]);
      }
#pragma clang loop unroll(full)
      for (int b = 0; b < batch; b++) {
        const vfloat a = v_load(x + (size_t)b * columns + c + (size_t)u * VW);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) total[b * rows + r] = v_fma(w[r], a, total[b * rows + r]);
      }
    }
  }
  float sums[DOT_BATCH * DOT_ROWS];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows * batch; i += VW) {  // both are powers of two
    const int many = rows * batch < VW ? rows * batch : VW;
    const vfloat some = v_sums(total + i, many);
    memcpy(sums + i, &some, (size_t)many * sizeof(float));
  }
  for (int b = 0; b < batch; b++)
    for (int r = 0; r < rows; r++) {
      float sum = sums[b * rows + r];
      for (size_t i = c; i < columns; i++) {
        const float w = load_weight(weights + (size_t)r * stride, i, format);
        sum += (rounded ? tk_bfloat_to_float(tk_float_to_bfloat(w)) : w) * x[(size_t)b * columns + i];
      }
      out[(size_t)b * args->out_stride + (size_t)r] = sum;
    }
}

// `rows` weight rows against the whole batch; the rows after them are prefetched, a part in each pass.
static inline __attribute__((always_inline)) void dot_rows(const tk_matmul_f32_args *args,
                                                           const char *weights, const int rows,
                                                           const int format, const int rounded,
                                                           float *out, const char *next,
                                                           size_t next_rows) {
  const size_t passes = (args->batch + DOT_BATCH - 1) / DOT_BATCH;
  size_t b = 0;
  for (size_t pass = 0; b < args->batch; pass++) {
    const float *x = args->activations + b * args->columns;
    float *o = out + b * args->out_stride;
    const size_t first = pass * next_rows / passes, last = (pass + 1) * next_rows / passes;
    const dot_ahead ahead = {next + first * args->row_bytes, (int)(last - first)};
    if (DOT_BATCH == 4 && b + 4 <= args->batch) {
      dot_block(args, weights, rows, x, DOT_BATCH, format, rounded, o, ahead);
      b += 4;
    } else if (b + 2 <= args->batch) {
      dot_block(args, weights, rows, x, 2, format, rounded, o, ahead);
      b += 2;
    } else {
      dot_block(args, weights, rows, x, 1, format, rounded, o, ahead);
      b += 1;
    }
  }
}

static inline __attribute__((always_inline)) void rows_of(const tk_matmul_f32_args *args,
                                                          size_t row0, size_t row1, float *scratch,
                                                          const int format, const int rounded) {
  size_t row = row0;
  for (; format >= 0 && row + DOT_ROWS <= row1; row += DOT_ROWS) {
    const char *weights = (const char *)args->weights + row * args->row_bytes;
    const size_t after = row1 - row - DOT_ROWS;
    dot_rows(args, weights, DOT_ROWS, format, rounded, args->out + row,
             weights + DOT_ROWS * args->row_bytes, after < DOT_ROWS ? after : DOT_ROWS);
  }
  for (; row < row1; row++) {
    const char *weights = (const char *)args->weights + row * args->row_bytes;
    if (format < 0) {  // quantised
      tk_dequantize((tk_format)args->format, weights, scratch, args->columns);
      dot_rows(args, (const char *)scratch, 1, TK_F32, 0, args->out + row, NULL, 0);
    } else {
      dot_rows(args, weights, 1, format, rounded, args->out + row, NULL, 0);
    }
  }
}

// Bfloat16 weights are what rounding would make of them.
static inline __attribute__((always_inline)) void matmul_rows(const tk_matmul_f32_args *args,
                                                              size_t row0, size_t row1,
                                                              void *scratch, const int rounded) {
  switch (args->format) {
    case TK_F32: rows_of(args, row0, row1, scratch, TK_F32, rounded); break;
    case TK_F16: rows_of(args, row0, row1, scratch, TK_F16, rounded); break;
    case TK_BF16: rows_of(args, row0, row1, scratch, TK_BF16, 0); break;
    default: rows_of(args, row0, row1, scratch, -1, 0); break;
  }
}
