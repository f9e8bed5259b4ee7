// SPDX-License-Identifier: Apache-2.0
// One function type per operation. A kernel is `tk_<op>_<variant>` of its operation's type; rows are
// divided among workers by the caller, and every output is computed in an order that does not depend
// on that division, so results are the same for any thread count.
//
// No kernel reads or writes past the sizes given here, and only scratch needs more than its type's
// alignment; plain float weights may begin at any address, blocks at any even one. Numbers are finite.
// ci/kernels/check sees to all of it.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "formats.h"

// Activations quantised to int8 in blocks of 32: a[i] = scale[i / 32] * q[i].
//
// Row layout (few rows: decode):       q[row][columns], scales[row][columns / 32].
// Tile layout (many rows: prefill), 16 rows a tile, the last tile padded with zeros:
//   q[tile][columns / 4][16][4], scales[tile][columns / 32][16], sums[tile][columns / 16][16]
//   where sums = scale * sum of q over 16 columns.
// Codes are -127...127: kernels that add pairs of products in 16 bits count on it.
enum { TK_TILE = 16 };

// A block whose largest magnitude is not above this is all zeros: 127 / magnitude would be infinite.
#define TK_Q8_SMALLEST 0x1p-120f

typedef struct {
  const float *source;  // [rows][columns]
  size_t rows, columns;
  int8_t *q;
  float *scales;
  float *sums;  // tile layout only
} tk_quantize_args;

// Row layout: `first`, `last` are rows. Tile layout: they are tiles.
typedef void tk_quantize_proto(const tk_quantize_args *args, size_t first, size_t last);

// Matrix products are divided at multiples of so many weight rows.
enum { TK_ROW_STEP = 4 };

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

// `scratch` holds tk_matmul_scratch_bytes(columns) bytes, aligned to 64, one per worker.
typedef void tk_matmul_q8_proto(const tk_matmul_q8_args *args, size_t row0, size_t row1,
                                void *scratch);

