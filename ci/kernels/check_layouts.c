// SPDX-License-Identifier: Apache-2.0
// What turns activations, keys and values into the layouts other kernels read: to the bit as the
// reference, and int8 codes within half a step of what they stand for.
#include <math.h>
#include <string.h>

#include "pages.h"

typedef struct {
  tk_quantize_proto *kernel;
  const tk_quantize_args *args;
} quantize_call;

static void quantize_piece(void *context, size_t from, size_t to) {
  const quantize_call *call = context;
  call->kernel(call->args, from, to);
}

static void check_codes(const tk_quantize_args *args, int tiles) {
  const size_t blocks = args->columns / 32;
  for (size_t row = 0; row < args->rows; row++)
    for (size_t c = 0; c < args->columns; c++) {
      const size_t tile = row / TK_TILE, lane = row % TK_TILE;
      const size_t q = tiles ? (tile * args->columns + c / 4 * 4) * TK_TILE + 4 * lane + c % 4
                             : row * args->columns + c;
      const size_t s = tiles ? (tile * blocks + c / 32) * TK_TILE + lane : row * blocks + c / 32;
      const double scale = args->scales[s];
      // a block too small for its step to be a normal float is zeros
      expect_near("code", c, (float)(args->q[q] * scale), args->source[row * args->columns + c],
                  scale * 0.5001 + 1e-36);
      if (args->q[q] == -128) complain("a code is -128");
    }
}

static void check_quantize(job *work) {
  source *random = &work->random;
  const int tiles = strcmp(work->op, "quantize_tiles_q8") == 0;
  const size_t rows = between(random, 1, tiles ? 40 : 6), columns = 32 * between(random, 1, 12);
  const size_t parts = tiles ? (rows + TK_TILE - 1) / TK_TILE : rows;
  const size_t padded = tiles ? parts * TK_TILE : rows;
  const size_t codes = padded * columns, scales = padded * columns / 32;
  const size_t sums = tiles ? padded * columns / 16 : 0;
  float *x = exact_floats(random, rows * columns);
  for (size_t i = 0; i < rows * columns; i += 32) fill(random, any_style(random), 1e37f, x + i, 32);
  tk_quantize_args wanted = {x, rows, columns, exact(random, codes, 1),
                             exact_floats(random, scales), exact_floats(random, sums)};
  tk_quantize_args got = {x, rows, columns, exact(random, codes, 1),
                          exact_floats(random, scales), exact_floats(random, sums)};
  describe("%s %s rows %zu columns %zu", work->op, work->kernel->variant, rows, columns);
  ((tk_quantize_proto *)work->reference->function)(&wanted, 0, parts);
  quantize_call call = {(tk_quantize_proto *)work->kernel->function, &got};
  in_pieces(random, parts, 1, quantize_piece, &call);
  expect_same("q", got.q, wanted.q, codes);
  expect_same("scales", got.scales, wanted.scales, scales * sizeof(float));
  expect_same("sums", got.sums, wanted.sums, sums * sizeof(float));
  check_codes(&got, tiles);
}

typedef struct {
  tk_transpose_tile_proto *kernel;
  const float *from;
  size_t rows, columns;
  float *to;
} transpose_call;

static void transpose_piece(void *context, size_t from, size_t to) {
  const transpose_call *call = context;
  call->kernel(call->from, call->rows, call->columns, call->to, from, to);
}

static void check_transpose(job *work) {
  source *random = &work->random;
  const size_t rows = between(random, 1, 50), columns = between(random, 1, 300);
  const size_t tiles = (rows + TK_TILE - 1) / TK_TILE, count = tiles * columns * TK_TILE;
  float *from = exact_floats(random, rows * columns);
  fill(random, any_style(random), 1e37f, from, rows * columns);
  float *wanted = exact_floats(random, count), *got = exact_floats(random, count);
  describe("transpose_tile %s rows %zu columns %zu", work->kernel->variant, rows, columns);
  ((tk_transpose_tile_proto *)work->reference->function)(from, rows, columns, wanted, 0, tiles);
  transpose_call call = {(tk_transpose_tile_proto *)work->kernel->function, from, rows, columns, got};
  in_pieces(random, tiles, 1, transpose_piece, &call);
  expect_same("target", got, wanted, count * sizeof(float));
}

// Pairs of bfloat16, [tile][padded / 2][16][2], padded to whole steps of 32 columns with zeros.
static void check_pack(job *work) {
  source *random = &work->random;
  const size_t rows = between(random, 1, 50), columns = between(random, 1, 300);
  const size_t tiles = (rows + TK_TILE - 1) / TK_TILE;
  const size_t count = tiles * tk_bf16_columns(columns) / 2 * TK_TILE;
  float *from = exact_floats(random, rows * columns);
  fill(random, any_style(random), 1e37f, from, rows * columns);
  float *wanted = exact_floats(random, count), *got = exact_floats(random, count);
  describe("pack_tile_bf16 %s rows %zu columns %zu", work->kernel->variant, rows, columns);
  ((tk_transpose_tile_proto *)work->reference->function)(from, rows, columns, wanted, 0, tiles);
  transpose_call call = {(tk_transpose_tile_proto *)work->kernel->function, from, rows, columns, got};
  in_pieces(random, tiles, 1, transpose_piece, &call);
  expect_same("target", got, wanted, count * sizeof(float));
}

