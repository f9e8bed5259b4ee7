// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "interrupt.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

static atomic_int signal_count;
static atomic_int wake_descriptor = -1;
static struct sigaction before_interrupt, before_terminate;
static sigset_t blocked_before;

static void count_signal(int signal_number) {
  (void)signal_number;
  int saved = errno;
  atomic_fetch_add(&signal_count, 1);
  int descriptor = atomic_load(&wake_descriptor);
  // A full pipe already wakes the reader.
  if (descriptor >= 0 && write(descriptor, "!", 1) < 0) errno = saved;
  errno = saved;
}

void tacho_interrupt_install(int descriptor) {
  atomic_store(&signal_count, 0);
  atomic_store(&wake_descriptor, descriptor);
  struct sigaction action = {.sa_handler = count_signal, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, &before_interrupt);
  sigaction(SIGTERM, &action, &before_terminate);
  // A parent may have left them blocked: its thread's mask is inherited.
  sigset_t asked;
  sigemptyset(&asked);
  sigaddset(&asked, SIGINT);
  sigaddset(&asked, SIGTERM);
  pthread_sigmask(SIG_UNBLOCK, &asked, &blocked_before);
}

void tacho_interrupt_restore(void) {
  pthread_sigmask(SIG_SETMASK, &blocked_before, NULL);
  sigaction(SIGINT, &before_interrupt, NULL);
  sigaction(SIGTERM, &before_terminate, NULL);
  atomic_store(&wake_descriptor, -1);
}

int tacho_interrupt_count(void) { return atomic_load(&signal_count); }
