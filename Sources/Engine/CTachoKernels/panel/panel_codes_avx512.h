// SPDX-License-Identifier: Apache-2.0
// Panels to registers for AVX-512. For each format: `codes` gives four columns of sixteen rows as
// unsigned bytes (group of 32 columns g, step j: columns 32g + 4j ..), `unit` what a unit's scales need
// decoding once, `scale` and `minimum` a group's as sixteen floats. Included inside the target.
#pragma once
#include <immintrin.h>

#include "ops.h"
#include "panel.h"

// What the bytes of `codes` are above zero at, as a power of two: weight = scale * (byte - 2^n); none for
// formats with a minimum, where weight = scale * byte + minimum. q4_0's codes come times sixteen, their
// scale divided by it: half of them need no shift, nor does the part of a sum that 2^n brings
// (minus32 has it times 128). A power of two changes no result.
enum {
  TK_ZERO_BITS_q4_0 = 7,
  TK_ZERO_BITS_q5_0 = 4,
  TK_ZERO_BITS_q8_0 = 7,
  TK_ZERO_BITS_q3_k = 2,
  TK_ZERO_BITS_q6_k = 5,
};

#define TK_INLINE static inline __attribute__((always_inline))

TK_INLINE __m512 half16(const uint16_t *halves) {
  return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)halves));
}

TK_INLINE __m512i low4(const void *bytes) {
  return _mm512_and_si512(_mm512_load_si512(bytes), _mm512_set1_epi8(15));
}

TK_INLINE __m512i high4(const void *bytes) {
  return _mm512_and_si512(_mm512_srli_epi16(_mm512_load_si512(bytes), 4), _mm512_set1_epi8(15));
}

TK_INLINE __m512i nibbles(const uint8_t (*q)[64], int j) {
  return j < 4 ? low4(q[j]) : high4(q[j - 4]);
}

// Sixteen unsigned (or signed) bytes as floats.
TK_INLINE __m512 bytes16(__m128i bytes) { return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(bytes)); }

TK_INLINE __m512 signed16(__m128i bytes) { return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(bytes)); }

TK_INLINE __m512i fifth(__m512i codes, uint64_t mask) {
  return _mm512_mask_add_epi8(codes, mask, codes, _mm512_set1_epi8(16));
}

// Formats without super-blocks decode nothing ahead.
typedef struct {
  int none;
} plain_unit;

#define TK_PLAIN(format)                                                      \
  typedef plain_unit unit_##format;                                           \
  TK_INLINE void unit_of_##format(const tk_panel_##format *p, unit_##format *s) { (void)p, (void)s; } \
  TK_INLINE __m512 scale_##format(const tk_panel_##format *p, const unit_##format *s, int g) { \
    (void)s;                                                                  \
    return half16(p->d[g]);                                                   \
  }
#define TK_PLAIN_MINIMUM(format)                                              \
  TK_INLINE __m512 minimum_##format(const tk_panel_##format *p, const unit_##format *s, int g) { \
    (void)s;                                                                  \
    return half16(p->m[g]);                                                   \
  }
#define TK_NO_MINIMUM(format)                                                 \
  TK_INLINE __m512 minimum_##format(const tk_panel_##format *p, const unit_##format *s, int g) { \
    (void)p, (void)s, (void)g;                                                \
    return _mm512_setzero_ps();                                               \
  }

typedef plain_unit unit_q4_0;
TK_INLINE void unit_of_q4_0(const tk_panel_q4_0 *p, unit_q4_0 *s) { (void)p, (void)s; }
TK_INLINE __m512 scale_q4_0(const tk_panel_q4_0 *p, const unit_q4_0 *s, int g) {
  (void)s;
  return _mm512_mul_ps(half16(p->d[g]), _mm512_set1_ps(1.0f / 16));
}
TK_NO_MINIMUM(q4_0)
TK_INLINE __m512i codes_q4_0(const tk_panel_q4_0 *p, int g, int j) {
  const __m512i bytes = _mm512_load_si512(p->q[g][j % 4]);
  return _mm512_and_si512(j < 4 ? _mm512_slli_epi16(bytes, 4) : bytes,
                          _mm512_set1_epi8((char)0xf0));
}

TK_PLAIN(q4_1)
TK_PLAIN_MINIMUM(q4_1)
TK_INLINE __m512i codes_q4_1(const tk_panel_q4_1 *p, int g, int j) { return nibbles(p->q[g], j); }

