// SPDX-License-Identifier: Apache-2.0
// The arithmetic peak of AVX2: 12 accumulators of 8 lanes for FMA; for int8, products of pairs summed
// in 16 bits, then in 32, which is what AVX2 has instead of a dot product.
#if defined(__x86_64__)
#include <immintrin.h>

#include "ops.h"

#define TARGET __attribute__((target("avx2,fma,f16c")))

TARGET uint64_t tk_peak_f32_avx2(size_t rounds) {
  __m256 one = _mm256_set1_ps(1), other = one, sums[12];
  // Hidden from the compiler, which would merge equal accumulators and fold products of ones.
  __asm__ volatile("" : "+x"(one), "+x"(other));
  for (int k = 0; k < 12; k++) {
    sums[k] = _mm256_setzero_ps();
    __asm__ volatile("" : "+x"(sums[k]));
  }
  for (size_t i = 0; i < rounds; i++) {
#pragma clang loop unroll(full)
    for (int k = 0; k < 12; k++) sums[k] = _mm256_fmadd_ps(one, other, sums[k]);
  }
  double total = 0;
  for (int k = 0; k < 12; k++) {
    float lanes[8];
    _mm256_storeu_ps(lanes, sums[k]);
    for (int lane = 0; lane < 8; lane++) total += lanes[lane];
  }
  return (uint64_t)total;
}

TARGET uint64_t tk_peak_int8_avx2(size_t rounds) {
  __m256i sums[8], one = _mm256_set1_epi8(1), pairs = _mm256_set1_epi16(1);
  __asm__ volatile("" : "+x"(one), "+x"(pairs));
  for (int k = 0; k < 8; k++) {
    sums[k] = _mm256_setzero_si256();
    __asm__ volatile("" : "+x"(sums[k]));
  }
  for (size_t i = 0; i < rounds; i++) {
#pragma clang loop unroll(full)
    for (int k = 0; k < 8; k++) {
      // A factor that may change each time: else its products would be taken out of the loop.
      __asm__ volatile("" : "+x"(one));
      const __m256i products = _mm256_maddubs_epi16(one, one);
      sums[k] = _mm256_add_epi32(sums[k], _mm256_madd_epi16(products, pairs));
    }
  }
  uint64_t total = 0;
  for (int k = 0; k < 8; k++) {
    uint32_t lanes[8];
    _mm256_storeu_si256((__m256i *)lanes, sums[k]);
    for (int lane = 0; lane < 8; lane++) total += lanes[lane];
  }
  return total;
}
#endif
