// SPDX-License-Identifier: Apache-2.0
// Activations to int8 in blocks of 32 (scale = largest magnitude / 127, round to nearest even), for
// the vector width VW.
#include "../memory/vector.h"
#include "ops.h"

typedef int8_t vbyte __attribute__((vector_size(VW)));

// Quantises 32 floats; returns the scale. A block of zeros, or too small for codes, has scale 0.
static inline float quantize_block(const float *x, int8_t *q) {
  vfloat largest = {0};
  for (int i = 0; i < 32; i += VW) largest = v_max(largest, __builtin_elementwise_abs(v_load(x + i)));
  float lanes[VW], magnitude = 0;
  v_store(lanes, largest);
  for (int i = 0; i < VW; i++) magnitude = lanes[i] > magnitude ? lanes[i] : magnitude;
  const float inverse = magnitude > TK_Q8_SMALLEST ? 127.0f / magnitude : 0.0f;
  for (int i = 0; i < 32; i += VW) {
    const vfloat rounded = __builtin_elementwise_roundeven(v_load(x + i) * inverse);
    const vbyte bytes = __builtin_convertvector(__builtin_convertvector(rounded, vint), vbyte);
    memcpy(q + i, &bytes, sizeof bytes);
  }
  return inverse > 0 ? magnitude / 127.0f : 0.0f;
}

static void quantize_rows(const tk_quantize_args *args, size_t first, size_t last) {
  const size_t blocks = args->columns / 32;
  for (size_t row = first; row < last; row++)
    for (size_t b = 0; b < blocks; b++) {
      const size_t at = row * args->columns + 32 * b;
      args->scales[row * blocks + b] = quantize_block(args->source + at, args->q + at);
    }
}

static void quantize_tiles(const tk_quantize_args *args, size_t first, size_t last) {
  const size_t columns = args->columns, blocks = columns / 32;
  for (size_t tile = first; tile < last; tile++)
    for (size_t lane = 0; lane < TK_TILE; lane++) {
      const size_t row = tile * TK_TILE + lane;
      int8_t *q = args->q + tile * columns * TK_TILE + 4 * lane;
      float *scales = args->scales + tile * blocks * TK_TILE + lane;
      float *sums = args->sums + tile * 2 * blocks * TK_TILE + lane;
      for (size_t b = 0; b < blocks; b++) {
        int8_t block[32] = {0};
        const float scale =
            row < args->rows ? quantize_block(args->source + row * columns + 32 * b, block) : 0;
        for (size_t i = 0; i < 32; i += 4) memcpy(q + (32 * b + i) * TK_TILE, block + i, 4);
        scales[b * TK_TILE] = scale;
        for (size_t half = 0; half < 2; half++) {
          int sum = 0;
          for (size_t i = 0; i < 16; i++) sum += block[16 * half + i];
          sums[(2 * b + half) * TK_TILE] = scale * (float)sum;
        }
      }
    }
}
