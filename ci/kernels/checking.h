// SPDX-License-Identifier: Apache-2.0
// What the checks of the kernels share: random numbers, buffers of exactly their size, complaints.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "formats.h"
#include "ops.h"

// ---- random numbers (splitmix64); a case's depend on the seed, the operation and its round only

typedef struct {
  uint64_t state;
} source;

uint64_t next_bits(source *random);
size_t between(source *random, size_t low, size_t high);  // both included
double uniform(source *random);                           // [0, 1)
float normal(source *random);

// What a list of numbers looks like.
typedef enum { NORMAL, ZEROS, DENORMAL, HUGE_VALUES, MIXED, OUTLIER, CONSTANT, STYLES } style;
style any_style(source *random);
const char *style_name(style kind);
// Fills `values`; HUGE_VALUES are about `huge` in size, MIXED go from 1e-30 to `huge`.
void fill(source *random, style kind, float huge, float *values, size_t count);

// ---- buffers: `bytes` bytes whose end is watched (by AddressSanitizer, else by a page that cannot be
// touched), filled with 0xff so that reading what nobody wrote gives NaN. The address is a multiple of
// `alignment` and otherwise arbitrary.

void *exact(source *random, size_t bytes, size_t alignment);
float *exact_floats(source *random, size_t count);
// Frees them all, after looking for writes just before their beginning.
void release_all(void);

// ---- what is being checked, and complaints about it

typedef struct {
  const tk_kernel *kernel;     // the variant
  const tk_kernel *reference;  // of the same operation
  const char *op;
  source random;
} job;

typedef void check(job *work);

// The check of an operation, NULL where this file does not know it. One for each file of checks.
check *matmul_check(const char *op);
check *panel_check(const char *op);
check *attention_check(const char *op);
check *elementwise_check(const char *op);
check *layout_check(const char *op);

// Says what comes next, for complaints and for crashes.
void describe(const char *format, ...) __attribute__((format(printf, 1, 2)));
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
// Complains unless |got - wanted| <= bound; a NaN is never near.
void expect_near(const char *what, size_t index, float got, double wanted, double bound);
void expect_same(const char *what, const void *got, const void *wanted, size_t bytes);
// How many complaints there were, of which only the first few of a kernel are shown.
size_t complaints(void);
void next_kernel(void);
// Cuts 0..<last into pieces at random multiples of `step` and calls `body` for each.
void in_pieces(source *random, size_t last, size_t step, void (*body)(void *context, size_t from, size_t to),
               void *context);

// The distance from 1 to the float before it: the most a rounding adds to a number of size 1.
#define ROUNDING 0x1p-24
