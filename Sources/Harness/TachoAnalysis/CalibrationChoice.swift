// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
package import TachoRecord

/// Which of several calibrations speaks for the machine of a sweep, and what is to be said of it.
///
/// One of the same fingerprint first; else one of the same hardware, and what else differs is said (the
/// kernel, the governor). Among these a full one before a quick one, then the latest. One that another
/// build mode measured (debug, release) is none.
package struct CalibrationChoice: Sendable, Hashable {
  /// A calibration further away in time is said to be old.
  package static let oldDays = 30.0

  package let record: SweepRecord
  /// What differs, in words; empty when nothing does.
  package let remarks: [String]

  /// Facts that make two fingerprints the same hardware.
  private static func isHardware(_ fact: String) -> Bool {
    fact.hasPrefix("cpu.") && fact != "cpu.microcode" || fact.hasPrefix("cache.")
      || fact == "memory.total_mib" || fact == "numa.nodes"
  }

  /// Nil when none is of this hardware.
  ///
  /// `quickName` is what quick calibrations are called.
  package init?(for sweep: SweepRecord, among records: [SweepRecord], quickName: String) {
    let fitting = records.filter {
      Self.hardware($0.machine) == Self.hardware(sweep.machine)
        && $0.build.facts["build.mode"] == sweep.build.facts["build.mode"]
    }
    func rank(_ record: SweepRecord) -> (Int, Int, String) {
      (
        record.machine.id == sweep.machine.id ? 1 : 0, record.suite == quickName ? 0 : 1,
        record.startedAt
      )
    }
    guard let best = fitting.max(by: { rank($0) < rank($1) }) else { return nil }
    record = best
    var remarks = Self.differences(best.machine, sweep.machine)
    if best.suite == quickName { remarks.append("a quick one") }
    if let days = Self.days(from: best.startedAt, to: sweep.startedAt), abs(days) > Self.oldDays {
      remarks.append(
        "taken \(Int(abs(days))) days \(days > 0 ? "before" : "after") the sweep; take another one")
    }
    self.remarks = remarks
  }

  /// What makes a machine the same hardware, whatever runs on it.
  static func hardware(_ machine: MachineRecord) -> [String: ConfigurationValue] {
    machine.facts.filter { isHardware($0.key) }
  }

  /// `another kernel.release: 6.1.0 instead of 6.2.0`, those that may matter most first.
  private static func differences(_ theirs: MachineRecord, _ ours: MachineRecord) -> [String] {
    EnvironmentDifference.all(
      from: EnvironmentFacts([.machine: theirs.facts]), to: EnvironmentFacts([.machine: ours.facts])
    ).map {
      let (their, our) = ($0.before?.display ?? "none", $0.after?.display ?? "none")
      return "another \($0.path): \(their) instead of \(our)"
    }
  }

  private static func days(from start: String, to end: String) -> Double? {
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    guard let start = try? style.parse(start), let end = try? style.parse(end) else { return nil }
    return end.timeIntervalSince(start) / 86_400
  }
}
