// SPDX-License-Identifier: Apache-2.0
// Reference for panels: every weight found in its panel by panel.h alone, products summed in double.
// The variants for few and for many activation rows are one function. The engine does not take these
// (rows of blocks are faster in plain C); the other panel kernels are compared with them.
#include <string.h>

#include "formats.h"
#include "ops.h"
#include "panel.h"

// weight = scale * code + minimum, as the unit's row has it in one column.
typedef struct {
  int code;
  float scale, minimum;
} weight;

// Byte of columns 4j .. 4j + 3 of a row in an array of 64 bytes for each j.
static size_t lane(size_t row, size_t column) { return 4 * row + column % 4; }

static int bit(int byte, size_t place) { return byte >> place & 1; }

// The code of column c < 32 of a block of nibbles: columns 4j .. low, 16 + 4j .. high.
static int nibble(const uint8_t (*q)[64], size_t row, size_t c) {
  const int byte = q[c % 16 / 4][lane(row, c)];
  return c < 16 ? byte & 15 : byte >> 4;
}

// The same where a byte holds two groups of 32 columns: q4_k, q5_k.
static int group_nibble(const uint8_t (*q)[8][64], size_t row, size_t column) {
  const int byte = q[column / 64][column % 32 / 4][lane(row, column)];
  return column / 32 % 2 ? byte >> 4 : byte & 15;
}

static int two_bits(const uint8_t (*q)[8][64], size_t row, size_t column) {
  return q[column / 128][column % 32 / 4][lane(row, column)] >> column % 128 / 32 * 2 & 3;
}

static int six_bits(const tk_panel_six *six, size_t number) {
  const size_t i = number % 64;
  if (number < 192) return six->v[number / 64][i] & 63;
  return six->v[0][i] >> 6 | six->v[1][i] >> 6 << 2 | six->v[2][i] >> 6 << 4;
}

static weight weight_q4_0(const tk_panel_q4_0 *p, size_t row, size_t column) {
  const size_t block = column / 32;
  return (weight){nibble(p->q[block], row, column % 32) - 8, tk_half_to_float(p->d[block][row]), 0};
}

static weight weight_q4_1(const tk_panel_q4_1 *p, size_t row, size_t column) {
  const size_t block = column / 32;
  return (weight){nibble(p->q[block], row, column % 32), tk_half_to_float(p->d[block][row]),
                  tk_half_to_float(p->m[block][row])};
}

static int fifth_bit(const uint64_t *high, size_t row, size_t c) {
  return (int)(high[c / 4] >> lane(row, c) & 1) * 16;
}

static weight weight_q5_0(const tk_panel_q5_0 *p, size_t row, size_t column) {
  const size_t block = column / 32, c = column % 32;
  const int code = nibble(p->q[block], row, c) + fifth_bit(p->high[block], row, c);
  return (weight){code - 16, tk_half_to_float(p->d[block][row]), 0};
}

static weight weight_q5_1(const tk_panel_q5_1 *p, size_t row, size_t column) {
  const size_t block = column / 32, c = column % 32;
  const int code = nibble(p->q[block], row, c) + fifth_bit(p->high[block], row, c);
  return (weight){code, tk_half_to_float(p->d[block][row]), tk_half_to_float(p->m[block][row])};
}

static weight weight_q8_0(const tk_panel_q8_0 *p, size_t row, size_t column) {
  const size_t block = column / 32;
  return (weight){p->q[block][column % 32 / 4][lane(row, column)],
                  tk_half_to_float(p->d[block][row]), 0};
}

static weight weight_q4_k(const tk_panel_q4_k *p, size_t row, size_t column) {
  const size_t group = column / 32;
  return (weight){group_nibble(p->q, row, column),
                  tk_half_to_float(p->d[row]) * (float)six_bits(&p->scales, 16 * group + row),
                  -tk_half_to_float(p->dmin[row]) *
                      (float)six_bits(&p->scales, 128 + 16 * group + row)};
}

static weight weight_q5_k(const tk_panel_q5_k *p, size_t row, size_t column) {
  const size_t group = column / 32;
  const int high = bit(p->high[column % 32 / 4][lane(row, column)], group);
  return (weight){group_nibble(p->q, row, column) + 16 * high,
                  tk_half_to_float(p->d[row]) * (float)six_bits(&p->scales, 16 * group + row),
                  -tk_half_to_float(p->dmin[row]) *
                      (float)six_bits(&p->scales, 128 + 16 * group + row)};
}

