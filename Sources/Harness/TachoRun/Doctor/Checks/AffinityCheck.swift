// SPDX-License-Identifier: Apache-2.0

/// Whether all processors may be used.
enum AffinityCheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    let line = patient.files.text("/proc/self/status")?.split(separator: "\n")
      .first { $0.hasPrefix("Cpus_allowed_list:") }
    guard let list = line?.split(whereSeparator: \.isWhitespace).last.map(String.init),
      let online = patient.files.line("/sys/devices/system/cpu/online")
    else { return Finding("affinity", .unknown, "no Cpus_allowed_list in /proc/self/status") }
    guard list != online else { return Finding("affinity", .ok, "all processors: \(list)") }
    return Finding(
      "affinity", .note, "processors \(list) of \(online)",
      cost: "none if engine.threads fits; with more threads than processors they take turns",
      remedy: .command("taskset -c \(online) tacho ..., or engine.threads to match"))
  }
}
