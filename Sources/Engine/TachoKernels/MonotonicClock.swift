// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The one clock of every timestamp: CLOCK_MONOTONIC, in nanoseconds.
package enum MonotonicClock {
  package static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
