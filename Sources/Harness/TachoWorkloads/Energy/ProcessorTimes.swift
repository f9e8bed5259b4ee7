// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc

/// How long this machine's processors were busy, and how long of it for this process.
struct ProcessorTimes {
  /// Seconds since boot, of all processors together; nil where /proc/stat cannot be read.
  private let busy: Double?
  private let total: Double?
  private let own: Double

  /// A reading now; `statistics` is /proc/stat.
  init(statistics: String) {
    // A wrapped engine is a child, which has ended by the end of the region.
    own = Self.processorSeconds(of: RUSAGE_SELF) + Self.processorSeconds(of: RUSAGE_CHILDREN)
    let text = try? String(contentsOfFile: statistics, encoding: .utf8)
    let line = text?.split(separator: "\n").first { $0.hasPrefix("cpu ") }
    let ticks = line?.split(separator: " ").dropFirst().map { Double($0) ?? .nan } ?? []
    guard ticks.count >= 8, ticks.allSatisfy(\.isFinite) else {
      (busy, total) = (nil, nil)
      return
    }
    let perSecond = Double(sysconf(Int32(_SC_CLK_TCK)))
    // user nice system idle iowait irq softirq steal; guests are counted in user and nice already.
    busy = (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]) / perSecond
    total = ticks[..<8].reduce(0, +) / perSecond
  }

  /// Which share of all processors' time other programs had since an earlier reading.
  ///
  /// Times are counted in ticks: what two ticks would explain is not held against anybody.
  func foreignShare(since start: ProcessorTimes) -> Double? {
    guard let busy, let total, let startBusy = start.busy, let startTotal = start.total,
      total > startTotal
    else { return nil }
    let tick = 1 / Double(sysconf(Int32(_SC_CLK_TCK)))
    let foreign = busy - startBusy - (own - start.own) - 2 * tick
    return max(0, foreign) / (total - startTotal)
  }

  private static func processorSeconds(of whom: __rusage_who) -> Double {
    var usage = rusage()
    getrusage(Int32(whom.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }
}
