// SPDX-License-Identifier: Apache-2.0
// Attention of up to TK_ATTENTION_QUERIES queries over one KV head, TK_ATTENTION_KEYS slots at a time
// with the softmax kept running (Milakov and Gimelshein 2018; FlashAttention, Dao et al. 2022), for the
// vector width VW. Keys are transposed in their page, so a score needs no sum across lanes.
// Few queries (decode) read the page where it lies and ask for the next one ahead, because pages are
// not neighbours in memory; more queries share one conversion of it to float32. Bound: the page's
// bytes for one query, fused multiply-adds for many.
#pragma once
#include <math.h>

#include "attention_blocks.h"
#include "softmax.h"

// What the queries of a call have in common, and what is running.
typedef struct {
  const tk_attention_args *args;
  const float *q;
  float *sums, *scores, *largest;
  vfloat *denominators;
} attention_state;

// One block of slots [first, end) for `rows` queries from `query` on: scores, softmax, weighted sums.
static void attend_rows(attention_state *state, scores_function *scores_of,
                        values_function *values_of, size_t query, size_t rows, block k, block v,
                        size_t first, size_t end) {
  const tk_attention_args *args = state->args;
  const size_t vectors = (end - first + VW - 1) / VW;
  float *scores = state->scores, factors[LANES];
  scores_of(state->q + query * Q_STRIDE, k, args->head_dim, vectors, scores);
  for (size_t r = 0; r < rows; r++)
    if (args->tree || args->visible[query + r] < first + vectors * VW)
      mask_scores(args, query + r, first, end, vectors, scores + r * KEYS);
  softmax_step(rows, scores, vectors, state->largest + query, state->denominators + query, factors);
  values_of(scores, factors, v, args->head_dim, end - first, state->sums + query * args->head_dim);
}

// `slots` slots of K from slot s of its page on to float32 [head_dim][KEYS], and V to [KEYS][head_dim].
INLINE void convert(const int format, block k, block v, size_t head_dim, size_t vectors,
                    size_t tokens, float *keys, float *values) {
  for (size_t first = 0; first < head_dim; first += 16)
    for (size_t u = 0; u < vectors; u++) {
      const vfloat scale = kv_has_scales(format)
                               ? v_load_half((const uint16_t *)(k.base + k.scales) +
                                             first / KV_BLOCK * k.stride + u * VW)
                               : v_set(1);
      const int high = format == KV_Q4_0 && first % KV_BLOCK;
      const size_t row = format == KV_Q4_0 ? first / KV_BLOCK * 16 : first;
      for (size_t i = 0; i < 16; i++)
        v_store(keys + (first + i) * KEYS + u * VW,
                load_elements(format,
                              k.base + kv_code_bytes(format == KV_Q4_0 ? KV_Q8_0 : format,
                                                     (row + i) * k.stride + u * VW),
                              0, high, scale));
    }
  for (size_t t = 0; t < tokens; t++)
    for (size_t i = 0; i < head_dim; i += VW)
      v_store(values + t * head_dim + i, load_value(format, &v, t, i));
}

