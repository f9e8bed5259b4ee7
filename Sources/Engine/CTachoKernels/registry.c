// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "ops.h"

#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

#define TK_KERNEL(type, op, variant, isa) extern tk_##type##_proto tk_##op##_##variant;
#include "kernels.def"
#undef TK_KERNEL

static const tk_kernel kernels[] = {
#define TK_KERNEL(type, op, variant, isa) {#op, #variant, isa, (void (*)(void))tk_##op##_##variant},
#include "kernels.def"
#undef TK_KERNEL
};

const tk_kernel *tk_kernels(size_t *count) {
  *count = sizeof kernels / sizeof kernels[0];
  return kernels;
}

#if defined(__x86_64__)
// Tile registers are 8 KiB of state a thread; Linux gives them to a process that asks (from 5.16 on).
static int amx_granted(void) {
#if defined(__linux__)
  enum { REQUEST_PERMISSION = 0x1023, TILE_DATA = 18 };
  return syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
#else
  return 0;
#endif
}
#endif

tk_isa tk_best_isa(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                   __builtin_cpu_supports("f16c");
  const int avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                     __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
                     __builtin_cpu_supports("avx512vnni");
  const int bf16 = avx512 && __builtin_cpu_supports("avx512bf16");
  const int amx = bf16 && __builtin_cpu_supports("amx-tile") && __builtin_cpu_supports("amx-int8") &&
                  __builtin_cpu_supports("amx-bf16");
  if (avx2 && amx && amx_granted()) return TK_ISA_AMX;
  if (avx2 && bf16) return TK_ISA_AVX512BF16;
  if (avx2 && avx512) return TK_ISA_AVX512;
  if (avx2) return TK_ISA_AVX2;
#elif defined(__aarch64__) && defined(__linux__)
  const unsigned long features = getauxval(AT_HWCAP);
  if ((features & HWCAP_ASIMD) && (features & HWCAP_ASIMDDP)) return TK_ISA_NEON;
#endif
  return TK_ISA_REF;
}
