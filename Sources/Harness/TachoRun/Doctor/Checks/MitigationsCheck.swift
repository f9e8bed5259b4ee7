// SPDX-License-Identifier: Apache-2.0

/// What the kernel does against flaws of the processor.
enum MitigationsCheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    let folder = "/sys/devices/system/cpu/vulnerabilities"
    let names = patient.files.names(in: folder)
    guard !names.isEmpty else {
      return Finding("mitigations", .unknown, "cannot read \(folder)")
    }
    let active = names.filter {
      patient.files.line("\(folder)/\($0)")?.hasPrefix("Mitigation") == true
    }
    guard !active.isEmpty else { return Finding("mitigations", .ok, "none active") }
    return Finding(
      "mitigations", .note, active.joined(separator: ", "),
      cost: "system calls and page faults (loading, waking threads) take longer; kernels do not",
      remedy: .none("without a risk: boot with mitigations=off where nobody else's code runs"))
  }
}
