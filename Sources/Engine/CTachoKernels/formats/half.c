// SPDX-License-Identifier: Apache-2.0
// Half and bfloat conversion, round to nearest even, without hardware support: the reference.
#include "formats.h"

#include <string.h>

static uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static float float_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

float tk_half_to_float(uint16_t half) {
  const uint32_t sign = (uint32_t)(half & 0x8000) << 16;
  const uint32_t exponent = (half >> 10) & 31;
  const uint32_t mantissa = half & 0x3ff;
  if (exponent == 0) {  // zero and subnormals: mantissa * 2^-24, exact in float32
    const float magnitude = (float)mantissa * 0x1p-24f;
    return float_of(sign | bits_of(magnitude));
  }
  if (exponent == 31) return float_of(sign | 0x7f800000u | mantissa << 13);
  return float_of(sign | (exponent + 112) << 23 | mantissa << 13);
}

uint16_t tk_float_to_half(float value) {
  const uint32_t bits = bits_of(value);
  const uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
  const uint32_t magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;   // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00;  // rounds to infinity
  if (magnitude < 0x38800000) {                       // subnormal half: adding 0.5 rounds at 2^-24
    const uint32_t rounded = bits_of(float_of(magnitude) + 0.5f) - 0x3f000000;
    return sign | (uint16_t)rounded;
  }
  const uint32_t even = magnitude >> 13 & 1;
  return sign | (uint16_t)((magnitude + 0xfff + even - (112u << 23)) >> 13);
}

float tk_bfloat_to_float(uint16_t bits) { return float_of((uint32_t)bits << 16); }

uint16_t tk_float_to_bfloat(float value) {
  const uint32_t bits = bits_of(value);
  if ((bits & 0x7fffffff) > 0x7f800000) return (uint16_t)(bits >> 16 | 64);  // quiet NaN
  return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}
