// SPDX-License-Identifier: Apache-2.0

/// Whether hardware counters can be had.
enum CountersCheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    let devices = patient.files.names(in: "/sys/bus/event_source/devices")
    guard !devices.isEmpty else {
      return Finding("counters", .unknown, "no /sys/bus/event_source/devices")
    }
    let units = devices.filter {
      $0 == "cpu" || $0 == "cpu_core" || $0.hasPrefix("armv")
    }
    guard !units.isEmpty else {
      return Finding(
        "counters", .note, "no PMU",
        cost: "no cycles, instructions or cache misses beside the times",
        remedy: patient.isVirtual
          ? .none("inside this virtual machine: the host must pass a virtual PMU through") : nil)
    }
    let level = patient.files.integer("/proc/sys/kernel/perf_event_paranoid") ?? 2
    guard level > 2 else {
      return Finding(
        "counters", .ok, "\(units.joined(separator: ", ")), perf_event_paranoid \(level)")
    }
    return Finding(
      "counters", .note, "perf_event_paranoid \(level)",
      cost: "no cycles, instructions or cache misses beside the times",
      remedy: patient.inKernel("sudo sysctl kernel.perf_event_paranoid=2"))
  }
}
