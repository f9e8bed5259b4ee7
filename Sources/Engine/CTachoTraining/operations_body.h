// SPDX-License-Identifier: Apache-2.0
// The loops, written once: TT_REAL is the number type, TT_NAME and TT_VARIANT name the table, TT_EXP and
// TT_LOG are its functions. Sums may be taken in any order (they become vectors), so a variant has its own
// rounding; the same variant always gives the same bits.
#include <math.h>
#include <string.h>

#include "CTachoTraining.h"

#pragma clang fp contract(fast)
#pragma clang fp reassociate(on)

typedef TT_REAL real;

/// The largest of `count` >= 1 numbers, in 16 lanes, which a plain loop would not become.
static real largest(const real *x, size_t count) {
  real lanes[16];
  size_t i = 0;
  for (size_t k = 0; k < 16; k++) lanes[k] = x[0];
  for (; i + 16 <= count; i += 16)
    for (size_t k = 0; k < 16; k++) lanes[k] = x[i + k] > lanes[k] ? x[i + k] : lanes[k];
  for (; i < count; i++) lanes[0] = x[i] > lanes[0] ? x[i] : lanes[0];
  for (size_t k = 1; k < 16; k++) lanes[0] = lanes[k] > lanes[0] ? lanes[k] : lanes[0];
  return lanes[0];
}

static void rms_norm(
    const real *x, const real *weight, real *y, real *inverse, size_t rows, size_t width, real epsilon) {
  for (size_t row = 0; row < rows; row++, x += width, y += width) {
    real sum = 0;
    for (size_t i = 0; i < width; i++) sum += x[i] * x[i];
    real scale = 1 / __builtin_elementwise_sqrt(sum / (real)width + epsilon);
    inverse[row] = scale;
    for (size_t i = 0; i < width; i++) y[i] = x[i] * scale * weight[i];
  }
}

static void rms_norm_backward(
    const real *x, const real *weight, const real *inverse, const real *dy, real *dx, real *dweight,
    size_t rows, size_t width) {
  for (size_t row = 0; row < rows; row++, x += width, dy += width, dx += width) {
    real scale = inverse[row], sum = 0;
    for (size_t i = 0; i < width; i++) sum += x[i] * weight[i] * dy[i];
    real back = sum * scale * scale * scale / (real)width;
    for (size_t i = 0; i < width; i++) dx[i] += weight[i] * dy[i] * scale - x[i] * back;
    if (dweight)
      for (size_t i = 0; i < width; i++) dweight[i] += x[i] * scale * dy[i];
  }
}

static void rotate(
    real *x, size_t row_stride, size_t rows, size_t heads, size_t dimension, size_t pairs,
    const real *cosines, const real *sines, const int32_t *positions, real sign) {
  for (size_t row = 0; row < rows; row++) {
    const real *c = cosines + (size_t)positions[row] * pairs;
    const real *s = sines + (size_t)positions[row] * pairs;
    for (size_t head = 0; head < heads; head++) {
      real *v = x + row * row_stride + head * dimension;
      for (size_t i = 0; i < pairs; i++) {
        real a = v[2 * i], b = v[2 * i + 1], sine = sign * s[i];
        v[2 * i] = a * c[i] - b * sine;
        v[2 * i + 1] = a * sine + b * c[i];
      }
    }
  }
}

static void softmax(
    real *scores, size_t rows, size_t columns, real scale, const TT_NAME(tt_visible) * visible, real *lse,
    size_t lse_stride) {
  for (size_t row = 0; row < rows; row++, scores += columns) {
    size_t first = (size_t)visible->first[row], end = (size_t)visible->end[row];
    const uint8_t *mask = visible->mask ? visible->mask + row * visible->mask_stride : 0;
    if (mask) {
      for (size_t i = first; i < end; i++)
        if (!mask[i]) scores[i] = -INFINITY;
    }
    real sum = 0, shift = largest(scores + first, end - first) * scale;
    for (size_t i = 0; i < first; i++) scores[i] = 0;
    for (size_t i = first; i < end; i++) {
      real e = TT_EXP(scores[i] * scale - shift);
      scores[i] = e;
      sum += e;
    }
    for (size_t i = end; i < columns; i++) scores[i] = 0;
    real factor = 1 / sum;
    for (size_t i = first; i < end; i++) scores[i] *= factor;
    lse[row * lse_stride] = shift + TT_LOG(sum);
  }
}

