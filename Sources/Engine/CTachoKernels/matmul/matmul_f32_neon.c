// SPDX-License-Identifier: Apache-2.0
// Weights times float32 activations for neon; the code is in matmul_f32_body.h.
#if defined(__aarch64__)
#define VW 4
#include "matmul_f32_body.h"

void tk_matmul_f32_neon(const tk_matmul_f32_args *args, size_t row0, size_t row1, void *scratch) {
  matmul_rows(args, row0, row1, scratch);
}

void tk_matmul_tile_f32_neon(const tk_matmul_f32_args *args, size_t row0, size_t row1, void *scratch) {
  matmul_tiles(args, row0, row1, scratch);
}

void tk_transpose_tile_neon(const float *source, size_t rows, size_t columns, float *target,
                          size_t first_tile, size_t last_tile) {
  for (size_t tile = first_tile; tile < last_tile; tile++)
    for (size_t lane = 0; lane < TK_TILE; lane++) {
      const size_t row = tile * TK_TILE + lane;
      float *out = target + tile * columns * TK_TILE + lane;
      for (size_t c = 0; c < columns; c++)
        out[c * TK_TILE] = row < rows ? source[row * columns + c] : 0;
    }
}

#endif
