// SPDX-License-Identifier: Apache-2.0
// Reference attention over paged keys and values: two passes (maximum, then weighted sum) in double.
#include <math.h>

#include "formats.h"
#include "ops.h"

static int visible(const tk_attention_args *args, size_t query, size_t slot) {
  if (slot >= args->visible[query]) return 0;
  if (!args->tree || slot < args->tree_base) return 1;
  const size_t bit = slot - args->tree_base;
  return bit / 64 < args->tree_words &&
         (args->tree[query * args->tree_words + bit / 64] >> (bit % 64) & 1);
}

static double element(const void *base, size_t index, int half) {
  return half ? tk_half_to_float(((const uint16_t *)base)[index]) : ((const float *)base)[index];
}

static double score(const tk_attention_args *args, size_t query, size_t slot, int half) {
  const char *page = (const char *)args->k_pages[slot / args->page_tokens] + args->head_offset;
  double total = 0;
  for (size_t i = 0; i < args->head_dim; i++)
    total += args->q[query][i] *
             element(page, i * args->page_tokens + slot % args->page_tokens, half);
  return total * args->scale;
}

static void attention(const tk_attention_args *args, int half) {
  for (size_t query = 0; query < args->queries; query++) {
    double largest = -INFINITY, denominator = 0;
    for (size_t slot = 0; slot < args->visible[query]; slot++)
      if (visible(args, query, slot)) largest = fmax(largest, score(args, query, slot, half));
    for (size_t i = 0; i < args->head_dim; i++) args->out[query][i] = 0;
    double sums[512] = {0};
    for (size_t slot = 0; slot < args->visible[query]; slot++) {
      if (!visible(args, query, slot)) continue;
      const double weight = exp(score(args, query, slot, half) - largest);
      const char *page = (const char *)args->v_pages[slot / args->page_tokens] + args->head_offset;
      denominator += weight;
      for (size_t i = 0; i < args->head_dim; i++)
        sums[i] += weight * element(page, slot % args->page_tokens * args->head_dim + i, half);
    }
    for (size_t i = 0; i < args->head_dim; i++)
      args->out[query][i] =
          denominator > 0 ? (float)(sums[i] / denominator) : 0;
  }
}

void tk_attention_f16_ref(const tk_attention_args *args, void *scratch) {
  (void)scratch;
  attention(args, 1);
}

void tk_attention_f32_ref(const tk_attention_args *args, void *scratch) {
  (void)scratch;
  attention(args, 0);
}

static void kv_write(const tk_kv_write_args *args, int half) {
  const size_t head = args->head_dim * args->page_tokens;
  for (size_t h = 0; h < args->kv_heads; h++)
    for (size_t i = 0; i < args->head_dim; i++) {
      const float k = args->k[h * args->head_dim + i], v = args->v[h * args->head_dim + i];
      const size_t at_k = h * head + i * args->page_tokens + args->slot;
      const size_t at_v = h * head + args->slot * args->head_dim + i;
      if (half) {
        ((uint16_t *)args->k_page)[at_k] = tk_float_to_half(k);
        ((uint16_t *)args->v_page)[at_v] = tk_float_to_half(v);
      } else {
        ((float *)args->k_page)[at_k] = k;
        ((float *)args->v_page)[at_v] = v;
      }
    }
}

void tk_kv_write_f16_ref(const tk_kv_write_args *args) { kv_write(args, 1); }

void tk_kv_write_f32_ref(const tk_kv_write_args *args) { kv_write(args, 0); }