static void softmax_backward(
    real *scores, real *dp, size_t rows, size_t columns, real scale, const TT_NAME(tt_visible) * visible,
    const real *lse, const real *delta, size_t stride) {
  for (size_t row = 0; row < rows; row++, scores += columns, dp += columns) {
    size_t first = (size_t)visible->first[row], end = (size_t)visible->end[row];
    const uint8_t *mask = visible->mask ? visible->mask + row * visible->mask_stride : 0;
    real shift = lse[row * stride], mean = delta[row * stride];
    for (size_t i = 0; i < first; i++) scores[i] = dp[i] = 0;
    for (size_t i = first; i < end; i++) {
      real p = TT_EXP(scores[i] * scale - shift);
      scores[i] = p;
      dp[i] = p * (dp[i] - mean) * scale;
    }
    for (size_t i = end; i < columns; i++) scores[i] = dp[i] = 0;
    if (mask) {
      for (size_t i = first; i < end; i++)
        if (!mask[i]) scores[i] = dp[i] = 0;
    }
  }
}

static void row_dots(
    const real *a, const real *b, size_t stride, size_t rows, size_t width, real *out, size_t out_stride) {
  for (size_t row = 0; row < rows; row++, a += stride, b += stride) {
    real sum = 0;
    for (size_t i = 0; i < width; i++) sum += a[i] * b[i];
    out[row * out_stride] = sum;
  }
}

static void activate(tt_activation kind, const real *x, real *y, size_t rows, size_t width) {
  for (size_t row = 0; row < rows; row++, y += width) {
    const real *g = x, *u = x + width;
    switch (kind) {
    case TT_SWIGLU:
      for (size_t i = 0; i < width; i++) y[i] = g[i] / (1 + TT_EXP(-g[i])) * u[i];
      break;
    case TT_REGLU:
      for (size_t i = 0; i < width; i++) y[i] = (g[i] > 0 ? g[i] : 0) * u[i];
      break;
    case TT_RELU:
      for (size_t i = 0; i < width; i++) y[i] = g[i] > 0 ? g[i] : 0;
      break;
    case TT_SQUARED_RELU:
      for (size_t i = 0; i < width; i++) y[i] = g[i] > 0 ? g[i] * g[i] : 0;
      break;
    }
    x += kind == TT_SWIGLU || kind == TT_REGLU ? 2 * width : width;
  }
}

static void activate_backward(
    tt_activation kind, const real *x, const real *dy, real *dx, size_t rows, size_t width) {
  for (size_t row = 0; row < rows; row++, dy += width) {
    const real *g = x, *u = x + width;
    real *dg = dx, *du = dx + width;
    switch (kind) {
    case TT_SWIGLU:
      for (size_t i = 0; i < width; i++) {
        real s = 1 / (1 + TT_EXP(-g[i])), silu = g[i] * s, d = dy[i];
        dg[i] = d * u[i] * (s + silu * (1 - s));
        du[i] = d * silu;
      }
      break;
    case TT_REGLU:
      for (size_t i = 0; i < width; i++) {
        real d = dy[i], up = u[i], gate = g[i];
        dg[i] = gate > 0 ? d * up : 0;
        du[i] = gate > 0 ? d * gate : 0;
      }
      break;
    case TT_RELU:
      for (size_t i = 0; i < width; i++) dg[i] = g[i] > 0 ? dy[i] : 0;
      break;
    case TT_SQUARED_RELU:
      for (size_t i = 0; i < width; i++) dg[i] = g[i] > 0 ? 2 * g[i] * dy[i] : 0;
      break;
    }
    size_t step = kind == TT_SWIGLU || kind == TT_REGLU ? 2 * width : width;
    x += step;
    dx += step;
  }
}

