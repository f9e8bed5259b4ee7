// SPDX-License-Identifier: Apache-2.0
// Attention over pages of every format whose unused slots hold NaN, with causal limits and token
// trees, whole and in parts; and the merging of parts.
#include <math.h>
#include <string.h>

#include "pages.h"

enum { MOST_PAGES = 64 };

typedef struct {
  tk_attention_args args;
  page_shape shape;
  size_t pages, head;
  const float *q[TK_ATTENTION_QUERIES];
  float *wanted[TK_ATTENTION_QUERIES], *got[TK_ATTENTION_QUERIES];
  void *k[MOST_PAGES], *v[MOST_PAGES];
  uint32_t visible[TK_ATTENTION_QUERIES];
} problem;

static void (*kernel_named(const char *prefix, const char *name))(void) {
  size_t count;
  const tk_kernel *table = tk_kernels(&count);
  const size_t length = strlen(prefix);
  for (size_t i = 0; i < count; i++)
    if (strncmp(table[i].op, prefix, length) == 0 && strcmp(table[i].op + length, name) == 0 &&
        strcmp(table[i].variant, "ref") == 0)
      return table[i].function;
  return NULL;
}

// Pages with the first `slots` slots filled; all else stays NaN, other heads' slots past their end too.
static void make_pages(source *random, problem *p, size_t slots) {
  const page_shape shape = p->shape;
  const style keys = any_style(random), values = any_style(random);
  const size_t count = shape.heads * shape.head_dim;
  float *k = exact_floats(random, count), *v = exact_floats(random, count);
  p->args.head_offset = p->head * head_bytes(shape);
  for (size_t page = 0; page < p->pages; page++) {
    p->k[page] = exact(random, page_bytes(shape), shape.format->alignment);
    p->v[page] = exact(random, page_bytes(shape), shape.format->alignment);
  }
  tk_kv_write_proto *write = (tk_kv_write_proto *)kernel_named("kv_write_", shape.format->name);
  for (size_t slot = 0; slot < slots; slot++) {
    const size_t page = slot / shape.tokens;
    fill(random, keys, 1e3f, k, count);
    fill(random, values, 1e4f, v, count);
    const tk_kv_write_args args = {k, v, p->k[page], p->v[page], shape.heads, shape.head_dim,
                                   shape.tokens, slot % shape.tokens};
    write(&args);
  }
}

static void make_tree(source *random, problem *p) {
  p->args.tree = NULL;
  if (between(random, 0, 1)) return;
  p->args.tree_words = between(random, 1, 3);
  const size_t count = p->args.queries * p->args.tree_words;
  uint64_t *bits = exact(random, count * sizeof(uint64_t), sizeof(uint64_t));
  for (size_t i = 0; i < count; i++) bits[i] = next_bits(random) & next_bits(random);
  p->args.tree = bits;
  const size_t seen = p->visible[between(random, 0, p->args.queries - 1)];
  p->args.tree_base = (uint32_t)between(random, 0, seen);
}

// The most a score may be off, and the largest value: what bounds the error of a result.
static double bound_of(const problem *p, size_t query) {
  const size_t head_dim = p->shape.head_dim, tokens = p->shape.tokens;
  double largest_score = 0, largest_value = 0;
  for (size_t slot = 0; slot < p->visible[query]; slot++) {
    double total = 0;
    for (size_t i = 0; i < head_dim; i++) {
      const double k = key_at(p->shape, p->k[slot / tokens], p->head, slot % tokens, i);
      const double v = value_at(p->shape, p->v[slot / tokens], p->head, slot % tokens, i);
      total += fabs(k * p->q[query][i]);
      largest_value = fmax(largest_value, fabs(v));
    }
    largest_score = fmax(largest_score, total * fabs((double)p->args.scale));
  }
  const double score_error = ((double)head_dim + 4) * ROUNDING * largest_score;
  const double relative =
      2 * expm1(fmin(2 * score_error, 1)) + (p->visible[query] + 32) * 2 * ROUNDING + 1e-6;
  return fmin(relative, 2) * largest_value + 1e-44;
}

