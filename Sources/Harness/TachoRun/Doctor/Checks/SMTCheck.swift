// SPDX-License-Identifier: Apache-2.0

/// Whether two threads share a core.
enum SMTCheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    guard let active = patient.files.line("/sys/devices/system/cpu/smt/active") else {
      return Finding("smt", .unknown, "no smt/active: \(patient.unreadable)")
    }
    guard active == "1" else { return Finding("smt", .ok, "off") }
    return Finding(
      "smt", .minor, "on",
      cost: "two threads on one core share its units: which threads do differs from run to run",
      remedy: patient.onHost("echo off | sudo tee /sys/devices/system/cpu/smt/control"))
  }
}
