// SPDX-License-Identifier: Apache-2.0
// What the NEON product kernels share: the target, and halves converted by the hardware.
#pragma once
#include <arm_neon.h>
#include <string.h>

#include "ops.h"

#define TK_HARDWARE_HALF 1
#define TK_NEON_TARGET __attribute__((target("dotprod")))
