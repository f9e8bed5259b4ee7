// SPDX-License-Identifier: Apache-2.0
// Reference: weights and activations rounded to bfloat16, products exact, sums in double.
#include <string.h>

#include "formats.h"
#include "ops.h"

static float rounded(float value) { return tk_bfloat_to_float(tk_float_to_bfloat(value)); }

void tk_matmul_bf16_ref(const tk_matmul_f32_args *args, size_t row0, size_t row1, void *scratch) {
  float *w = scratch;
  for (size_t row = row0; row < row1; row++) {
    tk_dequantize((tk_format)args->format, (const char *)args->weights + row * args->row_bytes, w,
                  args->columns);
    for (size_t b = 0; b < args->batch; b++) {
      double total = 0;
      for (size_t c = 0; c < args->columns; c++)
        total += (double)rounded(w[c]) * args->activations[b * args->columns + c];
      args->out[b * args->out_stride + row] = (float)total;
    }
  }
}

void tk_matmul_tile_bf16_ref(const tk_matmul_f32_args *args, size_t row0, size_t row1,
                             void *scratch) {
  const uint16_t *tiles = (const uint16_t *)args->activations;
  float *w = scratch;
  for (size_t row = row0; row < row1; row++) {
    tk_dequantize((tk_format)args->format, (const char *)args->weights + row * args->row_bytes, w,
                  args->columns);
    for (size_t b = 0; b < args->batch; b++) {
      const uint16_t *a = tiles + b / TK_TILE * tk_bf16_columns(args->columns) * TK_TILE;
      double total = 0;
      for (size_t c = 0; c < args->columns; c++)
        total += (double)rounded(w[c]) *
                 tk_bfloat_to_float(a[(c / 2 * TK_TILE + b % TK_TILE) * 2 + c % 2]);
      args->out[b * args->out_stride + row] = (float)total;
    }
  }
}

void tk_pack_tile_bf16_ref(const float *source, size_t rows, size_t columns, float *target,
                           size_t first_tile, size_t last_tile) {
  const size_t padded = tk_bf16_columns(columns);
  uint16_t *out = (uint16_t *)target;
  for (size_t tile = first_tile; tile < last_tile; tile++)
    for (size_t c = 0; c < padded; c++)
      for (size_t lane = 0; lane < TK_TILE; lane++) {
        const size_t row = tile * TK_TILE + lane;
        out[tile * padded * TK_TILE + (c / 2 * TK_TILE + lane) * 2 + c % 2] =
            row < rows && c < columns ? tk_float_to_bfloat(source[row * columns + c]) : 0;
      }
}

void tk_round_bf16_ref(const float *source, float *target, size_t count) {
  for (size_t i = 0; i < count; i++) target[i] = rounded(source[i]);
}
