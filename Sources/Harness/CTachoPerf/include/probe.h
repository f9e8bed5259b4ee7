// SPDX-License-Identifier: Apache-2.0
// Facts about this machine and build that Swift cannot reach.
#pragma once

// Tries to count this thread's user-mode cycles for a moment: 0 when the hardware counter works, else errno.
int tacho_probe_cycles(void);

// The C compiler's own version text.
const char *tacho_compiler_version(void);

// The C library's version, "2.36".
const char *tacho_libc_version(void);
