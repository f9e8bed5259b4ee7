// SPDX-License-Identifier: Apache-2.0
// Weights of any format times many float32 activation rows, for the vector width VW; bound by fused
// multiply-adds. Included after matmul_f32_body.h.
//
// Three loops of blocks (Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication",
// 2008): a panel of weights, PANEL_ROWS by DEPTH, is converted to float32 once and used for up to
// PANEL_BATCH activation rows; a group of activations, GROUP vectors by DEPTH, comes from the level-2
// cache once for a whole panel. Activation rows are lanes and weights are broadcast, so weights need
// no reordering; the panel's sums are kept [row][activation] and transposed when they are complete.
// Every output is one chain of multiply-adds in the order of columns, whatever the blocks.

enum {
  TILE_PARTS = TK_TILE / VW,       // vectors that hold one tile of activation rows
  BLOCK_ROWS = VW == 8 ? 4 : 8,    // rows by GROUP sums must fit 32 registers, or AVX2's 16
  GROUP = 3,
  STRIDE = TK_FLOAT_DEPTH + 16  // rows of a panel must not share cache sets
};

// Both operands are made of 32-bit units: a float32, or two neighbouring columns in bfloat16
// (TK_BF16_PAIRS), of which there are so many that they fill whole steps of 32 columns.
#ifdef TK_BF16_PAIRS
enum { UNIT_COLUMNS = 2 };
static inline size_t units_of(size_t columns) { return tk_bf16_columns(columns) / 2; }
static inline vfloat load_units(const float *p) { return v_pairs(v_load(p), v_load(p + VW)); }
static inline float load_unit(const float *row, size_t unit, size_t columns) {
  uint16_t pair[2] = {0, 0};
  for (size_t i = 0; i < 2 && 2 * unit + i < columns; i++)
    pair[i] = tk_float_to_bfloat(row[2 * unit + i]);
  float both;
  memcpy(&both, pair, sizeof both);
  return both;
}
#else
enum { UNIT_COLUMNS = 1 };
static inline size_t units_of(size_t columns) { return columns; }
static inline vfloat load_units(const float *p) { return v_load(p); }
static inline float load_unit(const float *row, size_t unit, size_t columns) {
  return unit < columns ? row[unit] : 0;
}
#define v_multiply_add v_fma
#endif

// `rows` weight rows against `vectors` vectors of activations over `depth` units. Meanwhile every
// second unit asks for the line `ahead` of it, into the level-2 cache.
static inline __attribute__((always_inline)) void tile_block(const float *w, const int rows,
                                                             const float *const *a,
                                                             const int vectors, size_t depth,
                                                             float *sums, const int first,
                                                             const float *ahead) {
  vfloat total[BLOCK_ROWS][GROUP];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++)
      total[r][v] = first ? v_set(0) : v_load(sums + r * TK_SUM_STRIDE + v * VW);
#pragma clang loop unroll_count(2)
  for (size_t c = 0; c < depth; c++) {
    if (c % 2 == 0) __builtin_prefetch(ahead + c / 2 * TK_TILE, 0, 2);
    vfloat x[GROUP];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) x[v] = v_load(a[v] + c * TK_TILE);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      const vfloat weight = v_set(w[r * STRIDE + (ptrdiff_t)c]);
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) total[r][v] = v_multiply_add(weight, x[v], total[r][v]);
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) v_store(sums + r * TK_SUM_STRIDE + v * VW, total[r][v]);
}

// What follows the block being computed: the next group of activations, and weights of the next panel.
typedef struct {
  const float *activations[GROUP];
  const char *weights;  // null: none
  size_t row_bytes, row_span;
  size_t row, rows_per_block, rows;
} tile_ahead;

static inline void prefetch_weights(tile_ahead *ahead) {
  if (!ahead->weights) return;
  for (size_t i = 0; i < ahead->rows_per_block && ahead->row < ahead->rows; i++, ahead->row++)
    for (size_t line = 0; line < ahead->row_span; line += 64)
      __builtin_prefetch(ahead->weights + ahead->row * ahead->row_bytes + line, 0, 2);
}

