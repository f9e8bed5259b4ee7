// SPDX-License-Identifier: Apache-2.0

/// Whether a page fault may stop to make room for a huge page.
enum DefragCheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    let path = "/sys/kernel/mm/transparent_hugepage/defrag"
    guard let mode = patient.files.selectedWord(path) else {
      return Finding("huge page defrag", .unknown, "cannot read \(path)")
    }
    guard mode == "always" else { return Finding("huge page defrag", .ok, mode) }
    return Finding(
      "huge page defrag", .minor, "always",
      cost: "page faults stop to move memory: loading and first samples vary",
      remedy: patient.inKernel("echo madvise | sudo tee \(path)"))
  }
}
