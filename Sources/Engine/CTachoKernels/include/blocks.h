// SPDX-License-Identifier: Apache-2.0
// Block layouts of the GGUF weight formats (format facts: the GGUF specification and ggml's type
// table). Little-endian; `d`, `m`, `dmin` are IEEE half floats kept as their bits.
#pragma once
#include <stdint.h>

// Weights per block of the small formats, and per super-block of the K formats.
enum { TK_BLOCK = 32, TK_SUPER = 256 };

typedef struct {  // w = d * (q - 8); low nibbles are weights 0..15, high nibbles 16..31
  uint16_t d;
  uint8_t qs[16];
} tk_block_q4_0;

typedef struct {  // w = d * q + m
  uint16_t d, m;
  uint8_t qs[16];
} tk_block_q4_1;

typedef struct {  // w = d * (q - 16); bit i of qh is bit 4 of weight i
  uint16_t d;
  uint8_t qh[4];
  uint8_t qs[16];
} tk_block_q5_0;

typedef struct {  // w = d * q + m
  uint16_t d, m;
  uint8_t qh[4];
  uint8_t qs[16];
} tk_block_q5_1;

typedef struct {  // w = d * q
  uint16_t d;
  int8_t qs[32];
} tk_block_q8_0;

typedef struct {  // 16 groups of 16: w = d * (scale & 15) * q - dmin * (scale >> 4)
  uint8_t scales[16];
  uint8_t qs[64];
  uint16_t d, dmin;
} tk_block_q2_k;

typedef struct {  // 16 groups of 16: w = d * (scale - 32) * (q - 4), 6-bit scales packed in 12 bytes
  uint8_t hmask[32];
  uint8_t qs[64];
  uint8_t scales[12];
  uint16_t d;
} tk_block_q3_k;

typedef struct {  // 8 groups of 32: w = d * scale * q - dmin * min, 6-bit scales and mins
  uint16_t d, dmin;
  uint8_t scales[12];
  uint8_t qs[128];
} tk_block_q4_k;

typedef struct {  // as q4_k with a fifth bit
  uint16_t d, dmin;
  uint8_t scales[12];
  uint8_t qh[32];
  uint8_t qs[128];
} tk_block_q5_k;

typedef struct {  // 16 groups of 16: w = d * scale * (q - 32)
  uint8_t ql[128];
  uint8_t qh[64];
  int8_t scales[16];
  uint16_t d;
} tk_block_q6_k;

_Static_assert(sizeof(tk_block_q4_0) == 18, "q4_0");
_Static_assert(sizeof(tk_block_q4_1) == 20, "q4_1");
_Static_assert(sizeof(tk_block_q5_0) == 22, "q5_0");
_Static_assert(sizeof(tk_block_q5_1) == 24, "q5_1");
_Static_assert(sizeof(tk_block_q8_0) == 34, "q8_0");
_Static_assert(sizeof(tk_block_q2_k) == 84, "q2_k");
_Static_assert(sizeof(tk_block_q3_k) == 110, "q3_k");
_Static_assert(sizeof(tk_block_q4_k) == 144, "q4_k");
_Static_assert(sizeof(tk_block_q5_k) == 176, "q5_k");
_Static_assert(sizeof(tk_block_q6_k) == 210, "q6_k");
