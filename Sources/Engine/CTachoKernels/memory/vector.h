// SPDX-License-Identifier: Apache-2.0
// Vectors of VW floats by the compiler's vector extensions: one source serves every instruction set
// for the kernels that are plain float arithmetic. The including file sets VW and the target.
#pragma once
#include <stdint.h>
#include <string.h>

typedef float vfloat __attribute__((vector_size(VW * 4)));
typedef int32_t vint __attribute__((vector_size(VW * 4)));
typedef _Float16 vhalf __attribute__((vector_size(VW * 2)));
typedef uint16_t vshort __attribute__((vector_size(VW * 2)));

// A difference, because x - 0 is x for every x, which x + 0 is not for -0: only a broadcast is left.
static inline vfloat v_set(float value) { return value - (vfloat){0}; }

static inline vfloat v_load(const float *p) {
  vfloat v;
  memcpy(&v, p, sizeof v);
  return v;
}

static inline void v_store(float *p, vfloat v) { memcpy(p, &v, sizeof v); }

static inline vfloat v_load_half(const uint16_t *p) {
  vhalf v;
  memcpy(&v, p, sizeof v);
  return __builtin_convertvector(v, vfloat);
}

static inline vfloat v_load_bfloat(const uint16_t *p) {
  vshort v;
  memcpy(&v, p, sizeof v);
  return (vfloat)(__builtin_convertvector(v, vint) << 16);
}

static inline vfloat v_max(vfloat a, vfloat b) { return __builtin_elementwise_max(a, b); }

static inline vfloat v_fma(vfloat a, vfloat b, vfloat c) { return __builtin_elementwise_fma(a, b, c); }

static inline float v_sum(vfloat v) {
  float lanes[VW], total;
  v_store(lanes, v);
  for (int width = VW / 2; width > 0; width /= 2)
    for (int i = 0; i < width; i++) lanes[i] += lanes[i + width];
  total = lanes[0];
  return total;
}

// exp(x) for x <= 88, relative error below 2e-7: 2^n * p(r) with Taylor terms to r^6, |r| <= ln2 / 2.
static inline vfloat v_exp(vfloat x) {
  x = v_max(__builtin_elementwise_min(x, v_set(88.0f)), v_set(-87.0f));
  const vfloat n = __builtin_elementwise_roundeven(x * 1.44269504088896341f);
  vfloat r = v_fma(n, v_set(-0.693359375f), x);  // ln 2 in two parts
  r = v_fma(n, v_set(2.12194440e-4f), r);
  vfloat p = v_set(1.0f / 720);
  p = v_fma(p, r, v_set(1.0f / 120));
  p = v_fma(p, r, v_set(1.0f / 24));
  p = v_fma(p, r, v_set(1.0f / 6));
  p = v_fma(p, r, v_set(0.5f));
  p = v_fma(p, r, v_set(1.0f));
  p = v_fma(p, r, v_set(1.0f));
  return (vfloat)((vint)p + (__builtin_convertvector(n, vint) << 23));
}
