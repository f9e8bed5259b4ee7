// SPDX-License-Identifier: Apache-2.0
// Random matrices of every weight format; see matrices.h.
#include "matrices.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const layout layouts[LAYOUTS] = {
    {"q4_0", TK_Q4_0, 32, 18, 2, 18, 0, {0, 0}},
    {"q4_1", TK_Q4_1, 32, 20, 4, 20, 0, {0, 2}},
    {"q5_0", TK_Q5_0, 32, 22, 2, 22, 0, {0, 0}},
    {"q5_1", TK_Q5_1, 32, 24, 4, 24, 0, {0, 2}},
    {"q8_0", TK_Q8_0, 32, 34, 2, 34, 0x80, {0, 0}},
    {"q2_k", TK_Q2_K, 256, 84, 16, 80, 0, {80, 82}},
    {"q3_k", TK_Q3_K, 256, 110, 0, 96, 0, {108, 108}},
    {"q4_k", TK_Q4_K, 256, 144, 16, 144, 0, {0, 2}},
    {"q5_k", TK_Q5_K, 256, 176, 16, 176, 0, {0, 2}},
    {"q6_k", TK_Q6_K, 256, 210, 0, 192, 0, {208, 208}},
    {"f32", TK_F32, 1, 4, 0, 0, 0, {0, 0}},
    {"f16", TK_F16, 1, 2, 0, 0, 0, {0, 0}},
    {"bf16", TK_BF16, 1, 2, 0, 0, 0, {0, 0}},
};

const layout *layout_named(const char *name, size_t length) {
  for (size_t i = 0; i < QUANTIZED; i++)
    if (strlen(layouts[i].name) == length && strncmp(layouts[i].name, name, length) == 0)
      return layouts + i;
  return NULL;
}

static uint16_t any_half(source *random) {
  switch (between(random, 0, 5)) {
    case 0: return (uint16_t)(next_bits(random) & 0x83ff);  // zeros and subnormals
    case 1: return (uint16_t)(0x7bff - between(random, 0, 16) + (next_bits(random) & 0x8000));
    default: return tk_float_to_half(0.02f * normal(random));
  }
}

// Blocks no quantiser would make: any codes, or all the largest or smallest, with any scales.
static void raw_blocks(source *random, matrix *m) {
  const int extreme = (int)between(random, 0, 2);
  for (size_t at = 0; at < m->rows * m->row_bytes; at += m->of->bytes) {
    uint8_t *block = m->bytes + at;
    for (size_t i = 0; i < m->of->bytes; i++) block[i] = (uint8_t)next_bits(random);
    if (extreme > 0 && between(random, 0, 1))
      memset(block + m->of->codes, extreme == 1 ? m->of->lowest : m->of->lowest ^ 0xff,
             m->of->codes_end - m->of->codes);
    for (int i = 0; i < 2; i++) {
      const uint16_t half = any_half(random);
      memcpy(block + m->of->halves[i], &half, 2);
    }
  }
}

void term_sizes(matrix *m) {
  const size_t count = m->rows * m->columns;
  if (m->of->block == 1) {
    for (size_t i = 0; i < count; i++) m->sizes[i] = fabsf(m->values[i]);
    return;
  }
  const size_t bytes = m->rows * m->row_bytes;
  uint8_t *lowest = malloc(bytes);
  float *base = malloc(count * sizeof(float));
  if (!lowest || !base) abort();
  memcpy(lowest, m->bytes, bytes);
  for (size_t at = 0; at < bytes; at += m->of->bytes)
    memset(lowest + at + m->of->codes, m->of->lowest, m->of->codes_end - m->of->codes);
  tk_dequantize(m->of->format, lowest, base, count);
  for (size_t i = 0; i < count; i++) m->sizes[i] = fabsf(m->values[i] - base[i]) + fabsf(base[i]);
  free(lowest);
  free(base);
}

size_t any_columns(source *random, const layout *of) {
  if (of->block == 1)
    return between(random, 0, 2) ? between(random, 1, 140) : between(random, 141, 1100);
  return of->block * between(random, 1, of->block == 32 ? 40 : 5);
}

matrix any_matrix(source *random, const layout *of, size_t rows, size_t columns) {
  matrix m = {.of = of, .rows = rows, .columns = columns};
  m.row_bytes = m.columns / of->block * of->bytes;
  const size_t count = m.rows * m.columns;
  // plain floats may begin at any byte of a file, blocks at any even one
  m.bytes = exact(random, m.rows * m.row_bytes, of->block == 1 ? 1 : 2);
  m.values = exact_floats(random, count);
  m.sizes = exact_floats(random, count);
  if (of->block > 1 && between(random, 0, 1)) {
    raw_blocks(random, &m);
  } else {
    const float huge = of->format == TK_F16 ? 3e4f : of->block > 1 ? 1e3f : 1e15f;
    fill(random, any_style(random), huge, m.values, count);
    tk_quantize(of->format, m.values, m.bytes, count);
  }
  tk_dequantize(of->format, m.bytes, m.values, count);
  term_sizes(&m);
  return m;
}

outputs make_outputs(source *random, size_t rows, size_t batch, size_t gap) {
  outputs out = {.stride = rows + gap};
  out.count = (batch - 1) * out.stride + rows;
  out.values = exact_floats(random, out.count);
  return out;
}

static void check_gaps(outputs out, size_t rows) {
  static const uint8_t untouched[4] = {0xff, 0xff, 0xff, 0xff};
  for (size_t i = 0; i < out.count; i++)
    if (i % out.stride >= rows) expect_same("between rows", out.values + i, untouched, 4);
}

void check_outputs(const matrix *m, const float *a, size_t batch, outputs got, outputs wanted,
                   outputs pieces, tolerance allowed) {
  for (size_t b = 0; b < batch; b++)
    for (size_t row = 0; row < m->rows; row++) {
      const float *w = m->values + row * m->columns, *s = m->sizes + row * m->columns;
      double total = 0, size = 0, flushed = 0;
      for (size_t c = 0; c < m->columns; c++) {
        total += (double)w[c] * a[b * m->columns + c];
        const double product = (double)s[c] * fabs((double)a[b * m->columns + c]);
        size += product;
        // hardware products of bfloat16 may take subnormal numbers for zero
        if (allowed.may_flush && (s[c] < FLT_MIN || fabsf(a[b * m->columns + c]) < FLT_MIN))
          flushed += product;
      }
      const size_t at = b * got.stride + row;
      const double bound = allowed.roundings * ROUNDING * size + flushed + allowed.least;
      expect_near("out", at, got.values[at], total, bound);
      expect_near("out (reference)", at, wanted.values[at], total, bound);
    }
  expect_same("out in pieces", pieces.values, got.values, got.count * sizeof(float));
  check_gaps(got, m->rows);
}
