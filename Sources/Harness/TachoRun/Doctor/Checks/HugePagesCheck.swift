// SPDX-License-Identifier: Apache-2.0

/// Whether weights can lie in huge pages.
enum HugePagesCheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    let path = "/sys/kernel/mm/transparent_hugepage/enabled"
    guard let mode = patient.files.selectedWord(path) else {
      return Finding("huge pages", .unknown, "cannot read \(path)")
    }
    guard mode == "never" else { return Finding("huge pages", .ok, mode) }
    return Finding(
      "huge pages", .minor, "never",
      cost: "keys, values and repacked weights lie in pages of 4 KiB: more time in page walks",
      remedy: patient.inKernel("echo madvise | sudo tee \(path)"))
  }
}
