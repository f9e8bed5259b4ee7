// SPDX-License-Identifier: Apache-2.0
// Pages of keys and values in every format, read by the layouts that ops.h gives.
#pragma once
#include "checking.h"

typedef struct {
  const char *name;
  size_t code_bits;    // of an element's number or code
  size_t block;        // elements that share a scale; 1 where there is none
  size_t alignment;
  float (*number)(const void *codes, size_t index);  // without a scale
} page_format;

// The format that an operation's name ends in, after `prefix`; NULL for another operation.
const page_format *page_format_of(const char *op, const char *prefix);

typedef struct {
  const page_format *format;
  size_t heads, head_dim, tokens;
} page_shape;

// Bytes of one head's K or V, and of a page's.
size_t head_bytes(page_shape shape);
size_t page_bytes(page_shape shape);

// An element of a page of K or of V; NaN where nothing was written.
float key_at(page_shape shape, const void *page, size_t head, size_t slot, size_t i);
float value_at(page_shape shape, const void *page, size_t head, size_t slot, size_t i);