// All rows of a panel against one group of `vectors` vectors of activations.
static inline __attribute__((always_inline)) void tile_group(const float *w, size_t rows,
                                                             const float *const *a,
                                                             const int vectors, size_t depth,
                                                             float *sums, int first,
                                                             tile_ahead *ahead) {
  for (size_t r = 0; r < rows; r += BLOCK_ROWS) {
    // Two blocks of rows ask for the two halves of one vector's columns.
    const size_t part = r / BLOCK_ROWS % (2 * GROUP);
    const float *next = ahead->activations[part / 2] + part % 2 * (depth / 2) * TK_TILE;
    prefetch_weights(ahead);
    if (first)
      tile_block(w + r * STRIDE, BLOCK_ROWS, a, vectors, depth, sums + r * TK_SUM_STRIDE, 1, next);
    else
      tile_block(w + r * STRIDE, BLOCK_ROWS, a, vectors, depth, sums + r * TK_SUM_STRIDE, 0, next);
  }
}

// Bytes from a row's begin to `unit`, the first of a block, or to the row's end.
static inline size_t row_offset(const tk_matmul_f32_args *args, size_t unit) {
  const size_t column = unit * UNIT_COLUMNS < args->columns ? unit * UNIT_COLUMNS : args->columns;
  return args->row_bytes * column / args->columns;
}

#ifdef TK_BF16_PAIRS
static inline __attribute__((always_inline)) void convert_row(const void *row, float *out,
                                                              size_t columns, const int format) {
  uint16_t *pairs = (uint16_t *)out;
  size_t i = 0;
  for (; i + 2 * VW <= columns; i += 2 * VW)
    v_store((float *)(pairs + i),
            v_pairs(load_weights(row, i, format), load_weights(row, i + VW, format)));
  for (; i < columns; i++) pairs[i] = tk_float_to_bfloat(load_weight(row, i, format));
}
#else
static inline __attribute__((always_inline)) void convert_row(const void *row, float *out,
                                                              size_t columns, const int format) {
  size_t i = 0;
  for (; i + VW <= columns; i += VW) v_store(out + i, load_weights(row, i, format));
  for (; i < columns; i++) out[i] = load_weight(row, i, format);
}
#endif

// Converts units [unit, unit + depth) of rows [row, row + rows); what is missing becomes zero.
static void load_panel(const tk_matmul_f32_args *args, size_t row, size_t rows, size_t unit,
                       size_t depth, float *w) {
  const size_t padded = (rows + BLOCK_ROWS - 1) / BLOCK_ROWS * BLOCK_ROWS;
  const size_t rest = args->columns - unit * UNIT_COLUMNS;
  const size_t columns = rest < depth * UNIT_COLUMNS ? rest : depth * UNIT_COLUMNS;
  for (size_t r = 0; r < padded; r++) {
    float *out = w + r * STRIDE;
    if (r >= rows || columns < depth * UNIT_COLUMNS) memset(out, 0, depth * sizeof(float));
    if (r >= rows) continue;
    const char *weights =
        (const char *)args->weights + (row + r) * args->row_bytes + row_offset(args, unit);
    switch (args->format) {
      case TK_F32: convert_row(weights, out, columns, TK_F32); break;
      case TK_F16: convert_row(weights, out, columns, TK_F16); break;
      case TK_BF16: convert_row(weights, out, columns, TK_BF16); break;
      default:  // whole blocks, because TK_FLOAT_DEPTH is a multiple of every format's
        tk_dequantize((tk_format)args->format, weights, out, columns);
    }
  }
}

// Where vector `v` of activations begins at `unit`.
static inline const float *group_start(const tk_matmul_f32_args *args, const float *tiles, size_t v,
                                       size_t unit) {
  return tiles + (v / TILE_PARTS * units_of(args->columns) + unit) * TK_TILE + v % TILE_PARTS * VW;
}

