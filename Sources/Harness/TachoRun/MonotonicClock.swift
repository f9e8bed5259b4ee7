// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The time a runner goes by; tests give it a scripted one.
package protocol RunClock: AnyObject {
  /// Seconds since some fixed moment.
  func seconds() -> Double
  /// The date, ISO 8601 in UTC with milliseconds.
  func timestamp() -> String
}

/// CLOCK_MONOTONIC and the system's date.
package final class MonotonicClock: RunClock {
  package init() {}

  static func seconds() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
  }

  package func seconds() -> Double { Self.seconds() }

  package func timestamp() -> String { Timestamp.now() }
}
