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
  BLOCK_ROWS = VW == 16 ? 8 : 4,   // rows by GROUP sums must fit 32 registers, or AVX2's 16
  GROUP = 3,
  STRIDE = TK_PANEL_DEPTH + 16,    // rows of a panel must not share cache sets
  SUM_STRIDE = TK_PANEL_BATCH + 16
};

// `rows` weight rows against `vectors` vectors of activations over `depth` columns.
static inline __attribute__((always_inline)) void tile_block(const float *w, const int rows,
                                                             const float *const *a,
                                                             const int vectors, size_t depth,
                                                             float *sums, const int first) {
  vfloat total[BLOCK_ROWS][GROUP];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++)
      total[r][v] = first ? v_set(0) : v_load(sums + r * SUM_STRIDE + v * VW);
#pragma clang loop unroll_count(2)
  for (size_t c = 0; c < depth; c++) {
    vfloat x[GROUP];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) x[v] = v_load(a[v] + c * TK_TILE);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      const vfloat weight = v_set(w[r * STRIDE + (ptrdiff_t)c]);
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) total[r][v] = v_fma(weight, x[v], total[r][v]);
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) v_store(sums + r * SUM_STRIDE + v * VW, total[r][v]);
}

// All rows of a panel against one group of `vectors` vectors of activations.
static inline __attribute__((always_inline)) void tile_group(const float *w, size_t rows,
                                                             const float *const *a,
                                                             const int vectors, size_t depth,
                                                             float *sums, int first) {
  for (size_t r = 0; r < rows; r += BLOCK_ROWS) {
    if (first)
      tile_block(w + r * STRIDE, BLOCK_ROWS, a, vectors, depth, sums + r * SUM_STRIDE, 1);
    else
      tile_block(w + r * STRIDE, BLOCK_ROWS, a, vectors, depth, sums + r * SUM_STRIDE, 0);
  }
}

// Converts columns [column, column + depth) of rows [row, row + rows); missing rows become zeros.
static void load_panel(const tk_matmul_f32_args *args, size_t row, size_t rows, size_t column,
                       size_t depth, float *w) {
  const size_t padded = (rows + BLOCK_ROWS - 1) / BLOCK_ROWS * BLOCK_ROWS;
  for (size_t r = 0; r < padded; r++) {
    const char *weights = (const char *)args->weights + (row + r) * args->row_bytes;
    float *out = w + r * STRIDE;
    if (r >= rows) {
      memset(out, 0, depth * sizeof(float));
      continue;
    }
    switch (args->format) {
      case TK_F32: to_float(weights + 4 * column, out, depth, TK_F32); break;
      case TK_F16: to_float(weights + 2 * column, out, depth, TK_F16); break;
      case TK_BF16: to_float(weights + 2 * column, out, depth, TK_BF16); break;
      default:  // whole blocks, because TK_PANEL_DEPTH is a multiple of every format's
        tk_dequantize((tk_format)args->format, weights + args->row_bytes * column / args->columns,
                      out, depth);
    }
  }
}

// out[lane][row] = sums[row][lane]
static inline void store_panel(const tk_matmul_f32_args *args, const float *sums, size_t row,
                               size_t rows, size_t batch, size_t lanes) {
  for (size_t r = 0; r < rows; r += VW)
    for (size_t b = 0; b < lanes; b += VW) {
      vfloat block[VW];
      // Rows past the panel's end are read where the buffer ends with room for them, and dropped.
#pragma clang loop unroll(full)
      for (size_t i = 0; i < VW; i++) block[i] = v_load(sums + (r + i) * SUM_STRIDE + b);
      v_transpose(block);
      float *out = args->out + (batch + b) * args->out_stride + row + r;
      const size_t many = lanes - b < VW ? lanes - b : VW, wide = rows - r < VW ? rows - r : VW;
      if (many == VW && wide == VW) {
#pragma clang loop unroll(full)
        for (size_t i = 0; i < VW; i++) v_store(out + i * args->out_stride, block[i]);
      } else {
        float lane[VW][VW];
        memcpy(lane, block, sizeof lane);
        for (size_t i = 0; i < many; i++)
          memcpy(out + i * args->out_stride, lane[i], wide * sizeof(float));
      }
    }
}

// One panel of weight rows against at most TK_PANEL_BATCH activation rows, the first a whole tile.
static void matmul_panel(const tk_matmul_f32_args *args, size_t row, size_t rows, size_t batch,
                         float *w, float *sums) {
  const size_t left = args->batch - batch;
  const size_t lanes = left < TK_PANEL_BATCH ? left : TK_PANEL_BATCH;
  const size_t vectors = (lanes + TK_TILE - 1) / TK_TILE * TILE_PARTS;
  const float *tiles = args->activations + batch * args->columns;
  for (size_t column = 0; column < args->columns; column += TK_PANEL_DEPTH) {
    const size_t rest = args->columns - column;
    const size_t depth = rest < TK_PANEL_DEPTH ? rest : TK_PANEL_DEPTH;
    load_panel(args, row, rows, column, depth, w);
    for (size_t v = 0; v < vectors; v += GROUP) {
      const float *a[GROUP];
      for (size_t i = 0; i < GROUP; i++)
        a[i] = tiles + ((v + i) / TILE_PARTS * args->columns + column) * TK_TILE +
               (v + i) % TILE_PARTS * VW;
      switch (vectors - v) {
        case 1: tile_group(w, rows, a, 1, depth, sums + v * VW, column == 0); break;
        case 2: tile_group(w, rows, a, 2, depth, sums + v * VW, column == 0); break;
        default: tile_group(w, rows, a, 3, depth, sums + v * VW, column == 0);
      }
    }
  }
  store_panel(args, sums, row, rows, batch, lanes);
}

static void matmul_tiles(const tk_matmul_f32_args *args, size_t row0, size_t row1, void *scratch) {
  float *w = scratch, *sums = w + TK_PANEL_ROWS * STRIDE;
  for (size_t batch = 0; batch < args->batch; batch += TK_PANEL_BATCH)
    for (size_t row = row0; row < row1; row += TK_PANEL_ROWS)
      matmul_panel(args, row, row1 - row < TK_PANEL_ROWS ? row1 - row : TK_PANEL_ROWS, batch, w,
                   sums);
}

// [rows][columns] to tiles [columns][16].
static void transpose_tiles(const float *source, size_t rows, size_t columns, float *target,
                            size_t first_tile, size_t last_tile) {
  for (size_t tile = first_tile; tile < last_tile; tile++)
    for (size_t part = 0; part < TILE_PARTS; part++) {
      const size_t row = tile * TK_TILE + part * VW;
      const size_t lanes = row >= rows ? 0 : rows - row < VW ? rows - row : VW;
      const float *in = source + row * columns;
      float *out = target + tile * columns * TK_TILE + part * VW;
      size_t c = 0;
      if (lanes == VW)
        for (; c + VW <= columns; c += VW) {
          vfloat block[VW];
#pragma clang loop unroll(full)
          for (size_t i = 0; i < VW; i++) block[i] = v_load(in + i * columns + c);
          v_transpose(block);
#pragma clang loop unroll(full)
          for (size_t i = 0; i < VW; i++) v_store(out + (c + i) * TK_TILE, block[i]);
        }
      for (; c < columns; c++)
        for (size_t lane = 0; lane < VW; lane++)
          out[c * TK_TILE + lane] = lane < lanes ? in[lane * columns + c] : 0;
    }
}
