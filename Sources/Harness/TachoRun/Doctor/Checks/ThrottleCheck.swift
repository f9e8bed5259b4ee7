// SPDX-License-Identifier: Apache-2.0

/// Whether the processor had to be slowed down for its heat.
enum ThrottleCheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    let counts = patient.files.names(in: "/sys/devices/system/cpu").compactMap {
      patient.files.integer("/sys/devices/system/cpu/\($0)/thermal_throttle/core_throttle_count")
    }
    guard let most = counts.max() else {
      return Finding("heat", .unknown, "no throttle counts: \(patient.unreadable)")
    }
    guard most > 0 else { return Finding("heat", .ok, "never throttled since the start") }
    return Finding(
      "heat", .minor, "a core was throttled \(most) times since the start",
      cost: "long sweeps slow down; samples in which it happens are flagged",
      remedy: .none("by a command: better cooling, or turbo off"))
  }
}
