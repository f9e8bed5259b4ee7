// SPDX-License-Identifier: Apache-2.0
// Float32 to Q2_K ... Q6_K by least squares. Per group of 16 or 32 weights a few widths of the code
// range are tried; for each, the scale (and offset) that fits its codes best is solved for, and the
// best fit is kept. The group scales are then rounded to the format's integers, and the codes taken
// again with the scales that a reader will see. Sums run in four fixed lanes, so that the result
// does not depend on how the compiler vectorises.
#include <string.h>

#include "families.h"

#pragma STDC FP_CONTRACT OFF

typedef float lanes __attribute__((vector_size(16)));
typedef int32_t int_lanes __attribute__((vector_size(16)));

static lanes load(const float *values) {
  lanes result;
  memcpy(&result, values, sizeof result);
  return result;
}

static float total(lanes v) { return (v[0] + v[2]) + (v[1] + v[3]); }

// floor(v + 0.5) in low...high; NaN gives `low`. `low` is at most 0 and v + 0.5 is moved above zero
// before the cut, because a cast rounds towards zero.
static lanes nearest(lanes v, float low, float high) {
  const lanes moved = v + (0.5f - low);
  const lanes zero = {0}, top = zero + (high - low);
  const int_lanes positive = moved > zero, below = moved < top;
  int_lanes bits;
  memcpy(&bits, &moved, sizeof bits);
  int_lanes top_bits;
  memcpy(&top_bits, &top, sizeof top_bits);
  bits = positive & ((below & bits) | (~below & top_bits));
  lanes clipped;
  memcpy(&clipped, &bits, sizeof clipped);
  return __builtin_convertvector(__builtin_convertvector(clipped, int_lanes), lanes) + low;
}

typedef struct {
  float scale, min;  // weight = scale * code - min
} fit;

// Fits codes 0...limit with an offset that may only lower weights (min >= 0).
static fit fit_offset(const float *x, int count, float limit) {
  float low = 0, high = x[0];
  lanes sum = {0};
  for (int i = 0; i < count; i += 4) sum += load(x + i);
  for (int i = 0; i < count; ++i) {
    low = x[i] < low ? x[i] : low;
    high = x[i] > high ? x[i] : high;
  }
  if (!(high > low)) return (fit){0, -low};
  const double sum_x = total(sum), n = count;
  fit best = {(high - low) / limit, -low};
  double best_gain = -1;
  for (int step = -2; step <= 8; ++step) {
    // A range a little narrower than the data clips the extremes and resolves the rest better.
    const float factor = (limit + 0.15f * (float)step) / (high - low);
    lanes q1 = {0}, q2 = {0}, xq = {0};
    for (int i = 0; i < count; i += 4) {
      const lanes v = load(x + i), q = nearest((v - low) * factor, 0, limit);
      q1 += q;
      q2 += q * q;
      xq += v * q;
    }
    const double sum_q = total(q1), sum_qq = total(q2), sum_xq = total(xq);
    const double determinant = n * sum_qq - sum_q * sum_q;
    if (!(determinant > 0)) continue;
    double scale = (n * sum_xq - sum_x * sum_q) / determinant;
    double min = (sum_q * sum_xq - sum_qq * sum_x) / determinant;
    if (min < 0) {
      min = 0;
      scale = sum_xq / sum_qq;
    }
    // Squared error is sum(x^2) - gain.
    const double gain = 2 * (scale * sum_xq - min * sum_x) - scale * scale * sum_qq - n * min * min
                        + 2 * scale * min * sum_q;
    if (scale > 0 && gain > best_gain) {
      best_gain = gain;
      best = (fit){(float)scale, (float)min};
    }
  }
  return best;
}

// Fits codes -span ..< span around zero; the scale is negative when the extreme weight is positive,
// so that it can use the code -span.
static float fit_centred(const float *x, int count, float span) {
  float largest = 0, extreme = 0;
  for (int i = 0; i < count; ++i) {
    const float magnitude = x[i] < 0 ? -x[i] : x[i];
    if (magnitude > largest) {
      largest = magnitude;
      extreme = x[i];
    }
  }
  if (!(largest > 0)) return 0;
  float best = extreme / -span;
  double best_gain = -1;
  for (int step = -6; step <= 6; ++step) {
    const float factor = -(span + 0.1f * (float)step) / extreme;
    lanes q2 = {0}, xq = {0};
    for (int i = 0; i < count; i += 4) {
      const lanes v = load(x + i), q = nearest(v * factor, -span, span - 1);
      q2 += q * q;
      xq += v * q;
    }
    const double sum_qq = total(q2), sum_xq = total(xq);
    if (sum_qq > 0 && sum_xq * sum_xq > best_gain * sum_qq) {
      best_gain = sum_xq * sum_xq / sum_qq;
      best = (float)(sum_xq / sum_qq);
    }
  }
  return best;
}

