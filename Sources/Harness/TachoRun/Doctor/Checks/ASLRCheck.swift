// SPDX-License-Identifier: Apache-2.0

/// Whether every process has another layout of memory.
enum ASLRCheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    guard let mode = patient.files.line("/proc/sys/kernel/randomize_va_space") else {
      return Finding("address layout", .unknown, "cannot read randomize_va_space")
    }
    guard mode != "0" else {
      return Finding(
        "address layout", .note, "the same in every process",
        cost: "several launches all share one layout, lucky or not: their interval is too narrow",
        remedy: patient.inKernel("sudo sysctl kernel.randomize_va_space=2"))
    }
    return Finding("address layout", .ok, "random, so that several launches sample it")
  }
}
