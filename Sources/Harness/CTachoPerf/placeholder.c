// SPDX-License-Identifier: Apache-2.0
#include "CTachoPerf.h"
int CTachoPerf_placeholder(void) { return 0; }
