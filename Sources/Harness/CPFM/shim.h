// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <perfmon/pfmlib.h>
#include <perfmon/pfmlib_perf_event.h>
