// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct {
  int stage;
  int error;
} child_failure;

static void fail(int report, int stage) {
  child_failure failure = {stage, errno};
  ssize_t written = write(report, &failure, sizeof failure);
  _exit(written == (ssize_t)sizeof failure ? 127 : 126);
}

// Runs between fork and exec: async-signal-safe calls only.
static void become_worker(
    char *const argv[], char *const envp[], const char *directory, int in, int out, int err,
    uint64_t data_limit, int own_group, int report, pid_t parent) {
  if (own_group) setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(126);  // the parent died before the line above
  // Descriptors may lie on 0..2 already: move everything out of the way first.
  int moved[4] = {in, out, err, report};
  for (int i = 0; i < 4; i++) {
    moved[i] = fcntl(moved[i], F_DUPFD_CLOEXEC, 10);
    if (moved[i] < 0) fail(report, TACHO_SPAWN_EXEC);
  }
  report = moved[3];
  for (int i = 0; i < 3; i++) {
    if (dup2(moved[i], i) < 0) fail(report, TACHO_SPAWN_EXEC);
  }
  if (dup2(report, 3) < 0 || fcntl(3, F_SETFD, FD_CLOEXEC) < 0) fail(report, TACHO_SPAWN_EXEC);
  report = 3;
#ifdef SYS_close_range
  if (syscall(SYS_close_range, 4u, ~0u, 0u) != 0)
#endif
  {
    for (int i = 4; i < 1024; i++) close(i);
  }
  for (int signal_number = 1; signal_number < NSIG; signal_number++) {
    if (signal_number != SIGKILL && signal_number != SIGSTOP) signal(signal_number, SIG_DFL);
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  if (data_limit != 0) {
    struct rlimit limit = {data_limit, data_limit};
    setrlimit(RLIMIT_DATA, &limit);
  }
  if (directory != NULL && chdir(directory) != 0) fail(report, TACHO_SPAWN_CHDIR);
  if (envp != NULL) {
    execvpe(argv[0], argv, envp);
  } else {
    execvp(argv[0], argv);
  }
  fail(report, TACHO_SPAWN_EXEC);
}

tacho_spawn_result tacho_spawn(
    char *const argv[], char *const envp[], const char *directory, int in, int out, int err,
    uint64_t data_limit, int own_group) {
  tacho_spawn_result result = {-1, TACHO_SPAWN_FORK, 0};
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) {
    result.error = errno;
    return result;
  }
  // No handler of this process may run in the child.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t parent = getpid();
  pid_t pid = fork();
  if (pid == 0) {
    become_worker(
        argv, envp, directory, in, out, err, data_limit, own_group, report[1], parent);
  }
  result.error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(report[1]);
  if (pid > 0) {
    if (own_group) setpgid(pid, pid);  // both sides, so that the group exists whoever runs first
    child_failure failure;
    ssize_t count;
    do {
      count = read(report[0], &failure, sizeof failure);
    } while (count < 0 && errno == EINTR);
    if (count == 0) {
      result = (tacho_spawn_result){pid, TACHO_SPAWN_OK, 0};
    } else {
      while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
      }
      result.stage = count == (ssize_t)sizeof failure ? (tacho_spawn_stage)failure.stage
                                                      : TACHO_SPAWN_FORK;
      result.error = count == (ssize_t)sizeof failure ? failure.error : EIO;
    }
  }
  close(report[0]);
  return result;
}

void tacho_name_thread(const char *name) { prctl(PR_SET_NAME, name); }

int tacho_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

ssize_t tacho_write(int descriptor, const void *bytes, size_t count) {
  sigset_t broken_pipe, before, pending;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  sigpending(&pending);
  int was_pending = sigismember(&pending, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, &before);
  ssize_t written = write(descriptor, bytes, count);
  int error = errno;
  if (written < 0 && error == EPIPE && !was_pending) {
    struct timespec now = {0, 0};
    while (sigtimedwait(&broken_pipe, NULL, &now) < 0 && errno == EINTR) {
    }
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = error;
  return written;
}

int tacho_pidfd(pid_t pid) {
#ifdef SYS_pidfd_open
  return (int)syscall(SYS_pidfd_open, pid, 0u);
#else
  (void)pid;
  errno = ENOSYS;
  return -1;
#endif
}

void tacho_await_death(pid_t pid) {
  siginfo_t info;
  while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
}