/// y = softmax(x / temperature), in place; the logarithm of the sum is returned.
static real soften(real *x, size_t count, real temperature) {
  real top = largest(x, count), sum = 0, factor = 1 / temperature;
  for (size_t i = 0; i < count; i++) {
    real e = TT_EXP((x[i] - top) * factor);
    x[i] = e;
    sum += e;
  }
  real inverse = 1 / sum;
  for (size_t i = 0; i < count; i++) x[i] *= inverse;
  return top * factor + TT_LOG(sum);
}

/// temperature^2 * KL(teacher || student) at that temperature; teacher becomes its probabilities minus the
/// student's.
static real diverge(real *teacher, const real *logits, size_t count, real temperature) {
  real top = largest(logits, count), sum = 0, factor = 1 / temperature;
  for (size_t i = 0; i < count; i++) sum += TT_EXP((logits[i] - top) * factor);
  real lse = top * factor + TT_LOG(sum);
  real teacher_top = largest(teacher, count), teacher_sum = 0;
  for (size_t i = 0; i < count; i++) teacher_sum += TT_EXP((teacher[i] - teacher_top) * factor);
  real teacher_lse = teacher_top * factor + TT_LOG(teacher_sum), divergence = 0;
  for (size_t i = 0; i < count; i++) {
    real t = teacher[i] * factor - teacher_lse, s = logits[i] * factor - lse, p = TT_EXP(t);
    divergence += p * (t - s);
    teacher[i] = p - TT_EXP(s);
  }
  return temperature * temperature * divergence;
}

static double cross_entropy(
    real *logits, size_t rows, size_t vocabulary, const TT_NAME(tt_goal) * goal, int gradient, real *losses,
    uint8_t *hits) {
  double total = 0;
  for (size_t row = 0; row < rows; row++, logits += vocabulary) {
    int32_t target = goal->targets[row];
    real weight = goal->weights[row];
    if (target < 0 || weight == 0) {
      if (gradient) memset(logits, 0, vocabulary * sizeof(real));
      if (losses) losses[row] = 0;
      if (hits) hits[row] = 0;
      continue;
    }
    real *teacher = goal->teacher ? goal->teacher + row * vocabulary : 0;
    real share = teacher ? goal->distillation : 0, divergence = 0, own = logits[target];
    if (teacher) divergence = diverge(teacher, logits, vocabulary, goal->temperature);
    if (hits)
      hits[row] = own >= largest(logits, vocabulary) && (target == 0 || largest(logits, (size_t)target) < own);
    real loss = (1 - share) * (soften(logits, vocabulary, 1) - own) + share * divergence;
    if (losses) losses[row] = loss;
    total += (double)weight * (double)loss;
    if (!gradient) continue;
    real factor = weight * goal->scale, hard = factor * (1 - share);
    for (size_t i = 0; i < vocabulary; i++) logits[i] *= hard;
    logits[target] -= hard;
    if (teacher) {
      real soft = factor * share * goal->temperature;
      for (size_t i = 0; i < vocabulary; i++) logits[i] -= soft * teacher[i];
    }
  }
  return total;
}

static void add(real *y, const real *x, real a, size_t count) {
  for (size_t i = 0; i < count; i++) y[i] += a * x[i];
}

static double sum_squares(const real *x, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i++) sum += (double)x[i] * (double)x[i];
  return sum;
}

