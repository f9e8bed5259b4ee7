// SPDX-License-Identifier: Apache-2.0
// Attention of up to TK_ATTENTION_QUERIES queries over one KV head, page by page with the softmax kept
// running (Milakov and Gimelshein 2018; FlashAttention, Dao et al. 2022), for the vector width VW.
// Keys are transposed in their page, so a score needs no sum across lanes; all queries of a call share
// one reading of the page. Bound: the page's bytes for one query group, fused multiply-adds for many.
#include <math.h>

#include "../memory/vector.h"
#include "ops.h"

static inline __attribute__((always_inline)) vfloat load_element(const char *base, size_t index,
                                                                 const int half) {
  return half ? v_load_half((const uint16_t *)base + index) : v_load((const float *)base + index);
}

enum { GROUP = 4, SLOTS = 2 * VW, DEPTH = 2 * VW };

// scores[r][0..<tokens] = q . k for `rows` queries; the last whole vectors may run past `tokens`.
static inline __attribute__((always_inline)) void scores_block(
    const float *const *q, const int rows, const char *k, size_t head_dim, size_t page_tokens,
    size_t tokens, float scale, float *scores, const int half) {
  for (size_t s = 0; s < tokens; s += SLOTS) {
    const int wide = page_tokens - s >= SLOTS;
    vfloat low[GROUP], high[GROUP];
    for (int r = 0; r < rows; r++) low[r] = high[r] = v_set(0);
    for (size_t i = 0; i < head_dim; i++) {
      const vfloat a = load_element(k, i * page_tokens + s, half);
      const vfloat b = wide ? load_element(k, i * page_tokens + s + VW, half) : v_set(0);
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) {
        const vfloat x = v_set(q[r][i]);
        low[r] = v_fma(x, a, low[r]);
        high[r] = v_fma(x, b, high[r]);
      }
    }
    for (int r = 0; r < rows; r++) {
      v_store(scores + (size_t)r * (page_tokens + 16) + s, low[r] * scale);
      if (wide) v_store(scores + (size_t)r * (page_tokens + 16) + s + VW, high[r] * scale);
    }
  }
}

// sums[r] += weights[r][t] * v[t] over the page's tokens.
static inline __attribute__((always_inline)) void values_block(
    const float *weights, size_t stride, const int rows, const char *v, size_t head_dim,
    size_t tokens, float *sums, const int half) {
  for (size_t i = 0; i < head_dim; i += DEPTH) {
    const int wide = head_dim - i >= DEPTH;
    vfloat low[GROUP], high[GROUP];
    for (int r = 0; r < rows; r++) {
      low[r] = v_load(sums + (size_t)r * head_dim + i);
      high[r] = wide ? v_load(sums + (size_t)r * head_dim + i + VW) : v_set(0);
    }
    for (size_t t = 0; t < tokens; t++) {
      const vfloat a = load_element(v, t * head_dim + i, half);
      const vfloat b = wide ? load_element(v, t * head_dim + i + VW, half) : v_set(0);
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) {
        const vfloat w = v_set(weights[(size_t)r * stride + t]);
        low[r] = v_fma(w, a, low[r]);
        high[r] = v_fma(w, b, high[r]);
      }
    }
    for (int r = 0; r < rows; r++) {
      v_store(sums + (size_t)r * head_dim + i, low[r]);
      if (wide) v_store(sums + (size_t)r * head_dim + i + VW, high[r]);
    }
  }
}

static void mask_scores(const tk_attention_args *args, size_t query, size_t first, size_t tokens,
                        float *scores) {
  const size_t seen = args->visible[query];
  for (size_t t = seen > first ? seen - first : 0; t < tokens; t++) scores[t] = -INFINITY;
  if (!args->tree) return;
  for (size_t t = args->tree_base > first ? args->tree_base - first : 0; t < tokens; t++) {
    const size_t bit = first + t - args->tree_base;
    if (bit / 64 >= args->tree_words ||
        !(args->tree[query * args->tree_words + bit / 64] >> (bit % 64) & 1))
      scores[t] = -INFINITY;
  }
}

