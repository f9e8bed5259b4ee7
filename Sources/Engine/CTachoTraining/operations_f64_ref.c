// SPDX-License-Identifier: Apache-2.0
// float64: what gradients are checked in.
#include <math.h>

#include "CTachoTraining.h"
#define TT_REAL double
#define TT_NAME(name) name##_f64
#define TT_VARIANT tt_operations_f64_ref
#define TT_EXP exp
#define TT_LOG log
#include "operations_body.h"
