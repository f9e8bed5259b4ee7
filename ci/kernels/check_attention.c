// SPDX-License-Identifier: Apache-2.0
// Attention over pages whose unused slots hold NaN, with causal limits and token trees.
#include <math.h>
#include <string.h>

#include "checking.h"

typedef struct {
  tk_attention_args args;
  int half;
  size_t pages, heads, head;
  const float *q[TK_ATTENTION_QUERIES];
  float *wanted[TK_ATTENTION_QUERIES], *got[TK_ATTENTION_QUERIES];
  void *k[64], *v[64];
  uint32_t visible[TK_ATTENTION_QUERIES];
} problem;

static double element(const problem *p, const void *page, size_t index) {
  const char *base = (const char *)page + p->args.head_offset;
  return p->half ? tk_half_to_float(((const uint16_t *)base)[index]) : ((const float *)base)[index];
}

static void put(const problem *p, void *page, size_t index, float value) {
  index += p->args.head_offset / (p->half ? 2 : 4);
  if (p->half) {
    ((uint16_t *)page)[index] = tk_float_to_half(value);
  } else {
    ((float *)page)[index] = value;
  }
}

// Pages with this head's first `slots` slots filled; all else stays NaN.
static void make_pages(source *random, problem *p, size_t slots) {
  const size_t head_dim = p->args.head_dim, tokens = p->args.page_tokens;
  const size_t element_bytes = p->half ? 2 : 4, head_bytes = head_dim * tokens * element_bytes;
  const style keys = any_style(random), values = any_style(random);
  float line[512];
  p->args.head_offset = p->head * head_bytes;
  for (size_t page = 0; page < p->pages; page++) {
    p->k[page] = exact(random, p->heads * head_bytes, element_bytes);
    p->v[page] = exact(random, p->heads * head_bytes, element_bytes);
  }
  for (size_t slot = 0; slot < slots; slot++) {
    const size_t page = slot / tokens, at = slot % tokens;
    fill(random, keys, 1e3f, line, head_dim);
    for (size_t i = 0; i < head_dim; i++) put(p, p->k[page], i * tokens + at, line[i]);
    fill(random, values, 1e4f, line, head_dim);
    for (size_t i = 0; i < head_dim; i++) put(p, p->v[page], at * head_dim + i, line[i]);
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
  const size_t head_dim = p->args.head_dim, tokens = p->args.page_tokens;
  double largest_score = 0, largest_value = 0;
  for (size_t slot = 0; slot < p->visible[query]; slot++) {
    double total = 0;
    for (size_t i = 0; i < head_dim; i++) {
      const double k = element(p, p->k[slot / tokens], i * tokens + slot % tokens);
      const double v = element(p, p->v[slot / tokens], slot % tokens * head_dim + i);
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

static void check_attention(job *work) {
  source *random = &work->random;
  problem p = {.half = strcmp(work->op, "attention_f16") == 0};
  tk_attention_args *args = &p.args;
  static const size_t common[] = {16, 64, 80, 128, 256, 512};
  args->head_dim = between(random, 0, 2) ? 16 * between(random, 1, 9) : common[between(random, 0, 5)];
  args->page_tokens = 16 * between(random, 1, 5);
  args->queries = between(random, 1, TK_ATTENTION_QUERIES);
  args->scale = 1 / sqrtf((float)args->head_dim);
  p.heads = between(random, 1, 3);
  p.head = between(random, 0, p.heads - 1);
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
  const size_t bytes = tk_attention_scratch_bytes(args->head_dim, args->page_tokens);
  describe("%s %s queries %zu head_dim %zu page_tokens %zu slots %zu tree %d %s", work->op,
           work->kernel->variant, args->queries, args->head_dim, args->page_tokens, slots,
           args->tree != NULL, style_name(kind));
  args->out = p.wanted;
  ((tk_attention_proto *)work->reference->function)(args, exact(random, bytes, 64));
  args->out = p.got;
  ((tk_attention_proto *)work->kernel->function)(args, exact(random, bytes, 64));
  for (size_t i = 0; i < args->queries; i++) {
    const double bound = bound_of(&p, i);
    for (size_t k = 0; k < args->head_dim; k++)
      expect_near("out", k, p.got[i][k], p.wanted[i][k], bound);
  }
}

check *attention_check(const char *op) {
  if (strcmp(op, "attention_f16") == 0 || strcmp(op, "attention_f32") == 0) return check_attention;
  return NULL;
}
