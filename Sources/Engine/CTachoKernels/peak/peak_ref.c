// SPDX-License-Identifier: Apache-2.0
// The arithmetic peak of plain C, whatever the compiler makes of eight independent sums.

#include <string.h>

#include "ops.h"

uint64_t tk_peak_f32_ref(size_t rounds) {
  // Read through volatile, so that the compiler knows neither the factors nor that sums are equal.
  volatile float factor = 1, start = 0;
  const float one = factor, other = factor;
  float sums[8];
  for (int k = 0; k < 8; k++) sums[k] = start;
  for (size_t i = 0; i < rounds; i++) {
    for (int k = 0; k < 8; k++) sums[k] += one * other;
  }
  double total = 0;
  for (int k = 0; k < 8; k++) total += sums[k];
  return (uint64_t)total;
}

uint64_t tk_peak_int8_ref(size_t rounds) {
  volatile int8_t factor = 1;
  volatile uint32_t start = 0;
  const int8_t one = factor, other = factor;
  uint32_t sums[8];
  for (int k = 0; k < 8; k++) sums[k] = start;
  for (size_t i = 0; i < rounds; i++) {
    for (int k = 0; k < 8; k++) {
      // Without it the compiler would multiply by the number of rounds instead of adding.
      __asm__ volatile("" : "+r"(sums[k]));
      sums[k] += (uint32_t)((int32_t)one * other);
    }
  }
  uint64_t total = 0;
  for (int k = 0; k < 8; k++) total += sums[k];
  return total;
}

static float from_bf16(uint16_t bits) {
  const uint32_t word = (uint32_t)bits << 16;
  float value;
  memcpy(&value, &word, sizeof value);
  return value;
}

uint64_t tk_peak_bf16_ref(size_t rounds) {
  volatile uint16_t factor = 0x3f80;  // 1.0
  volatile float start = 0;
  uint16_t one = factor, other = factor;
  float sums[8];
  for (int k = 0; k < 8; k++) sums[k] = start;
  for (size_t i = 0; i < rounds; i++) {
    for (int k = 0; k < 8; k++) {
      // Converted anew for each product, as data would have to be.
      __asm__ volatile("" : "+r"(one), "+r"(other));
      sums[k] += from_bf16(one) * from_bf16(other);
    }
  }
  double total = 0;
  for (int k = 0; k < 8; k++) total += sums[k];
  return (uint64_t)total;
}
