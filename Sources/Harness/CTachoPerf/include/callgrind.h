// SPDX-License-Identifier: Apache-2.0
// Requests to valgrind's callgrind from the program it runs, so that only a timed region is counted.
// Outside valgrind each is a few instructions without effect.
#pragma once

// 1 when this process runs under valgrind and the requests are written for this processor, else 0.
int tacho_valgrind_running(void);

// Sets every count to zero; the first call switches counting on (the caches simulated are empty then).
void tacho_callgrind_begin(void);

// Writes the counts since the last begin to callgrind's next output file, whose description is `reason`.
void tacho_callgrind_end(const char *reason);
