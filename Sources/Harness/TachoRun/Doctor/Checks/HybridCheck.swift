// SPDX-License-Identifier: Apache-2.0

/// Whether there are cores of different speed.
enum HybridCheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    let performance = patient.files.line("/sys/devices/cpu_core/cpus")
    if let performance, patient.files.line("/sys/devices/cpu_atom/cpus") != nil {
      return Finding(
        "hybrid cores", .major, "performance cores \(performance), and efficiency cores",
        cost: "a launch is as slow as its slowest worker, and the kernel moves them",
        remedy: .command("taskset -c \(performance) tacho run ..., with engine.threads to match"))
    }
    let root = "/sys/devices/system/cpu"
    let capacities = Set(
      patient.files.names(in: root).compactMap {
        patient.files.integer("\(root)/\($0)/cpu_capacity")
      })
    guard capacities.count > 1 else { return Finding("hybrid cores", .ok, "all alike") }
    return Finding(
      "hybrid cores", .major,
      "capacities \(capacities.sorted().map(String.init).joined(separator: ", "))",
      cost: "a launch is as slow as its slowest worker, and the kernel moves them",
      remedy: .command("taskset -c LIST tacho run ..., of cores with one cpu_capacity in \(root)"))
  }
}
