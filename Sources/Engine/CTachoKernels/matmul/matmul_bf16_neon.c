// SPDX-License-Identifier: Apache-2.0
// Products of weights and activations rounded to bfloat16 for neon; the code is in matmul_f32_body.h
// and matmul_f32_tile_body.h. Products of bfloat16 are exact in float32, so this
// rounds only sums.
#if defined(__aarch64__)
#define VW 4
#define TK_BF16_PAIRS
#include "matmul_f32_body.h"

static inline vfloat v_first(vfloat pairs) { return (vfloat)((vint)pairs << 16); }
static inline vfloat v_second(vfloat pairs) { return (vfloat)((vint)pairs & ~0xffff); }

static inline vfloat v_multiply_add(vfloat w, vfloat x, vfloat sum) {
  return v_fma(v_second(w), v_second(x), v_fma(v_first(w), v_first(x), sum));
}

#include "matmul_f32_tile_body.h"

void tk_matmul_bf16_neon(const tk_matmul_f32_args *args, size_t row0, size_t row1, void *scratch) {
  matmul_rows(args, row0, row1, scratch, 1);
}

void tk_matmul_tile_bf16_neon(const tk_matmul_f32_args *args, size_t row0, size_t row1, void *scratch) {
  matmul_tiles(args, row0, row1, scratch);
}

void tk_pack_tile_bf16_neon(const float *source, size_t rows, size_t columns, float *target,
                             size_t first_tile, size_t last_tile) {
  transpose_tiles(source, rows, columns, target, first_tile, last_tile);
}

void tk_round_bf16_neon(const float *source, float *target, size_t count) {
  size_t i = 0;
  for (; i + VW <= count; i += VW) v_store(target + i, v_round_bfloat(v_load(source + i)));
  for (; i < count; i++) target[i] = tk_bfloat_to_float(tk_float_to_bfloat(source[i]));
}

#endif
