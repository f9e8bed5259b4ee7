// SPDX-License-Identifier: Apache-2.0

/// Differences of clock readings that a worker sent: any two integers give a number, none traps.
package enum Nanoseconds {
  /// Seconds from one reading to a later one; negative when they are the wrong way round.
  package static func seconds(from start: Int, to end: Int) -> Double {
    let (difference, overflow) = end.subtractingReportingOverflow(start)
    return (overflow ? Double(end) - Double(start) : Double(difference)) / 1e9
  }
}
