// SPDX-License-Identifier: Apache-2.0

/// How frequencies are chosen.
enum GovernorCheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    guard let governor = FrequencyFacts(files: patient.files).governor else {
      return Finding("governor", .unknown, "no cpufreq: \(patient.unreadable)")
    }
    guard governor != "performance" else { return Finding("governor", .ok, governor) }
    return Finding(
      "governor", .major, governor,
      cost: "the first milliseconds of work run at a low frequency: short samples are slower",
      remedy: patient.onHost(
        "echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor"))
  }
}
