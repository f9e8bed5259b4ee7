// SPDX-License-Identifier: Apache-2.0

/// Whether memory has been moved to disk.
enum SwapCheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    guard let total = patient.memory("SwapTotal"), let free = patient.memory("SwapFree") else {
      return Finding("swap", .unknown, "no SwapTotal in /proc/meminfo")
    }
    let used = total - free
    guard used > 64 else {
      return Finding("swap", .ok, total == 0 ? "none" : "\(used) of \(total) MiB in use")
    }
    return Finding(
      "swap", .major, "\(used) of \(total) MiB in use",
      cost: "pages of weights may have to come back from disk in the midst of a sample",
      remedy: patient.inKernel("sudo swapoff -a"))
  }
}
