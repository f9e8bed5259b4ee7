// SPDX-License-Identifier: Apache-2.0

/// Variables that change the number of threads behind the suite's back.
enum ThreadVariablesCheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    let names = ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_PROC_BIND"]
    let set = names.filter { patient.variables[$0] != nil }
    guard !set.isEmpty else { return Finding("thread variables", .ok, "none set") }
    return Finding(
      "thread variables", .minor,
      set.map { "\($0)=\(patient.variables[$0] ?? "")" }.joined(separator: " "),
      cost: "peers and OpenBLAS may take other threads than engine.threads asks for",
      remedy: .command("unset \(set.joined(separator: " "))"))
  }
}