INLINE void attention(const tk_attention_args *args, void *scratch, const int format,
                      scores_function *const *scores_of, values_function *const *values_of) {
  const size_t head_dim = args->head_dim, page_tokens = args->page_tokens;
  float *q = (float *)(((uintptr_t)scratch + 63) & ~(uintptr_t)63);
  float *sums = q + TK_ATTENTION_QUERIES * Q_STRIDE;
  float *keys = sums + TK_ATTENTION_QUERIES * head_dim;
  float *values = keys + KEYS * head_dim;
  float *value_scales = values + KEYS * head_dim;
  float largest[TK_ATTENTION_QUERIES];
  vfloat denominators[TK_ATTENTION_QUERIES];  // in parts, one a lane
  attention_state state = {args, q, sums, value_scales + KEYS * head_dim / KV_BLOCK, largest, denominators};
  const float scale = args->scale * 1.44269504f;  // scores in powers of 2
  size_t end = 0;
  for (size_t r = 0; r < args->queries; r++) {
    largest[r] = -INFINITY;
    denominators[r] = v_set(0);
    if (args->visible[r] > end) end = args->visible[r];
    for (size_t i = 0; i < head_dim; i += VW) {
      v_store(q + r * Q_STRIDE + i, v_load(args->q[r] + i) * scale);
      v_store(sums + r * head_dim + i, v_set(0));
    }
  }
  const size_t begin = args->partial ? args->part_first : 0;
  if (args->partial && args->part_end < end) end = args->part_end;
  const int few = args->queries <= ROWS;
  const size_t scales = kv_code_bytes(format, head_dim * page_tokens);
  for (size_t first = begin, last; first < end; first = last) {
    const size_t page = first / page_tokens, slot = first % page_tokens;
    const size_t keys_left = page_tokens - slot < KEYS ? page_tokens - slot : KEYS;
    last = end - first < keys_left ? end : first + keys_left;
    const char *k_base = (const char *)args->k_pages[page] + args->head_offset;
    const char *v_base = (const char *)args->v_pages[page] + args->head_offset;
    block k = {k_base, page_tokens, scales, 0, 0, k_base},
          v = {v_base, head_dim, scales, value_scales, 0, v_base};
    if ((page + 1) * page_tokens < end) {
      k.next = (const char *)args->k_pages[page + 1] + args->head_offset;
      v.next = (const char *)args->v_pages[page + 1] + args->head_offset;
      if (kv_has_scales(format) && slot == 0)
        for (size_t i = 0; i < head_dim * page_tokens / KV_BLOCK * 2; i += 64) {
          __builtin_prefetch(k.next + scales + i);
          __builtin_prefetch(v.next + scales + i);
        }
      k.next += kv_code_bytes(format, slot * head_dim);
      v.next += kv_code_bytes(format, slot * head_dim);
    }
    // The rest of a page longer than a block of keys.
    k.base += kv_code_bytes(format == KV_Q4_0 ? KV_Q8_0 : format, slot);
    k.scales = scales + 2 * slot - (size_t)(k.base - k_base);
    v.base += kv_code_bytes(format, slot * head_dim);
    if (kv_has_scales(format)) {
      const size_t blocks = head_dim / KV_BLOCK, count = (last - first) * blocks;
      const uint16_t *halves = (const uint16_t *)(v_base + scales) + slot * blocks;
      for (size_t i = 0; i < count; i += VW) v_store(value_scales + i, v_load_half(halves + i));
    }
    if (few) {
      attend_rows(&state, scores_of[args->queries - 1], values_of[args->queries - 1], 0,
                  args->queries, k, v, first, last);
      continue;
    }
    if (format != KV_F32) {
      convert(format, k, v, head_dim, (last - first + VW - 1) / VW, last - first, keys, values);
      k = (block){(const char *)keys, KEYS, 0, 0, 0, 0};
      v = (block){(const char *)values, head_dim, 0, 0, 0, 0};
    }
    for (size_t r = 0; r < args->queries; r += ROWS) {
      const size_t rows = args->queries - r < ROWS ? args->queries - r : ROWS;
      size_t seen = 0;
      for (size_t i = r; i < r + rows; i++) seen = args->visible[i] > seen ? args->visible[i] : seen;
      if (seen > last) seen = last;
      if (seen <= first) continue;
      attend_rows(&state, scores_tile[rows - 1], values_tile[rows - 1], r, rows, k, v, first, seen);
    }
  }
  for (size_t r = 0; r < args->queries; r++) {
    const float denominator = v_sum(denominators[r]);
    float *out = args->out ? args->out[r] : 0;
    float factor = denominator > 0 ? 1.0f / denominator : 0.0f;
    if (args->partial) {
      out = args->partial + r * tk_attention_partial_count(head_dim);
      out[head_dim] = largest[r];
      out[head_dim + 1] = denominator;
      factor = 1;
    }
    for (size_t i = 0; i < head_dim; i += VW)
      v_store(out + i, v_load(sums + r * head_dim + i) * factor);
  }
}

INLINE void merge(const float *partials, size_t parts, size_t stride, size_t head_dim, float *out) {
  float largest = -INFINITY, denominator = 0;
  for (size_t p = 0; p < parts; p++) {
    const float here = partials[p * stride + head_dim];
    largest = here > largest ? here : largest;
  }
  for (size_t i = 0; i < head_dim; i += VW) v_store(out + i, v_set(0));
  if (largest == -INFINITY) return;  // nothing was visible
  for (size_t p = 0; p < parts; p++) {
    const float *partial = partials + p * stride;
    float lanes[VW];
    v_store(lanes, v_weight(v_set(partial[head_dim] - largest)));
    denominator += lanes[0] * partial[head_dim + 1];
    for (size_t i = 0; i < head_dim; i += VW)
      v_store(out + i, v_fma(v_set(lanes[0]), v_load(partial + i), v_load(out + i)));
  }
  const float factor = 1.0f / denominator;
  for (size_t i = 0; i < head_dim; i += VW) v_store(out + i, v_load(out + i) * factor);
}

// The entry points of one format, and those of an instruction set.
#define ATTENTION_FORMAT(isa, name, format)                                           \
  void tk_attention_##name##_##isa(const tk_attention_args *args, void *scratch) {    \
    attention(args, scratch, format, scores_##name, values_##name);                   \
  }                                                                                   \
  void tk_kv_write_##name##_##isa(const tk_kv_write_args *args) { kv_write(args, format); }

#define ATTENTION_KERNELS(isa)                                                                \
  ATTENTION_FORMAT(isa, f32, KV_F32)                                                          \
  ATTENTION_FORMAT(isa, f16, KV_F16)                                                          \
  ATTENTION_FORMAT(isa, bf16, KV_BF16)                                                        \
  ATTENTION_FORMAT(isa, q8_0, KV_Q8_0)                                                        \
  ATTENTION_FORMAT(isa, q4_0, KV_Q4_0)                                                        \
  void tk_attention_merge_##isa(const float *partials, size_t parts, size_t stride,           \
                                size_t head_dim, float *out) {                                \
    merge(partials, parts, stride, head_dim, out);                                            \
  }
