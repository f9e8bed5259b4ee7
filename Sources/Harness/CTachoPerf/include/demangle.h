// SPDX-License-Identifier: Apache-2.0
#pragma once

// A Swift symbol as its source spells it, to be freed by the caller; NULL for what is no Swift symbol, and
// where the runtime has no demangler.
char *tacho_demangle(const char *symbol);
