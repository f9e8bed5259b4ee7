// SPDX-License-Identifier: Apache-2.0
// Elementwise kernels for the vector width VW.
#include <math.h>

#include "../memory/vector.h"
#include "ops.h"

static inline void rmsnorm(const float *x, const float *weight, float *out, size_t count,
                           float epsilon) {
  vfloat a = {0}, b = {0};
  size_t i = 0;
  for (; i + 2 * VW <= count; i += 2 * VW) {
    const vfloat u = v_load(x + i), v = v_load(x + i + VW);
    a = v_fma(u, u, a);
    b = v_fma(v, v, b);
  }
  float squares = v_sum(a + b);
  for (; i < count; i++) squares += x[i] * x[i];
  const float scale = 1.0f / sqrtf(squares / (float)count + epsilon);
  for (i = 0; i < count; i++) out[i] = x[i] * scale * weight[i];
}

static inline void rope(float *x, const float *cosines, const float *sines, size_t pairs,
                        int interleaved) {
  if (interleaved) {
    for (size_t i = 0; i < pairs; i++) {
      const float a = x[2 * i], b = x[2 * i + 1];
      x[2 * i] = a * cosines[i] - b * sines[i];
      x[2 * i + 1] = a * sines[i] + b * cosines[i];
    }
  } else {
    for (size_t i = 0; i < pairs; i++) {
      const float a = x[i], b = x[i + pairs];
      x[i] = a * cosines[i] - b * sines[i];
      x[i + pairs] = a * sines[i] + b * cosines[i];
    }
  }
}

static inline void swiglu(float *gate, const float *up, size_t count) {
  size_t i = 0;
  for (; i + VW <= count; i += VW) {
    const vfloat x = v_load(gate + i);
    v_store(gate + i, x / (v_set(1) + v_exp(-x)) * v_load(up + i));
  }
  for (; i < count; i++) gate[i] = gate[i] / (1.0f + expf(-gate[i])) * up[i];
}

// Eight independent sums and lines asked for ahead, so that the memory is the limit.
static inline uint64_t read_words(const void *bytes, size_t count) {
  typedef uint64_t vword __attribute__((vector_size(VW * 4)));
  vword sums[8] = {{0}};
  const char *p = bytes;
  size_t i = 0;
  for (; i + 8 * sizeof(vword) <= count; i += 8 * sizeof(vword))
    for (int k = 0; k < 8; k++) {
      __builtin_prefetch(p + i + (size_t)k * sizeof(vword) + 4096);
      vword v;
      memcpy(&v, p + i + (size_t)k * sizeof v, sizeof v);
      sums[k] += v;
    }
  uint64_t total = 0;
  for (int k = 0; k < 8; k++)
    for (int lane = 0; lane < VW / 2; lane++) total += sums[k][lane];
  for (; i + 8 <= count; i += 8) {
    uint64_t word;
    memcpy(&word, p + i, 8);
    total += word;
  }
  return total;
}
