// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "blocks.h"
#include "formats.h"
#include "ops.h"
