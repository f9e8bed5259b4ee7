// SPDX-License-Identifier: Apache-2.0

/// Counters of what may disturb a measurement; nil is what could not be read.
///
/// Only differences of two readings mean anything, but of those marked "now".
package struct EnvironmentReading: Sendable, Hashable {
  /// Over all processors: time other guests had while this one wanted to run, and time processors were
  /// busy.
  package var stealSeconds: Double?
  package var busySeconds: Double?
  /// Now.
  package var processors: Int?
  /// Time in which some task of the machine, or all at once, waited for the resource (PSI).
  package var cpuPressure = Pressure()
  package var memoryPressure = Pressure()
  package var ioPressure = Pressure()
  /// The worker process and its threads; nil when it is none of this machine's, or has ended.
  package var worker: Worker?
  /// Processor time of the harness itself.
  package var harnessSeconds: Double?
  package var thermalThrottles: Int?
  package var quotaThrottledSeconds: Double?
  /// Now.
  package var megahertz: Double?

  package struct Pressure: Sendable, Hashable {
    package var some: Double?
    package var full: Double?

    package init(some: Double? = nil, full: Double? = nil) {
      self.some = some
      self.full = full
    }
  }

  package struct Worker: Sendable, Hashable {
    /// Processor time of the process, and of its children: ended ones it waited for, and living ones.
    package var seconds: Double?
    package var childSeconds: Double?
    package var majorFaults: Int?
    /// Sums over its threads.
    package var involuntarySwitches: Int?
    package var migrations: Int?
    package var waitSeconds: Double?
    /// Now.
    package var threads: Int

    package init(
      seconds: Double? = nil, childSeconds: Double? = nil, majorFaults: Int? = nil,
      involuntarySwitches: Int? = nil, migrations: Int? = nil, waitSeconds: Double? = nil,
      threads: Int = 1
    ) {
      self.seconds = seconds
      self.childSeconds = childSeconds
      self.majorFaults = majorFaults
      self.involuntarySwitches = involuntarySwitches
      self.migrations = migrations
      self.waitSeconds = waitSeconds
      self.threads = threads
    }
  }

  package init(
    stealSeconds: Double? = nil, cpuPressureSeconds: Double? = nil, worker: Worker? = nil
  ) {
    self.stealSeconds = stealSeconds
    cpuPressure.some = cpuPressureSeconds
    self.worker = worker
  }
}

/// Reads the counters before and after each sample, never during one.
package protocol EnvironmentReader {
  func read(processID: Int32?) -> EnvironmentReading
}
