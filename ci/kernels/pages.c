// SPDX-License-Identifier: Apache-2.0
// Pages of keys and values; see pages.h.
#include "pages.h"

#include <string.h>

static float number_f32(const void *codes, size_t index) { return ((const float *)codes)[index]; }

static float number_f16(const void *codes, size_t index) {
  return tk_half_to_float(((const uint16_t *)codes)[index]);
}

static float number_bf16(const void *codes, size_t index) {
  return tk_bfloat_to_float(((const uint16_t *)codes)[index]);
}

static const page_format formats[] = {{"f32", 32, 1, 4, number_f32},
                                      {"f16", 16, 1, 2, number_f16},
                                      {"bf16", 16, 1, 2, number_bf16},
                                      {"q8_0", 8, 32, 2, NULL},
                                      {"q4_0", 4, 32, 2, NULL}};

const page_format *page_format_of(const char *op, const char *prefix) {
  const size_t length = strlen(prefix);
  if (strncmp(op, prefix, length) != 0) return NULL;
  for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
    if (strcmp(op + length, formats[i].name) == 0) return formats + i;
  return NULL;
}

static size_t code_bytes(page_shape shape) {
  return shape.head_dim * shape.tokens * shape.format->code_bits / 8;
}

size_t head_bytes(page_shape shape) {
  const size_t scales =
      shape.format->block > 1 ? shape.head_dim * shape.tokens / shape.format->block * 2 : 0;
  return code_bytes(shape) + scales;
}

size_t page_bytes(page_shape shape) { return shape.heads * head_bytes(shape); }

static float element(page_shape shape, const void *page, size_t head, size_t slot, size_t i,
                     int is_key) {
  const char *base = (const char *)page + head * head_bytes(shape);
  const size_t plain = is_key ? i * shape.tokens + slot : slot * shape.head_dim + i;
  if (shape.format->number) return shape.format->number(base, plain);
  const size_t blocks = shape.head_dim / 32, block = i / 32;
  uint16_t half;
  memcpy(&half, base + code_bytes(shape) +
                    2 * (is_key ? block * shape.tokens + slot : slot * blocks + block), 2);
  const float scale = tk_half_to_float(half);
  if (shape.format->code_bits == 8) return scale * (float)((const int8_t *)base)[plain];
  const size_t row = block * 16 + i % 16;  // of bytes: elements i and i + 16 of a block share one
  const int byte = ((const uint8_t *)base)[is_key ? row * shape.tokens + slot
                                                  : slot * shape.head_dim / 2 + row];
  return scale * (float)((i % 32 < 16 ? byte & 15 : byte >> 4) - 8);
}

float key_at(page_shape shape, const void *page, size_t head, size_t slot, size_t i) {
  return element(shape, page, head, slot, i, 1);
}

float value_at(page_shape shape, const void *page, size_t head, size_t slot, size_t i) {
  return element(shape, page, head, slot, i, 0);
}
