// SPDX-License-Identifier: Apache-2.0
// Reference: activations to int8 in blocks of 32, scale = largest magnitude / 127, round to nearest
// even.
#include <math.h>

#include "ops.h"

static float quantize_block(const float *x, int8_t *q) {
  float magnitude = 0;
  for (int i = 0; i < 32; i++) magnitude = fmaxf(magnitude, fabsf(x[i]));
  const float inverse = magnitude > TK_Q8_SMALLEST ? 127.0f / magnitude : 0.0f;
  for (int i = 0; i < 32; i++) q[i] = (int8_t)nearbyintf(x[i] * inverse);
  return inverse > 0 ? magnitude / 127.0f : 0.0f;
}

void tk_quantize_rows_q8_ref(const tk_quantize_args *args, size_t first, size_t last) {
  const size_t blocks = args->columns / 32;
  for (size_t row = first; row < last; row++)
    for (size_t b = 0; b < blocks; b++) {
      const size_t at = row * args->columns + 32 * b;
      args->scales[row * blocks + b] = quantize_block(args->source + at, args->q + at);
    }
}

void tk_quantize_tiles_q8_ref(const tk_quantize_args *args, size_t first, size_t last) {
  const size_t columns = args->columns, blocks = columns / 32;
  for (size_t tile = first; tile < last; tile++)
    for (size_t b = 0; b < blocks; b++)
      for (size_t lane = 0; lane < TK_TILE; lane++) {
        const size_t row = tile * TK_TILE + lane;
        int8_t block[32] = {0};
        float scale = 0;
        if (row < args->rows) scale = quantize_block(args->source + row * columns + 32 * b, block);
        int8_t *q = args->q + (tile * columns + 32 * b) * TK_TILE;
        int sums[2] = {0, 0};
        for (size_t i = 0; i < 32; i++) {
          q[i / 4 * 4 * TK_TILE + lane * 4 + i % 4] = block[i];
          sums[i / 16] += block[i];
        }
        args->scales[(tile * blocks + b) * TK_TILE + lane] = scale;
        for (size_t half = 0; half < 2; half++)
          args->sums[(tile * 2 * blocks + 2 * b + half) * TK_TILE + lane] =
              scale * (float)sums[half];
      }
}
