// SPDX-License-Identifier: Apache-2.0
// From blocks to registers for AVX-512: the unsigned codes of 64 columns of every quantised format, and
// the half-precision scales beside them. Included inside the AVX-512 target.
#pragma once
#include "avx512.h"
#include "blocks.h"

// Two halves as floats in lanes 0 and 1; through integer registers, because an insert into a vector
// would make every block wait for the one before it.
static inline __m128 two_halves(const uint16_t *first, const uint16_t *second) {
  const uint32_t both = (uint32_t)*first | (uint32_t)*second << 16;
  return _mm_cvtph_ps(_mm_cvtsi32_si128((int)both));
}

static inline float one_half(const uint16_t *half) {
  return _mm_cvtss_f32(_mm_cvtph_ps(_mm_cvtsi32_si128(*half)));
}

static inline __m128 load2(const float *floats) {
  return _mm_castpd_ps(_mm_load_sd((const double *)floats));
}

static inline __m512i nibbles(const uint8_t *first, const uint8_t *second) {
  const __m512i bytes = _mm512_inserti64x4(
      _mm512_castsi256_si512(_mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)first))),
      _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)second)), 1);
  const __m512i shifts = _mm512_set_epi64(0x0004000400040004, 0x0004000400040004, 0, 0,
                                          0x0004000400040004, 0x0004000400040004, 0, 0);
  return _mm512_and_si512(_mm512_srlv_epi16(bytes, shifts), _mm512_set1_epi8(15));
}

static inline __m512i fifth_bits(const uint8_t *first, const uint8_t *second) {
  uint32_t low, high;
  memcpy(&low, first, 4);
  memcpy(&high, second, 4);
  return _mm512_maskz_set1_epi8((uint64_t)high << 32 | low, 16);
}

static inline __m512i join(__m256i first, __m256i second) {
  return _mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1);
}

static inline __m256i load32(const void *bytes) {
  return _mm256_loadu_si256((const __m256i *)bytes);
}

static inline __m512i codes_q4_0(const tk_block_q4_0 *b) { return nibbles(b[0].qs, b[1].qs); }
static inline __m512i codes_q4_1(const tk_block_q4_1 *b) { return nibbles(b[0].qs, b[1].qs); }
static inline __m512i codes_q5_0(const tk_block_q5_0 *b) {
  return _mm512_or_si512(nibbles(b[0].qs, b[1].qs), fifth_bits(b[0].qh, b[1].qh));
}
static inline __m512i codes_q5_1(const tk_block_q5_1 *b) {
  return _mm512_or_si512(nibbles(b[0].qs, b[1].qs), fifth_bits(b[0].qh, b[1].qh));
}
static inline __m512i codes_q8_0(const tk_block_q8_0 *b) {
  return _mm512_xor_si512(join(load32(b[0].qs), load32(b[1].qs)), _mm512_set1_epi8((char)0x80));
}

static inline __m512i codes_q4_k(const tk_block_q4_k *b, int part) {
  const __m256i qs = load32(b->qs + 32 * part);
  return _mm512_and_si512(join(qs, _mm256_srli_epi16(qs, 4)), _mm512_set1_epi8(15));
}

static inline __m512i codes_q5_k(const tk_block_q5_k *b, int part) {
  const __m256i qs = load32(b->qs + 32 * part), qh = load32(b->qh);
  const __mmask32 low = _mm256_test_epi8_mask(qh, _mm256_set1_epi8((char)(1 << (2 * part))));
  const __mmask32 high = _mm256_test_epi8_mask(qh, _mm256_set1_epi8((char)(2 << (2 * part))));
  const __m512i nibble = _mm512_and_si512(join(qs, _mm256_srli_epi16(qs, 4)), _mm512_set1_epi8(15));
  return _mm512_or_si512(nibble, _mm512_maskz_set1_epi8((uint64_t)high << 32 | low, 16));
}

static inline __m512i codes_q6_k(const tk_block_q6_k *b, int part) {
  const int half = part / 2, upper = part % 2;
  const __m512i ql = _mm512_loadu_si512(b->ql + 64 * half);
  const __m512i low = _mm512_and_si512(upper ? _mm512_srli_epi16(ql, 4) : ql, _mm512_set1_epi8(15));
  const __m256i qh = load32(b->qh + 32 * half);
  // columns 0..31 take bits 0-1 (or 4-5), columns 32..63 bits 2-3 (or 6-7)
  const __m256i first = upper ? qh : _mm256_slli_epi16(qh, 4);
  const __m256i second = upper ? _mm256_srli_epi16(qh, 2) : _mm256_slli_epi16(qh, 2);
  return _mm512_or_si512(low, _mm512_and_si512(join(first, second), _mm512_set1_epi8(0x30)));
}

static inline __m512i codes_q2_k(const tk_block_q2_k *b, int part) {
  const __m256i qs = load32(b->qs + 32 * (part / 2));
  const __m256i low = part % 2 ? _mm256_srli_epi16(qs, 4) : qs;
  return _mm512_and_si512(join(low, _mm256_srli_epi16(low, 2)), _mm512_set1_epi8(3));
}

static inline __m512i codes_q3_k(const tk_block_q3_k *b, int part) {
  const __m256i qs = load32(b->qs + 32 * (part / 2)), hmask = load32(b->hmask);
  const __m256i low = part % 2 ? _mm256_srli_epi16(qs, 4) : qs;
  const __mmask32 h0 = _mm256_test_epi8_mask(hmask, _mm256_set1_epi8((char)(1 << (2 * part))));
  const __mmask32 h1 = _mm256_test_epi8_mask(hmask, _mm256_set1_epi8((char)(2 << (2 * part))));
  const __m512i two = _mm512_and_si512(join(low, _mm256_srli_epi16(low, 2)), _mm512_set1_epi8(3));
  return _mm512_or_si512(two, _mm512_maskz_set1_epi8((uint64_t)h1 << 32 | h0, 4));
}
