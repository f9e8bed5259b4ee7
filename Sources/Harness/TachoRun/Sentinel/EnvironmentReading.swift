// SPDX-License-Identifier: Apache-2.0

/// Counters of what may disturb a measurement; only differences of two readings mean anything.
package struct EnvironmentReading: Sendable, Hashable {
  /// Time other guests had while ours wanted to run, over all processors; nil when not readable.
  package var stealSeconds: Double?
  /// Time in which some runnable task of the machine had no processor (PSI).
  package var pressureSeconds: Double?
  /// Involuntary context switches of all the worker's threads, and how many threads there are.
  package var involuntarySwitches: Int?
  package var threads: Int?

  package init(
    stealSeconds: Double? = nil, pressureSeconds: Double? = nil, involuntarySwitches: Int? = nil,
    threads: Int? = nil
  ) {
    self.stealSeconds = stealSeconds
    self.pressureSeconds = pressureSeconds
    self.involuntarySwitches = involuntarySwitches
    self.threads = threads
  }
}

/// Reads the counters before and after each sample, never during one.
package protocol EnvironmentReader {
  func read(processID: Int32?) -> EnvironmentReading
}
