// SPDX-License-Identifier: Apache-2.0
// Reference: quantised weights times int8 activations, in plain C. Every other variant is tested
// against this one; the integer products are exact, so only the float summation order may differ.
#include "ops.h"
#include "unpack.h"

// One output: unpacked weights against one activation row given by strides.
static float dot(const uint8_t *u, const float *d, const float *m, size_t columns, size_t group,
                 const int8_t *q, size_t quad_stride, const float *scales, size_t scale_stride) {
  float total = 0;
  for (size_t g = 0; g < columns / group; g++) {
    int32_t product = 0, sum = 0;
    for (size_t c = g * group; c < (g + 1) * group; c++) {
      const int8_t a = q[(c / 4) * quad_stride + c % 4];
      product += (int32_t)u[c] * a;
      sum += a;
    }
    const float scale = scales[g * group / 32 * scale_stride];
    total += scale * (d[g] * (float)product + m[g] * (float)sum);
  }
  return total;
}

#define DEFINE(format)                                                                            \
  void tk_matmul_##format##_q8_ref(const tk_matmul_q8_args *args, size_t row0, size_t row1,       \
                                   void *scratch) {                                               \
    const size_t columns = args->columns;                                                         \
    uint8_t *u = scratch;                                                                         \
    float *d = (float *)(u + (columns + 63) / 64 * 64), *m = d + columns / 16;                    \
    for (size_t row = row0; row < row1; row++) {                                                  \
      unpack_##format((const char *)args->weights + row * args->row_bytes, columns, u, d, m);     \
      for (size_t b = 0; b < args->batch; b++)                                                    \
        args->out[b * args->out_stride + row] =                                                   \
            dot(u, d, m, columns, GROUP_##format, args->q + b * columns, 4,                       \
                args->scales + b * (columns / 32), 1);                                            \
    }                                                                                             \
  }                                                                                               \
  void tk_matmul_tile_##format##_q8_ref(const tk_matmul_q8_args *args, size_t row0, size_t row1,  \
                                        void *scratch) {                                          \
    const size_t columns = args->columns;                                                         \
    uint8_t *u = scratch;                                                                         \
    float *d = (float *)(u + (columns + 63) / 64 * 64), *m = d + columns / 16;                    \
    for (size_t row = row0; row < row1; row++) {                                                  \
      unpack_##format((const char *)args->weights + row * args->row_bytes, columns, u, d, m);     \
      for (size_t b = 0; b < args->batch; b++) {                                                  \
        const size_t tile = b / TK_TILE, lane = b % TK_TILE;                                      \
        args->out[b * args->out_stride + row] =                                                   \
            dot(u, d, m, columns, GROUP_##format, args->q + tile * columns * TK_TILE + lane * 4,  \
                4 * TK_TILE, args->scales + tile * (columns / 32) * TK_TILE + lane, TK_TILE);     \
      }                                                                                           \
    }                                                                                             \
  }

TK_EACH_QUANTIZED_FORMAT(DEFINE)
