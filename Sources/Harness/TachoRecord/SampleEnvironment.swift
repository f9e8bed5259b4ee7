// SPDX-License-Identifier: Apache-2.0

/// What else happened on the machine while a sample was taken: differences of the kernel's counters
/// between a reading right before and one right after it, so that they hold the request and the reply
/// as well as the timed region.
///
/// Seconds of processor time are sums over processors. What could not be read is nil, and `unavailable`
/// says why, by the field's name.
package struct SampleEnvironment: Sendable, Hashable, Codable {
  /// Time between the two readings, and the processors the machine has.
  package var wallSeconds: Double
  package var processors: Int?
  /// Time other guests had while this one wanted to run.
  package var stealSeconds: Double?
  /// Processor time of all processes but the worker and the harness; counted in ticks of 10 ms.
  package var foreignSeconds: Double?
  /// Processor time of the worker, its children included.
  package var workerSeconds: Double?
  /// Time in which the worker's threads were ready to run and had no processor, summed over them.
  package var waitSeconds: Double?
  /// Time in which some task of the machine (or all at once) waited for the resource (PSI).
  package var cpuPressureSeconds: Double?
  package var cpuFullPressureSeconds: Double?
  package var memoryPressureSeconds: Double?
  package var memoryFullPressureSeconds: Double?
  package var ioPressureSeconds: Double?
  package var ioFullPressureSeconds: Double?
  /// Of the worker's threads: switches forced on them, and moves to another processor.
  package var involuntarySwitches: Int?
  package var migrations: Int?
  /// Pages the worker had to wait for the disk for.
  package var majorFaults: Int?
  /// Threads of the worker at the end.
  package var threads: Int?
  /// Times a core or package was slowed down for its heat.
  package var thermalThrottles: Int?
  /// Time in which the control group was stopped for having used up its processor quota.
  package var quotaThrottledSeconds: Double?
  /// Mean of the processors the worker's threads ran on last, right after the sample.
  package var megahertz: Double?
  /// Why a field is nil, by the field's name.
  package var unavailable: [String: String]

  package init(wallSeconds: Double) {
    self.wallSeconds = wallSeconds
    unavailable = [:]
  }
}

extension SampleEnvironment {
  /// A field's name in exported tables, with its unit, and its number.
  package typealias Field = (name: String, value: Double?)

  /// Every field in one order: the columns of an export.
  package var fields: [Field] {
    func count(_ value: Int?) -> Double? { value.map { Double($0) } }
    return [
      ("environment_wall_seconds", wallSeconds), ("processors", count(processors)),
      ("steal_seconds", stealSeconds), ("foreign_seconds", foreignSeconds),
      ("worker_seconds", workerSeconds), ("wait_seconds", waitSeconds),
      ("cpu_pressure_seconds", cpuPressureSeconds),
      ("cpu_full_pressure_seconds", cpuFullPressureSeconds),
      ("memory_pressure_seconds", memoryPressureSeconds),
      ("memory_full_pressure_seconds", memoryFullPressureSeconds),
      ("io_pressure_seconds", ioPressureSeconds),
      ("io_full_pressure_seconds", ioFullPressureSeconds),
      ("worker_involuntary_switches", count(involuntarySwitches)),
      ("worker_migrations", count(migrations)), ("worker_major_faults", count(majorFaults)),
      ("worker_threads", count(threads)), ("thermal_throttles", count(thermalThrottles)),
      ("quota_throttled_seconds", quotaThrottledSeconds), ("megahertz", megahertz),
    ]
  }

  /// `name: reason` of everything that could not be read, for a column beside the empty ones.
  package var reasons: String {
    unavailable.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "; ")
  }
}
