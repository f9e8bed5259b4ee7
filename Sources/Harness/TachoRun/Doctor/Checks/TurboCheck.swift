// SPDX-License-Identifier: Apache-2.0

/// Whether frequencies go beyond what can be held.
enum TurboCheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    guard let turbo = FrequencyFacts(files: patient.files).turbo else {
      return Finding("turbo", .unknown, "\(patient.unreadable)")
    }
    guard turbo else { return Finding("turbo", .ok, "off") }
    let isIntel = patient.files.line("/sys/devices/system/cpu/intel_pstate/no_turbo") != nil
    return Finding(
      "turbo", .minor, "on",
      cost: "frequency depends on heat and on how many cores work: figures drift within a sweep",
      remedy: patient.onHost(
        isIntel
          ? "echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo"
          : "echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost"))
  }
}
