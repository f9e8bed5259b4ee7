// SPDX-License-Identifier: Apache-2.0

/// Whether there is memory for models.
enum MemoryCheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    guard let total = patient.memory("MemTotal"), let available = patient.memory("MemAvailable"),
      total > 0
    else { return Finding("memory", .unknown, "no MemAvailable in /proc/meminfo") }
    let observed = "\(available) of \(total) MiB available"
    let severity: Finding.Severity =
      available < 1024 ? .major : available < total / 4 ? .minor : .ok
    return Finding(
      "memory", severity, observed,
      cost: "weights are read from the disk again and again, or the worker is killed",
      remedy: .command("ps -eo rss,pid,user,args --sort=-rss | head, and end what can wait"))
  }
}
