// SPDX-License-Identifier: Apache-2.0
// The running softmax of attention (Milakov and Gimelshein 2018), base 2, for the vector width VW.
#pragma once
#include <math.h>

#include "attention_blocks.h"

// 2^x for x <= 0 within 2e-7 of it, exactly 0 below -125 (and so where a score is masked): 2^n * p(f),
// p the polynomial of degree 5 with p(0) = 1 and the least relative error on |f| <= 1/2.
INLINE vfloat v_weight(vfloat x) {
  const vfloat magic = v_set(0x1.8p23f);  // leaves a whole number in the low bits
  const vfloat shifted = x + magic;
  const vfloat f = x - (shifted - magic);
  vfloat p = v_set(0x1.5bba14p-10f);
  p = v_fma(p, f, v_set(0x1.3cea88p-7f));
  p = v_fma(p, f, v_set(0x1.c6b752p-5f));
  p = v_fma(p, f, v_set(0x1.ebf9bcp-3f));
  p = v_fma(p, f, v_set(0x1.62e42ap-1f));
  p = v_fma(p, f, v_set(0x1p0f));
  return (vfloat)(((vint)p + ((vint)shifted << 23)) & (x > v_set(-125.0f)));
}

// The larger of each pair; b where one is not a number, which is one instruction.
INLINE vfloat v_larger(vfloat a, vfloat b) {
  const vint more = a > b;
  return (vfloat)(((vint)a & more) | ((vint)b & ~more));
}

INLINE float v_largest(vfloat v) {
  float lanes[VW];
  v_store(lanes, v);
  for (int width = VW / 2; width > 0; width /= 2)
    for (int i = 0; i < width; i++) lanes[i] = lanes[i] > lanes[i + width] ? lanes[i] : lanes[i + width];
  return lanes[0];
}

// Turns `rows` queries' scores of `vectors` whole vectors into weights relative to the running maxima;
// factors[r] is what everything summed before must be multiplied by.
INLINE void softmax_vectors(size_t rows, float *scores, const size_t vectors, float *largest,
                            vfloat *denominators, float *factors) {
  float before[LANES] = {0}, top[LANES] = {0};
#pragma clang loop unroll(disable)
  for (size_t r = 0; r < rows; r++) {
    vfloat most = v_load(scores + r * KEYS);
    for (size_t v = 1; v < vectors; v++) most = v_larger(most, v_load(scores + r * KEYS + v * VW));
    const float here = v_largest(most);
    before[r] = largest[r];
    top[r] = here > before[r] ? here : before[r];
  }
  memcpy(largest, top, rows * sizeof *top);
  for (size_t i = 0; i < LANES; i += VW) {
    vfloat tops = v_load(top + i);
    tops = (vfloat)((vint)tops & (tops > v_set(-INFINITY)));  // 0 while nothing is visible
    v_store(top + i, tops);
    v_store(factors + i, v_weight(v_load(before + i) - tops));
  }
#pragma clang loop unroll(disable)
  for (size_t r = 0; r < rows; r++) {
    const vfloat most = v_set(top[r]);
    vfloat total = denominators[r] * v_set(factors[r]);
    for (size_t v = 0; v < vectors; v++) {
      const vfloat weight = v_weight(v_load(scores + r * KEYS + v * VW) - most);
      v_store(scores + r * KEYS + v * VW, weight);
      total += weight;
    }
    denominators[r] = total;
  }
}

static void softmax_step(size_t rows, float *scores, size_t vectors, float *largest,
                         vfloat *denominators, float *factors) {
  if (vectors == KEYS / VW)
    softmax_vectors(rows, scores, KEYS / VW, largest, denominators, factors);
  else
    softmax_vectors(rows, scores, vectors, largest, denominators, factors);
}

// -infinity in the slots that a query does not see; `first` is the slot of scores[0].
static void mask_scores(const tk_attention_args *args, size_t query, size_t first, size_t end,
                        size_t vectors, float *scores) {
  const size_t seen = args->visible[query] < end ? args->visible[query] : end;
  const int32_t left = seen > first ? (int32_t)(seen - first) : 0;
  if ((size_t)left < vectors * VW) {
    vint lane;
    for (int i = 0; i < VW; i++) lane[i] = i;
    for (size_t v = (size_t)left / VW; v < vectors; v++) {
      const vint hidden = lane + (int32_t)(v * VW) >= left;
      const vint lowest = (vint)v_set(-INFINITY);
      v_store(scores + v * VW,
              (vfloat)(((vint)v_load(scores + v * VW) & ~hidden) | (lowest & hidden)));
    }
  }
  if (!args->tree) return;
  for (size_t t = args->tree_base > first ? args->tree_base - first : 0; t < vectors * VW; t++) {
    const size_t bit = first + t - args->tree_base;
    if (bit / 64 >= args->tree_words ||
        !(args->tree[query * args->tree_words + bit / 64] >> (bit % 64) & 1))
      scores[t] = -INFINITY;
  }
}
