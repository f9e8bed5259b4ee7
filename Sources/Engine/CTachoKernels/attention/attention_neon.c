// SPDX-License-Identifier: Apache-2.0
// Attention over paged keys and values for neon; the code is in attention_body.h.
#if defined(__aarch64__)
#define VW 4
#include "attention_body.h"

ATTENTION_KERNELS(neon)

#endif