typedef struct {
  const void *weights;
  int format;  // tk_format
  size_t row_bytes;
  size_t columns;
  // [batch][columns]; tile layout: [tile][columns][16]. For the tile kernels of bf16 the units are
  // pairs of bfloat16: [tile][tk_bf16_columns(columns) / 2][16][2]; for its row kernels float32 that
  // bfloat16 can hold. Those of bf16 take plain float weights only, and may take subnormal numbers
  // for zero.
  const float *activations;
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

// Quantised weights repacked for sixteen rows in lanes; panel/panel.h has the layout.
#define TK_EACH_PANEL_FORMAT(X) \
  X(TK_Q4_0, q4_0) X(TK_Q4_1, q4_1) X(TK_Q5_0, q5_0) X(TK_Q5_1, q5_1) X(TK_Q8_0, q8_0) \
  X(TK_Q2_K, q2_k) X(TK_Q3_K, q3_k) X(TK_Q4_K, q4_k) X(TK_Q5_K, q5_k) X(TK_Q6_K, q6_k)

enum { TK_PANEL_ROWS = 16 };

// Bytes of one panel, a multiple of 64; 0 for a format that has none.
size_t tk_panel_bytes(tk_format format, size_t columns);

typedef struct {
  tk_format format;
  const void *rows;  // `count` rows of blocks, at most sixteen; a last panel may have fewer
  size_t row_bytes, count, columns;
  void *panel;  // tk_panel_bytes(format, columns), aligned to 64
} tk_repack_args;

// 0 on success, -1 for a format without panels.
int tk_panel_repack(const tk_repack_args *args);

// Int8 activations as panel kernels read them: rows padded with zeros to `stride`, the least multiple
// of 64 columns that is not below `columns`. Every array has room for a multiple of TK_TILE rows: a
// kernel may read rows past `rows` up to there, whatever is in them, and no output depends on them.
typedef struct {
  size_t rows, columns, stride;
  int8_t *q;          // [rows][stride]
  uint8_t *raised;    // [rows][stride]: q + 128
  float *scales;      // [rows][stride / 32]
  int32_t *minus32;   // [rows][stride / 32]: minus 128 times the sum of q over 32 columns
  float *sums32;      // [rows][stride / 32]: scale times the sum of q over 32 columns
  int32_t *minus16;   // [rows][stride / 16]
  float *sums16;      // [rows][stride / 16]
} tk_panel_activations;

// Rows [row0, row1) of source[rows][columns] to int8 in blocks of 32, with all that panel products need of
// them; columns up to the stride become zeros, rows beyond `rows` stay as they are. Any rows may be
// converted at the same time as others.
typedef void tk_quantize_panel_proto(const float *source, const tk_panel_activations *target,
                                     size_t row0, size_t row1);

// out[b * out_stride + row] = sum over columns of weight[row][column] * activation[b][column]
typedef struct {
  const void *panels;  // one after the other
  size_t panel_bytes;
  size_t rows;  // of the whole matrix: the last panel may be short
  tk_panel_activations a;
  float *out;
  size_t out_stride;
} tk_panel_args;

// Divided at multiples of so many panels; a panel's outputs do not depend on the division.
enum { TK_PANEL_STEP = 2 };

// Panels [panel0, panel1). `scratch` holds tk_panel_scratch_bytes(), aligned to 64.
// panel_few: for few activation rows, codes go from memory to registers; bound by the weights' bytes.
// panel_many: codes are unpacked to a chunk in L1 that all activation rows use; bound by arithmetic.
// Both compute every output in the same order, so that their results are equal to the last bit.
typedef void tk_panel_proto(const tk_panel_args *args, size_t panel0, size_t panel1, void *scratch);

static inline size_t tk_panel_scratch_bytes(void) { return 96 << 10; }

// How the float kernels of many activation rows divide their work: a panel of weight rows by columns
// is converted once for so many activation rows. The depth is a multiple of every format's block.
// Callers should give a worker TK_FLOAT_ROWS rows at a time where there are rows enough for all.
enum { TK_FLOAT_ROWS = 128, TK_FLOAT_DEPTH = 256, TK_FLOAT_BATCH = 512, TK_AMX_DEPTH = 2048 };

// Bytes of scratch a worker needs for a product of floats: a panel in bfloat16 for AMX, which is the
// larger one, and its sums; or a row.
static inline size_t tk_matmul_f32_scratch_bytes(size_t columns) {
  const size_t panel =
      TK_FLOAT_ROWS * (TK_AMX_DEPTH * 2 + (TK_FLOAT_BATCH + 16) * sizeof(float));
  const size_t row = (columns + 64) * sizeof(float);
  return (panel > row ? panel : row) + 4096;
}

// [rows][columns] to [tile][columns][16], the last tile padded with zeros; divided by tiles.
typedef void tk_transpose_tile_proto(const float *source, size_t rows, size_t columns, float *target,
                                     size_t first_tile, size_t last_tile);

// Columns of activations in pairs of bfloat16, padded with zeros to whole steps of a tile product.
static inline size_t tk_bf16_columns(size_t columns) { return (columns + 31) / 32 * 32; }

// Rounds to the nearest bfloat16, ties to even, kept as float32.
typedef void tk_round_bf16_proto(const float *source, float *target, size_t count);

// Attention of some queries over one KV head in pages, softmax computed online.
//
// A page holds, for each KV head, K transposed [head_dim][page_tokens] and V [page_tokens][head_dim]:
// f32, f16 and bf16 as numbers; q8_0 and q4_0 as codes of 32 neighbouring elements of a token with
// one f16 scale, all codes of the head before all its scales:
//   q8_0 (element = scale * code): K int8 [head_dim][page_tokens], f16 [head_dim / 32][page_tokens];
//     V int8 [page_tokens][head_dim], f16 [page_tokens][head_dim / 32].
//   q4_0 (element = scale * (code - 8)): a byte holds elements j (low half) and j + 16 of its block;
//     K bytes [head_dim / 2][page_tokens], V bytes [page_tokens][head_dim / 2], scales as for q8_0.
typedef struct {
  const float *const *q;  // each query's head_dim floats
  size_t queries;
  size_t head_dim;  // a multiple of 16, of 32 for q8_0 and q4_0; at most TK_ATTENTION_HEAD_DIM
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
  float *const *out;  // each query's result, when partial is null
  // A part of a long context: when not null, only the slots in [part_first, part_end) are read,
  // part_first a multiple of page_tokens, and each query gets what tk_attention_merge needs.
  float *partial;  // [queries][tk_attention_partial_count(head_dim)]
  size_t part_first, part_end;
} tk_attention_args;

// `scratch` holds tk_attention_scratch_bytes(head_dim, page_tokens) bytes, aligned to 64.
typedef void tk_attention_proto(const tk_attention_args *args, void *scratch);

// Most queries one call may carry; callers tile.
enum { TK_ATTENTION_QUERIES = 64, TK_ATTENTION_HEAD_DIM = 512 };

// Slots a kernel works on at a time.
enum { TK_ATTENTION_KEYS = 64 };

static inline size_t tk_attention_scratch_bytes(size_t head_dim, size_t page_tokens) {
  (void)page_tokens;
  // queries and sums; a block of keys and one of values in float32; eight queries' scores
  return (TK_ATTENTION_QUERIES * (head_dim + TK_ATTENTION_HEAD_DIM + 16) + 2 * TK_ATTENTION_KEYS * head_dim +
          8 * TK_ATTENTION_KEYS + TK_ATTENTION_KEYS * head_dim / 32) * sizeof(float) + 256;
}

// Floats of a query's partial result: values summed with weights 2^(score * log2(e) - largest), then
// largest and the sum of the weights; padded to whole cache lines.
static inline size_t tk_attention_partial_count(size_t head_dim) { return head_dim + 16; }

// Merges one query's partial results, `stride` floats apart, in order, into out[head_dim].
typedef void tk_attention_merge_proto(const float *partials, size_t parts, size_t stride,
                                      size_t head_dim, float *out);

// out = x / sqrt(mean(x^2) + epsilon) * weight; the sum of squares must be a float. `out` may be `x`.
typedef void tk_rmsnorm_proto(const float *x, const float *weight, float *out, size_t count,
                              float epsilon);

// Rotates pairs of the first 2 * pairs elements in place. Interleaved: (2i, 2i+1); halves: (i, i+pairs).
typedef void tk_rope_proto(float *x, const float *cosines, const float *sines, size_t pairs,
                           int interleaved);

// gate = gate / (1 + exp(-gate)) * up
typedef void tk_swiglu_proto(float *gate, const float *up, size_t count);

// x += y
typedef void tk_add_proto(float *x, const float *y, size_t count);

// Writes one token's K (transposed) and V into slot `slot` of a page, all KV heads. Numbers are rounded
// to nearest, ties to even. q8_0: scale = max |x| / 127, codes rounded likewise. q4_0 as in GGUF:
// scale = the first element of largest magnitude / -8, code = min(15, x / scale + 8.5 less its fraction).
typedef struct {
  const float *k, *v;  // [kv_heads][head_dim]
  void *k_page, *v_page;
  size_t kv_heads, head_dim, page_tokens, slot;
} tk_kv_write_args;
typedef void tk_kv_write_proto(const tk_kv_write_args *args);

// Sum of 64-bit words: a read of every byte, for measuring bandwidth.
typedef uint64_t tk_read_proto(const void *bytes, size_t count);

// Copies `count` bytes between buffers that do not overlap, for measuring bandwidth. `copy` writes through
// the caches, which read every line before they change it (a third transfer); `copy_stream` writes whole
// lines past them, and what it wrote is visible to every thread when it returns.
typedef void tk_copy_proto(const void *source, void *target, size_t count);

// Follows pointers: each place holds the address of the next; returns the place after so many hops.
typedef const void *tk_chase_proto(const void *start, size_t hops);

// Multiply-adds in registers alone, as many as the instruction set can do: the arithmetic peak. Every
// factor is 1, so the sum of the accumulators, which is returned, counts the multiply-adds done; exact
// up to 2^19 rounds.
typedef uint64_t tk_peak_proto(size_t rounds);

// Each level of x86 includes those before it. AVX512 means F, BW, VL, DQ and VNNI; AMX means its int8
// and bf16 tiles, which the process has asked the kernel for. NEON is AArch64's, with dot products
// (asimddp); a table holds the kernels of one architecture only.
typedef enum {
  TK_ISA_REF = 0,
  TK_ISA_AVX2 = 1,
  TK_ISA_AVX512 = 2,
  TK_ISA_AVX512BF16 = 3,
  TK_ISA_AMX = 4,
  TK_ISA_NEON = 5
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

// The processor the calling thread is on; -1 where that is unknown.
int tk_current_processor(void);

// The kernel's id of the calling thread.
int32_t tk_thread_id(void);

// Lets a thread (the kernel's id; 0: the caller) run on these processors only. 0 or errno.
int tk_pin_thread(int32_t thread, const int32_t *processors, size_t count);

// The processors the caller may run on, ascending: how many there are, of which at most `capacity` are
// written; 0 where the system does not say.
size_t tk_allowed_processors(int32_t *processors, size_t capacity);

// Whether this process's memory may come in transparent huge pages from now on (PR_SET_THP_DISABLE of
// prctl(2)). 0 or errno.
int tk_allow_huge_pages(int allowed);
// A polite busy-wait.
static inline void tk_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