// Turns scores into weights relative to the running maximum, and rescales what was summed before.
static void softmax_step(float *scores, size_t tokens, float *largest, float *denominator,
                         float *sums, size_t head_dim) {
  float top = *largest;
  for (size_t t = 0; t < tokens; t++) top = scores[t] > top ? scores[t] : top;
  if (top == -INFINITY) {  // nothing visible yet
    for (size_t t = 0; t < tokens; t++) scores[t] = 0;
    return;
  }
  if (top > *largest) {
    const float factor = expf(*largest - top);
    *denominator *= factor;
    for (size_t i = 0; i < head_dim; i++) sums[i] *= factor;
    *largest = top;
  }
  vfloat total = {0};
  float rest = 0;
  size_t t = 0;
  for (; t + VW <= tokens; t += VW) {
    const vfloat x = v_load(scores + t) - v_set(top);
    // v_exp ends at exp(-87); a masked slot weighs exactly nothing
    const vfloat weight = (vfloat)((vint)v_exp(x) & (x > v_set(-87.0f)));
    v_store(scores + t, weight);
    total += weight;
  }
  for (; t < tokens; t++) rest += scores[t] = expf(scores[t] - top);
  *denominator += v_sum(total) + rest;
}

static inline __attribute__((always_inline)) void attention(const tk_attention_args *args,
                                                            void *scratch, const int half) {
  const size_t head_dim = args->head_dim, page_tokens = args->page_tokens;
  const size_t stride = page_tokens + 16;
  float *sums = scratch;
  float *scores = sums + TK_ATTENTION_QUERIES * head_dim;
  float largest[TK_ATTENTION_QUERIES], denominator[TK_ATTENTION_QUERIES];
  const float *const *q = args->q;
  size_t end = 0;
  for (size_t i = 0; i < args->queries; i++) {
    largest[i] = -INFINITY;
    denominator[i] = 0;
    if (args->visible[i] > end) end = args->visible[i];
  }
  for (size_t i = 0; i < args->queries * head_dim; i++) sums[i] = 0;
  for (size_t first = 0; first < end; first += page_tokens) {
    const size_t tokens = end - first < page_tokens ? end - first : page_tokens;
    const char *k = (const char *)args->k_pages[first / page_tokens] + args->head_offset;
    const char *v = (const char *)args->v_pages[first / page_tokens] + args->head_offset;
    size_t i = 0;
    for (; i + GROUP <= args->queries; i += GROUP)
      scores_block(q + i, GROUP, k, head_dim, page_tokens, tokens, args->scale, scores + i * stride,
                   half);
    for (; i < args->queries; i++)
      scores_block(q + i, 1, k, head_dim, page_tokens, tokens, args->scale, scores + i * stride,
                   half);
    for (i = 0; i < args->queries; i++) {
      mask_scores(args, i, first, tokens, scores + i * stride);
      softmax_step(scores + i * stride, tokens, largest + i, denominator + i, sums + i * head_dim,
                   head_dim);
    }
    for (i = 0; i + GROUP <= args->queries; i += GROUP)
      values_block(scores + i * stride, stride, GROUP, v, head_dim, tokens, sums + i * head_dim,
                   half);
    for (; i < args->queries; i++)
      values_block(scores + i * stride, stride, 1, v, head_dim, tokens, sums + i * head_dim, half);
  }
  for (size_t i = 0; i < args->queries; i++) {
    const float inverse = denominator[i] > 0 ? 1.0f / denominator[i] : 0.0f;
    for (size_t j = 0; j < head_dim; j++)
      args->out[i][j] = sums[i * head_dim + j] * inverse;
  }
}

static inline __attribute__((always_inline)) void kv_write(const tk_kv_write_args *args,
                                                           const int half) {
  const size_t head = args->head_dim * args->page_tokens;
  for (size_t h = 0; h < args->kv_heads; h++)
    for (size_t i = 0; i < args->head_dim; i++) {
      const float k = args->k[h * args->head_dim + i], v = args->v[h * args->head_dim + i];
      const size_t at_k = h * head + i * args->page_tokens + args->slot;
      const size_t at_v = h * head + args->slot * args->head_dim + i;
      if (half) {
        ((_Float16 *)args->k_page)[at_k] = (_Float16)k;
        ((_Float16 *)args->v_page)[at_v] = (_Float16)v;
      } else {
        ((float *)args->k_page)[at_k] = k;
        ((float *)args->v_page)[at_v] = v;
      }
    }
}
