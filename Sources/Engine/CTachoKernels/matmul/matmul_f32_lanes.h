// SPDX-License-Identifier: Apache-2.0
// Transposes VW by VW floats in registers and sums the lanes of several vectors at once, both in
// log2(VW) rounds that exchange blocks off the diagonal; stores a panel's sums. Included after vector.h
// with VW set.
#pragma once
#include <string.h>

#include "ops.h"

#define TK_LOW(s, l) (((l) & (s)) ? VW + (l) - (s) : (l))
#define TK_HIGH(s, l) (((l) & (s)) ? VW + (l) : (l) + (s))
#if VW == 16
#define TK_LANES(f, s) \
  f(s, 0), f(s, 1), f(s, 2), f(s, 3), f(s, 4), f(s, 5), f(s, 6), f(s, 7), f(s, 8), f(s, 9), \
      f(s, 10), f(s, 11), f(s, 12), f(s, 13), f(s, 14), f(s, 15)
#elif VW == 4
#define TK_LANES(f, s) f(s, 0), f(s, 1), f(s, 2), f(s, 3)
#else
#define TK_LANES(f, s) f(s, 0), f(s, 1), f(s, 2), f(s, 3), f(s, 4), f(s, 5), f(s, 6), f(s, 7)
#endif

#define TK_EXCHANGE(v, s) \
  for (int i = 0; i < VW; i++) { \
    if (i & (s)) continue; \
    const vfloat a = (v)[i], b = (v)[i + (s)]; \
    (v)[i] = __builtin_shufflevector(a, b, TK_LANES(TK_LOW, s)); \
    (v)[i + (s)] = __builtin_shufflevector(a, b, TK_LANES(TK_HIGH, s)); \
  }

// v[i][j] becomes v[j][i].
static inline __attribute__((always_inline)) void v_transpose(vfloat v[VW]) {
#pragma clang loop unroll(full)
  TK_EXCHANGE(v, 1)
#pragma clang loop unroll(full)
  TK_EXCHANGE(v, 2)
#if VW >= 8
#pragma clang loop unroll(full)
  TK_EXCHANGE(v, 4)
#endif
#if VW == 16
#pragma clang loop unroll(full)
  TK_EXCHANGE(v, 8)
#endif
}

#define TK_FOLD(v, count, s) \
  for (int i = 0; i < (count); i += 2 * (s)) { \
    const vfloat a = (v)[i], b = i + (s) < (count) ? (v)[i + (s)] : a; \
    (v)[i] = __builtin_shufflevector(a, b, TK_LANES(TK_LOW, s)) + \
             __builtin_shufflevector(a, b, TK_LANES(TK_HIGH, s)); \
  }

// Lane i of the result is the sum of v[i]'s lanes; `count` is a power of two not above VW. v is lost.
static inline __attribute__((always_inline)) vfloat v_sums(vfloat *v, const int count) {
#pragma clang loop unroll(full)
  TK_FOLD(v, count, 1)
#pragma clang loop unroll(full)
  TK_FOLD(v, count, 2)
#if VW >= 8
#pragma clang loop unroll(full)
  TK_FOLD(v, count, 4)
#endif
#if VW == 16
#pragma clang loop unroll(full)
  TK_FOLD(v, count, 8)
#endif
  return v[0];
}

// Floats from one row of a panel's sums to the next: rows must not share cache sets.
enum { TK_SUM_STRIDE = TK_FLOAT_BATCH + 16 };

// out[batch + lane][row + r] = sums[r][lane]
static inline void store_panel(const tk_matmul_f32_args *args, const float *sums, size_t row,
                               size_t rows, size_t batch, size_t lanes) {
  for (size_t b = 0; b < lanes; b += VW)
    for (size_t r = 0; r < rows; r += VW) {
      vfloat block[VW];
      // Rows past the panel's end are read where the buffer ends with room for them, and dropped.
#pragma clang loop unroll(full)
      for (size_t i = 0; i < VW; i++) block[i] = v_load(sums + (r + i) * TK_SUM_STRIDE + b);
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
