// SPDX-License-Identifier: Apache-2.0
// Reference attention over paged keys and values: two passes (maximum, then weighted sum) in double.
#include <math.h>
#include <string.h>

#include "formats.h"
#include "kv_format.h"
#include "ops.h"

static int visible(const tk_attention_args *args, size_t query, size_t slot) {
  if (slot >= args->visible[query]) return 0;
  if (!args->tree || slot < args->tree_base) return 1;
  const size_t bit = slot - args->tree_base;
  return bit / 64 < args->tree_words &&
         (args->tree[query * args->tree_words + bit / 64] >> (bit % 64) & 1);
}

// An element of a head's K (or V): its place among the numbers or codes (for q4_0, among the bytes),
// which half of the byte, and the place of its scale.
static double element(const tk_attention_args *args, const char *head, size_t index, int high,
                      size_t block, int format) {
  const uint16_t *scales =
      (const uint16_t *)(head + kv_code_bytes(format, args->head_dim * args->page_tokens));
  switch (format) {
    case KV_F32: return ((const float *)head)[index];
    case KV_F16: return tk_half_to_float(((const uint16_t *)head)[index]);
    case KV_BF16: return tk_bfloat_to_float(((const uint16_t *)head)[index]);
    case KV_Q8_0: return tk_half_to_float(scales[block]) * (float)((const int8_t *)head)[index];
    default: {
      const int byte = ((const uint8_t *)head)[index];
      return tk_half_to_float(scales[block]) * (float)((high ? byte >> 4 : byte & 15) - 8);
    }
  }
}

// Where element i is in a row of bytes of q4_0.
static size_t byte_of(size_t i) { return i / KV_BLOCK * 16 + i % 16; }

static double key(const tk_attention_args *args, size_t slot, size_t i, int format) {
  const char *head = (const char *)args->k_pages[slot / args->page_tokens] + args->head_offset;
  const size_t at = slot % args->page_tokens, row = format == KV_Q4_0 ? byte_of(i) : i;
  return element(args, head, row * args->page_tokens + at, i % KV_BLOCK >= 16,
                 i / KV_BLOCK * args->page_tokens + at, format);
}

static double value(const tk_attention_args *args, size_t slot, size_t i, int format) {
  const char *head = (const char *)args->v_pages[slot / args->page_tokens] + args->head_offset;
  const size_t at = slot % args->page_tokens, head_dim = args->head_dim;
  const size_t index = format == KV_Q4_0 ? at * head_dim / 2 + byte_of(i) : at * head_dim + i;
  return element(args, head, index, i % KV_BLOCK >= 16, at * (head_dim / KV_BLOCK) + i / KV_BLOCK,
                 format);
}

static double score(const tk_attention_args *args, size_t query, size_t slot, int format) {
  double total = 0;
  for (size_t i = 0; i < args->head_dim; i++)
    total += args->q[query][i] * key(args, slot, i, format);
  return total * args->scale;
}

static void attention(const tk_attention_args *args, int format) {
  const size_t head_dim = args->head_dim;
  for (size_t query = 0; query < args->queries; query++) {
    double largest = -INFINITY, denominator = 0;
    double sums[TK_ATTENTION_HEAD_DIM] = {0};
    const size_t first = args->partial ? args->part_first : 0;
    size_t end = args->visible[query];
    if (args->partial && args->part_end < end) end = args->part_end;
    for (size_t slot = first; slot < end; slot++)
      if (visible(args, query, slot)) largest = fmax(largest, score(args, query, slot, format));
    // A part's reference point is a float, and its weights must be relative to just that.
    const float largest2 = (float)(largest * 1.4426950408889634);
    if (args->partial) largest = largest2 / 1.4426950408889634;
    for (size_t slot = first; slot < end; slot++) {
      if (!visible(args, query, slot)) continue;
      const double weight = exp(score(args, query, slot, format) - largest);
      denominator += weight;
      for (size_t i = 0; i < head_dim; i++) sums[i] += weight * value(args, slot, i, format);
    }
    if (args->partial) {
      float *partial = args->partial + query * tk_attention_partial_count(head_dim);
      for (size_t i = 0; i < head_dim; i++) partial[i] = (float)sums[i];
      partial[head_dim] = largest2;
      partial[head_dim + 1] = (float)denominator;
    } else {
      for (size_t i = 0; i < head_dim; i++)
        args->out[query][i] = denominator > 0 ? (float)(sums[i] / denominator) : 0;
    }
  }
}

