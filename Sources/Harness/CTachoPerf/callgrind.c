// SPDX-License-Identifier: Apache-2.0
// Valgrind's client requests as its manual describes them (chapter "The Client Request mechanism"): a
// sequence of instructions that changes nothing on a processor and that valgrind recognises. Written out,
// so that neither building nor running needs valgrind's headers.
#include "callgrind.h"

#include <stdatomic.h>
#include <stdint.h>

// Callgrind's requests count from its two letters in the upper half.
#define TOOL_REQUEST(number) (((uintptr_t)'C' << 24 | (uintptr_t)'T' << 16) + (number))

enum {
  REQUEST_RUNNING_ON_VALGRIND = 0x1001,
  REQUEST_ZERO_STATS = 1,
  REQUEST_DUMP_STATS_AT = 3,
  REQUEST_START_INSTRUMENTATION = 4,
};

// The answer of valgrind, or 0 from a processor.
static uintptr_t request(uintptr_t code, uintptr_t argument) {
#if defined(__x86_64__)
  volatile uintptr_t arguments[6] = {code, argument, 0, 0, 0, 0};
  uintptr_t answer = 0;
  // Rotations of 128 bits in all leave rdi as it was; the exchange of a register with itself marks them.
  __asm__ volatile(
      "rolq $3, %%rdi\n\t"
      "rolq $13, %%rdi\n\t"
      "rolq $61, %%rdi\n\t"
      "rolq $51, %%rdi\n\t"
      "xchgq %%rbx, %%rbx"
      : "+d"(answer)
      : "a"(&arguments[0])
      : "cc", "memory");
  return answer;
#else
  (void)code;
  (void)argument;
  return 0;
#endif
}

int tacho_valgrind_running(void) { return request(REQUEST_RUNNING_ON_VALGRIND, 0) > 0; }

void tacho_callgrind_begin(void) {
  static atomic_flag counting = ATOMIC_FLAG_INIT;
  if (!atomic_flag_test_and_set(&counting)) {
    request(TOOL_REQUEST(REQUEST_START_INSTRUMENTATION), 0);
  }
  request(TOOL_REQUEST(REQUEST_ZERO_STATS), 0);
}

void tacho_callgrind_end(const char *reason) {
  request(TOOL_REQUEST(REQUEST_DUMP_STATS_AT), (uintptr_t)reason);
}
