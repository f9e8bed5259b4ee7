// SPDX-License-Identifier: Apache-2.0
// Matrix products of every weight format against their reference, and against sums in double of the
// dequantised weights. The rows are computed in pieces; what lies between outputs must stay as it was.
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "checking.h"

typedef struct {
  const char *name;
  tk_format format;
  size_t block, bytes;       // weights and bytes of a block
  size_t codes, codes_end;   // where a block's codes are
  uint8_t lowest;            // codes of this byte stand for the smallest code
  size_t halves[2];          // where its half floats are; one that has one has it twice
} layout;

static const layout layouts[] = {
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
enum { LAYOUTS = sizeof layouts / sizeof layouts[0], QUANTIZED = 10 };

// Weights of one matrix, what they stand for, and the size of the terms a kernel may add to get there
// (weight = d * code - minimum: both sides of the difference, whichever zero point a kernel takes).
typedef struct {
  const layout *of;
  size_t rows, columns, row_bytes;
  uint8_t *bytes;
  float *values, *sizes;
} matrix;

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

static void term_sizes(matrix *m) {
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

static matrix any_matrix(source *random, const layout *of) {
  matrix m = {.of = of, .rows = between(random, 1, 13)};
  if (between(random, 0, 15) == 0) m.rows = between(random, 125, 140);  // more than a panel
  if (of->block == 1) {
    m.columns = between(random, 0, 2) ? between(random, 1, 140) : between(random, 141, 1100);
  } else {
    m.columns = of->block * between(random, 1, of->block == 32 ? 40 : 5);
  }
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

// Outputs, with a gap after each activation row's.
typedef struct {
  float *values;
  size_t stride, count;
} outputs;

static outputs make_outputs(source *random, size_t rows, size_t batch, size_t gap) {
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

// `a` holds the activations as the kernel will take them; `roundings` scales the error allowed.
static void check_outputs(const matrix *m, const float *a, size_t batch, outputs got,
                          outputs wanted, outputs pieces, double roundings, double least,
                          int may_flush) {
  for (size_t b = 0; b < batch; b++)
    for (size_t row = 0; row < m->rows; row++) {
      const float *w = m->values + row * m->columns, *s = m->sizes + row * m->columns;
      double total = 0, size = 0, flushed = 0;
      for (size_t c = 0; c < m->columns; c++) {
        total += (double)w[c] * a[b * m->columns + c];
        const double product = (double)s[c] * fabs((double)a[b * m->columns + c]);
        size += product;
        // hardware products of bfloat16 may take subnormal numbers for zero
        if (may_flush && (s[c] < FLT_MIN || fabsf(a[b * m->columns + c]) < FLT_MIN))
          flushed += product;
      }
      const size_t at = b * got.stride + row;
      const double bound = roundings * ROUNDING * size + flushed + least;
      expect_near("out", at, got.values[at], total, bound);
      expect_near("out (reference)", at, wanted.values[at], total, bound);
    }
  expect_same("out in pieces", pieces.values, got.values, got.count * sizeof(float));
  check_gaps(got, m->rows);
}

typedef struct {
  tk_matmul_q8_proto *kernel;
  const tk_matmul_q8_args *args;
  void *scratch;
} q8_call;

static void q8_piece(void *context, size_t from, size_t to) {
  const q8_call *call = context;
  call->kernel(call->args, from, to, call->scratch);
}

static const layout *layout_named(const char *name, size_t length) {
  for (size_t i = 0; i < QUANTIZED; i++)
    if (strlen(layouts[i].name) == length && strncmp(layouts[i].name, name, length) == 0)
      return layouts + i;
  return NULL;
}

// matmul_<format>_q8 and matmul_tile_<format>_q8; NULL for another name.
static const layout *layout_of(const char *op, int *tiles) {
  static const char rows_prefix[] = "matmul_", tiles_prefix[] = "matmul_tile_", suffix[] = "_q8";
  const size_t length = strlen(op), end = sizeof suffix - 1;
  if (length < end || strcmp(op + length - end, suffix) != 0) return NULL;
  *tiles = strncmp(op, tiles_prefix, sizeof tiles_prefix - 1) == 0;
  const size_t start = *tiles ? sizeof tiles_prefix - 1 : sizeof rows_prefix - 1;
  if (strncmp(op, rows_prefix, sizeof rows_prefix - 1) != 0 || length < start + end) return NULL;
  return layout_named(op + start, length - start - end);
}

// Activations as int8 codes and scales in either layout, and in `a` as the floats they stand for.
static void make_codes(source *random, size_t batch, size_t columns, int tiles,
                       tk_matmul_q8_args *args, float *a) {
  const size_t blocks = columns / 32;
  const size_t padded = tiles ? (batch + TK_TILE - 1) / TK_TILE * TK_TILE : batch;
  int8_t *q = exact(random, padded * columns, 1);
  float *scales = exact_floats(random, padded * blocks);
  float *sums = tiles ? exact_floats(random, padded * columns / 16) : NULL;
  const style kind = any_style(random);
  const int saturated = between(random, 0, 3) == 0;
  for (size_t b = 0; b < padded; b++)
    for (size_t block = 0; block < blocks; block++) {
      float scale = 0;
      fill(random, kind, 1e19f, &scale, 1);
      if (b >= batch) scale = 0;
      scale = fabsf(scale);
      const int8_t all = next_bits(random) & 1 ? 127 : -127;
      int sum[2] = {0, 0};
      for (size_t i = 0; i < 32; i++) {
        int8_t code = saturated ? all : (int8_t)((int)between(random, 0, 254) - 127);
        if (b >= batch) code = 0;
        const size_t c = 32 * block + i, tile = b / TK_TILE, lane = b % TK_TILE;
        q[tiles ? (tile * columns + c / 4 * 4) * TK_TILE + 4 * lane + c % 4 : b * columns + c] = code;
        sum[i / 16] += code;
        if (b < batch) a[b * columns + c] = scale * (float)code;
      }
      const size_t tile = b / TK_TILE, lane = b % TK_TILE;
      scales[tiles ? (tile * blocks + block) * TK_TILE + lane : b * blocks + block] = scale;
      for (size_t half = 0; tiles && half < 2; half++)
        sums[(tile * 2 * blocks + 2 * block + half) * TK_TILE + lane] = scale * (float)sum[half];
    }
  args->q = q;
  args->scales = scales;
  args->sums = sums;
}

static void check_q8(job *work) {
  source *random = &work->random;
  int tiles;
  const layout *of = layout_of(work->op, &tiles);
  const matrix m = any_matrix(random, of);
  const size_t batch = between(random, 1, tiles ? 40 : 9), gap = between(random, 0, 3);
  float *a = exact_floats(random, batch * m.columns);
  tk_matmul_q8_args args = {.weights = m.bytes, .row_bytes = m.row_bytes, .columns = m.columns,
                            .batch = batch, .out_stride = m.rows + gap};
  make_codes(random, batch, m.columns, tiles, &args, a);
  void *scratch = exact(random, tk_matmul_scratch_bytes(m.columns), 64);
  const outputs wanted = make_outputs(random, m.rows, batch, gap);
  const outputs got = make_outputs(random, m.rows, batch, gap);
  const outputs pieces = make_outputs(random, m.rows, batch, gap);
  describe("%s %s rows %zu columns %zu batch %zu", work->op, work->kernel->variant, m.rows,
           m.columns, batch);
  args.out = wanted.values;
  ((tk_matmul_q8_proto *)work->reference->function)(&args, 0, m.rows, scratch);
  args.out = got.values;
  q8_call call = {(tk_matmul_q8_proto *)work->kernel->function, &args, scratch};
  q8_piece(&call, 0, m.rows);
  args.out = pieces.values;
  in_pieces(random, m.rows, TK_ROW_STEP, q8_piece, &call);
  // sums over a group are exact; then a few roundings a group, and a subnormal's at each
  const double groups = (double)m.columns / 16;
  check_outputs(&m, a, batch, got, wanted, pieces, groups + 24, groups * 1e-38, 0);
}

typedef struct {
  tk_matmul_f32_proto *kernel;
  const tk_matmul_f32_args *args;
  void *scratch;
} f32_call;

static void f32_piece(void *context, size_t from, size_t to) {
  const f32_call *call = context;
  call->kernel(call->args, from, to, call->scratch);
}

static float *in_tiles(source *random, const float *a, size_t batch, size_t columns) {
  const size_t padded = (batch + TK_TILE - 1) / TK_TILE * TK_TILE;
  float *made = exact_floats(random, padded * columns);
  for (size_t b = 0; b < padded; b++)
    for (size_t c = 0; c < columns; c++)
      made[(b / TK_TILE * columns + c) * TK_TILE + b % TK_TILE] = b < batch ? a[b * columns + c] : 0;
  return made;
}

static float *in_pairs(source *random, const float *a, size_t batch, size_t columns) {
  const size_t padded = (batch + TK_TILE - 1) / TK_TILE * TK_TILE, wide = tk_bf16_columns(columns);
  uint16_t *made = exact(random, padded * wide * sizeof(uint16_t), sizeof(float));
  for (size_t b = 0; b < padded; b++)
    for (size_t c = 0; c < wide; c++)
      made[b / TK_TILE * wide * TK_TILE + (c / 2 * TK_TILE + b % TK_TILE) * 2 + c % 2] =
          b < batch && c < columns ? tk_float_to_bfloat(a[b * columns + c]) : 0;
  return (float *)made;
}

static void round_all(float *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = tk_bfloat_to_float(tk_float_to_bfloat(values[i]));
}

// matmul_f32, matmul_bf16 (both operands rounded to bfloat16) and their tile kernels.
static void check_float(job *work) {
  source *random = &work->random;
  const int tiles = strncmp(work->op, "matmul_tile_", 12) == 0;
  const int bfloat = strcmp(work->op + (tiles ? 12 : 7), "bf16") == 0;
  // products in bfloat16 are of plain float weights
  matrix m = any_matrix(random, layouts + between(random, bfloat ? QUANTIZED : 0, LAYOUTS - 1));
  const size_t batch = between(random, 1, tiles ? 40 : 9), gap = between(random, 0, 3);
  float *a = exact_floats(random, batch * m.columns);
  const style kind = any_style(random);
  fill(random, kind, 1e15f, a, batch * m.columns);
  tk_matmul_f32_args args = {.weights = m.bytes, .format = (int)m.of->format,
                             .row_bytes = m.row_bytes, .columns = m.columns, .batch = batch,
                             .out_stride = m.rows + gap};
  if (bfloat) {
    round_all(a, batch * m.columns);
    round_all(m.values, m.rows * m.columns);
    term_sizes(&m);
  }
  args.activations = !tiles ? a
                     : bfloat ? in_pairs(random, a, batch, m.columns)
                              : in_tiles(random, a, batch, m.columns);
  void *scratch = exact(random, tk_matmul_f32_scratch_bytes(m.columns), 64);
  const outputs wanted = make_outputs(random, m.rows, batch, gap);
  const outputs got = make_outputs(random, m.rows, batch, gap);
  const outputs pieces = make_outputs(random, m.rows, batch, gap);
  describe("%s %s %s rows %zu columns %zu batch %zu %s", work->op, work->kernel->variant,
           m.of->name, m.rows, m.columns, batch, style_name(kind));
  args.out = wanted.values;
  ((tk_matmul_f32_proto *)work->reference->function)(&args, 0, m.rows, scratch);
  args.out = got.values;
  f32_call call = {(tk_matmul_f32_proto *)work->kernel->function, &args, scratch};
  f32_piece(&call, 0, m.rows);
  args.out = pieces.values;
  in_pieces(random, m.rows, TK_ROW_STEP, f32_piece, &call);
  const double columns = (double)m.columns;
  check_outputs(&m, a, batch, got, wanted, pieces, columns + 16, columns * (bfloat ? 1e-38 : 1e-44),
                bfloat);
}

check *matmul_check(const char *op) {
  int tiles;
  if (layout_of(op, &tiles)) return check_q8;
  if (strcmp(op, "matmul_f32") == 0 || strcmp(op, "matmul_tile_f32") == 0) return check_float;
  if (strcmp(op, "matmul_bf16") == 0 || strcmp(op, "matmul_tile_bf16") == 0) return check_float;
  return NULL;
}