TK_PLAIN(q5_0)
TK_NO_MINIMUM(q5_0)
TK_INLINE __m512i codes_q5_0(const tk_panel_q5_0 *p, int g, int j) {
  return fifth(nibbles(p->q[g], j), p->high[g][j]);
}

TK_PLAIN(q5_1)
TK_PLAIN_MINIMUM(q5_1)
TK_INLINE __m512i codes_q5_1(const tk_panel_q5_1 *p, int g, int j) {
  return fifth(nibbles(p->q[g], j), p->high[g][j]);
}

TK_PLAIN(q8_0)
TK_NO_MINIMUM(q8_0)
TK_INLINE __m512i codes_q8_0(const tk_panel_q8_0 *p, int g, int j) {
  return _mm512_xor_si512(_mm512_load_si512(p->q[g][j]), _mm512_set1_epi8((char)0x80));
}

// Numbers 64n .. 64n + 63 of the packed six-bit numbers, as bytes.
TK_INLINE __m512i six_bits(const tk_panel_six *six, int n) {
  const __m512i mask = _mm512_set1_epi8(63);
  if (n < 3) return _mm512_and_si512(_mm512_loadu_si512(six->v[n]), mask);
  const __m512i top = _mm512_set1_epi8((char)0xc0);
  const __m512i a = _mm512_and_si512(_mm512_loadu_si512(six->v[0]), top);
  const __m512i b = _mm512_and_si512(_mm512_loadu_si512(six->v[1]), top);
  const __m512i c = _mm512_and_si512(_mm512_loadu_si512(six->v[2]), top);
  return _mm512_or_si512(_mm512_srli_epi16(a, 6),
                         _mm512_or_si512(_mm512_srli_epi16(b, 4), _mm512_srli_epi16(c, 2)));
}

// The unit's numbers as bytes, in the order of panel.h.
TK_INLINE void six_numbers(const tk_panel_six *six, uint8_t *numbers) {
  for (int n = 0; n < 4; n++) _mm512_store_si512(numbers + 64 * n, six_bits(six, n));
}

TK_INLINE __m128i load16(const void *bytes) { return _mm_load_si128((const __m128i *)bytes); }

// Six-bit scales and minima times d and dmin: q4_k, q5_k.
typedef struct {
  __m512 d, dmin;
  uint8_t numbers[256] __attribute__((aligned(64)));
} six_unit;

#define TK_SIX(format)                                                                          \
  typedef six_unit unit_##format;                                                               \
  TK_INLINE void unit_of_##format(const tk_panel_##format *p, six_unit *s) {                    \
    s->d = half16(p->d);                                                                        \
    s->dmin = _mm512_sub_ps(_mm512_setzero_ps(), half16(p->dmin));                              \
    six_numbers(&p->scales, s->numbers);                                                        \
  }                                                                                             \
  TK_INLINE __m512 scale_##format(const tk_panel_##format *p, const six_unit *s, int g) {       \
    (void)p;                                                                                    \
    return _mm512_mul_ps(s->d, bytes16(load16(s->numbers + 16 * g)));                           \
  }                                                                                             \
  TK_INLINE __m512 minimum_##format(const tk_panel_##format *p, const six_unit *s, int g) {     \
    (void)p;                                                                                    \
    return _mm512_mul_ps(s->dmin, bytes16(load16(s->numbers + 128 + 16 * g)));                  \
  }

TK_SIX(q4_k)
TK_INLINE __m512i codes_q4_k(const tk_panel_q4_k *p, int g, int j) {
  return g % 2 ? high4(p->q[g / 2][j]) : low4(p->q[g / 2][j]);
}

TK_SIX(q5_k)
TK_INLINE __m512i codes_q5_k(const tk_panel_q5_k *p, int g, int j) {
  const __m512i nibble = g % 2 ? high4(p->q[g / 2][j]) : low4(p->q[g / 2][j]);
  const __m512i high = _mm512_load_si512(p->high[j]);
  return fifth(nibble, _mm512_test_epi8_mask(high, _mm512_set1_epi8((char)(1 << g))));
}

// Groups of 16 columns: `scale` and `minimum` take the group's number, 2g or 2g + 1.
typedef struct {
  __m512 d, dmin;
} float_unit;

