// SPDX-License-Identifier: Apache-2.0
// perf_event_open(2) without the bit fields that Swift cannot see.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// What perf_event_attr says of an event, and whose events count.
typedef struct {
  uint32_t type;
  uint64_t config, config1, config2;
  uint32_t precise;
  int exclude_user, exclude_kernel, exclude_hypervisor, exclude_guest;
  int disabled;
} tacho_counter_event;

typedef enum {
  TACHO_COUNTER_ENABLE,
  TACHO_COUNTER_DISABLE,
  TACHO_COUNTER_RESET,
} tacho_counter_action;

// A close-on-exec descriptor that counts the event on a thread (0: the caller) wherever it runs
// (processor -1), as a member of the group led by `leader` (-1: leading one); or -errno. Reads give
// the whole group with ids and both times.
int tacho_counter_open(const tacho_counter_event *event, pid_t thread, int processor, int leader);

// The kernel's id of the event, which its values in a group carry. 0 or -errno.
int tacho_counter_id(int descriptor, uint64_t *id);

// Switches a whole group. 0 or -errno.
int tacho_counter_control(int leader, tacho_counter_action action);

// Reads a group: count of events, enabled ns, running ns, then value and id of each. The number of words
// read, at most `words`, or -errno.
long tacho_counter_read(int leader, uint64_t *into, size_t words);

// The event's page for reading it without the kernel, or NULL; tacho_counter_unmap gives it back.
void *tacho_counter_map(int descriptor);
void tacho_counter_unmap(void *page);

// Whether a mapped page lets the thread it counts read it in user mode, times included.
int tacho_counter_page_readable(const void *page);

typedef struct {
  uint64_t raw, enabled_ns, running_ns;
} tacho_counter_value;

// What the page's readers stand for: the counter of an index, and the time-stamp counter.
typedef struct {
  uint64_t (*counter)(uint32_t index);
  uint64_t (*ticks)(void);
} tacho_counter_registers;

// Reads a page (perf_event_open(2), "rdpmc"): only by the thread it counts. With NULL for the registers
// it takes the processor's own. Gives up (-1) after many interrupted tries, else 0.
int tacho_counter_page_read(
    const void *page, const tacho_counter_registers *registers, tacho_counter_value *value);
