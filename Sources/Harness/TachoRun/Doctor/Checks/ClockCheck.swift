// SPDX-License-Identifier: Apache-2.0

/// Whether reading the clock is cheap.
enum ClockCheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    let path = "/sys/devices/system/clocksource/clocksource0/current_clocksource"
    guard let source = patient.files.line(path) else {
      return Finding("clock", .unknown, "cannot read \(path)")
    }
    guard ["hpet", "acpi_pm", "jiffies", "refined-jiffies", "pit"].contains(source) else {
      return Finding("clock", .ok, source)
    }
    return Finding(
      "clock", .major, source,
      cost: "each reading of the clock is a system call of a microsecond or more",
      remedy: patient.inKernel("echo tsc | sudo tee \(path)  (or boot with tsc=reliable)"))
  }
}