typedef float_unit unit_q6_k;
TK_INLINE void unit_of_q6_k(const tk_panel_q6_k *p, unit_q6_k *s) {
  s->d = _mm512_load_ps(p->d);
}
TK_INLINE __m512 scale_q6_k(const tk_panel_q6_k *p, const unit_q6_k *s, int g) {
  return _mm512_mul_ps(s->d, signed16(load16(p->scales[g])));
}
TK_NO_MINIMUM(q6_k)
TK_INLINE __m512i codes_q6_k(const tk_panel_q6_k *p, int g, int j) {
  const int half = g / 4, part = g % 4;
  const uint8_t *ql = p->ql[half][(part % 2) * 8 + j];
  const __m512i qh = _mm512_load_si512(p->qh[half][j]);
  const __m512i two = part == 0   ? _mm512_slli_epi16(qh, 4)
                      : part == 1 ? _mm512_slli_epi16(qh, 2)
                      : part == 2 ? qh
                                  : _mm512_srli_epi16(qh, 2);
  return _mm512_or_si512(part < 2 ? low4(ql) : high4(ql),
                         _mm512_and_si512(two, _mm512_set1_epi8(0x30)));
}

TK_INLINE __m512i two_bits(const void *bytes, int part) {
  return _mm512_and_si512(_mm512_srli_epi16(_mm512_load_si512(bytes), (unsigned)(2 * part)),
                          _mm512_set1_epi8(3));
}

typedef float_unit unit_q2_k;
TK_INLINE void unit_of_q2_k(const tk_panel_q2_k *p, unit_q2_k *s) {
  s->d = half16(p->d);
  s->dmin = _mm512_sub_ps(_mm512_setzero_ps(), half16(p->dmin));
}
TK_INLINE __m512 scale_q2_k(const tk_panel_q2_k *p, const unit_q2_k *s, int g) {
  const __m128i both = load16(p->scales[g]);
  return _mm512_mul_ps(s->d, bytes16(_mm_and_si128(both, _mm_set1_epi8(15))));
}
TK_INLINE __m512 minimum_q2_k(const tk_panel_q2_k *p, const unit_q2_k *s, int g) {
  const __m128i both = load16(p->scales[g]);
  return _mm512_mul_ps(
      s->dmin, bytes16(_mm_and_si128(_mm_srli_epi16(both, 4), _mm_set1_epi8(15))));
}
TK_INLINE __m512i codes_q2_k(const tk_panel_q2_k *p, int g, int j) {
  return two_bits(p->q[g / 4][j], g % 4);
}

typedef six_unit unit_q3_k;
TK_INLINE void unit_of_q3_k(const tk_panel_q3_k *p, unit_q3_k *s) {
  s->d = _mm512_load_ps(p->d);
  six_numbers(&p->scales, s->numbers);
}
TK_INLINE __m512 scale_q3_k(const tk_panel_q3_k *p, const unit_q3_k *s, int g) {
  (void)p;
  const __m128i biased = load16(s->numbers + 16 * g);
  return _mm512_mul_ps(s->d, signed16(_mm_sub_epi8(biased, _mm_set1_epi8(32))));
}
TK_NO_MINIMUM(q3_k)
TK_INLINE __m512i codes_q3_k(const tk_panel_q3_k *p, int g, int j) {
  const __m512i two = two_bits(p->q[g / 4][j], g % 4);
  const __mmask64 third =
      _mm512_test_epi8_mask(_mm512_load_si512(p->high[j]), _mm512_set1_epi8((char)(1 << g)));
  return _mm512_mask_add_epi8(two, third, two, _mm512_set1_epi8(4));
}

// X(format, groups of 16 columns?, has a minimum?, bits of the zero point)
#define TK_EACH_PANEL_KIND(X) \
  X(q4_0, 0, 0, TK_ZERO_BITS_q4_0) X(q4_1, 0, 1, 0) X(q5_0, 0, 0, TK_ZERO_BITS_q5_0) X(q5_1, 0, 1, 0) \
  X(q8_0, 0, 0, TK_ZERO_BITS_q8_0) X(q2_k, 1, 1, 0) X(q3_k, 1, 0, TK_ZERO_BITS_q3_k) \
  X(q4_k, 0, 1, 0) X(q5_k, 0, 1, 0) X(q6_k, 1, 0, TK_ZERO_BITS_q6_k)
