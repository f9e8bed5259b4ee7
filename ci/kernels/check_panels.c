// SPDX-License-Identifier: Apache-2.0
// Repacked weights: what turns activations into what they read, to the bit as the reference, and their
// products, against the reference and sums in double of the dequantised weights. All variants for few
// and for many activation rows must agree to the last bit.
#include <math.h>
#include <string.h>

#include "matrices.h"

// Every array with room for whole tiles of rows; what lies past `rows` stays NaN.
static tk_panel_activations make_activations(source *random, size_t rows, size_t columns) {
  tk_panel_activations a = {.rows = rows, .columns = columns, .stride = (columns + 63) / 64 * 64};
  const size_t room = (rows + TK_TILE - 1) / TK_TILE * TK_TILE * a.stride;
  a.q = exact(random, room, 1);
  a.raised = exact(random, room, 1);
  a.scales = exact_floats(random, room / 32);
  a.minus32 = exact(random, room / 32 * sizeof(int32_t), sizeof(int32_t));
  a.sums32 = exact_floats(random, room / 32);
  a.minus16 = exact(random, room / 16 * sizeof(int32_t), sizeof(int32_t));
  a.sums16 = exact_floats(random, room / 16);
  return a;
}

// The sums and raised codes that belong to the codes and scale of one block.
static void add_sums(const tk_panel_activations *a, size_t block) {
  int32_t sums[2] = {0, 0};
  for (size_t i = 0; i < 32; i++) {
    sums[i / 16] += a->q[32 * block + i];
    a->raised[32 * block + i] = (uint8_t)(a->q[32 * block + i] + 128);
  }
  a->minus32[block] = -128 * (sums[0] + sums[1]);
  a->sums32[block] = a->scales[block] * (float)(sums[0] + sums[1]);
  for (size_t half = 0; half < 2; half++) {
    a->minus16[2 * block + half] = -128 * sums[half];
    a->sums16[2 * block + half] = a->scales[block] * (float)sums[half];
  }
}

// Any codes and scales, padded with zeros; in `x` the floats they stand for.
static tk_panel_activations any_activations(source *random, size_t rows, size_t columns, float *x) {
  const tk_panel_activations a = make_activations(random, rows, columns);
  const style kind = any_style(random);
  const int saturated = between(random, 0, 3) == 0;
  for (size_t b = 0; b < rows; b++)
    for (size_t c = 0; c < a.stride; c += 32) {
      const size_t block = (b * a.stride + c) / 32;
      float scale = 0;
      if (c < columns) fill(random, kind, 1e19f, &scale, 1);
      a.scales[block] = fabsf(scale);
      const int8_t all = next_bits(random) & 1 ? 127 : -127;
      for (size_t i = 0; i < 32; i++) {
        const int8_t any = saturated ? all : (int8_t)((int)between(random, 0, 254) - 127);
        a.q[32 * block + i] = c < columns ? any : 0;
        if (c < columns) x[b * columns + c + i] = a.scales[block] * (float)any;
      }
      add_sums(&a, block);
    }
  return a;
}

// One of the rows alone.
static tk_panel_activations row_of(source *random, const tk_panel_activations *all, size_t row) {
  const tk_panel_activations a = make_activations(random, 1, all->columns);
  const size_t at = row * all->stride;
  memcpy(a.q, all->q + at, a.stride);
  memcpy(a.scales, all->scales + at / 32, a.stride / 32 * sizeof(float));
  for (size_t block = 0; block < a.stride / 32; block++) add_sums(&a, block);
  return a;
}

static void *repacked(source *random, const matrix *m, size_t panel_bytes) {
  const size_t panels = (m->rows + TK_PANEL_ROWS - 1) / TK_PANEL_ROWS;
  char *made = exact(random, panels * panel_bytes, 64);
  for (size_t p = 0; p < panels; p++) {
    const size_t row = p * TK_PANEL_ROWS, left = m->rows - row;
    const tk_repack_args args = {m->of->format,  m->bytes + row * m->row_bytes, m->row_bytes,
                                 left < TK_PANEL_ROWS ? left : TK_PANEL_ROWS, m->columns,
                                 made + p * panel_bytes};
    if (tk_panel_repack(&args) != 0) complain("%s is not repacked", m->of->name);
  }
  return made;
}

// The product that all others of this format must equal: its first variant for few rows that is not
// the reference and runs here; NULL where there is none.
static tk_panel_proto *standard(const layout *of) {
  size_t count;
  const tk_kernel *table = tk_kernels(&count);
  static const char prefix[] = "panel_few_";
  for (size_t i = 0; i < count; i++)
    if (strncmp(table[i].op, prefix, sizeof prefix - 1) == 0 &&
        strcmp(table[i].op + sizeof prefix - 1, of->name) == 0 &&
        strcmp(table[i].variant, "ref") != 0 && table[i].isa <= tk_best_isa())
      return (tk_panel_proto *)table[i].function;
  return NULL;
}

typedef struct {
  tk_panel_proto *kernel;
  const tk_panel_args *args;
  void *scratch;
} panel_call;

static void panel_piece(void *context, size_t from, size_t to) {
  const panel_call *call = context;
  call->kernel(call->args, from, to, call->scratch);
}

static const layout *panel_layout(const char *op) {
  static const char *const prefixes[] = {"panel_few_", "panel_many_"};
  for (size_t i = 0; i < 2; i++) {
    const size_t length = strlen(prefixes[i]);
    if (strncmp(op, prefixes[i], length) == 0) return layout_named(op + length, strlen(op + length));
  }
  return NULL;
}

