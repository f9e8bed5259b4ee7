// SPDX-License-Identifier: Apache-2.0
// Quantised weights repacked for sixteen rows at a time ("panels"): row r of the panel is lane r of
// every vector, so that a product needs neither a sum across lanes nor a shuffle, and a group's scales
// are one vector. Codes keep the bits they have in the file; bytes per weight stay the same (q6_k and
// q3_k: 1% and 2% more, for a scale in float32).
//
// A unit holds 64 columns of the small formats, or a super-block of 256, of 16 rows. A row of an odd
// number of small blocks is padded with a block of scale 0; so are the rows that a last panel lacks.
// In every array of 64 bytes, bytes 4r .. 4r + 3 are row r's.
#pragma once
#include <stdint.h>

#include "../include/ops.h"

// Small formats: q[block][j] holds columns 4j .. 4j + 3 in the low nibbles and 16 + 4j .. in the high.
typedef struct {
  uint16_t d[2][16];
  uint8_t q[2][4][64];
} tk_panel_q4_0;

typedef struct {
  uint16_t d[2][16], m[2][16];
  uint8_t q[2][4][64];
} tk_panel_q4_1;

// Bit i of high[block][j] is the fifth bit of byte i of the j-th four columns.
typedef struct {
  uint16_t d[2][16];
  uint64_t high[2][8];
  uint8_t q[2][4][64];
} tk_panel_q5_0;

typedef struct {
  uint16_t d[2][16], m[2][16];
  uint64_t high[2][8];
  uint8_t q[2][4][64];
} tk_panel_q5_1;

typedef struct {
  uint16_t d[2][16];
  int8_t q[2][8][64];  // [block][j]: columns 4j .. 4j + 3
} tk_panel_q8_0;

// Six-bit numbers of sixteen rows: number n = 64v + i is the low six bits of byte i of vector v for
// v < 3; number 192 + i is put together from the upper two bits of byte i of vectors 0, 1, 2.
// q4_k, q5_k: number 16g + r is group g's scale in row r, 128 + 16g + r its minimum. q3_k: 16g + r.
typedef struct {
  uint8_t v[3][64];
} tk_panel_six;

typedef struct {
  uint16_t d[16], dmin[16];
  tk_panel_six scales;
  uint8_t q[4][8][64];  // [p][j]: group 2p in the low nibbles, 2p + 1 in the high, columns 4j ..
} tk_panel_q4_k;

typedef struct {
  uint16_t d[16], dmin[16];
  tk_panel_six scales;
  uint8_t high[8][64];  // [j]: bit g is the fifth bit of group g's columns 4j ..
  uint8_t q[4][8][64];
} tk_panel_q5_k;

// [half][i]: as in the file, where a half is 128 columns.
typedef struct {
  float d[16];
  int8_t scales[16][16];  // [group of 16 columns][row]
  uint8_t ql[2][16][64];
  uint8_t qh[2][8][64];
} tk_panel_q6_k;

typedef struct {
  uint16_t d[16], dmin[16];
  uint8_t scales[16][16];  // [group][row]: low nibble the scale, high the minimum
  uint8_t q[2][8][64];
} tk_panel_q2_k;

typedef struct {
  float d[16];
  tk_panel_six scales;
  uint8_t high[8][64];  // [j]: bit p is the third bit of the p-th 32 columns' columns 4j ..
  uint8_t q[2][8][64];
} tk_panel_q3_k;

_Static_assert(sizeof(tk_panel_q4_0) == 2 * 16 * sizeof(tk_block_q4_0), "q4_0");
_Static_assert(sizeof(tk_panel_q4_1) == 2 * 16 * sizeof(tk_block_q4_1), "q4_1");
_Static_assert(sizeof(tk_panel_q5_0) == 2 * 16 * sizeof(tk_block_q5_0), "q5_0");
_Static_assert(sizeof(tk_panel_q5_1) == 2 * 16 * sizeof(tk_block_q5_1), "q5_1");
_Static_assert(sizeof(tk_panel_q8_0) == 2 * 16 * sizeof(tk_block_q8_0), "q8_0");
_Static_assert(sizeof(tk_panel_q4_k) == 16 * sizeof(tk_block_q4_k), "q4_k");
_Static_assert(sizeof(tk_panel_q5_k) == 16 * sizeof(tk_block_q5_k), "q5_k");
_Static_assert(sizeof(tk_panel_q6_k) == 16 * sizeof(tk_block_q6_k) + 32, "q6_k");
_Static_assert(sizeof(tk_panel_q2_k) == 16 * sizeof(tk_block_q2_k), "q2_k");
_Static_assert(sizeof(tk_panel_q3_k) == 16 * sizeof(tk_block_q3_k) + 32, "q3_k");

// Columns of a unit.
enum {
  TK_UNIT_q4_0 = 64,
  TK_UNIT_q4_1 = 64,
  TK_UNIT_q5_0 = 64,
  TK_UNIT_q5_1 = 64,
  TK_UNIT_q8_0 = 64,
  TK_UNIT_q2_k = 256,
  TK_UNIT_q3_k = 256,
  TK_UNIT_q4_k = 256,
  TK_UNIT_q5_k = 256,
  TK_UNIT_q6_k = 256,
};