static void adamw(
    real *restrict parameters, const real *restrict gradients, real *restrict first, real *restrict second,
    size_t count, real gradient_scale, real rate, real beta1, real beta2, real epsilon, real correction, real decay) {
  for (size_t i = 0; i < count; i++) {
    real g = gradients[i] * gradient_scale;
    real m = beta1 * first[i] + (1 - beta1) * g;
    real v = beta2 * second[i] + (1 - beta2) * g * g;
    first[i] = m;
    second[i] = v;
    parameters[i] -= decay * parameters[i] + rate * m / (__builtin_elementwise_sqrt(v) * correction + epsilon);
  }
}

static void gather(
    const real *source, const int32_t *rows, const real *scales, real *target, size_t count, size_t width) {
  for (size_t i = 0; i < count; i++, target += width) {
    const real *from = source + (size_t)rows[i] * width;
    real scale = scales ? scales[i] : 1;
    for (size_t k = 0; k < width; k++) target[k] = scale * from[k];
  }
}

static void scatter(
    const real *source, const int32_t *rows, const real *scales, real *target, size_t count, size_t width) {
  for (size_t i = 0; i < count; i++, source += width) {
    real *to = target + (size_t)rows[i] * width;
    real scale = scales ? scales[i] : 1;
    for (size_t k = 0; k < width; k++) to[k] += scale * source[k];
  }
}

static void gather_dots(
    const real *a, const int32_t *rows, const real *b, real *out, size_t count, size_t width) {
  for (size_t i = 0; i < count; i++, b += width) {
    const real *from = a + (size_t)rows[i] * width;
    real sum = 0;
    for (size_t k = 0; k < width; k++) sum += from[k] * b[k];
    out[i] = sum;
  }
}

static void route(
    real *logits, size_t rows, size_t experts, size_t used, int32_t *chosen, real *weights) {
  for (size_t row = 0; row < rows; row++, logits += experts, chosen += used, weights += used) {
    soften(logits, experts, 1);
    real sum = 0;
    for (size_t slot = 0; slot < used; slot++) {
      int32_t best = -1;
      for (size_t expert = 0; expert < experts; expert++) {
        int taken = 0;
        for (size_t before = 0; before < slot; before++) taken |= chosen[before] == (int32_t)expert;
        if (!taken && (best < 0 || logits[expert] > logits[best])) best = (int32_t)expert;
      }
      chosen[slot] = best;
      weights[slot] = logits[best];
      sum += logits[best];
    }
    for (size_t slot = 0; slot < used; slot++) weights[slot] /= sum;
  }
}

static void route_backward(
    const real *probabilities, const int32_t *chosen, const real *weights, const real *dweights,
    const real *balance, real *dlogits, size_t rows, size_t experts, size_t used) {
  for (size_t row = 0; row < rows; row++) {
    real sum = 0, mean = 0;
    for (size_t slot = 0; slot < used; slot++) {
      sum += probabilities[chosen[slot]];
      mean += weights[slot] * dweights[slot];
    }
    for (size_t expert = 0; expert < experts; expert++) dlogits[expert] = balance[expert];
    for (size_t slot = 0; slot < used; slot++) dlogits[chosen[slot]] += (dweights[slot] - mean) / sum;
    real dot = 0;
    for (size_t expert = 0; expert < experts; expert++) dot += dlogits[expert] * probabilities[expert];
    for (size_t expert = 0; expert < experts; expert++)
      dlogits[expert] = probabilities[expert] * (dlogits[expert] - dot);
    probabilities += experts;
    dlogits += experts;
    chosen += used;
    weights += used;
    dweights += used;
  }
}

const TT_NAME(tt_operations) TT_VARIANT = {
    .rms_norm = rms_norm,
    .rms_norm_backward = rms_norm_backward,
    .rotate = rotate,
    .softmax = softmax,
    .softmax_backward = softmax_backward,
    .row_dots = row_dots,
    .activate = activate,
    .activate_backward = activate_backward,
    .cross_entropy = cross_entropy,
    .add = add,
    .sum_squares = sum_squares,
    .adamw = adamw,
    .gather = gather,
    .scatter = scatter,
    .gather_dots = gather_dots,
    .route = route,
    .route_backward = route_backward,
};
