// SPDX-License-Identifier: Apache-2.0
// Activations to int8 for the panel kernels, AVX-512: sixteen blocks of 32 at a time, so that what there
// is one of in a block (scale, sum) is computed in vectors too. Rounds as the other quantisers do.
#if defined(__x86_64__)
#include "../matmul/avx512.h"

#pragma clang attribute push(TK_AVX512_TARGET, apply_to = function)

#define TK_INLINE static inline __attribute__((always_inline))

enum { BLOCKS = 16 };

// The largest magnitude of each of sixteen blocks, in sixteen lanes.
TK_INLINE __m512 magnitudes(const float *x, size_t blocks) {
  float largest[BLOCKS] __attribute__((aligned(64)));
  for (size_t b = 0; b < BLOCKS; b++) {
    if (b >= blocks) {
      largest[b] = 0;
      continue;
    }
    const __m512 low = _mm512_abs_ps(_mm512_loadu_ps(x + 32 * b));
    const __m512 high = _mm512_abs_ps(_mm512_loadu_ps(x + 32 * b + 16));
    largest[b] = _mm512_reduce_max_ps(_mm512_max_ps(low, high));
  }
  return _mm512_load_ps(largest);
}

// 64 columns as bytes; the second block may be missing.
TK_INLINE __m512i codes(const float *x, float first, float second, int both) {
  const __m512 a = _mm512_set1_ps(first), b = _mm512_set1_ps(second);
  const __m512i i0 = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_loadu_ps(x), a));
  const __m512i i1 = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_loadu_ps(x + 16), a));
  __m512i i2 = _mm512_setzero_si512(), i3 = i2;
  if (both) {
    i2 = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_loadu_ps(x + 32), b));
    i3 = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_loadu_ps(x + 48), b));
  }
  const __m512i bytes =
      _mm512_packs_epi16(_mm512_packs_epi32(i0, i1), _mm512_packs_epi32(i2, i3));
  // packing works within 128 bits: four columns of each source stand side by side
  return _mm512_permutexvar_epi32(
      _mm512_set_epi32(15, 11, 7, 3, 14, 10, 6, 2, 13, 9, 5, 1, 12, 8, 4, 0), bytes);
}

// Sums of 16 bytes, four of them, each in four neighbouring lanes.
TK_INLINE __m512i sums_of_16(__m512i bytes) {
  const __m512i four = _mm512_dpbusd_epi32(_mm512_setzero_si512(), _mm512_set1_epi8(1), bytes);
  const __m512i eight = _mm512_add_epi32(four, _mm512_shuffle_epi32(four, _MM_PERM_CDAB));
  return _mm512_add_epi32(eight, _mm512_shuffle_epi32(eight, _MM_PERM_BADC));
}

static void strip(const float *x, size_t blocks, size_t padded, const tk_panel_activations *to,
                  size_t row, size_t block) {
  const size_t s32 = to->stride / 32;
  const __m512 largest = magnitudes(x, blocks);
  const __mmask16 loud = _mm512_cmp_ps_mask(largest, _mm512_set1_ps(TK_Q8_SMALLEST), _CMP_GT_OQ);
  const __m512 scales = _mm512_maskz_div_ps(loud, largest, _mm512_set1_ps(127.0f));
  float inverse[BLOCKS] __attribute__((aligned(64)));
  _mm512_store_ps(inverse, _mm512_maskz_div_ps(loud, _mm512_set1_ps(127.0f), largest));
  int32_t halves[2 * BLOCKS] __attribute__((aligned(64))) = {0};
  int8_t *q = to->q + row * to->stride + 32 * block;
  uint8_t *raised = to->raised + row * to->stride + 32 * block;
  for (size_t b = 0; b < padded; b += 2) {
    const __m512i bytes = b < blocks ? codes(x + 32 * b, inverse[b], inverse[b + 1], b + 1 < blocks)
                                     : _mm512_setzero_si512();
    _mm512_storeu_si512(q + 32 * b, bytes);
    _mm512_storeu_si512(raised + 32 * b, _mm512_xor_si512(bytes, _mm512_set1_epi8((char)0x80)));
    _mm512_mask_compressstoreu_epi32(halves + 2 * b, 0x1111, sums_of_16(bytes));
  }
  const __m512i evens = _mm512_set_epi32(30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0);
  const __m512i odds = _mm512_add_epi32(evens, _mm512_set1_epi32(1));
  const __m512i h0 = _mm512_load_si512(halves), h1 = _mm512_load_si512(halves + 16);
  const __m512i whole = _mm512_add_epi32(_mm512_permutex2var_epi32(h0, evens, h1),
                                         _mm512_permutex2var_epi32(h0, odds, h1));
  const __m512i minus128 = _mm512_set1_epi32(-128);
  const __m512i twice0 = _mm512_set_epi32(7, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0);
  const __m512i twice1 = _mm512_add_epi32(twice0, _mm512_set1_epi32(8));
  const __mmask16 own = (__mmask16)((1u << padded) - 1);
  const __mmask16 low = (__mmask16)((1u << (2 * padded > 16 ? 16 : 2 * padded)) - 1);
  const __mmask16 high = (__mmask16)(padded > 8 ? (1u << (2 * padded - 16)) - 1 : 0);
  const size_t at = row * s32 + block;
  _mm512_mask_storeu_ps(to->scales + at, own, scales);
  _mm512_mask_storeu_epi32(to->minus32 + at, own, _mm512_mullo_epi32(whole, minus128));
  _mm512_mask_storeu_ps(to->sums32 + at, own, _mm512_mul_ps(scales, _mm512_cvtepi32_ps(whole)));
  _mm512_mask_storeu_epi32(to->minus16 + 2 * at, low, _mm512_mullo_epi32(h0, minus128));
  _mm512_mask_storeu_epi32(to->minus16 + 2 * at + 16, high, _mm512_mullo_epi32(h1, minus128));
  _mm512_mask_storeu_ps(
      to->sums16 + 2 * at, low,
      _mm512_mul_ps(_mm512_permutexvar_ps(twice0, scales), _mm512_cvtepi32_ps(h0)));
  _mm512_mask_storeu_ps(
      to->sums16 + 2 * at + 16, high,
      _mm512_mul_ps(_mm512_permutexvar_ps(twice1, scales), _mm512_cvtepi32_ps(h1)));
}

void tk_quantize_panel_avx512(const float *source, const tk_panel_activations *to, size_t row0,
                              size_t row1) {
  const size_t blocks = to->columns / 32, padded = to->stride / 32;
  for (size_t row = row0; row < row1; row++)
    for (size_t b = 0; b < padded; b += BLOCKS) {
      const size_t left = padded - b, real = blocks - b;
      strip(source + row * to->columns + 32 * b, real < BLOCKS ? real : BLOCKS,
            left < BLOCKS ? left : BLOCKS, to, row, b);
    }
}

#pragma clang attribute pop
#endif
