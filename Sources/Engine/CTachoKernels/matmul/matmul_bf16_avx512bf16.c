// SPDX-License-Identifier: Apache-2.0
// Products of many activation rows with the bfloat16 dot product of AVX-512 (vdpbf16ps): two
// multiply-adds a lane. It takes subnormal numbers for zero, rounds to nearest even and ignores MXCSR.
// The blocks are those of matmul_f32_tile_body.h.
#if defined(__x86_64__)
#include <immintrin.h>

#define VW 16
#define TK_BF16_PAIRS
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx512bf16,avx2,fma,f16c"))), \
    apply_to = function)
#include "matmul_f32_body.h"

static inline vfloat v_multiply_add(vfloat w, vfloat x, vfloat sum) {
  return (vfloat)_mm512_dpbf16_ps((__m512)sum, (__m512bh)w, (__m512bh)x);
}

#include "matmul_f32_tile_body.h"

void tk_matmul_tile_bf16_avx512bf16(const tk_matmul_f32_args *args, size_t row0, size_t row1,
                                    void *scratch) {
  matmul_tiles(args, row0, row1, scratch);
}

void tk_pack_tile_bf16_avx512bf16(const float *source, size_t rows, size_t columns, float *target,
                                  size_t first_tile, size_t last_tile) {
  transpose_tiles(source, rows, columns, target, first_tile, last_tile);
}

#pragma clang attribute pop
#endif
