// SPDX-License-Identifier: Apache-2.0
// Matrix products of every weight format against their reference, and against sums in double of the
// dequantised weights. The rows are computed in pieces; what lies between outputs must stay as it was.
#include <math.h>
#include <string.h>

#include "matrices.h"

// Mostly fewer rows than a kernel takes at a time, now and then more than a panel of them.
static size_t any_rows(source *random) {
  return between(random, 0, 15) ? between(random, 1, 13) : between(random, 125, 140);
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
  const matrix m = any_matrix(random, of, any_rows(random), any_columns(random, of));
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
  check_outputs(&m, a, batch, got, wanted, pieces, (tolerance){groups + 24, groups * 1e-38, 0});
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
  const layout *of = layouts + between(random, bfloat ? QUANTIZED : 0, LAYOUTS - 1);
  matrix m = any_matrix(random, of, any_rows(random), any_columns(random, of));
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
  const tolerance allowed = {columns + 16, columns * (bfloat ? 1e-38 : 1e-44), bfloat};
  check_outputs(&m, a, batch, got, wanted, pieces, allowed);
}

check *matmul_check(const char *op) {
  int tiles;
  if (layout_of(op, &tiles)) return check_q8;
  if (strcmp(op, "matmul_f32") == 0 || strcmp(op, "matmul_tile_f32") == 0) return check_float;
  if (strcmp(op, "matmul_bf16") == 0 || strcmp(op, "matmul_tile_bf16") == 0) return check_float;
  return NULL;
}