static float inverse(float scale) { return scale != 0 ? 1.0f / scale : 0.0f; }

// The codes of one group for the scale and offset as a reader will compute them.
static void encode(
    const float *x, int count, float scale, float offset, float low, float high, uint8_t *codes) {
  const float factor = inverse(scale);
  for (int i = 0; i < count; i += 4) {
    const lanes q = nearest((load(x + i) + offset) * factor, low, high) - low;
    for (int l = 0; l < 4; ++l) codes[i + l] = (uint8_t)(int)q[l];
  }
}

// The half float nearest to `largest / levels`, both as bits and as the value a reader sees.
static uint16_t step_bits(float largest, float levels, float *value) {
  const uint16_t bits = tk_float_to_half(largest / levels);
  *value = tk_half_to_float(bits);
  return bits;
}

typedef struct {
  uint16_t d, dmin;
  uint8_t scales[16], mins[16];
  uint8_t codes[256];
} offset_groups;

// Codes, group scales and group mins of a super-block of the formats with an offset.
static void quantize_offset(
    const float *x, int group, float code_limit, float scale_limit, offset_groups *result) {
  const int groups = 256 / group;
  fit fits[16];
  float largest_scale = 0, largest_min = 0;
  for (int g = 0; g < groups; ++g) {
    fits[g] = fit_offset(x + g * group, group, code_limit);
    largest_scale = fits[g].scale > largest_scale ? fits[g].scale : largest_scale;
    largest_min = fits[g].min > largest_min ? fits[g].min : largest_min;
  }
  float d, dmin;
  result->d = step_bits(largest_scale, scale_limit, &d);
  result->dmin = step_bits(largest_min, scale_limit, &dmin);
  const float per_scale = inverse(d), per_min = inverse(dmin);
  for (int g = 0; g < groups; ++g) {
    result->scales[g] = tk_level(fits[g].scale * per_scale + 0.5f, scale_limit);
    result->mins[g] = tk_level(fits[g].min * per_min + 0.5f, scale_limit);
    encode(
        x + g * group, group, d * (float)result->scales[g], dmin * (float)result->mins[g], 0,
        code_limit, result->codes + g * group);
  }
}

// Codes and signed group scales of a super-block of the formats centred on zero; returns d's bits.
static uint16_t quantize_centred(
    const float *x, float span, float scale_span, int8_t scales[16], uint8_t codes[256]) {
  float fits[16];
  float largest = 0, extreme = 0;
  for (int g = 0; g < 16; ++g) {
    fits[g] = fit_centred(x + 16 * g, 16, span);
    const float magnitude = fits[g] < 0 ? -fits[g] : fits[g];
    if (magnitude > largest) {
      largest = magnitude;
      extreme = fits[g];
    }
  }
  float d;
  const uint16_t bits = step_bits(extreme, -scale_span, &d);
  const float per_scale = inverse(d);
  for (int g = 0; g < 16; ++g) {
    const int level = tk_level(fits[g] * per_scale + scale_span + 0.5f, 2 * scale_span - 1);
    scales[g] = (int8_t)(level - (int)scale_span);
    encode(x + 16 * g, 16, d * (float)scales[g], 0, -span, span - 1, codes + 16 * g);
  }
  return bits;
}

static void pack_2_bits(const uint8_t codes[256], uint8_t qs[64]) {
  for (int n = 0; n < 2; ++n)
    for (int l = 0; l < 32; ++l) {
      const uint8_t *c = codes + 128 * n + l;
      qs[32 * n + l] =
          (uint8_t)((c[0] & 3) | (c[32] & 3) << 2 | (c[64] & 3) << 4 | (c[96] & 3) << 6);
    }
}

static void pack_4_bits(const uint8_t codes[256], uint8_t qs[128]) {
  for (int n = 0; n < 4; ++n)
    for (int l = 0; l < 32; ++l) {
      const uint8_t *c = codes + 64 * n + l;
      qs[32 * n + l] = (uint8_t)((c[0] & 15) | (c[32] & 15) << 4);
    }
}

