// SPDX-License-Identifier: Apache-2.0
// Elementwise kernels for avx512; the code is in elementwise_body.h.
#if defined(__x86_64__)
#define VW 16
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c"))), \
    apply_to = function)
#include "elementwise_body.h"

void tk_rmsnorm_avx512(const float *x, const float *weight, float *out, size_t count, float epsilon) {
  rmsnorm(x, weight, out, count, epsilon);
}

void tk_rope_avx512(float *x, const float *cosines, const float *sines, size_t pairs, int interleaved) {
  rope(x, cosines, sines, pairs, interleaved);
}

void tk_swiglu_avx512(float *gate, const float *up, size_t count) { swiglu(gate, up, count); }

void tk_add_avx512(float *x, const float *y, size_t count) {
  for (size_t i = 0; i < count; i++) x[i] += y[i];
}

uint64_t tk_read_avx512(const void *bytes, size_t count) { return read_words(bytes, count); }

#pragma clang attribute pop
#endif