// Odd numbers of blocks, whole chunks of columns, and now and then more rows than are taken at once.
static void any_shape(source *random, const layout *of, size_t *rows, size_t *columns, size_t *batch) {
  static const size_t small[] = {32, 64, 96, 512, 544, 576, 1024, 1088};
  *rows = between(random, 0, 3) ? between(random, 1, 50) : between(random, 51, 100);
  *columns = of->block == 32 && between(random, 0, 1) ? small[between(random, 0, 7)]
                                                      : any_columns(random, of);
  *batch = between(random, 0, 1) ? between(random, 1, 9) : between(random, 10, 40);
  if (between(random, 0, 23) == 0) {
    *rows = between(random, 1, 37);
    *columns = of->block * between(random, 1, of->block == 32 ? 3 : 1);
    *batch = between(random, 505, 530);
  }
}

static void check_panel(job *work) {
  source *random = &work->random;
  const layout *of = panel_layout(work->op);
  size_t rows, columns, batch;
  any_shape(random, of, &rows, &columns, &batch);
  const matrix m = any_matrix(random, of, rows, columns);
  const size_t panels = (rows + TK_PANEL_ROWS - 1) / TK_PANEL_ROWS, gap = between(random, 0, 3);
  float *x = exact_floats(random, batch * columns);
  tk_panel_args args = {.panel_bytes = tk_panel_bytes(of->format, columns), .rows = rows,
                        .a = any_activations(random, batch, columns, x), .out_stride = rows + gap};
  describe("%s %s rows %zu columns %zu batch %zu", work->op, work->kernel->variant, rows, columns,
           batch);
  args.panels = repacked(random, &m, args.panel_bytes);
  const outputs wanted = make_outputs(random, rows, batch, gap);
  const outputs got = make_outputs(random, rows, batch, gap);
  const outputs pieces = make_outputs(random, rows, batch, gap);
  panel_call call = {(tk_panel_proto *)work->reference->function, &args,
                     exact(random, tk_panel_scratch_bytes(), 64)};
  args.out = wanted.values;
  panel_piece(&call, 0, panels);
  call.kernel = (tk_panel_proto *)work->kernel->function;
  args.out = got.values;
  panel_piece(&call, 0, panels);
  args.out = pieces.values;
  in_pieces(random, panels, TK_PANEL_STEP, panel_piece, &call);
  // as for rows of blocks: sums over a group are exact, then a few roundings a group
  const double groups = (double)columns / 16;
  check_outputs(&m, x, batch, got, wanted, pieces, (tolerance){groups + 24, groups * 1e-38, 0});
  if (work->kernel == work->reference) return;
  const outputs others = make_outputs(random, rows, batch, gap);
  call.kernel = standard(of);
  args.out = others.values;
  panel_piece(&call, 0, panels);
  expect_same("out as for few rows", got.values, others.values, got.count * sizeof(float));
  const size_t row = between(random, 0, batch - 1);
  const outputs alone = make_outputs(random, rows, 1, gap);
  call.kernel = (tk_panel_proto *)work->kernel->function;
  args.a = row_of(random, &args.a, row);
  args.out = alone.values;
  panel_piece(&call, 0, panels);
  expect_same("out of a row alone", alone.values, got.values + row * got.stride, rows * sizeof(float));
}

typedef struct {
  tk_quantize_panel_proto *kernel;
  const float *source;
  const tk_panel_activations *target;
} quantize_call;

static void quantize_piece(void *context, size_t from, size_t to) {
  const quantize_call *call = context;
  call->kernel(call->source, call->target, from, to);
}

static void check_quantize_panel(job *work) {
  source *random = &work->random;
  const size_t rows = between(random, 1, 40), columns = 32 * between(random, 1, 12);
  float *x = exact_floats(random, rows * columns);
  for (size_t i = 0; i < rows * columns; i += 32) fill(random, any_style(random), 1e37f, x + i, 32);
  const tk_panel_activations wanted = make_activations(random, rows, columns);
  const tk_panel_activations got = make_activations(random, rows, columns);
  describe("%s %s rows %zu columns %zu", work->op, work->kernel->variant, rows, columns);
  ((tk_quantize_panel_proto *)work->reference->function)(x, &wanted, 0, rows);
  quantize_call call = {(tk_quantize_panel_proto *)work->kernel->function, x, &got};
  in_pieces(random, rows, 1, quantize_piece, &call);
  // to the end of the arrays: rows past the last stay as they were
  const size_t room = (rows + TK_TILE - 1) / TK_TILE * TK_TILE * got.stride;
  expect_same("q", got.q, wanted.q, room);
  expect_same("raised", got.raised, wanted.raised, room);
  expect_same("scales", got.scales, wanted.scales, room / 32 * sizeof(float));
  expect_same("minus32", got.minus32, wanted.minus32, room / 32 * sizeof(int32_t));
  expect_same("sums32", got.sums32, wanted.sums32, room / 32 * sizeof(float));
  expect_same("minus16", got.minus16, wanted.minus16, room / 16 * sizeof(int32_t));
  expect_same("sums16", got.sums16, wanted.sums16, room / 16 * sizeof(float));
  for (size_t row = 0; row < rows; row++)
    for (size_t c = 0; c < got.stride; c++) {
      const size_t at = row * got.stride + c;
      const double scale = got.scales[at / 32], value = c < columns ? x[row * columns + c] : 0;
      // a block too small for its step to be a normal float is zeros
      expect_near("code", c, (float)(got.q[at] * scale), value, scale * 0.5001 + 1e-36);
      if (got.q[at] == -128) complain("a code is -128");
    }
}

check *panel_check(const char *op) {
  if (panel_layout(op)) return check_panel;
  if (strcmp(op, "quantize_panel") == 0) return check_quantize_panel;
  return NULL;
}
