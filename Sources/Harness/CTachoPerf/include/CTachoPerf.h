// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "counter.h"
#include "interrupt.h"
#include "probe.h"
#include "spawn.h"
