// SPDX-License-Identifier: Apache-2.0
#include "demangle.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Of the Swift runtime (SWIFT_RUNTIME_STDLIB_INTERFACE); weak, so that C alone links without it.
extern char *swift_demangle(const char *symbol, size_t length, char *buffer, size_t *size,
                            uint32_t flags) __attribute__((weak));

char *tacho_demangle(const char *symbol) {
  return swift_demangle ? swift_demangle(symbol, strlen(symbol), NULL, NULL, 0) : NULL;
}
