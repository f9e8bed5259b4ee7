// SPDX-License-Identifier: Apache-2.0

/// How often the kernel's tick interrupts a thread at work.
enum TickCheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    if let free = patient.files.line("/sys/devices/system/cpu/nohz_full"), free != "(null)" {
      return Finding("kernel tick", .ok, "off on processors \(free) while one thread runs")
    }
    let release = patient.files.line("/proc/sys/kernel/osrelease") ?? ""
    let line = patient.files.text("/boot/config-\(release)")?.split(separator: "\n")
      .first { $0.hasPrefix("CONFIG_HZ=") }
    let rate = line.map { "\($0.dropFirst(10)) per second" } ?? "on every processor"
    return Finding(
      "kernel tick", .note, rate, cost: "a few microseconds each: far below one percent",
      remedy: patient.inKernel("boot with nohz_full=LIST for processors that only measure"))
  }
}
