// SPDX-License-Identifier: Apache-2.0
#include "ops.h"

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

tk_isa tk_best_isa(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                   __builtin_cpu_supports("f16c");
  const int avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                     __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
                     __builtin_cpu_supports("avx512vnni");
  if (avx2 && avx512) return TK_ISA_AVX512;
  if (avx2) return TK_ISA_AVX2;
#endif
  return TK_ISA_REF;
}
