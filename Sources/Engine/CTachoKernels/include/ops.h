// SPDX-License-Identifier: Apache-2.0
// One function type per operation. A kernel is `tk_<op>_<variant>` of its operation's type; rows are
// divided among workers by the caller, and every output is computed in an order that does not depend
// on that division, so results are the same for any thread count.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Activations quantised to int8 in blocks of 32: a[i] = scale[i / 32] * q[i].
//
// Row layout (few rows: decode):       q[row][columns], scales[row][columns / 32].
// Tile layout (many rows: prefill), 16 rows a tile, the last tile padded with zeros:
//   q[tile][columns / 4][16][4], scales[tile][columns / 32][16], sums[tile][columns / 16][16]
//   where sums = scale * sum of q over 16 columns.
enum { TK_TILE = 16 };

typedef struct {
  const float *source;  // [rows][columns]
  size_t rows, columns;
  int8_t *q;
  float *scales;
  float *sums;  // tile layout only
} tk_quantize_args;

// Row layout: `first`, `last` are rows. Tile layout: they are tiles.
typedef void tk_quantize_proto(const tk_quantize_args *args, size_t first, size_t last);

// out[b * out_stride + row] = sum over columns of weight[row][column] * activation[b][column]
typedef struct {
  const void *weights;
  size_t row_bytes;
  size_t columns;
  const int8_t *q;
  const float *scales;
  const float *sums;
  float *out;
  size_t out_stride;
  size_t batch;
} tk_matmul_q8_args;

// `scratch` holds tk_matmul_q8_scratch(columns) bytes, aligned to 64, one per worker.
typedef void tk_matmul_q8_proto(const tk_matmul_q8_args *args, size_t row0, size_t row1,
                                void *scratch);

typedef struct {
  const void *weights;
  int format;  // tk_format
  size_t row_bytes;
  size_t columns;
  const float *activations;  // [batch][columns]; tile layout: [tile][columns][16]
  float *out;
  size_t out_stride;
  size_t batch;
} tk_matmul_f32_args;

typedef void tk_matmul_f32_proto(const tk_matmul_f32_args *args, size_t row0, size_t row1,
                                 void *scratch);

// Bytes of scratch a worker needs for a matmul over `columns`.
static inline size_t tk_matmul_scratch_bytes(size_t columns) {
  // eight float32 rows, or four rows of codes with two floats per 16 columns
  return (columns + 64) * 8 * sizeof(float) + 4096;
}

// [rows][columns] to [tile][columns][16], the last tile padded with zeros; divided by tiles.
typedef void tk_transpose_tile_proto(const float *source, size_t rows, size_t columns, float *target,
                                     size_t first_tile, size_t last_tile);

// Attention of some queries over one KV head in pages, softmax computed online.
// A page holds, for each KV head, K transposed [head_dim][page_tokens] and V [page_tokens][head_dim].
typedef struct {
  const float *const *q;  // each query's head_dim floats
  size_t queries;
  size_t head_dim;  // a multiple of 16
  float scale;
  const void *const *k_pages;  // base of each page's K; this head's begins head_offset bytes further
  const void *const *v_pages;
  size_t head_offset;
  size_t page_tokens;       // a multiple of 16
  const uint32_t *visible;  // query i sees slots [0, visible[i])
  // Token trees: when not null, slots from tree_base on are seen only where the query's bit is set.
  const uint64_t *tree;  // [queries][tree_words]
  size_t tree_words;
  uint32_t tree_base;
  float *const *out;  // each query's result
} tk_attention_args;

typedef void tk_attention_proto(const tk_attention_args *args, void *scratch);

// Most queries one call may carry; callers tile.
enum { TK_ATTENTION_QUERIES = 16 };

static inline size_t tk_attention_scratch_bytes(size_t head_dim, size_t page_tokens) {
  return TK_ATTENTION_QUERIES * (head_dim + page_tokens + 16) * sizeof(float) + 256;
}

// out = x / sqrt(mean(x^2) + epsilon) * weight
typedef void tk_rmsnorm_proto(const float *x, const float *weight, float *out, size_t count,
                              float epsilon);

// Rotates pairs of the first 2 * pairs elements in place. Interleaved: (2i, 2i+1); halves: (i, i+pairs).
typedef void tk_rope_proto(float *x, const float *cosines, const float *sines, size_t pairs,
                           int interleaved);

// gate = gate / (1 + exp(-gate)) * up
typedef void tk_swiglu_proto(float *gate, const float *up, size_t count);

// x += y
typedef void tk_add_proto(float *x, const float *y, size_t count);

// Writes one token's K (transposed) and V into slot `slot` of a page, all KV heads.
typedef struct {
  const float *k, *v;  // [kv_heads][head_dim]
  void *k_page, *v_page;
  size_t kv_heads, head_dim, page_tokens, slot;
} tk_kv_write_args;
typedef void tk_kv_write_proto(const tk_kv_write_args *args);

// Sum of 64-bit words: a read of every byte, for measuring bandwidth.
typedef uint64_t tk_read_proto(const void *bytes, size_t count);

// Multiply-adds in registers alone, as many as the instruction set can do: the arithmetic peak. Every
// factor is 1, so the sum of the accumulators, which is returned, counts the multiply-adds done; exact
// up to 2^19 rounds.
typedef uint64_t tk_peak_proto(size_t rounds);

// Each level of x86 includes those before it. AVX512 means F, BW, VL, DQ and VNNI; AMX means its int8
// and bf16 tiles, which the process has asked the kernel for.
typedef enum {
  TK_ISA_REF = 0,
  TK_ISA_AVX2 = 1,
  TK_ISA_AVX512 = 2,
  TK_ISA_AVX512BF16 = 3,
  TK_ISA_AMX = 4
} tk_isa;

typedef struct {
  const char *op;
  const char *variant;
  tk_isa isa;
  void (*function)(void);
} tk_kernel;

// Every kernel compiled in, in the order of kernels.def.
const tk_kernel *tk_kernels(size_t *count);
// The highest instruction set of this CPU that some kernels need.
tk_isa tk_best_isa(void);
// Processors this process may run on.
int tk_available_processors(void);
// A polite busy-wait.
static inline void tk_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
