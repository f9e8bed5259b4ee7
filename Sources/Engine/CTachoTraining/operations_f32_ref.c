// SPDX-License-Identifier: Apache-2.0
// float32 in what the compiler makes of plain C.
#include <math.h>

#include "CTachoTraining.h"
#include "exp_f32.h"
#define TT_REAL float
#define TT_NAME(name) name##_f32
#define TT_VARIANT tt_operations_f32_ref
#define TT_EXP exp_f32
#define TT_LOG logf
#include "operations_body.h"