// Softmax and weighted sum of one query in double, by the definition.
static void exact_attention(const problem *p, size_t query, double *out) {
  const tk_attention_args *args = &p->args;
  const size_t head_dim = p->shape.head_dim, tokens = p->shape.tokens;
  double scores[512], largest = -INFINITY, total = 0;
  for (size_t slot = 0; slot < p->visible[query]; slot++) {
    const size_t bit = slot - args->tree_base;
    scores[slot] = -INFINITY;
    if (args->tree && slot >= args->tree_base &&
        (bit / 64 >= args->tree_words ||
         !(args->tree[query * args->tree_words + bit / 64] >> bit % 64 & 1)))
      continue;
    scores[slot] = 0;
    for (size_t i = 0; i < head_dim; i++)
      scores[slot] += (double)p->q[query][i] *
                      key_at(p->shape, p->k[slot / tokens], p->head, slot % tokens, i);
    scores[slot] *= args->scale;
    largest = fmax(largest, scores[slot]);
  }
  for (size_t i = 0; i < head_dim; i++) out[i] = 0;
  for (size_t slot = 0; slot < p->visible[query]; slot++) {
    if (scores[slot] == -INFINITY) continue;
    const double weight = exp(scores[slot] - largest);
    total += weight;
    for (size_t i = 0; i < head_dim; i++)
      out[i] += weight * value_at(p->shape, p->v[slot / tokens], p->head, slot % tokens, i);
  }
  for (size_t i = 0; i < head_dim && total > 0; i++) out[i] /= total;
}

// The same context in parts of whole pages; their merged results go to `merged`.
static void in_parts(source *random, problem *p, tk_attention_proto *kernel, size_t slots,
                     void *scratch, float *const *merged) {
  tk_attention_args args = p->args;
  const size_t width = tk_attention_partial_count(args.head_dim), all = args.queries * width;
  const size_t step = between(random, 1, 3) * args.page_tokens, parts = (slots + step - 1) / step;
  float *partials = exact_floats(random, parts * all);
  for (size_t part = 0; part < parts; part++) {
    args.out = NULL;
    args.partial = partials + part * all;
    args.part_first = part * step;
    args.part_end = slots < (part + 1) * step ? slots : (part + 1) * step;
    kernel(&args, scratch);
  }
  tk_attention_merge_proto *merge = (tk_attention_merge_proto *)kernel_named("", "attention_merge");
  for (size_t i = 0; i < args.queries; i++)
    merge(partials + i * width, parts, all, args.head_dim, merged[i]);
}

// 16 to 144, and the usual and largest sizes; blocks of 32 fit in whole numbers.
static size_t any_head_dim(source *random, const page_format *format) {
  static const size_t common[] = {64, 96, 128, 160, 256, 512};
  const size_t step = format->block > 1 ? format->block : 16;
  return between(random, 0, 2) ? step * between(random, 1, 144 / step) : common[between(random, 0, 5)];
}

