// SPDX-License-Identifier: Apache-2.0
// From rows of GGUF blocks to panels of sixteen rows. Plain C: it runs once per weight, at the speed at
// which memory takes the result.
#include <string.h>

#include "../matmul/unpack.h"
#include "ops.h"
#include "panel.h"

// The blocks of up to sixteen rows; rows past `rows` read as zeros.
typedef struct {
  const char *base;
  size_t row_bytes, rows;
} source;

static const uint8_t zeros[256];  // larger than any block

static inline const void *block_of(const source *from, size_t row, size_t offset) {
  return row < from->rows ? from->base + row * from->row_bytes + offset : (const char *)zeros;
}

typedef uint32_t quad __attribute__((vector_size(16)));

static inline quad quad_at(const source *from, size_t row, size_t offset) {
  quad q;
  memcpy(&q, block_of(from, row, offset), sizeof q);
  return q;
}

// out[j][4r + k] = byte 4j + k of row r's bytes at `offset`; dwords is a multiple of four. Transposes of
// 4 x 4 dwords, in vectors every processor has: one dword at a time is slower than memory.
static inline void interleave(const source *from, size_t offset, size_t dwords, void *out) {
  for (size_t j = 0; j < dwords; j += 4)
#pragma clang loop unroll(full)
    for (size_t r = 0; r < TK_PANEL_ROWS; r += 4) {
      const quad a = quad_at(from, r, offset + 4 * j), b = quad_at(from, r + 1, offset + 4 * j);
      const quad c = quad_at(from, r + 2, offset + 4 * j), d = quad_at(from, r + 3, offset + 4 * j);
      const quad ab0 = __builtin_shufflevector(a, b, 0, 4, 1, 5);
      const quad ab2 = __builtin_shufflevector(a, b, 2, 6, 3, 7);
      const quad cd0 = __builtin_shufflevector(c, d, 0, 4, 1, 5);
      const quad cd2 = __builtin_shufflevector(c, d, 2, 6, 3, 7);
      const quad columns[4] = {
          __builtin_shufflevector(ab0, cd0, 0, 1, 4, 5), __builtin_shufflevector(ab0, cd0, 2, 3, 6, 7),
          __builtin_shufflevector(ab2, cd2, 0, 1, 4, 5), __builtin_shufflevector(ab2, cd2, 2, 3, 6, 7)};
      char *to = (char *)out + 64 * j + 4 * r;
#pragma clang loop unroll(full)
      for (size_t k = 0; k < 4; k++) memcpy(to + 64 * k, &columns[k], sizeof columns[k]);
    }
}

static inline void halves(const source *from, size_t offset, uint16_t *out) {
  for (size_t r = 0; r < TK_PANEL_ROWS; r++) memcpy(out + r, block_of(from, r, offset), 2);
}

static inline void floats(const source *from, size_t offset, float *out) {
  for (size_t r = 0; r < TK_PANEL_ROWS; r++) {
    uint16_t half;
    memcpy(&half, block_of(from, r, offset), 2);
    out[r] = half_at(&half);
  }
}

// Bits of four columns to the mask that puts them on sixteen rows' bytes.
static inline void fifth_bits(const source *from, size_t offset, uint64_t *out) {
  memset(out, 0, 8 * sizeof *out);
  for (size_t r = 0; r < TK_PANEL_ROWS; r++) {
    uint32_t bits;
    memcpy(&bits, block_of(from, r, offset), 4);
    for (size_t j = 0; j < 8; j++) out[j] |= (uint64_t)(bits >> (4 * j) & 15) << (4 * r);
  }
}

// out[g][r] = byte g of sixteen at `offset`.
static inline void sixteen_bytes(const source *from, size_t offset, uint8_t (*out)[16]) {
  for (size_t r = 0; r < TK_PANEL_ROWS; r++) {
    const uint8_t *bytes = block_of(from, r, offset);
    for (size_t g = 0; g < 16; g++) out[g][r] = bytes[g];
  }
}

static inline void pack_six(const uint8_t *numbers, tk_panel_six *out) {
  for (size_t i = 0; i < 64; i++) {
    const uint8_t last = numbers[192 + i];
    for (size_t v = 0; v < 3; v++)
      out->v[v][i] = (uint8_t)(numbers[64 * v + i] | (last >> (2 * v) & 3) << 6);
  }
}

static inline void scales_k4(const source *from, size_t offset, tk_panel_six *out) {
  uint8_t numbers[256];
  for (size_t r = 0; r < TK_PANEL_ROWS; r++) {
    uint8_t scales[8], mins[8];
    unpack_scales_k4(block_of(from, r, offset), scales, mins);
    for (size_t g = 0; g < 8; g++) {
      numbers[16 * g + r] = scales[g];
      numbers[128 + 16 * g + r] = mins[g];
    }
  }
  pack_six(numbers, out);
}

static inline void scales_k3(const source *from, size_t offset, tk_panel_six *out) {
  uint8_t numbers[256];
  for (size_t r = 0; r < TK_PANEL_ROWS; r++) {
    uint8_t scales[16];
    unpack_scales_k3(block_of(from, r, offset), scales);
    for (size_t g = 0; g < 16; g++) numbers[16 * g + r] = scales[g];
  }
  pack_six(numbers, out);
}