void tk_attention_merge_ref(const float *partials, size_t parts, size_t stride, size_t head_dim,
                            float *out) {
  double largest = -INFINITY, denominator = 0;
  for (size_t p = 0; p < parts; p++) largest = fmax(largest, partials[p * stride + head_dim]);
  for (size_t p = 0; p < parts && largest > -INFINITY; p++)
    denominator +=
        exp2(partials[p * stride + head_dim] - largest) * partials[p * stride + head_dim + 1];
  for (size_t i = 0; i < head_dim; i++) {
    double sum = 0;
    for (size_t p = 0; p < parts && largest > -INFINITY; p++)
      sum += exp2(partials[p * stride + head_dim] - largest) * partials[p * stride + i];
    out[i] = denominator > 0 ? (float)(sum / denominator) : 0;
  }
}

// Scale and codes of 32 elements; a scale too small to divide by makes zeros.
static void encode_q8_0(const float *x, int8_t *codes, uint16_t *scale) {
  float largest = 0;
  for (int i = 0; i < KV_BLOCK; i++) largest = fmaxf(largest, fabsf(x[i]));
  const float inverse = 1.0f / (largest / 127.0f);
  for (int i = 0; i < KV_BLOCK; i++)
    codes[i] =
        isfinite(inverse) ? (int8_t)fmaxf(-127, fminf(127, rintf(x[i] * inverse))) : 0;
  *scale = tk_float_to_half(largest / 127.0f);
}

static void write_blocks(const tk_kv_write_args *args, size_t h, size_t b, int format) {
  const size_t head_dim = args->head_dim, page_tokens = args->page_tokens, slot = args->slot;
  const size_t head_bytes = kv_head_bytes(format, head_dim, page_tokens);
  const size_t codes = kv_code_bytes(format, head_dim * page_tokens);
  for (int is_value = 0; is_value < 2; is_value++) {
    const float *x = (is_value ? args->v : args->k) + h * head_dim + b * KV_BLOCK;
    char *head = (char *)(is_value ? args->v_page : args->k_page) + h * head_bytes;
    uint16_t *scales = (uint16_t *)(head + codes);
    const size_t rows = format == KV_Q8_0 ? KV_BLOCK : KV_BLOCK / 2;
    int8_t code[KV_BLOCK];
    uint16_t scale;
    if (format == KV_Q8_0) {
      encode_q8_0(x, code, &scale);
    } else {
      tk_block_q4_0 block;
      tk_quantize(TK_Q4_0, x, &block, KV_BLOCK);
      float largest = 0;
      for (int i = 0; i < KV_BLOCK; i++) largest = fmaxf(largest, fabsf(x[i]));
      if (!isfinite(1.0f / (largest / 8.0f))) memset(block.qs, 0x88, sizeof block.qs);  // zeros
      memcpy(code, block.qs, sizeof block.qs);
      scale = block.d;
    }
    for (size_t i = 0; i < rows; i++)
      head[is_value ? slot * (head_dim / KV_BLOCK * rows) + b * rows + i
                    : (b * rows + i) * page_tokens + slot] = (char)code[i];
    scales[is_value ? slot * (head_dim / KV_BLOCK) + b : b * page_tokens + slot] = scale;
  }
}

static void write_number(char *head, size_t index, float value, int format) {
  if (format == KV_F32) ((float *)head)[index] = value;
  if (format == KV_F16) ((uint16_t *)head)[index] = tk_float_to_half(value);
  if (format == KV_BF16) ((uint16_t *)head)[index] = tk_float_to_bfloat(value);
}

static void kv_write(const tk_kv_write_args *args, int format) {
  const size_t head_dim = args->head_dim;
  const size_t head_bytes = kv_head_bytes(format, head_dim, args->page_tokens);
  for (size_t h = 0; h < args->kv_heads; h++) {
    if (kv_has_scales(format)) {
      for (size_t b = 0; b < head_dim / KV_BLOCK; b++) write_blocks(args, h, b, format);
      continue;
    }
    for (size_t i = 0; i < head_dim; i++) {
      write_number((char *)args->k_page + h * head_bytes, i * args->page_tokens + args->slot,
                   args->k[h * head_dim + i], format);
      write_number((char *)args->v_page + h * head_bytes, args->slot * head_dim + i,
                   args->v[h * head_dim + i], format);
    }
  }
}

#define KERNELS(name, format)                                                  \
  void tk_attention_##name##_ref(const tk_attention_args *args, void *scratch) { \
    (void)scratch;                                                             \
    attention(args, format);                                                   \
  }                                                                            \
  void tk_kv_write_##name##_ref(const tk_kv_write_args *args) { kv_write(args, format); }

KERNELS(f32, KV_F32)
KERNELS(f16, KV_F16)
KERNELS(bf16, KV_BF16)
KERNELS(q8_0, KV_Q8_0)
KERNELS(q4_0, KV_Q4_0)
