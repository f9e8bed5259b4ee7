// SPDX-License-Identifier: Apache-2.0
// Activations to int8 for neon; the code is in quantize_q8_body.h.
#if defined(__aarch64__)
#define VW 4
#include "quantize_q8_body.h"

void tk_quantize_rows_q8_neon(const tk_quantize_args *args, size_t first, size_t last) {
  quantize_rows(args, first, last);
}

void tk_quantize_tiles_q8_neon(const tk_quantize_args *args, size_t first, size_t last) {
  quantize_tiles(args, first, last);
}

#endif
