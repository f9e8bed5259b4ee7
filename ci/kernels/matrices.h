// SPDX-License-Identifier: Apache-2.0
// Random matrices of every weight format, what their weights stand for, and products checked against
// sums in double.
#pragma once
#include "checking.h"

typedef struct {
  const char *name;
  tk_format format;
  size_t block, bytes;       // weights and bytes of a block
  size_t codes, codes_end;   // where a block's codes are
  uint8_t lowest;            // codes of this byte stand for the smallest code
  size_t halves[2];          // where its half floats are; one that has one has it twice
} layout;

enum { LAYOUTS = 13, QUANTIZED = 10 };  // the quantised ones come first
extern const layout layouts[LAYOUTS];
// The quantised format of this name, `length` bytes long, or NULL.
const layout *layout_named(const char *name, size_t length);

// Weights of one matrix, what they stand for, and the size of the terms a kernel may add to get there
// (weight = d * code - minimum: both sides of the difference, whichever zero point a kernel takes).
typedef struct {
  const layout *of;
  size_t rows, columns, row_bytes;
  uint8_t *bytes;
  float *values, *sizes;
} matrix;

size_t any_columns(source *random, const layout *of);
// Blocks of any bytes, or quantised numbers of any size.
matrix any_matrix(source *random, const layout *of, size_t rows, size_t columns);
// Finds `sizes` anew, for values that were changed.
void term_sizes(matrix *m);

// Outputs, with a gap after each activation row's.
typedef struct {
  float *values;
  size_t stride, count;
} outputs;

outputs make_outputs(source *random, size_t rows, size_t batch, size_t gap);

// How far an output may be from the sum in double: `roundings` of the sum of its terms' sizes and
// `least`; with `may_flush`, subnormal factors may count as zero.
typedef struct {
  double roundings, least;
  int may_flush;
} tolerance;

// `a` holds the activations as the kernel will take them. `pieces` is to equal `got`.
void check_outputs(const matrix *m, const float *a, size_t batch, outputs got, outputs wanted,
                   outputs pieces, tolerance allowed);
