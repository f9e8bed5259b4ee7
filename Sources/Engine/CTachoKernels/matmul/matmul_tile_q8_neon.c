// SPDX-License-Identifier: Apache-2.0
// Quantised weights times many rows of int8 activations, for NEON with dot products: four weight rows
// are unpacked to codes in L1 and multiplied with half a tile of activation rows, one per lane, so that
// a group's scale is applied once per group. Eight integer and eight float sums, their codes and
// activations fit the 32 registers; a whole tile would not. Bound: sdot (16 multiply-adds each).
#if defined(__aarch64__)
#include "neon.h"

#pragma clang attribute push(TK_NEON_TARGET, apply_to = function)
#include "unpack.h"

typedef struct {
  const uint8_t *u;
  const float *d, *m;
} unpacked;

enum { ROWS = 4, LANES = 8 };

// Where half a tile of activation rows lies, and what it is multiplied by.
typedef struct {
  const int8_t *q;
  const float *scales, *sums;
} half_tile;

// `rows` (at most 4) weight rows against eight activation rows. Codes have at most six bits, so they
// are the same signed and unsigned; those of Q8_0 (`wide`) get their sign back and need no offset.
static inline __attribute__((always_inline)) void half_block(
    const unpacked *w, const int rows, half_tile a, size_t columns, const size_t group,
    const int wide, float result[ROWS][LANES]) {
  float32x4_t total[ROWS][2];
  for (int r = 0; r < rows; r++) total[r][0] = total[r][1] = vdupq_n_f32(0);
  for (size_t g = 0; g < columns / group; g++) {
    int32x4_t product[ROWS][2];
    for (int r = 0; r < rows; r++) product[r][0] = product[r][1] = vdupq_n_s32(0);
    for (size_t c = g * group; c < (g + 1) * group; c += 16) {
      int8x16_t codes[ROWS];
      for (int r = 0; r < rows; r++) {
        const uint8x16_t u = vld1q_u8(w[r].u + c);
        codes[r] = vreinterpretq_s8_u8(wide ? veorq_u8(u, vdupq_n_u8(0x80)) : u);
      }
      const int8_t *q = a.q + c * TK_TILE;
#define MULTIPLY_QUAD(quad)                                                       \
  {                                                                               \
    const int8x16_t low = vld1q_s8(q + (quad) * 4 * TK_TILE);                     \
    const int8x16_t high = vld1q_s8(q + (quad) * 4 * TK_TILE + 16);               \
    for (int r = 0; r < rows; r++) {                                              \
      product[r][0] = vdotq_laneq_s32(product[r][0], low, codes[r], quad);        \
      product[r][1] = vdotq_laneq_s32(product[r][1], high, codes[r], quad);       \
    }                                                                             \
  }
      MULTIPLY_QUAD(0)
      MULTIPLY_QUAD(1)
      MULTIPLY_QUAD(2)
      MULTIPLY_QUAD(3)
#undef MULTIPLY_QUAD
    }
    for (int part = 0; part < 2; part++) {
      const float32x4_t scale = vld1q_f32(a.scales + g * group / 32 * TK_TILE + 4 * part);
      const float *s = a.sums + g * group / 16 * TK_TILE + 4 * part;
      float32x4_t sum = vdupq_n_f32(0);
      if (!wide) sum = vld1q_f32(s);
      if (!wide && group == 32) sum = vaddq_f32(sum, vld1q_f32(s + TK_TILE));
      for (int r = 0; r < rows; r++) {
        const float32x4_t factor = vmulq_n_f32(scale, w[r].d[g]);
        total[r][part] = vfmaq_f32(total[r][part], factor, vcvtq_f32_s32(product[r][part]));
        if (!wide) total[r][part] = vfmaq_n_f32(total[r][part], sum, w[r].m[g]);
      }
    }
  }
  for (int r = 0; r < rows; r++) {
    vst1q_f32(result[r], total[r][0]);
    vst1q_f32(result[r] + 4, total[r][1]);
  }
}

static inline __attribute__((always_inline)) void tile_rows(
    const unpacked *w, const int rows, const tk_matmul_q8_args *args, const size_t group,
    const int wide, size_t row) {
  const size_t columns = args->columns;
  for (size_t b = 0; b < args->batch; b += LANES) {
    const size_t tile = b / TK_TILE, lane0 = b % TK_TILE;
    const half_tile a = {args->q + tile * columns * TK_TILE + 4 * lane0,
                         args->scales + tile * (columns / 32) * TK_TILE + lane0,
                         args->sums + tile * (columns / 16) * TK_TILE + lane0};
    float result[ROWS][LANES];
    half_block(w, rows, a, columns, group, wide, result);
    const size_t lanes = args->batch - b < LANES ? args->batch - b : LANES;
    for (size_t lane = 0; lane < lanes; lane++)
      for (int r = 0; r < rows; r++)
        args->out[(b + lane) * args->out_stride + row + (size_t)r] = result[r][lane];
  }
}

enum {
  WIDE_q4_0 = 0,
  WIDE_q4_1 = 0,
  WIDE_q5_0 = 0,
  WIDE_q5_1 = 0,
  WIDE_q8_0 = 1,
  WIDE_q2_k = 0,
  WIDE_q3_k = 0,
  WIDE_q4_k = 0,
  WIDE_q5_k = 0,
  WIDE_q6_k = 0,
};

#define DEFINE_TILES(format)                                                                      \
  void tk_matmul_tile_##format##_q8_neon(const tk_matmul_q8_args *args, size_t row0, size_t row1, \
                                         void *scratch) {                                         \
    const size_t columns = args->columns, codes = (columns + 63) / 64 * 64, floats = columns / 16; \
    for (size_t row = row0; row < row1; row += ROWS) {                                            \
      const size_t rows = row1 - row < ROWS ? row1 - row : ROWS;                                  \
      unpacked w[ROWS];                                                                           \
      for (size_t r = 0; r < rows; r++) {                                                         \
        uint8_t *u = (uint8_t *)scratch + r * (codes + 2 * floats * sizeof(float));               \
        float *d = (float *)(u + codes), *m = d + floats;                                         \
        unpack_##format((const char *)args->weights + (row + r) * args->row_bytes, columns, u, d, \
                        m);                                                                       \
        w[r] = (unpacked){u, d, m};                                                               \
      }                                                                                           \
      if (rows == ROWS) {                                                                         \
        tile_rows(w, ROWS, args, GROUP_##format, WIDE_##format, row);                             \
      } else {                                                                                    \
        for (size_t r = 0; r < rows; r++)                                                         \
          tile_rows(w + r, 1, args, GROUP_##format, WIDE_##format, row + r);                      \
      }                                                                                           \
    }                                                                                             \
  }

TK_EACH_QUANTIZED_FORMAT(DEFINE_TILES)

#pragma clang attribute pop
#endif
