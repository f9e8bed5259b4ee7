// SPDX-License-Identifier: Apache-2.0
// rmsnorm, rope, swiglu, add, read and copies against their references, walks along pointers; that the peaks count what they do.
#include <math.h>
#include <string.h>

#include "checking.h"

static size_t any_count(source *random) {
  return between(random, 0, 3) ? between(random, 1, 70) : between(random, 71, 3000);
}

static float *copy(source *random, const float *values, size_t count) {
  float *made = exact_floats(random, count);
  memcpy(made, values, count * sizeof(float));
  return made;
}

static void check_rmsnorm(job *work) {
  source *random = &work->random;
  const size_t count = any_count(random);
  const style kind = any_style(random);
  const float epsilon = between(random, 0, 1) ? 1e-5f : 1e-6f;
  float *x = exact_floats(random, count), *weight = exact_floats(random, count);
  float *got = exact_floats(random, count), *wanted = exact_floats(random, count);
  fill(random, kind, 1e15f, x, count);
  fill(random, NORMAL, 1, weight, count);
  describe("rmsnorm %s count %zu %s", work->kernel->variant, count, style_name(kind));
  ((tk_rmsnorm_proto *)work->reference->function)(x, weight, wanted, count, epsilon);
  ((tk_rmsnorm_proto *)work->kernel->function)(x, weight, got, count, epsilon);
  for (size_t i = 0; i < count; i++)
    expect_near("out", i, got[i], wanted[i],
                (8 + (double)count / 2) * ROUNDING * fabs((double)wanted[i]) + 1e-44);
  float *in_place = copy(random, x, count);
  ((tk_rmsnorm_proto *)work->kernel->function)(in_place, weight, in_place, count, epsilon);
  expect_same("in place", in_place, got, count * sizeof(float));
}

static void check_rope(job *work) {
  source *random = &work->random;
  const size_t pairs = any_count(random) / 2 + 1;
  const int interleaved = (int)between(random, 0, 1);
  const style kind = any_style(random);
  float *got = exact_floats(random, 2 * pairs);
  float *cosines = exact_floats(random, pairs), *sines = exact_floats(random, pairs);
  fill(random, kind, 1e30f, got, 2 * pairs);
  for (size_t i = 0; i < pairs; i++) {
    const double angle = 1000 * uniform(random);
    cosines[i] = (float)cos(angle);
    sines[i] = (float)sin(angle);
  }
  float *x = copy(random, got, 2 * pairs), *wanted = copy(random, got, 2 * pairs);
  describe("rope %s pairs %zu interleaved %d %s", work->kernel->variant, pairs, interleaved,
           style_name(kind));
  ((tk_rope_proto *)work->reference->function)(wanted, cosines, sines, pairs, interleaved);
  ((tk_rope_proto *)work->kernel->function)(got, cosines, sines, pairs, interleaved);
  for (size_t i = 0; i < 2 * pairs; i++) {
    const size_t pair = interleaved ? i / 2 : i % pairs;
    const double a = fabs((double)x[interleaved ? 2 * pair : pair]);
    const double b = fabs((double)x[interleaved ? 2 * pair + 1 : pair + pairs]);
    expect_near("x", i, got[i], wanted[i], 4 * ROUNDING * (a + b) + 1e-44);
  }
}

static void check_swiglu(job *work) {
  source *random = &work->random;
  const size_t count = any_count(random);
  const style kind = any_style(random);
  float *gate = exact_floats(random, count), *up = exact_floats(random, count);
  fill(random, kind, 1e4f, gate, count);
  for (size_t i = 0; i < count; i++) gate[i] *= 4;
  fill(random, any_style(random), 1e15f, up, count);
  float *got = copy(random, gate, count), *wanted = copy(random, gate, count);
  describe("swiglu %s count %zu %s", work->kernel->variant, count, style_name(kind));
  ((tk_swiglu_proto *)work->reference->function)(wanted, up, count);
  ((tk_swiglu_proto *)work->kernel->function)(got, up, count);
  for (size_t i = 0; i < count; i++) {
    const double product = fabs((double)gate[i] * up[i]);  // exp(-gate) is cut off at exp(88)
    expect_near("gate", i, got[i], wanted[i], 1e-6 * fabs((double)wanted[i]) + product * 7e-39 + 1e-44);
  }
}

