// SPDX-License-Identifier: Apache-2.0
// Reference elementwise kernels, in double where it matters.
#include <math.h>
#include <string.h>

#include "ops.h"

void tk_rmsnorm_ref(const float *x, const float *weight, float *out, size_t count, float epsilon) {
  double squares = 0;
  for (size_t i = 0; i < count; i++) squares += (double)x[i] * x[i];
  const double scale = 1.0 / sqrt(squares / (double)count + epsilon);
  for (size_t i = 0; i < count; i++) out[i] = (float)(x[i] * scale * weight[i]);
}

void tk_rope_ref(float *x, const float *cosines, const float *sines, size_t pairs,
                 int interleaved) {
  for (size_t i = 0; i < pairs; i++) {
    float *first = interleaved ? x + 2 * i : x + i;
    float *second = interleaved ? x + 2 * i + 1 : x + i + pairs;
    const double a = *first, b = *second;
    *first = (float)(a * cosines[i] - b * sines[i]);
    *second = (float)(a * sines[i] + b * cosines[i]);
  }
}

void tk_swiglu_ref(float *gate, const float *up, size_t count) {
  for (size_t i = 0; i < count; i++)
    gate[i] = (float)(gate[i] / (1.0 + exp(-(double)gate[i])) * up[i]);
}

void tk_add_ref(float *x, const float *y, size_t count) {
  for (size_t i = 0; i < count; i++) x[i] += y[i];
}

uint64_t tk_read_ref(const void *bytes, size_t count) {
  uint64_t total = 0;
  for (size_t i = 0; i + 8 <= count; i += 8) {
    uint64_t word;
    memcpy(&word, (const char *)bytes + i, 8);
    total += word;
  }
  return total;
}
