// SPDX-License-Identifier: Apache-2.0
// Writing cache lines back and dropping them, by the processor's own instructions.
#pragma once
#include <stddef.h>
#include <stdint.h>

// The instruction that evicts a line from every cache of the machine: "clflushopt" or "clflush" (Intel SDM,
// volume 2A: from every level of the cache hierarchy in the coherence domain), "dc civac" (Arm ARM, C5.3: to the
// point of coherency). NULL where this build knows none.
const char *tacho_evict_instruction(void);

// Bytes that one such instruction evicts; 64 where there is none.
size_t tacho_evict_line_bytes(void);

// Evicts every line that holds a byte of bytes[0 ..< count], and waits until that is done. 0, or -1 where there
// is no instruction.
int tacho_evict(const void *bytes, size_t count);

// Loads one byte of each address, each load after the one before has come: the sum of the bytes. No load's
// address can be guessed from those before it if the addresses are in random order.
uint64_t tacho_touch(const uint8_t *const *addresses, size_t count);
