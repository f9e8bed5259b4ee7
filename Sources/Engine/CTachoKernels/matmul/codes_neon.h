// SPDX-License-Identifier: Apache-2.0
// From blocks to registers for NEON: the codes of 32 columns of every quantised format as signed bytes,
// less their zero point, so that weight = scale * code (- minimum). Included inside the NEON target.
#pragma once
#include "blocks.h"
#include "neon.h"

typedef struct {  // columns 0..15 and 16..31
  int8x16_t low, high;
} codes32;

static inline codes32 less(uint8x16_t low, uint8x16_t high, int8_t zero_point) {
  const int8x16_t zero = vdupq_n_s8(zero_point);
  return (codes32){vsubq_s8(vreinterpretq_s8_u8(low), zero),
                   vsubq_s8(vreinterpretq_s8_u8(high), zero)};
}

static inline uint8x16_t low_nibbles(uint8x16_t bytes) { return vandq_u8(bytes, vdupq_n_u8(15)); }

static inline uint8x16_t high_nibbles(uint8x16_t bytes) { return vshrq_n_u8(bytes, 4); }

static inline uint8x16_t shift_right(uint8x16_t bytes, int bits) {
  return vshlq_u8(bytes, vdupq_n_s8((int8_t)-bits));
}

// `value` in the lanes whose bit is set among 16 bits.
static inline uint8x16_t where_set(const uint8_t bits[2], uint8_t value) {
  static const uint8_t each[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  const uint8x16_t spread = vcombine_u8(vdup_n_u8(bits[0]), vdup_n_u8(bits[1]));
  return vandq_u8(vtstq_u8(spread, vld1q_u8(each)), vdupq_n_u8(value));
}

// `value` in the lanes of `bytes` that have bit `position`.
static inline uint8x16_t where_bit(uint8x16_t bytes, int position, uint8_t value) {
  return vandq_u8(vtstq_u8(bytes, vdupq_n_u8((uint8_t)(1 << position))), vdupq_n_u8(value));
}

static inline codes32 codes_q4_0(const tk_block_q4_0 *b) {
  const uint8x16_t qs = vld1q_u8(b->qs);
  return less(low_nibbles(qs), high_nibbles(qs), 8);
}

static inline codes32 codes_q4_1(const tk_block_q4_1 *b) {
  const uint8x16_t qs = vld1q_u8(b->qs);
  return less(low_nibbles(qs), high_nibbles(qs), 0);
}

static inline codes32 codes_q5_0(const tk_block_q5_0 *b) {
  const uint8x16_t qs = vld1q_u8(b->qs);
  return less(vorrq_u8(low_nibbles(qs), where_set(b->qh, 16)),
              vorrq_u8(high_nibbles(qs), where_set(b->qh + 2, 16)), 16);
}

static inline codes32 codes_q5_1(const tk_block_q5_1 *b) {
  const uint8x16_t qs = vld1q_u8(b->qs);
  return less(vorrq_u8(low_nibbles(qs), where_set(b->qh, 16)),
              vorrq_u8(high_nibbles(qs), where_set(b->qh + 2, 16)), 0);
}

static inline codes32 codes_q8_0(const tk_block_q8_0 *b) {
  return (codes32){vld1q_s8(b->qs), vld1q_s8(b->qs + 16)};
}

// The K formats' codes of columns 32 * part to 32 * part + 31.
static inline codes32 codes_q4_k(const tk_block_q4_k *b, int part) {
  const uint8_t *qs = b->qs + 32 * (part / 2);
  const uint8x16_t first = vld1q_u8(qs), second = vld1q_u8(qs + 16);
  if (part % 2) return less(high_nibbles(first), high_nibbles(second), 0);
  return less(low_nibbles(first), low_nibbles(second), 0);
}

static inline codes32 codes_q5_k(const tk_block_q5_k *b, int part) {
  const uint8_t *qs = b->qs + 32 * (part / 2);
  const uint8x16_t first = vld1q_u8(qs), second = vld1q_u8(qs + 16);
  const uint8x16_t low = part % 2 ? high_nibbles(first) : low_nibbles(first);
  const uint8x16_t high = part % 2 ? high_nibbles(second) : low_nibbles(second);
  return less(vorrq_u8(low, where_bit(vld1q_u8(b->qh), part, 16)),
              vorrq_u8(high, where_bit(vld1q_u8(b->qh + 16), part, 16)), 0);
}

static inline uint8x16_t six_bits(const uint8_t *ql, const uint8_t *qh, int quarter) {
  const uint8x16_t bytes = vld1q_u8(ql);
  const uint8x16_t nibble = quarter < 2 ? low_nibbles(bytes) : high_nibbles(bytes);
  const uint8x16_t two = vandq_u8(shift_right(vld1q_u8(qh), 2 * quarter), vdupq_n_u8(3));
  return vorrq_u8(nibble, vshlq_n_u8(two, 4));
}

static inline codes32 codes_q6_k(const tk_block_q6_k *b, int part) {
  const int half = part / 4, quarter = part % 4;
  const uint8_t *ql = b->ql + 64 * half + 32 * (quarter % 2), *qh = b->qh + 32 * half;
  return less(six_bits(ql, qh, quarter), six_bits(ql + 16, qh + 16, quarter), 32);
}

static inline uint8x16_t two_bits(const uint8_t *qs, int part) {
  return vandq_u8(shift_right(vld1q_u8(qs), 2 * (part % 4)), vdupq_n_u8(3));
}

static inline codes32 codes_q2_k(const tk_block_q2_k *b, int part) {
  const uint8_t *qs = b->qs + 32 * (part / 4);
  return less(two_bits(qs, part), two_bits(qs + 16, part), 0);
}

static inline codes32 codes_q3_k(const tk_block_q3_k *b, int part) {
  const uint8_t *qs = b->qs + 32 * (part / 4);
  return less(vorrq_u8(two_bits(qs, part), where_bit(vld1q_u8(b->hmask), part, 4)),
              vorrq_u8(two_bits(qs + 16, part), where_bit(vld1q_u8(b->hmask + 16), part, 4)), 4);
}