static void check_add(job *work) {
  source *random = &work->random;
  const size_t count = any_count(random);
  const style kind = any_style(random);
  float *got = exact_floats(random, count), *y = exact_floats(random, count);
  fill(random, kind, 1e37f, got, count);
  fill(random, any_style(random), 1e37f, y, count);
  float *wanted = copy(random, got, count);
  describe("add %s count %zu %s", work->kernel->variant, count, style_name(kind));
  ((tk_add_proto *)work->reference->function)(wanted, y, count);
  ((tk_add_proto *)work->kernel->function)(got, y, count);
  expect_same("x", got, wanted, count * sizeof(float));
}

static void check_read(job *work) {
  source *random = &work->random;
  const size_t count = any_count(random) * between(random, 1, 8) + between(random, 0, 7);
  uint8_t *bytes = exact(random, count, 1);
  for (size_t i = 0; i < count; i++) bytes[i] = (uint8_t)next_bits(random);
  describe("read %s bytes %zu", work->kernel->variant, count);
  const uint64_t wanted = ((tk_read_proto *)work->reference->function)(bytes, count);
  const uint64_t got = ((tk_read_proto *)work->kernel->function)(bytes, count);
  expect_same("the sum", &got, &wanted, sizeof got);
}

static void check_copy(job *work) {
  source *random = &work->random;
  const size_t count = any_count(random) * between(random, 1, 8) + between(random, 0, 7);
  // Both ends at any address: streaming stores have to find aligned ones in between.
  const size_t from_offset = between(random, 0, 70), to_offset = between(random, 0, 70);
  uint8_t *from = exact(random, from_offset + count, 1), *to = exact(random, to_offset + count, 1);
  for (size_t i = 0; i < from_offset + count; i++) from[i] = (uint8_t)next_bits(random);
  memset(to, 0x5a, to_offset + count);
  describe("%s %s bytes %zu from %zu to %zu", work->op, work->kernel->variant, count, from_offset,
           to_offset);
  ((tk_copy_proto *)work->kernel->function)(from + from_offset, to + to_offset, count);
  expect_same("the copy", to + to_offset, from + from_offset, count);
  for (size_t i = 0; i < to_offset; i++)
    if (to[i] != 0x5a) complain("byte %zu before the target was written", to_offset - i);
}

// A ring of places, each a step further than the last.
static void check_chase(job *work) {
  source *random = &work->random;
  const size_t places = any_count(random), hops = between(random, 0, 5000);
  size_t step = between(random, 1, 200);
  const void **ring = exact(random, places * sizeof(void *), sizeof(void *));
  for (size_t i = 0; i < places; i++) ring[i] = &ring[(i + step) % places];
  describe("chase %s places %zu step %zu hops %zu", work->kernel->variant, places, step, hops);
  const void *got = ((tk_chase_proto *)work->kernel->function)(ring, hops);
  if (got != &ring[hops * step % places])
    complain("%zu hops end at another place", hops);
}

// The sum of the accumulators counts multiply-adds: as many each round, as many as the first has.
static void check_peak(job *work) {
  source *random = &work->random;
  tk_peak_proto *kernel = (tk_peak_proto *)work->kernel->function;
  const size_t rounds = between(random, 0, 7) ? between(random, 0, 1000) : (size_t)1 << 19;
  describe("%s %s rounds %zu", work->op, work->kernel->variant, rounds);
  const uint64_t one = kernel(1), got = kernel(rounds);
  if (one == 0) complain("a round counts nothing");
  if (got != one * rounds)
    complain("%llu multiply-adds, not %llu", (unsigned long long)got,
             (unsigned long long)(one * rounds));
}

check *elementwise_check(const char *op) {
  if (strcmp(op, "rmsnorm") == 0) return check_rmsnorm;
  if (strcmp(op, "rope") == 0) return check_rope;
  if (strcmp(op, "swiglu") == 0) return check_swiglu;
  if (strcmp(op, "add") == 0) return check_add;
  if (strcmp(op, "read") == 0) return check_read;
  if (strncmp(op, "copy", 4) == 0) return check_copy;
  if (strcmp(op, "chase") == 0) return check_chase;
  if (strncmp(op, "peak_", 5) == 0) return check_peak;
  return NULL;
}
