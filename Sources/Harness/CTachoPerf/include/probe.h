// SPDX-License-Identifier: Apache-2.0
// Facts about this machine and build that Swift cannot reach.
#pragma once

// Tries to count this thread's user-mode cycles for a moment: 0 when the hardware counter works, else errno.
int tacho_probe_cycles(void);

// The C compiler's own version text.
const char *tacho_compiler_version(void);

// The C library's version, "2.36".
const char *tacho_libc_version(void);

// What the compiler's macros tell of the flags the C sources were built with: "C -O1 or higher".
const char *tacho_compile_flags(void);

// The name of the hypervisor, from the processor's identification: 12 characters and a NUL. 0 where
// there is none, or none of that kind.
int tacho_hypervisor(char name[13]);
