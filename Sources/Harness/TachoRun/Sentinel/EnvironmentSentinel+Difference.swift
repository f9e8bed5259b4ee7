// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

extension EnvironmentSentinel {
  /// What happened between two readings.
  package static func difference(
    from before: EnvironmentReading, to after: EnvironmentReading, wallSeconds: Double
  ) -> SampleEnvironment {
    var difference = EnvironmentDifference(before, after, wallSeconds: wallSeconds)
    difference.addMachine()
    difference.addPressures()
    difference.addWorker()
    difference.addForeign()
    return difference.seen
  }
}

/// The growth of every counter between two readings, with the reason where it is not known.
private struct EnvironmentDifference {
  private let before: EnvironmentReading
  private let after: EnvironmentReading
  private(set) var seen: SampleEnvironment

  init(_ before: EnvironmentReading, _ after: EnvironmentReading, wallSeconds: Double) {
    self.before = before
    self.after = after
    seen = SampleEnvironment(wallSeconds: wallSeconds)
  }

  /// A counter that is not there, or falls, is unavailable.
  private mutating func growth<Value: SignedNumeric & Comparable>(
    _ name: String, _ counter: (EnvironmentReading) -> Value?, or reason: String
  ) -> Value? {
    guard let first = counter(before), let last = counter(after) else {
      seen.unavailable[name] = reason
      return nil
    }
    guard last >= first else {
      seen.unavailable[name] = "the counter fell: part of what it counts ended meanwhile"
      return nil
    }
    return last - first
  }

  mutating func addMachine() {
    seen.processors = after.processors
    if after.processors == nil { seen.unavailable["processors"] = "cannot read /proc/stat" }
    seen.stealSeconds = growth("stealSeconds", { $0.stealSeconds }, or: "no steal in /proc/stat")
    seen.thermalThrottles = growth(
      "thermalThrottles", { $0.thermalThrottles },
      or: "no thermal_throttle in /sys/devices/system/cpu (usual in a virtual machine)")
    seen.quotaThrottledSeconds = growth(
      "quotaThrottledSeconds", { $0.quotaThrottledSeconds },
      or: "no throttled time in the control group's cpu.stat")
    seen.megahertz = after.megahertz
    if after.megahertz == nil {
      seen.unavailable["megahertz"] = "no cpufreq/scaling_cur_freq (usual in a virtual machine)"
    }
  }

  mutating func addPressures() {
    let reason = "no /proc/pressure: pressure stall information is off in this kernel"
    seen.cpuPressureSeconds = growth("cpuPressureSeconds", { $0.cpuPressure.some }, or: reason)
    seen.cpuFullPressureSeconds = growth(
      "cpuFullPressureSeconds", { $0.cpuPressure.full }, or: reason)
    seen.memoryPressureSeconds = growth(
      "memoryPressureSeconds", { $0.memoryPressure.some }, or: reason)
    seen.memoryFullPressureSeconds = growth(
      "memoryFullPressureSeconds", { $0.memoryPressure.full }, or: reason)
    seen.ioPressureSeconds = growth("ioPressureSeconds", { $0.ioPressure.some }, or: reason)
    seen.ioFullPressureSeconds = growth(
      "ioFullPressureSeconds", { $0.ioPressure.full }, or: reason)
  }

  mutating func addWorker() {
    let gone = "the worker is no process of this machine, or ended"
    let own = growth("workerSeconds", { $0.worker?.seconds }, or: gone)
    let children = growth("workerSeconds", { $0.worker?.childSeconds }, or: gone)
    if let own, let children { seen.workerSeconds = own + children }
    seen.majorFaults = growth("majorFaults", { $0.worker?.majorFaults }, or: gone)
    seen.threads = after.worker?.threads
    if after.worker == nil { seen.unavailable["threads"] = gone }
    // Counters of the worker's threads say nothing when a program it started did the work.
    if let own, let children, children > own {
      for name in ["waitSeconds", "involuntarySwitches", "migrations"] {
        seen.unavailable[name] = "a program that the worker started did the work"
      }
      return
    }
    func reason(_ file: String) -> String {
      after.worker == nil ? gone : "no such figure in /proc/PID/task/TID/\(file) of this kernel"
    }
    seen.waitSeconds = growth(
      "waitSeconds", { $0.worker?.waitSeconds }, or: reason("schedstat"))
    seen.involuntarySwitches = growth(
      "involuntarySwitches", { $0.worker?.involuntarySwitches }, or: reason("status"))
    seen.migrations = growth("migrations", { $0.worker?.migrations }, or: reason("sched"))
  }

  /// What was busy and was neither the worker nor the harness.
  mutating func addForeign() {
    guard
      let busy = growth(
        "foreignSeconds", { $0.busySeconds }, or: "no processor times in /proc/stat")
    else { return }
    guard let worker = seen.workerSeconds else {
      seen.unavailable["foreignSeconds"] = "the worker's own processor time is not known"
      return
    }
    let harness = max((after.harnessSeconds ?? 0) - (before.harnessSeconds ?? 0), 0)
    // All three are rounded to ticks, each in its own way: less than nothing is nothing.
    seen.foreignSeconds = max(busy - worker - harness, 0)
  }
}
