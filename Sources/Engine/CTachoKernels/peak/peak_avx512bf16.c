// SPDX-License-Identifier: Apache-2.0
// The peak of AVX-512's bf16 dot products: pairs of bf16 factors summed in float32.
#if defined(__x86_64__)
#include <immintrin.h>

#include "ops.h"

__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx512bf16"))) uint64_t
tk_peak_bf16_avx512bf16(size_t rounds) {
  __m512i ones = _mm512_set1_epi16(0x3f80), others = ones;  // 1.0 in bf16
  __m512 sums[16];
  // Hidden from the compiler, which would merge equal accumulators.
  __asm__ volatile("" : "+v"(ones), "+v"(others));
  const __m512bh one = (__m512bh)ones, other = (__m512bh)others;
  for (int k = 0; k < 16; k++) {
    sums[k] = _mm512_setzero_ps();
    __asm__ volatile("" : "+v"(sums[k]));
  }
  for (size_t i = 0; i < rounds; i++) {
#pragma clang loop unroll(full)
    for (int k = 0; k < 16; k++) sums[k] = _mm512_dpbf16_ps(sums[k], one, other);
  }
  double total = 0;
  for (int k = 0; k < 16; k++) {
    float lanes[16];
    _mm512_storeu_ps(lanes, sums[k]);
    for (int lane = 0; lane < 16; lane++) total += lanes[lane];
  }
  return (uint64_t)total;
}
#endif
