// SPDX-License-Identifier: Apache-2.0
// Random numbers, watched buffers and complaints; see checking.h.
#define _GNU_SOURCE
#include "checking.h"

#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

uint64_t next_bits(source *random) {
  uint64_t z = (random->state += 0x9e3779b97f4a7c15u);
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

size_t between(source *random, size_t low, size_t high) {
  return low + (size_t)(next_bits(random) % (high - low + 1));
}

double uniform(source *random) { return (double)(next_bits(random) >> 11) * 0x1p-53; }

float normal(source *random) {
  const double radius = sqrt(-2 * log(1 - uniform(random)));
  return (float)(radius * cos(6.283185307179586 * uniform(random)));
}

style any_style(source *random) {
  return between(random, 0, 1) ? NORMAL : (style)between(random, 0, STYLES - 1);
}

const char *style_name(style kind) {
  static const char *const names[STYLES] = {"normal", "zero",    "denormal", "huge",
                                            "mixed",  "outlier", "constant"};
  return names[kind];
}

void fill(source *random, style kind, float huge, float *values, size_t count) {
  const size_t special = count > 0 ? between(random, 0, count - 1) : 0;
  const float constant = 3 * normal(random);
  for (size_t i = 0; i < count; i++) {
    float value = normal(random);
    switch (kind) {
      case ZEROS: value = between(random, 0, 1) ? 0.0f : -0.0f; break;
      case DENORMAL: value *= 1e-40f; break;
      case HUGE_VALUES: value *= huge / 8; break;
      case MIXED: value *= (float)pow(10, -30 + uniform(random) * (30 + log10((double)huge) - 1)); break;
      case OUTLIER: value = i == special ? value * huge / 8 : value * 1e-3f; break;
      case CONSTANT: value = constant; break;
      default: break;
    }
    values[i] = value;
  }
}

// ---- buffers

typedef struct {
  char *base;
  size_t whole;  // bytes mapped, or allocated
  size_t before;  // bytes of 0xff before what was asked for
} buffer;

static buffer buffers[1024];
static size_t buffer_count;

void *exact(source *random, size_t bytes, size_t alignment) {
  if (buffer_count == sizeof buffers / sizeof buffers[0]) {
    fprintf(stderr, "check_kernels: a case asks for more buffers than there is room for\n");
    exit(2);
  }
  buffer *made = buffers + buffer_count++;
#if defined(SANITIZED)
  made->before = alignment < 64 ? between(random, 0, 64 / alignment - 1) * alignment : 0;
  made->whole = made->before + bytes;
  void *base;
  if (posix_memalign(&base, 64, made->whole > 0 ? made->whole : 1) != 0) abort();
  made->base = base;
  memset(base, 0xff, made->whole);
#else
  (void)random;
  const size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = bytes / page + 2;
  made->whole = pages * page;
  made->base = mmap(NULL, made->whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (made->base == MAP_FAILED) abort();
  mprotect(made->base + (pages - 1) * page, page, PROT_NONE);
  memset(made->base, 0xff, (pages - 1) * page);
  made->before = ((pages - 1) * page - bytes) / alignment * alignment;
#endif
  return made->base + made->before;
}

float *exact_floats(source *random, size_t count) {
  return exact(random, count * sizeof(float), sizeof(float));
}

void release_all(void) {
  while (buffer_count > 0) {
    buffer *old = buffers + --buffer_count;
    for (size_t i = 0; i < old->before; i++)
      if ((uint8_t)old->base[i] != 0xff) {
        complain("wrote %zu bytes before a buffer", old->before - i);
        break;
      }
#if defined(SANITIZED)
    free(old->base);
#else
    munmap(old->base, old->whole);
#endif
  }
}

// ---- complaints

static char what_runs[512] = "nothing yet";
static size_t count, shown;
enum { MOST_SHOWN = 3 };  // of each kernel

void describe(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(what_runs, sizeof what_runs, format, arguments);
  va_end(arguments);
}

void complain(const char *format, ...) {
  count++;
  if (++shown > MOST_SHOWN) return;
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "FAIL %s: ", what_runs);
  vfprintf(stderr, format, arguments);
  fprintf(stderr, "\n");
  va_end(arguments);
}

size_t complaints(void) { return count; }

void next_kernel(void) { shown = 0; }

void expect_near(const char *what, size_t index, float got, double wanted, double bound) {
  if (fabs((double)got - wanted) <= bound) return;
  complain("%s[%zu] is %.9g, not %.9g (allowed %.3g)", what, index, (double)got, wanted, bound);
}

void expect_same(const char *what, const void *got, const void *wanted, size_t bytes) {
  if (bytes == 0 || memcmp(got, wanted, bytes) == 0) return;
  size_t at = 0;
  while (((const char *)got)[at] == ((const char *)wanted)[at]) at++;
  complain("%s differs at byte %zu of %zu", what, at, bytes);
}

void in_pieces(source *random, size_t last, size_t step, void (*body)(void *context, size_t from, size_t to),
               void *context) {
  for (size_t from = 0; from < last;) {
    const size_t cut = between(random, from, last + step - 1) / step * step;
    const size_t to = cut < last ? cut : last;
    body(context, from, to);  // an empty piece is allowed
    from = to;
  }
}

// ---- crashes and sanitizers' reports say which case it was

#if defined(SANITIZED)
void __asan_on_error(void);
void __asan_on_error(void) { fprintf(stderr, "FAIL %s\n", what_runs); }
void __ubsan_on_report(void);
void __ubsan_on_report(void) { fprintf(stderr, "FAIL %s\n", what_runs); }
#else
static void on_signal(int number) {
  char text[640];
  const int length = snprintf(text, sizeof text, "FAIL %s: signal %d (%s)\n", what_runs, number,
                              number == SIGSEGV ? "memory past a buffer's end?"
                              : number == SIGILL || number == SIGTRAP ? "undefined behaviour?"
                                                                      : "crash");
  if (length > 0 && write(2, text, (size_t)length) < 0) _exit(2);
  _exit(1);
}

__attribute__((constructor)) static void watch_signals(void) {
  const int numbers[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) signal(numbers[i], on_signal);
}
#endif
