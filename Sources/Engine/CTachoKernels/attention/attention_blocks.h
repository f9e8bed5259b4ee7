// SPDX-License-Identifier: Apache-2.0
// Register blocks of attention for the vector width VW: scores of some queries with the keys of a
// page, and values weighted and summed, each element of the page loaded and converted once.
#pragma once
#include "../memory/vector.h"
#include "kv_format.h"
#include "kv_write_body.h"
#include "ops.h"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

// Queries of a register block: with two vectors each they leave room for what they are multiplied by
// (16 registers of 8 lanes, 32 of 16 or 4).
enum { ROWS = VW == 8 ? 4 : 8, KEYS = TK_ATTENTION_KEYS,
       Q_STRIDE = TK_ATTENTION_HEAD_DIM + 16,
       LANES = ROWS > VW ? ROWS : VW };

// VW elements from `index` on of a row of numbers or codes, `scale` holding their blocks' scales; for
// q4_0 `index` counts bytes and `high` says which halves.
INLINE vfloat load_elements(const int format, const char *row, size_t index, const int high,
                            vfloat scale) {
  if (format == KV_F32) return v_load((const float *)row + index);
  if (format == KV_F16) return v_load_half((const uint16_t *)row + index);
  if (format == KV_BF16) return v_load_bfloat((const uint16_t *)row + index);
  if (format == KV_Q8_0) {
    vbyte codes;
    memcpy(&codes, row + index, sizeof codes);
    return __builtin_convertvector(__builtin_convertvector(codes, vint), vfloat) * scale;
  }
  vubyte codes;
  memcpy(&codes, row + index, sizeof codes);
  const vint wide = __builtin_convertvector(codes, vint);
  const vfloat code = __builtin_convertvector(high ? wide >> 4 : wide & 15, vfloat);
  return v_fma(code, scale, scale * -8.0f);  // exact: five bits times eleven
}

// One head's K or V in a page: where it lies, how long a row is, and how far the next page's is.
typedef struct {
  const char *base;
  size_t stride;  // elements from row to row
  size_t scales;  // K's: bytes from base to the scales
  const float *value_scales;  // V's: [slots][head_dim / 32]
  int prefetch;   // whether to ask for the next page's block: a constant where it matters
  const char *next;
} block;

// Asks for `bytes` more of the next page's block, in the order it lies in memory.
INLINE void prefetch_next(block *b, size_t bytes) {
  if (!b->prefetch) return;
  UNROLL
  for (size_t i = 0; i < bytes; i += 64) __builtin_prefetch(b->next + i, 0, 2);  // to L2
  b->next += bytes;
}

// scores[r][s..<s + n * VW] = q[r] . k for R queries.
INLINE void scores_block(const int format, const int R, const int n, const float *q, block *k,
                         size_t head_dim, size_t s, float *scores) {
  // A row of q4_0 is a byte a slot, and holds two elements of it.
  const int row_format = format == KV_Q4_0 ? KV_Q8_0 : format;
  const size_t row_bytes = kv_code_bytes(row_format, k->stride);
  const char *rows = k->base + kv_code_bytes(row_format, s);
  const uint16_t *scales = (const uint16_t *)(k->base + k->scales) + s;
  vfloat sums[ROWS][4];
  UNROLL
  for (int r = 0; r < R; r++) UNROLL for (int v = 0; v < n; v++) sums[r][v] = v_set(0);
  for (size_t first = 0; first < head_dim; first += 16) {
    vfloat scale[4];
    UNROLL
    for (int v = 0; v < n; v++)
      scale[v] = kv_has_scales(format) ? v_load_half(scales + v * VW) : v_set(1);
    const int high = format == KV_Q4_0 && first % KV_BLOCK;
    if (high) rows -= 16 * row_bytes;
    if (first % KV_BLOCK) scales += k->stride;
#pragma clang loop unroll(disable)
    for (size_t i = 0; i < 16; i++) {
      prefetch_next(k, kv_code_bytes(format, (size_t)n * VW));
      vfloat elements[4];
      UNROLL
      for (int v = 0; v < n; v++)
        elements[v] = load_elements(format, rows, (size_t)v * VW, high, scale[v]);
      UNROLL
      for (int r = 0; r < R; r++) {
        const vfloat x = v_set(q[(size_t)r * Q_STRIDE + i]);
        UNROLL
        for (int v = 0; v < n; v++) sums[r][v] = v_fma(x, elements[v], sums[r][v]);
      }
      rows += row_bytes;
    }
    q += 16;
  }
  UNROLL
  for (int r = 0; r < R; r++)
    UNROLL for (int v = 0; v < n; v++) v_store(scores + r * KEYS + s + v * VW, sums[r][v]);
}

// VW elements of V from element i of row t on.
INLINE vfloat load_value(const int format, const block *v, size_t t, size_t i) {
  const int scaled = kv_has_scales(format);
  const vfloat scale =
      v_set(scaled ? v->value_scales[t * (v->stride / KV_BLOCK) + i / KV_BLOCK] : 1);
  if (format != KV_Q4_0)
    return load_elements(format, v->base + kv_code_bytes(format, t * v->stride), i, 0, scale);
  const char *row = v->base + t * (v->stride / 2);
  const size_t byte = i / KV_BLOCK * 16 + i % 16;
  return i % KV_BLOCK < 16 ? load_elements(format, row, byte, 0, scale)
                           : load_elements(format, row, byte, 1, scale);
}