static void check_attention(job *work) {
  source *random = &work->random;
  problem p = {.shape = {.format = page_format_of(work->op, "attention_")}};
  tk_attention_args *args = &p.args;
  args->head_dim = p.shape.head_dim = any_head_dim(random, p.shape.format);
  args->page_tokens = p.shape.tokens = 16 * between(random, 1, 9);
  // a few, which read the pages where they lie, as often as many
  args->queries = between(random, 0, 1) ? between(random, 1, 9) : between(random, 1, TK_ATTENTION_QUERIES);
  args->scale = 1 / sqrtf((float)args->head_dim);
  p.shape.heads = between(random, 1, 3);
  p.head = between(random, 0, p.shape.heads - 1);
  size_t slots = 0;
  const size_t most = between(random, 0, 3) ? 3 * args->page_tokens : 500;
  const style kind = any_style(random);
  for (size_t i = 0; i < args->queries; i++) {
    float *q = exact_floats(random, args->head_dim);
    fill(random, kind, 1e2f, q, args->head_dim);
    p.q[i] = q;
    p.wanted[i] = exact_floats(random, args->head_dim);
    p.got[i] = exact_floats(random, args->head_dim);
    p.visible[i] = (uint32_t)between(random, 0, most);
    slots = p.visible[i] > slots ? p.visible[i] : slots;
  }
  p.pages = (slots + args->page_tokens - 1) / args->page_tokens;
  make_pages(random, &p, slots);
  make_tree(random, &p);
  args->q = p.q;
  args->k_pages = (const void *const *)p.k;
  args->v_pages = (const void *const *)p.v;
  args->visible = p.visible;
  tk_attention_proto *kernel = (tk_attention_proto *)work->kernel->function;
  void *scratch = exact(random, tk_attention_scratch_bytes(args->head_dim, args->page_tokens), 64);
  describe("%s %s queries %zu head_dim %zu page_tokens %zu slots %zu tree %d %s", work->op,
           work->kernel->variant, args->queries, args->head_dim, args->page_tokens, slots,
           args->tree != NULL, style_name(kind));
  args->out = p.got;
  kernel(args, scratch);
  in_parts(random, &p, kernel, slots, scratch, p.wanted);
  // some of the queries: each is a pass over all pages here
  for (size_t i = between(random, 0, 7); i < args->queries; i += 8) {
    const double bound = bound_of(&p, i);
    double exact_out[TK_ATTENTION_HEAD_DIM];
    exact_attention(&p, i, exact_out);
    for (size_t k = 0; k < args->head_dim; k++) {
      expect_near("out", k, p.got[i][k], exact_out[k], bound);
      expect_near("out in parts", k, p.wanted[i][k], exact_out[k], 2 * bound);
    }
  }
}

static void check_merge(job *work) {
  source *random = &work->random;
  const size_t head_dim = 16 * between(random, 1, 32), parts = between(random, 1, 20);
  const size_t stride = tk_attention_partial_count(head_dim) * between(random, 1, 3);
  float *partials = exact_floats(random, (parts - 1) * stride + tk_attention_partial_count(head_dim));
  const float spread = between(random, 0, 1) ? 8.0f : 200.0f;
  const int nothing = between(random, 0, 7) == 0;
  double largest = -INFINITY;
  for (size_t p = 0; p < parts; p++) {
    float *partial = partials + p * stride;
    const int empty = nothing || between(random, 0, 5) == 0;  // none of its slots were visible
    partial[head_dim] = empty ? -INFINITY : spread * normal(random);
    partial[head_dim + 1] = empty ? 0 : (float)(1 + 500 * uniform(random));
    for (size_t i = 0; i < head_dim; i++)
      partial[i] = empty ? 0 : partial[head_dim + 1] * normal(random);
    largest = fmax(largest, partial[head_dim]);
  }
  float *got = exact_floats(random, head_dim), *wanted = exact_floats(random, head_dim);
  describe("attention_merge %s head_dim %zu parts %zu", work->kernel->variant, head_dim, parts);
  ((tk_attention_merge_proto *)work->reference->function)(partials, parts, stride, head_dim, wanted);
  ((tk_attention_merge_proto *)work->kernel->function)(partials, parts, stride, head_dim, got);
  for (size_t i = 0; i < head_dim; i++) {
    double size = 0, sum = 0, weights = 0;
    for (size_t p = 0; p < parts && largest > -INFINITY; p++) {
      const float *partial = partials + p * stride;
      const double weight = exp2(partial[head_dim] - largest);
      sum += weight * partial[i];
      size += weight * fabs((double)partial[i]);
      weights += weight * partial[head_dim + 1];
    }
    const double exact_out = weights > 0 ? sum / weights : 0;
    // a weight is within 2e-7 of itself, above and below the line; then a rounding or two a part
    const double bound =
        weights > 0 ? (1e-6 + 4 * (double)parts * ROUNDING) * size / weights + 1e-35 : 0;
    expect_near("out", i, got[i], exact_out, bound);
    expect_near("out (reference)", i, wanted[i], exact_out, bound);
  }
}

check *attention_check(const char *op) {
  if (strcmp(op, "attention_merge") == 0) return check_merge;
  if (page_format_of(op, "attention_")) return check_attention;
  return NULL;
}
