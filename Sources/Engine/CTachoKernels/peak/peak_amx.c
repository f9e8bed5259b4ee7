// SPDX-License-Identifier: Apache-2.0
// The peak of AMX: six accumulator tiles of 16 by 16, so that a product of 16 cycles need not wait for
// the one before it (52 cycles), and two tiles of factors.
#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#include "ops.h"

#define TARGET __attribute__((target("amx-tile,amx-int8,amx-bf16,avx512f")))

enum { ACCUMULATORS = 6, BYTES = 16 * 64 };

// Palette 1, every tile 16 rows of 64 bytes (Intel SDM, LDTILECFG).
TARGET static void load_factors(uint16_t pattern) {
  struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t columns[16];
    uint8_t rows[16];
  } __attribute__((packed)) configuration;
  memset(&configuration, 0, sizeof configuration);
  configuration.palette = 1;
  for (int tile = 0; tile < 8; tile++) {
    configuration.columns[tile] = 64;
    configuration.rows[tile] = 16;
  }
  _tile_loadconfig(&configuration);
  uint16_t factors[BYTES / 2];
  for (int i = 0; i < BYTES / 2; i++) factors[i] = pattern;
  _tile_loadd(6, factors, 64);
  _tile_loadd(7, factors, 64);
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  _tile_zero(4);
  _tile_zero(5);
}

TARGET static void store_sums(void *sums) {
  char *to = sums;
  _tile_stored(0, to, 64);
  _tile_stored(1, to + BYTES, 64);
  _tile_stored(2, to + 2 * BYTES, 64);
  _tile_stored(3, to + 3 * BYTES, 64);
  _tile_stored(4, to + 4 * BYTES, 64);
  _tile_stored(5, to + 5 * BYTES, 64);
  _tile_release();
}

TARGET uint64_t tk_peak_int8_amx(size_t rounds) {
  uint32_t sums[ACCUMULATORS * BYTES / 4];
  load_factors(0x0101);
  for (size_t i = 0; i < rounds; i++) {
    _tile_dpbssd(0, 6, 7);
    _tile_dpbssd(1, 6, 7);
    _tile_dpbssd(2, 6, 7);
    _tile_dpbssd(3, 6, 7);
    _tile_dpbssd(4, 6, 7);
    _tile_dpbssd(5, 6, 7);
  }
  store_sums(sums);
  uint64_t total = 0;
  for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) total += sums[i];
  return total;
}

TARGET uint64_t tk_peak_bf16_amx(size_t rounds) {
  float sums[ACCUMULATORS * BYTES / 4];
  load_factors(0x3f80);  // 1.0 in bf16
  for (size_t i = 0; i < rounds; i++) {
    _tile_dpbf16ps(0, 6, 7);
    _tile_dpbf16ps(1, 6, 7);
    _tile_dpbf16ps(2, 6, 7);
    _tile_dpbf16ps(3, 6, 7);
    _tile_dpbf16ps(4, 6, 7);
    _tile_dpbf16ps(5, 6, 7);
  }
  store_sums(sums);
  double total = 0;
  for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) total += sums[i];
  return (uint64_t)total;
}
#endif
