// SPDX-License-Identifier: Apache-2.0
// exp in float32 that the compiler can put into vectors: 2^n times a polynomial of the rest, |rest| <= ln(2)/2
// (the reduction of Cody and Waite, 1980; minimax coefficients of degree 6, relative error below 2e-7).
// Below -87.3 it is 0, above 88.3 it stays at exp(88.3).
#pragma once
#include <stdint.h>
#include <string.h>

static inline float exp_f32(float x) {
  // The order of these operations is the method.
#pragma clang fp reassociate(off)
  float bounded = x < -87.3f ? -87.3f : x;
  bounded = bounded > 88.3f ? 88.3f : bounded;
  float shifted = bounded * 1.44269504f + 12582912.0f;  // 1.5 * 2^23: the sum's low bits are the integer
  float whole = shifted - 12582912.0f;
  float rest = bounded - whole * 0.693359375f;
  rest = rest + whole * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * rest + 1.3981999507e-3f;
  p = p * rest + 8.3334519073e-3f;
  p = p * rest + 4.1665795894e-2f;
  p = p * rest + 1.6666665459e-1f;
  p = p * rest + 5.0000001201e-1f;
  p = p * rest * rest + rest + 1.0f;
  union {
    float number;
    uint32_t bits;
  } power, result;
  power.number = shifted;
  result.bits = (power.bits - 0x4b400000u + 127u) << 23;
  return x < -87.3f ? 0 : p * result.number;
}
