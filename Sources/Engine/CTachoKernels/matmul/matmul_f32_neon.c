// SPDX-License-Identifier: Apache-2.0
// Weights times float32 activations for neon; the code is in matmul_f32_body.h.
#if defined(__aarch64__)
#define VW 4
#include "matmul_f32_body.h"
#include "matmul_f32_tile_body.h"

void tk_matmul_f32_neon(const tk_matmul_f32_args *args, size_t row0, size_t row1, void *scratch) {
  matmul_rows(args, row0, row1, scratch, 0);
}

void tk_matmul_tile_f32_neon(const tk_matmul_f32_args *args, size_t row0, size_t row1, void *scratch) {
  matmul_tiles(args, row0, row1, scratch);
}

void tk_transpose_tile_neon(const float *source, size_t rows, size_t columns, float *target,
                          size_t first_tile, size_t last_tile) {
  transpose_tiles(source, rows, columns, target, first_tile, last_tile);
}

#endif
