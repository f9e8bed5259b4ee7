// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "cache.h"
#include "callgrind.h"
#include "counter.h"
#include "demangle.h"
#include "heap.h"
#include "interrupt.h"
#include "probe.h"
#include "spawn.h"
