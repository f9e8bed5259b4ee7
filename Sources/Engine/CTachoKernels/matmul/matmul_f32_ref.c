// SPDX-License-Identifier: Apache-2.0
// Reference: weights of any format, dequantised exactly, times float32 activations; sums in double.
#include "formats.h"
#include "ops.h"

void tk_matmul_f32_ref(const tk_matmul_f32_args *args, size_t row0, size_t row1, void *scratch) {
  float *w = scratch;
  for (size_t row = row0; row < row1; row++) {
    tk_dequantize((tk_format)args->format, (const char *)args->weights + row * args->row_bytes, w,
                  args->columns);
    for (size_t b = 0; b < args->batch; b++) {
      double total = 0;
      for (size_t c = 0; c < args->columns; c++)
        total += (double)w[c] * args->activations[b * args->columns + c];
      args->out[b * args->out_stride + row] = (float)total;
    }
  }
}

void tk_matmul_tile_f32_ref(const tk_matmul_f32_args *args, size_t row0, size_t row1,
                            void *scratch) {
  float *w = scratch;
  for (size_t row = row0; row < row1; row++) {
    tk_dequantize((tk_format)args->format, (const char *)args->weights + row * args->row_bytes, w,
                  args->columns);
    for (size_t b = 0; b < args->batch; b++) {
      const float *a = args->activations + b / TK_TILE * args->columns * TK_TILE + b % TK_TILE;
      double total = 0;
      for (size_t c = 0; c < args->columns; c++) total += (double)w[c] * a[c * TK_TILE];
      args->out[b * args->out_stride + row] = (float)total;
    }
  }
}

void tk_transpose_tile_ref(const float *source, size_t rows, size_t columns, float *target,
                           size_t first_tile, size_t last_tile) {
  for (size_t tile = first_tile; tile < last_tile; tile++)
    for (size_t c = 0; c < columns; c++)
      for (size_t lane = 0; lane < TK_TILE; lane++) {
        const size_t row = tile * TK_TILE + lane;
        target[(tile * columns + c) * TK_TILE + lane] = row < rows ? source[row * columns + c] : 0;
      }
}
