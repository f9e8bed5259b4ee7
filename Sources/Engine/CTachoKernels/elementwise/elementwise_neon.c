// SPDX-License-Identifier: Apache-2.0
// Elementwise kernels for neon; the code is in elementwise_body.h.
#if defined(__aarch64__)
#define VW 4
#include "elementwise_body.h"

void tk_rmsnorm_neon(const float *x, const float *weight, float *out, size_t count, float epsilon) {
  rmsnorm(x, weight, out, count, epsilon);
}

void tk_rope_neon(float *x, const float *cosines, const float *sines, size_t pairs, int interleaved) {
  rope(x, cosines, sines, pairs, interleaved);
}

void tk_swiglu_neon(float *gate, const float *up, size_t count) { swiglu(gate, up, count); }

void tk_add_neon(float *x, const float *y, size_t count) {
  for (size_t i = 0; i < count; i++) x[i] += y[i];
}

uint64_t tk_read_neon(const void *bytes, size_t count) { return read_words(bytes, count); }

#endif