#define AT(format, field) (i * sizeof(tk_block_##format) + offsetof(tk_block_##format, field))

static void block_q4_0(const source *from, size_t i, tk_panel_q4_0 *to, size_t half) {
  halves(from, AT(q4_0, d), to->d[half]);
  interleave(from, AT(q4_0, qs), 4, to->q[half]);
}

static void block_q4_1(const source *from, size_t i, tk_panel_q4_1 *to, size_t half) {
  halves(from, AT(q4_1, d), to->d[half]);
  halves(from, AT(q4_1, m), to->m[half]);
  interleave(from, AT(q4_1, qs), 4, to->q[half]);
}

static void block_q5_0(const source *from, size_t i, tk_panel_q5_0 *to, size_t half) {
  halves(from, AT(q5_0, d), to->d[half]);
  fifth_bits(from, AT(q5_0, qh), to->high[half]);
  interleave(from, AT(q5_0, qs), 4, to->q[half]);
}

static void block_q5_1(const source *from, size_t i, tk_panel_q5_1 *to, size_t half) {
  halves(from, AT(q5_1, d), to->d[half]);
  halves(from, AT(q5_1, m), to->m[half]);
  fifth_bits(from, AT(q5_1, qh), to->high[half]);
  interleave(from, AT(q5_1, qs), 4, to->q[half]);
}

static void block_q8_0(const source *from, size_t i, tk_panel_q8_0 *to, size_t half) {
  halves(from, AT(q8_0, d), to->d[half]);
  interleave(from, AT(q8_0, qs), 8, to->q[half]);
}

static void block_q4_k(const source *from, size_t i, tk_panel_q4_k *to, size_t part) {
  (void)part;
  halves(from, AT(q4_k, d), to->d);
  halves(from, AT(q4_k, dmin), to->dmin);
  scales_k4(from, AT(q4_k, scales), &to->scales);
  interleave(from, AT(q4_k, qs), 32, to->q);
}

static void block_q5_k(const source *from, size_t i, tk_panel_q5_k *to, size_t part) {
  (void)part;
  halves(from, AT(q5_k, d), to->d);
  halves(from, AT(q5_k, dmin), to->dmin);
  scales_k4(from, AT(q5_k, scales), &to->scales);
  interleave(from, AT(q5_k, qh), 8, to->high);
  interleave(from, AT(q5_k, qs), 32, to->q);
}

static void block_q6_k(const source *from, size_t i, tk_panel_q6_k *to, size_t part) {
  (void)part;
  floats(from, AT(q6_k, d), to->d);
  sixteen_bytes(from, AT(q6_k, scales), (uint8_t (*)[16])to->scales);
  interleave(from, AT(q6_k, ql), 32, to->ql);
  interleave(from, AT(q6_k, qh), 16, to->qh);
}

static void block_q2_k(const source *from, size_t i, tk_panel_q2_k *to, size_t part) {
  (void)part;
  halves(from, AT(q2_k, d), to->d);
  halves(from, AT(q2_k, dmin), to->dmin);
  sixteen_bytes(from, AT(q2_k, scales), to->scales);
  interleave(from, AT(q2_k, qs), 16, to->q);
}

static void block_q3_k(const source *from, size_t i, tk_panel_q3_k *to, size_t part) {
  (void)part;
  floats(from, AT(q3_k, d), to->d);
  scales_k3(from, AT(q3_k, scales), &to->scales);
  interleave(from, AT(q3_k, hmask), 8, to->high);
  interleave(from, AT(q3_k, qs), 16, to->q);
}

size_t tk_panel_bytes(tk_format format, size_t columns) {
  switch (format) {
#define CASE(id, name) \
  case id: return (columns + TK_UNIT_##name - 1) / TK_UNIT_##name * sizeof(tk_panel_##name);
    TK_EACH_PANEL_FORMAT(CASE)
#undef CASE
    default: return 0;
  }
}

int tk_panel_repack(const tk_repack_args *args) {
  const source from = {args->rows, args->row_bytes,
                       args->count < TK_PANEL_ROWS ? args->count : TK_PANEL_ROWS};
  const size_t columns = args->columns;
  switch (args->format) {
#define CASE(id, name)                                                                   \
  case id: {                                                                             \
    const size_t block = TK_UNIT_##name == 256 ? 256 : 32;                               \
    const size_t parts = TK_UNIT_##name / block, blocks = columns / block;               \
    tk_panel_##name *to = args->panel;                                                   \
    for (size_t i = 0; i < blocks; i++) block_##name(&from, i, to + i / parts, i % parts); \
    if (blocks % parts) {                                                                \
      const source none = {NULL, 0, 0};                                                  \
      block_##name(&none, 0, to + blocks / parts, 1);                                    \
    }                                                                                    \
    return 0;                                                                            \
  }
    TK_EACH_PANEL_FORMAT(CASE)
#undef CASE
    default: return -1;
  }
}
