// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Reads the counters from /proc.
package struct ProcEnvironmentReader: EnvironmentReader {
  private let files: SystemFiles
  private let ticksPerSecond: Double

  package init(files: SystemFiles = SystemFiles()) {
    self.files = files
    ticksPerSecond = Double(max(sysconf(Int32(_SC_CLK_TCK)), 1))
  }

  package func read(processID: Int32?) -> EnvironmentReading {
    var reading = EnvironmentReading(
      stealSeconds: stealSeconds(), pressureSeconds: pressureSeconds(of: "cpu"))
    guard let processID else { return reading }
    let threads = files.names(in: "/proc/\(processID)/task")
    guard !threads.isEmpty else { return reading }
    reading.threads = threads.count
    reading.involuntarySwitches = threads.reduce(0) { sum, thread in
      sum + (involuntarySwitches("/proc/\(processID)/task/\(thread)/status") ?? 0)
    }
    return reading
  }

  /// The eighth figure of /proc/stat's first line.
  package func stealSeconds() -> Double? {
    guard let line = files.text("/proc/stat")?.split(separator: "\n").first else { return nil }
    let words = line.split(separator: " ")
    guard words.count > 8, let ticks = Double(words[8]) else { return nil }
    return ticks / ticksPerSecond
  }

  /// `total=` in microseconds of the "some" line of `cpu`, `memory` or `io`.
  package func pressureSeconds(of resource: String) -> Double? {
    for line in files.text("/proc/pressure/\(resource)")?.split(separator: "\n") ?? [] {
      guard line.hasPrefix("some "), let total = line.split(separator: "=").last else { continue }
      return Double(total).map { $0 / 1e6 }
    }
    return nil
  }

  private func involuntarySwitches(_ path: String) -> Int? {
    for line in files.text(path)?.utf8.split(separator: UInt8(ascii: "\n")).reversed() ?? [] {
      guard line.starts(with: "nonvoluntary_ctxt_switches:".utf8) else { continue }
      let digits = line.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      return Int(String(decoding: digits, as: UTF8.self))
    }
    return nil
  }
}
