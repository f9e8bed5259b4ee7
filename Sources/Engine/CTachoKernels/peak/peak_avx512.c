// SPDX-License-Identifier: Apache-2.0
// The arithmetic peak of AVX-512: 16 accumulators of 16 lanes, enough to cover the latency of two
// multiply-add units (4 or 5 cycles each).
#if defined(__x86_64__)
#include <immintrin.h>

#include "ops.h"

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))

TARGET uint64_t tk_peak_f32_avx512(size_t rounds) {
  __m512 one = _mm512_set1_ps(1), other = one, sums[16];
  // Hidden from the compiler, which would merge equal accumulators and fold products of ones.
  __asm__ volatile("" : "+v"(one), "+v"(other));
  for (int k = 0; k < 16; k++) {
    sums[k] = _mm512_setzero_ps();
    __asm__ volatile("" : "+v"(sums[k]));
  }
  for (size_t i = 0; i < rounds; i++) {
#pragma clang loop unroll(full)
    for (int k = 0; k < 16; k++) sums[k] = _mm512_fmadd_ps(one, other, sums[k]);
  }
  double total = 0;
  for (int k = 0; k < 16; k++) {
    float lanes[16];
    _mm512_storeu_ps(lanes, sums[k]);
    for (int lane = 0; lane < 16; lane++) total += lanes[lane];
  }
  return (uint64_t)total;
}

TARGET uint64_t tk_peak_int8_avx512(size_t rounds) {
  __m512i one = _mm512_set1_epi8(1), other = one, sums[16];
  __asm__ volatile("" : "+v"(one), "+v"(other));
  for (int k = 0; k < 16; k++) {
    sums[k] = _mm512_setzero_si512();
    __asm__ volatile("" : "+v"(sums[k]));
  }
  for (size_t i = 0; i < rounds; i++) {
#pragma clang loop unroll(full)
    for (int k = 0; k < 16; k++) sums[k] = _mm512_dpbusd_epi32(sums[k], one, other);
  }
  uint64_t total = 0;
  for (int k = 0; k < 16; k++) {
    uint32_t lanes[16];
    _mm512_storeu_si512(lanes, sums[k]);
    for (int lane = 0; lane < 16; lane++) total += lanes[lane];
  }
  return total;
}
#endif
