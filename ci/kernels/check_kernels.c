// SPDX-License-Identifier: Apache-2.0
// Runs every kernel of the registry that this processor can run against its reference, and matrix
// products against sums in double of the dequantised weights, over random, denormal, extreme, ragged
// and unaligned shapes. Plain C for any architecture:
//
//   clang -std=gnu17 -O2 -I Sources/Engine/CTachoKernels/include ci/kernels/*.c
//     $(find Sources/Engine/CTachoKernels -name '*.c') -lm -o check_kernels
//
// Exits with 1 on a mismatch, with 2 on bad usage. `ci/kernels/check` builds and runs it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "checking.h"

typedef struct {
  uint64_t seed;
  unsigned long rounds;
  const char *op, *variant, *isa;
  int all_covered;
} options;

static const char *const usage =
    "usage: check_kernels [--seed N] [--rounds N] [--op NAME] [--variant NAME] [--isa LEVEL]\n"
    "                     [--all-covered]\n"
    "  --seed N        of the random numbers (else the time; it is printed)\n"
    "  --rounds N      random cases of each kernel (32)\n"
    "  --op, --variant only these\n"
    "  --isa LEVEL     fail unless this processor runs kernels of this variant name\n"
    "  --all-covered   fail if an operation has no check\n";

static uint64_t number(const char *name, const char *text) {
  char *end;
  const uint64_t value = strtoull(text, &end, 0);
  if (*text == 0 || *end != 0) {
    fprintf(stderr, "check_kernels: %s needs a number, not '%s'\n", name, text);
    exit(2);
  }
  return value;
}

static options parse(int count, char **arguments) {
  options chosen = {.seed = (uint64_t)time(NULL), .rounds = 32};
  for (int i = 1; i < count; i++) {
    const char *name = arguments[i];
    if (strcmp(name, "--all-covered") == 0) {
      chosen.all_covered = 1;
      continue;
    }
    if (i + 1 == count) {
      fputs(usage, stderr);
      exit(2);
    }
    const char *value = arguments[++i];
    if (strcmp(name, "--seed") == 0) {
      chosen.seed = number(name, value);
    } else if (strcmp(name, "--rounds") == 0) {
      chosen.rounds = number(name, value);
    } else if (strcmp(name, "--op") == 0) {
      chosen.op = value;
    } else if (strcmp(name, "--variant") == 0) {
      chosen.variant = value;
    } else if (strcmp(name, "--isa") == 0) {
      chosen.isa = value;
    } else {
      fputs(usage, stderr);
      exit(2);
    }
  }
  return chosen;
}

static check *check_of(const char *op) {
  check *found = matmul_check(op);
  if (!found) found = panel_check(op);
  if (!found) found = attention_check(op);
  if (!found) found = elementwise_check(op);
  if (!found) found = layout_check(op);
  return found;
}

static uint64_t hash(const char *text) {
  uint64_t value = 0xcbf29ce484222325u;
  while (*text) value = (value ^ (uint8_t)*text++) * 0x100000001b3u;
  return value;
}

// Every variant of an operation sees the same cases.
static void run(const tk_kernel *kernel, const tk_kernel *reference, check *body,
                const options *chosen) {
  const size_t before = complaints();
  next_kernel();
  for (unsigned long round = 0; round < chosen->rounds; round++) {
    job work = {kernel, reference, kernel->op, {chosen->seed ^ hash(kernel->op)}};
    work.random.state += round * 0x632be59bd9b4e019u;
    describe("%s %s", kernel->op, kernel->variant);
    body(&work);
    release_all();
  }
  if (complaints() > before)
    fprintf(stderr, "%zu mismatches of %s %s\n", complaints() - before, kernel->op, kernel->variant);
}

int main(int count, char **arguments) {
  const options chosen = parse(count, arguments);
  size_t kernels;
  const tk_kernel *table = tk_kernels(&kernels);
  const tk_isa best = tk_best_isa();
  size_t checked = 0, not_here = 0, uncovered = 0, of_required = 0;
  printf("seed %llu, %lu rounds\n", (unsigned long long)chosen.seed, chosen.rounds);
  fflush(stdout);
  for (size_t i = 0; i < kernels; i++) {
    const tk_kernel *kernel = table + i, *reference = NULL;
    if (chosen.op && strcmp(chosen.op, kernel->op) != 0) continue;
    if (chosen.variant && strcmp(chosen.variant, kernel->variant) != 0) continue;
    for (size_t k = 0; k < kernels; k++)
      if (strcmp(table[k].op, kernel->op) == 0 && strcmp(table[k].variant, "ref") == 0)
        reference = table + k;
    check *body = check_of(kernel->op);
    if (!body || !reference) {
      printf("not covered: %s %s%s\n", kernel->op, kernel->variant,
             reference ? "" : " (it has no variant ref)");
      uncovered++;
    } else if (kernel->isa > best) {
      not_here++;
    } else {
      run(kernel, reference, body, &chosen);
      if (chosen.isa && strcmp(chosen.isa, kernel->variant) == 0) of_required++;
      checked++;
    }
  }
  printf("%zu kernels checked, %zu not covered, %zu not for this processor, %zu mismatches\n",
         checked, uncovered, not_here, complaints());
  if (checked == 0 || (chosen.isa && of_required == 0)) {
    fprintf(stderr, "check_kernels: no kernel '%s' ran here\n", chosen.isa ? chosen.isa : "of these names");
    return 1;
  }
  return complaints() > 0 || (chosen.all_covered && uncovered > 0);
}
