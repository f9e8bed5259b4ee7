// SPDX-License-Identifier: Apache-2.0
// Counting SIGINT and SIGTERM without ending the process.
#pragma once

// From now on SIGINT and SIGTERM are counted and wake whoever polls `descriptor` (one byte each).
void tacho_interrupt_install(int descriptor);

// Puts the handlers back that were there before.
void tacho_interrupt_restore(void);

// Signals since the last install.
int tacho_interrupt_count(void);
