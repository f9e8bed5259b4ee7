// SPDX-License-Identifier: Apache-2.0
// Starting a worker process and talking to its pipes: what Swift cannot call (fork) or cannot see.
#pragma once
#include <stdint.h>
#include <sys/types.h>

// Where a child that could not be started failed.
typedef enum {
  TACHO_SPAWN_OK = 0,
  TACHO_SPAWN_FORK,
  TACHO_SPAWN_CHDIR,
  TACHO_SPAWN_EXEC,
} tacho_spawn_stage;

typedef struct {
  pid_t pid;
  tacho_spawn_stage stage;
  int error;  // errno of the stage that failed
} tacho_spawn_result;

// Starts argv[0] (searched in PATH when it has no slash), in a process group of its own or in the
// caller's, with the three descriptors as its standard ones and every other descriptor closed. It gets default signal
// handling, dies when the calling THREAD does (so that a killed harness leaves no worker behind: call
// from a thread that outlives the worker), and may hold at most data_limit bytes of private
// writable memory (0: no limit). envp and directory may be null (inherit).
tacho_spawn_result tacho_spawn(
    char *const argv[], char *const envp[], const char *directory, int in, int out, int err,
    uint64_t data_limit, int own_group);

// Names the calling thread, at most 15 characters.
void tacho_name_thread(const char *name);

// pipe2(2) with close-on-exec.
int tacho_pipe(int ends[2]);

// write(2) that reports EPIPE without raising SIGPIPE in this process.
ssize_t tacho_write(int descriptor, const void *bytes, size_t count);

// A descriptor that polls readable when the process has ended, or -1 on a kernel older than 5.3.
int tacho_pidfd(pid_t pid);

// How a child ended. Blocks only until the child is dead; leaves it a zombie so that its pid and
// process group stay its own.
void tacho_await_death(pid_t pid);