static void pack_high_bit(const uint8_t codes[256], int position, uint8_t bits[32]) {
  for (int l = 0; l < 32; ++l) {
    bits[l] = 0;
    for (int j = 0; j < 8; ++j) bits[l] |= (uint8_t)((codes[32 * j + l] >> position & 1) << j);
  }
}

static void pack_scales_and_mins(const offset_groups *groups, uint8_t packed[12]) {
  const uint8_t *s = groups->scales, *m = groups->mins;
  for (int i = 0; i < 4; ++i) {
    packed[i] = (uint8_t)(s[i] | s[i + 4] >> 4 << 6);
    packed[i + 4] = (uint8_t)(m[i] | m[i + 4] >> 4 << 6);
    packed[i + 8] = (uint8_t)((s[i + 4] & 15) | (m[i + 4] & 15) << 4);
  }
}

void tk_quantize_q2_k(const float *source, void *target, size_t blocks) {
  for (size_t b = 0; b < blocks; ++b, source += 256) {
    offset_groups groups;
    quantize_offset(source, 16, 3, 15, &groups);
    tk_block_q2_k block = {.d = groups.d, .dmin = groups.dmin};
    for (int g = 0; g < 16; ++g)
      block.scales[g] = (uint8_t)(groups.scales[g] | groups.mins[g] << 4);
    pack_2_bits(groups.codes, block.qs);
    memcpy((char *)target + b * sizeof block, &block, sizeof block);
  }
}

void tk_quantize_q3_k(const float *source, void *target, size_t blocks) {
  for (size_t b = 0; b < blocks; ++b, source += 256) {
    tk_block_q3_k block = {.d = 0};
    int8_t scales[16];
    uint8_t codes[256];
    block.d = quantize_centred(source, 4, 32, scales, codes);
    for (int g = 0; g < 16; ++g) {
      const int level = scales[g] + 32;
      block.scales[g % 8] |= (uint8_t)((level & 15) << (g < 8 ? 0 : 4));
      block.scales[8 + g % 4] |= (uint8_t)(level >> 4 << 2 * (g / 4));
    }
    pack_2_bits(codes, block.qs);
    pack_high_bit(codes, 2, block.hmask);
    memcpy((char *)target + b * sizeof block, &block, sizeof block);
  }
}

void tk_quantize_q4_k(const float *source, void *target, size_t blocks) {
  for (size_t b = 0; b < blocks; ++b, source += 256) {
    offset_groups groups;
    quantize_offset(source, 32, 15, 63, &groups);
    tk_block_q4_k block = {.d = groups.d, .dmin = groups.dmin};
    pack_scales_and_mins(&groups, block.scales);
    pack_4_bits(groups.codes, block.qs);
    memcpy((char *)target + b * sizeof block, &block, sizeof block);
  }
}

void tk_quantize_q5_k(const float *source, void *target, size_t blocks) {
  for (size_t b = 0; b < blocks; ++b, source += 256) {
    offset_groups groups;
    quantize_offset(source, 32, 31, 63, &groups);
    tk_block_q5_k block = {.d = groups.d, .dmin = groups.dmin};
    pack_scales_and_mins(&groups, block.scales);
    pack_4_bits(groups.codes, block.qs);
    pack_high_bit(groups.codes, 4, block.qh);
    memcpy((char *)target + b * sizeof block, &block, sizeof block);
  }
}

void tk_quantize_q6_k(const float *source, void *target, size_t blocks) {
  for (size_t b = 0; b < blocks; ++b, source += 256) {
    tk_block_q6_k block = {.d = 0};
    uint8_t codes[256];
    block.d = quantize_centred(source, 32, 128, block.scales, codes);
    for (int n = 0; n < 2; ++n)
      for (int l = 0; l < 32; ++l) {
        const uint8_t *c = codes + 128 * n + l;
        block.ql[64 * n + l] = (uint8_t)((c[0] & 15) | (c[64] & 15) << 4);
        block.ql[64 * n + 32 + l] = (uint8_t)((c[32] & 15) | (c[96] & 15) << 4);
        block.qh[32 * n + l] =
            (uint8_t)(c[0] >> 4 | c[32] >> 4 << 2 | c[64] >> 4 << 4 | c[96] >> 4 << 6);
      }
    memcpy((char *)target + b * sizeof block, &block, sizeof block);
  }
}
