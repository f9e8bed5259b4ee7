// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <perfmon/pfmlib.h>
#include <perfmon/pfmlib_perf_event.h>

// Swift does not see the bit fields.
static inline int tacho_pmu_is_present(const pfm_pmu_info_t *info) { return info->is_present; }
