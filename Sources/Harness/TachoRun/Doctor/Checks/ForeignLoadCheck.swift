// SPDX-License-Identifier: Apache-2.0
import TachoRecord

/// What other processes took while nothing was measured.
enum ForeignLoadCheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    let average = patient.files.line("/proc/loadavg")?.split(separator: " ").first
    let load = average.map { ", load average \($0)" } ?? ""
    guard let watch = patient.watch, watch.wallSeconds > 0, let foreign = watch.foreignSeconds
    else {
      return Finding("other processes", .unknown, "not watched" + load)
    }
    let share = foreign / watch.wallSeconds
    let observed =
      "\(percent(share)) of a processor in \(short(watch.wallSeconds)) s" + load
    let processors = Double(max(watch.processors ?? patient.processors, 1))
    let severity: Finding.Severity
    switch share {
    case ...EnvironmentSentinel.foreignLimit: severity = .ok
    case _ where share > processors / 2: severity = .severe
    case 0.25...: severity = .major
    default: severity = .minor
    }
    return Finding(
      "other processes", severity, observed,
      cost: "they take processors, caches and memory bandwidth; samples are flagged and repeated",
      remedy: .command("ps -eo pcpu,pid,user,args --sort=-pcpu | head, and end what can wait"))
  }
}
