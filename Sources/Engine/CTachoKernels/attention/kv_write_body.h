// SPDX-License-Identifier: Apache-2.0
// One token's keys and values into a page, rounded to its format, for the vector width VW.
#include <math.h>

#include "../memory/vector.h"
#include "kv_format.h"
#include "ops.h"

typedef int8_t vbyte __attribute__((vector_size(VW)));
typedef uint8_t vubyte __attribute__((vector_size(VW)));

static inline uint16_t half_of(float value) {
  const _Float16 half = (_Float16)value;
  uint16_t bits;
  memcpy(&bits, &half, sizeof bits);
  return bits;
}

// Round to nearest even; a NaN stays one.
static inline uint16_t bfloat_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  if ((bits & 0x7fffffff) > 0x7f800000) return (uint16_t)(bits >> 16 | 64);
  return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

// The first of the elements of largest magnitude.
static inline float extreme_of(const float *x) {
  float extreme = 0;
  for (int i = 0; i < KV_BLOCK; i++) extreme = fabsf(x[i]) > fabsf(extreme) ? x[i] : extreme;
  return extreme;
}

// 1 / scale, or 0 for a scale too small to have an inverse.
static inline float inverse_of(float scale) {
  const float inverse = 1.0f / scale;
  return fabsf(inverse) <= 3.4028235e38f ? inverse : 0;
}

static inline uint16_t encode_q8_0(const float *x, char *codes) {
  const float scale = fabsf(extreme_of(x)) / 127.0f;
  const float inverse = inverse_of(scale);
  for (int i = 0; i < KV_BLOCK; i += VW) {
    vfloat scaled = __builtin_elementwise_roundeven(v_load(x + i) * inverse);
    scaled = v_max(__builtin_elementwise_min(scaled, v_set(127)), v_set(-127));
    const vbyte bytes = __builtin_convertvector(__builtin_convertvector(scaled, vint), vbyte);
    memcpy(codes + i, &bytes, sizeof bytes);
  }
  return half_of(scale);
}

static inline uint16_t encode_q4_0(const float *x, char *codes) {
  const float scale = extreme_of(x) / -8.0f;
  const float inverse = inverse_of(scale);
  int32_t whole[KV_BLOCK];
  for (int i = 0; i < KV_BLOCK; i += VW) {
    const vfloat scaled = v_load(x + i) * inverse;
    vfloat shifted = scaled + v_set(8.5f);  // a statement of its own: no fused multiply-add
    shifted = v_max(__builtin_elementwise_min(shifted, v_set(15)), v_set(0));
    const vint code = __builtin_convertvector(shifted, vint);
    memcpy(whole + i, &code, sizeof code);
  }
  for (int i = 0; i < KV_BLOCK / 2; i++) codes[i] = (char)(whole[i] | whole[i + KV_BLOCK / 2] << 4);
  return half_of(scale);
}

// A head's elements as a row of V has them: numbers or codes, then their blocks' scales.
static inline void encode_row(const int format, const float *x, size_t head_dim, char *codes,
                              uint16_t *scales) {
  if (format == KV_F32) memcpy(codes, x, head_dim * sizeof *x);
  for (size_t i = 0; i < head_dim && format != KV_F32; i += kv_has_scales(format) ? KV_BLOCK : 1) {
    char *target = codes + kv_code_bytes(format, i);
    const uint16_t bits = format == KV_F16    ? half_of(x[i])
                          : format == KV_BF16 ? bfloat_of(x[i])
                          : format == KV_Q8_0 ? encode_q8_0(x + i, target)
                                              : encode_q4_0(x + i, target);
    if (kv_has_scales(format))
      scales[i / KV_BLOCK] = bits;
    else
      memcpy(target, &bits, sizeof bits);
  }
}

static inline __attribute__((always_inline)) void kv_write(const tk_kv_write_args *args,
                                                           const int format) {
  const size_t head_dim = args->head_dim, page_tokens = args->page_tokens, slot = args->slot;
  const size_t head_bytes = kv_head_bytes(format, head_dim, page_tokens);
  const size_t blocks = head_dim / KV_BLOCK;
  const size_t size = kv_code_bytes(format == KV_Q4_0 ? KV_Q8_0 : format, 1);
  char codes[TK_ATTENTION_HEAD_DIM * 4];
  uint16_t scales[TK_ATTENTION_HEAD_DIM / KV_BLOCK];
  const size_t row = kv_code_bytes(format, head_dim);
  for (size_t h = 0; h < args->kv_heads; h++) {
    char *k = (char *)args->k_page + h * head_bytes, *v = (char *)args->v_page + h * head_bytes;
    uint16_t *k_scales = (uint16_t *)(k + page_tokens * row);
    uint16_t *v_scales = (uint16_t *)(v + page_tokens * row);
    encode_row(format, args->v + h * head_dim, head_dim, v + slot * row, v_scales + slot * blocks);
    encode_row(format, args->k + h * head_dim, head_dim, codes, scales);
    for (size_t i = 0; i < row / size; i++)
      memcpy(k + (i * page_tokens + slot) * size, codes + i * size, size);
    if (kv_has_scales(format))
      for (size_t b = 0; b < blocks; b++) k_scales[b * page_tokens + slot] = scales[b];
  }
}