// One panel of weight rows against at most TK_FLOAT_BATCH activation rows, the first a whole tile.
static void matmul_panel(const tk_matmul_f32_args *args, size_t row, size_t rows, size_t batch,
                         float *w, float *sums) {
  const size_t left = args->batch - batch;
  const size_t lanes = left < TK_FLOAT_BATCH ? left : TK_FLOAT_BATCH;
  const size_t vectors = (lanes + TK_TILE - 1) / TK_TILE * TILE_PARTS;
  const size_t units = units_of(args->columns);
  const float *tiles = args->activations + batch * units;
  for (size_t unit = 0; unit < units; unit += TK_FLOAT_DEPTH) {
    const size_t rest = units - unit;
    const size_t depth = rest < TK_FLOAT_DEPTH ? rest : TK_FLOAT_DEPTH;
    load_panel(args, row, rows, unit, depth, w);
    const size_t end = unit + depth;
    tile_ahead ahead = {.row_bytes = args->row_bytes, .rows = rows};
    if (end < units) {
      const size_t next = units - end < TK_FLOAT_DEPTH ? units - end : TK_FLOAT_DEPTH;
      const size_t blocks = (vectors + GROUP - 1) / GROUP * ((rows + BLOCK_ROWS - 1) / BLOCK_ROWS);
      ahead.weights = (const char *)args->weights + row * args->row_bytes + row_offset(args, end);
      ahead.row_span = row_offset(args, end + next) - row_offset(args, end);
      ahead.rows_per_block = (rows + blocks - 1) / blocks;
    }
    for (size_t v = 0; v < vectors; v += GROUP) {
      const float *a[GROUP];
      for (size_t i = 0; i < GROUP; i++) {
        a[i] = group_start(args, tiles, v + i, unit);
        const int last = v + GROUP >= vectors;
        ahead.activations[i] = group_start(args, tiles, last ? i : v + GROUP + i, last ? end : unit);
      }
      const int first = unit == 0;
      switch (vectors - v) {
        case 1: tile_group(w, rows, a, 1, depth, sums + v * VW, first, &ahead); break;
        case 2: tile_group(w, rows, a, 2, depth, sums + v * VW, first, &ahead); break;
        default: tile_group(w, rows, a, 3, depth, sums + v * VW, first, &ahead);
      }
    }
  }
  store_panel(args, sums, row, rows, batch, lanes);
}

static void matmul_tiles(const tk_matmul_f32_args *args, size_t row0, size_t row1, void *scratch) {
  float *w = scratch, *sums = w + TK_FLOAT_ROWS * STRIDE;
  for (size_t batch = 0; batch < args->batch; batch += TK_FLOAT_BATCH)
    for (size_t row = row0; row < row1; row += TK_FLOAT_ROWS)
      matmul_panel(args, row, row1 - row < TK_FLOAT_ROWS ? row1 - row : TK_FLOAT_ROWS, batch, w,
                   sums);
}

// [rows][columns] to tiles [units][16].
static void transpose_tiles(const float *source, size_t rows, size_t columns, float *target,
                            size_t first_tile, size_t last_tile) {
  const size_t units = units_of(columns);
  for (size_t tile = first_tile; tile < last_tile; tile++)
    for (size_t part = 0; part < TILE_PARTS; part++) {
      const size_t row = tile * TK_TILE + part * VW;
      const size_t lanes = row >= rows ? 0 : rows - row < VW ? rows - row : VW;
      const float *in = source + row * columns;
      float *out = target + tile * units * TK_TILE + part * VW;
      size_t u = 0;
      if (lanes == VW)
        for (; (u + VW) * UNIT_COLUMNS <= columns; u += VW) {
          vfloat block[VW];
#pragma clang loop unroll(full)
          for (size_t i = 0; i < VW; i++) block[i] = load_units(in + i * columns + u * UNIT_COLUMNS);
          v_transpose(block);
#pragma clang loop unroll(full)
          for (size_t i = 0; i < VW; i++) v_store(out + (u + i) * TK_TILE, block[i]);
        }
      for (; u < units; u++)
        for (size_t lane = 0; lane < VW; lane++)
          out[u * TK_TILE + lane] = lane < lanes ? load_unit(in + lane * columns, u, columns) : 0;
    }
}