static void check_round(job *work) {
  source *random = &work->random;
  const size_t count = between(random, 1, 300);
  float *from = exact_floats(random, count);
  fill(random, any_style(random), 3e38f, from, count);
  float *wanted = exact_floats(random, count), *got = exact_floats(random, count);
  describe("round_bf16 %s count %zu", work->kernel->variant, count);
  ((tk_round_bf16_proto *)work->reference->function)(from, wanted, count);
  ((tk_round_bf16_proto *)work->kernel->function)(from, got, count);
  expect_same("target", got, wanted, count * sizeof(float));
}

// The error that a format may make of x, in a block whose largest magnitude is `largest`.
static double storage_error(const page_format *format, double x, double largest) {
  if (format->code_bits == 32) return 0;
  if (strcmp(format->name, "bf16") == 0) return 0x1p-8 * fabs(x) + 1e-40;
  if (strcmp(format->name, "f16") == 0) return 0x1p-11 * fabs(x) + 0x1p-25;
  // half a step, or the whole one that q4_0 lacks at one end; its scale in half precision besides
  const double step = largest / (format->code_bits == 8 ? 127 : 8);
  return step * (format->code_bits == 8 ? 0.5001 : 1.0001) + 0x1p-10 * fabs(x) + 127 * 0x1p-25;
}

static void expect_stored(page_shape shape, const char *what, const float *x, const void *page,
                          size_t slot, float (*at)(page_shape, const void *, size_t, size_t, size_t)) {
  for (size_t head = 0; head < shape.heads; head++)
    for (size_t i = 0; i < shape.head_dim; i++) {
      const float *line = x + head * shape.head_dim;
      double largest = 0;
      for (size_t k = i / 32 * 32; k < shape.head_dim && k < i / 32 * 32 + 32; k++)
        largest = fmax(largest, fabs((double)line[k]));
      // past the largest half, numbers and scales are infinite
      const double most = shape.format->block == 1 ? 65504 : 65504 * (shape.format->code_bits == 8 ? 127.0 : 8.0);
      if (shape.format->alignment == 2 && strcmp(shape.format->name, "bf16") != 0 && largest > most)
        continue;
      expect_near(what, head * shape.head_dim + i, at(shape, page, head, slot, i), line[i],
                  storage_error(shape.format, line[i], largest));
    }
}

static void check_kv_write(job *work) {
  source *random = &work->random;
  const page_format *format = page_format_of(work->op, "kv_write_");
  const size_t step = format->block > 1 ? format->block : 16;
  const page_shape shape = {format, between(random, 1, 5), step * between(random, 1, 144 / step),
                            16 * between(random, 1, 5)};
  const size_t count = shape.heads * shape.head_dim, bytes = page_bytes(shape);
  float *k = exact_floats(random, count), *v = exact_floats(random, count);
  // halves: subnormals, ties and what is too large are among them
  const float huge = between(random, 0, 1) ? 1e6f : 1.0f;
  fill(random, any_style(random), huge, k, count);
  for (size_t i = 0; i < count; i++)
    v[i] = (float)((int)between(random, 0, 8192) - 4096) * (between(random, 0, 1) ? 0x1p-25f : 16.5f);
  tk_kv_write_args wanted = {k, v, exact(random, bytes, format->alignment),
                             exact(random, bytes, format->alignment), shape.heads, shape.head_dim,
                             shape.tokens, between(random, 0, shape.tokens - 1)};
  tk_kv_write_args got = wanted;
  got.k_page = exact(random, bytes, format->alignment);
  got.v_page = exact(random, bytes, format->alignment);
  describe("%s %s heads %zu head_dim %zu page_tokens %zu slot %zu", work->op,
           work->kernel->variant, shape.heads, shape.head_dim, shape.tokens, wanted.slot);
  ((tk_kv_write_proto *)work->reference->function)(&wanted);
  ((tk_kv_write_proto *)work->kernel->function)(&got);
  expect_same("K", got.k_page, wanted.k_page, bytes);
  expect_same("V", got.v_page, wanted.v_page, bytes);
  expect_stored(shape, "K", k, got.k_page, got.slot, key_at);
  expect_stored(shape, "V", v, got.v_page, got.slot, value_at);
}

check *layout_check(const char *op) {
  if (strcmp(op, "quantize_rows_q8") == 0 || strcmp(op, "quantize_tiles_q8") == 0)
    return check_quantize;
  if (strcmp(op, "transpose_tile") == 0) return check_transpose;
  if (strcmp(op, "pack_tile_bf16") == 0) return check_pack;
  if (strcmp(op, "round_bf16") == 0) return check_round;
  if (page_format_of(op, "kv_write_")) return check_kv_write;
  return NULL;
}