// sums[r][i..<i + n * VW] = factors[r] * itself + weights[r][t] * v[t] over the tokens; i is step * n * VW.
INLINE void values_block(const int format, const int R, const int n, const float *weights,
                         const float *factors, block *v, size_t head_dim, size_t step, size_t tokens, float *sums) {
  const size_t i = step * (size_t)n * VW;
  vfloat total[ROWS][4];
  UNROLL
  for (int r = 0; r < R; r++)
    UNROLL for (int u = 0; u < n; u++) total[r][u] = v_load(sums + r * head_dim + i + u * VW) * v_set(factors[r]);
#pragma clang loop unroll(disable)
  for (size_t t = 0; t < tokens; t++) {
    vfloat elements[4];
    prefetch_next(v, kv_code_bytes(format, (size_t)n * VW));
    UNROLL
    for (int u = 0; u < n; u++) elements[u] = load_value(format, v, t, i + (size_t)u * VW);
    UNROLL
    for (int r = 0; r < R; r++) {
      const vfloat w = v_set(weights[(size_t)r * KEYS + t]);
      UNROLL
      for (int u = 0; u < n; u++) total[r][u] = v_fma(w, elements[u], total[r][u]);
    }
  }
  UNROLL
  for (int r = 0; r < R; r++)
    UNROLL for (int u = 0; u < n; u++) v_store(sums + r * head_dim + i + u * VW, total[r][u]);
}

// All scores of one block of keys, or all weighted sums, for R queries; a function of its own for each R
// so that the registers are the loop's.
INLINE void scores_rows(const int format, const int R, const float *q, block k, size_t head_dim,
                        size_t vectors, float *scores) {
  const int n = R * 4 <= 2 * ROWS ? 4 : 2;
  size_t s = 0;
  for (; s + n <= vectors; s += n) scores_block(format, R, n, q, &k, head_dim, s * VW, scores);
  for (; s < vectors; s++) scores_block(format, R, 1, q, &k, head_dim, s * VW, scores);
}

INLINE void values_rows(const int format, const int R, const float *weights, const float *factors,
                        block v, size_t head_dim, size_t tokens, float *sums) {
  const int n = R * 4 <= 2 * ROWS ? 4 : 2;
  size_t i = 0;
  for (; (i + 1) * n * VW <= head_dim; i++)
    values_block(format, R, n, weights, factors, &v, head_dim, i, tokens, sums);
  for (i *= n; i * VW < head_dim; i++)
    values_block(format, R, 1, weights, factors, &v, head_dim, i, tokens, sums);
}

typedef void scores_function(const float *q, block k, size_t head_dim, size_t vectors, float *scores);
typedef void values_function(const float *weights, const float *factors, block v, size_t head_dim,
                             size_t tokens, float *sums);

#define ROW_FUNCTIONS(name, format, prefetched, R)                                                 \
  static __attribute__((noinline)) void scores_##name##_##R(                                       \
      const float *q, block k, size_t head_dim, size_t vectors, float *scores) {                   \
    k.prefetch = prefetched;                                                                       \
    scores_rows(format, R, q, k, head_dim, vectors, scores);                                       \
  }                                                                                                \
  static __attribute__((noinline)) void values_##name##_##R(                                       \
      const float *weights, const float *factors, block v, size_t head_dim, size_t tokens,         \
      float *sums) {                                                                               \
    v.prefetch = prefetched;                                                                       \
    values_rows(format, R, weights, factors, v, head_dim, tokens, sums);                           \
  }

#if VW != 8
#define FUNCTIONS(name, format, prefetched)                                        \
  ROW_FUNCTIONS(name, format, prefetched, 1) ROW_FUNCTIONS(name, format, prefetched, 2)  \
  ROW_FUNCTIONS(name, format, prefetched, 3) ROW_FUNCTIONS(name, format, prefetched, 4)  \
  ROW_FUNCTIONS(name, format, prefetched, 5) ROW_FUNCTIONS(name, format, prefetched, 6)  \
  ROW_FUNCTIONS(name, format, prefetched, 7) ROW_FUNCTIONS(name, format, prefetched, 8)  \
  static scores_function *const scores_##name[] = {                                \
      scores_##name##_1, scores_##name##_2, scores_##name##_3, scores_##name##_4,  \
      scores_##name##_5, scores_##name##_6, scores_##name##_7, scores_##name##_8}; \
  static values_function *const values_##name[] = {                                \
      values_##name##_1, values_##name##_2, values_##name##_3, values_##name##_4,  \
      values_##name##_5, values_##name##_6, values_##name##_7, values_##name##_8};
#else
#define FUNCTIONS(name, format, prefetched)                                       \
  ROW_FUNCTIONS(name, format, prefetched, 1) ROW_FUNCTIONS(name, format, prefetched, 2) \
  ROW_FUNCTIONS(name, format, prefetched, 3) ROW_FUNCTIONS(name, format, prefetched, 4) \
  static scores_function *const scores_##name[] = {scores_##name##_1, scores_##name##_2,  \
                                                   scores_##name##_3, scores_##name##_4}; \
  static values_function *const values_##name[] = {values_##name##_1, values_##name##_2,  \
                                                   values_##name##_3, values_##name##_4};
#endif

FUNCTIONS(tile, KV_F32, 0)  // a page converted to float32, or one that many queries read
FUNCTIONS(f32, KV_F32, 1)
FUNCTIONS(f16, KV_F16, 1)
FUNCTIONS(bf16, KV_BF16, 1)
FUNCTIONS(q8_0, KV_Q8_0, 1)
FUNCTIONS(q4_0, KV_Q4_0, 1)
