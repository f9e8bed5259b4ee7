// SPDX-License-Identifier: Apache-2.0
import Glibc

/// How busy each processor is, from two readings of /proc/stat (proc(5)).
package struct ProcessorLoad: Sendable, Hashable {
  /// Ticks that a processor was busy, and all its ticks.
  private struct Ticks: Hashable {
    var busy: Int
    var all: Int
  }

  private let ticks: [Int: Ticks]

  package init(statistics text: String) {
    var ticks: [Int: Ticks] = [:]
    for line in text.split(separator: "\n") where line.hasPrefix("cpu") {
      let words = line.split(separator: " ")
      guard let name = words.first, let processor = Int(name.dropFirst(3)) else { continue }
      // user nice system idle iowait irq softirq steal; guests are counted among users.
      let numbers = words.dropFirst().prefix(8).map { Int($0) ?? 0 }
      guard numbers.count >= 5 else { continue }
      let all = numbers.reduce(0) { $0 &+ $1 }
      ticks[processor] = Ticks(busy: all &- numbers[3] &- numbers[4], all: all)
    }
    self.ticks = ticks
  }

  /// Busy shares (0 to 1) since an earlier reading, of the processors whose clocks have advanced.
  package func shares(since earlier: ProcessorLoad) -> [Int: Double] {
    var shares: [Int: Double] = [:]
    for (processor, now) in ticks {
      guard let before = earlier.ticks[processor], now.all > before.all else { continue }
      let share = Double(now.busy - before.busy) / Double(now.all - before.all)
      shares[processor] = min(1, max(0, share))
    }
    return shares
  }

  /// What processors do for so long, while the caller sleeps.
  package static func measure(milliseconds: Int = 200, root: String = "") -> [Int: Double] {
    let files = ProcessorFiles(root: root)
    guard let before = files.text("/proc/stat") else { return [:] }
    usleep(UInt32(milliseconds * 1000))
    guard let after = files.text("/proc/stat") else { return [:] }
    return ProcessorLoad(statistics: after).shares(since: ProcessorLoad(statistics: before))
  }
}