static weight weight_q6_k(const tk_panel_q6_k *p, size_t row, size_t column) {
  const size_t half = column / 128, part = column % 128 / 32, j = column % 32 / 4;
  const int low = p->ql[half][part % 2 * 8 + j][lane(row, column)];
  const int high = p->qh[half][j][lane(row, column)] >> 2 * part & 3;
  return (weight){(part < 2 ? low & 15 : low >> 4) + 16 * high - 32,
                  p->d[row] * (float)p->scales[column / 16][row], 0};
}

static weight weight_q2_k(const tk_panel_q2_k *p, size_t row, size_t column) {
  const int both = p->scales[column / 16][row];
  return (weight){two_bits(p->q, row, column), tk_half_to_float(p->d[row]) * (float)(both & 15),
                  -tk_half_to_float(p->dmin[row]) * (float)(both >> 4)};
}

static weight weight_q3_k(const tk_panel_q3_k *p, size_t row, size_t column) {
  const int third = bit(p->high[column % 32 / 4][lane(row, column)], column / 32);
  return (weight){two_bits(p->q, row, column) + 4 * third - 4,
                  p->d[row] * (float)(six_bits(&p->scales, 16 * (column / 16) + row) - 32), 0};
}

#define DEFINE(id, format)                                                                       \
  static void product_##format(const tk_panel_args *args, size_t panel0, size_t panel1) {        \
    const tk_panel_activations *a = &args->a;                                                    \
    const size_t end = panel1 * TK_PANEL_ROWS < args->rows ? panel1 * TK_PANEL_ROWS : args->rows; \
    for (size_t row = panel0 * TK_PANEL_ROWS; row < end; row++)                                  \
      for (size_t b = 0; b < a->rows; b++) {                                                     \
        const tk_panel_##format *units =                                                         \
            (const void *)((const char *)args->panels + row / TK_PANEL_ROWS * args->panel_bytes); \
        double total = 0;                                                                        \
        for (size_t c = 0; c < a->columns; c++) {                                                \
          const weight w = weight_##format(units + c / TK_UNIT_##format, row % TK_PANEL_ROWS,    \
                                           c % TK_UNIT_##format);                                \
          const double x = (double)a->scales[b * (a->stride / 32) + c / 32] * a->q[b * a->stride + c]; \
          total += ((double)w.scale * w.code + w.minimum) * x;                                   \
        }                                                                                        \
        args->out[b * args->out_stride + row] = (float)total;                                    \
      }                                                                                          \
  }                                                                                              \
  void tk_panel_few_##format##_ref(const tk_panel_args *args, size_t panel0, size_t panel1,      \
                                   void *scratch) {                                              \
    (void)scratch;                                                                               \
    product_##format(args, panel0, panel1);                                                      \
  }                                                                                              \
  void tk_panel_many_##format##_ref(const tk_panel_args *args, size_t panel0, size_t panel1,     \
                                    void *scratch) {                                             \
    (void)scratch;                                                                               \
    product_##format(args, panel0, panel1);                                                      \
  }

TK_EACH_PANEL_FORMAT(DEFINE)

extern tk_quantize_proto tk_quantize_rows_q8_ref;

void tk_quantize_panel_ref(const float *source, const tk_panel_activations *target, size_t row0,
                           size_t row1) {
  const size_t padded = target->stride / 32;
  for (size_t row = row0; row < row1; row++) {
    int8_t *q = target->q + row * target->stride;
    memset(q, 0, target->stride);
    memset(target->scales + row * padded, 0, padded * sizeof(float));
    const tk_quantize_args args = {source + row * target->columns, 1, target->columns, q,
                                   target->scales + row * padded, NULL};
    tk_quantize_rows_q8_ref(&args, 0, 1);
    for (size_t block = 0; block < padded; block++) {
      const size_t at = row * padded + block;
      const float scale = target->scales[at];
      int32_t sums[2] = {0, 0};
      for (size_t i = 32 * block; i < 32 * block + 32; i++) {
        sums[i % 32 / 16] += q[i];
        target->raised[row * target->stride + i] = (uint8_t)(q[i] + 128);
      }
      target->minus32[at] = -128 * (sums[0] + sums[1]);
      target->sums32[at] = scale * (float)(sums[0] + sums[1]);
      for (size_t half = 0; half < 2; half++) {
        target->minus16[2 * at + half] = -128 * sums[half];
        target->sums16[2 * at + half] = scale * (float)sums[half];
      }
    }
  }
}
