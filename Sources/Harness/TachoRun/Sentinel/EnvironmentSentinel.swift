// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Says whether a sample may be contaminated by what else happened on the machine.
///
/// A flagged sample is kept and marked. Thresholds, each of the sample's wall time:
/// - steal above 1% (the kernel counts in ticks of 10 ms, so one tick flags any sample under 1 s: the
///   tick may have begun before it, but a sample that short cannot tell);
/// - processor pressure (PSI "some") above 5%;
/// - involuntary switches of the worker above 50 per second and thread, and at least 5: a thread that
///   has a processor to itself has a few per second, one that shares it has about 300.
package enum EnvironmentSentinel {
  package static let stealLimit = 0.01
  package static let pressureLimit = 0.05
  package static let switchesPerThreadSecond = 50.0
  package static let switchesMin = 5

  /// What was seen, in words; nil when nothing was.
  package static func flag(
    before: EnvironmentReading, after: EnvironmentReading, wallSeconds: Double
  ) -> String? {
    guard wallSeconds > 0 else { return nil }
    var seen: [String] = []
    if let share = share(before.stealSeconds, after.stealSeconds, wallSeconds), share > stealLimit {
      seen.append("steal \(percent(share))")
    }
    if let share = share(before.pressureSeconds, after.pressureSeconds, wallSeconds),
      share > pressureLimit
    {
      seen.append("cpu pressure \(percent(share))")
    }
    if let first = before.involuntarySwitches, let last = after.involuntarySwitches {
      let switches = last - first
      let limit = switchesPerThreadSecond * wallSeconds * Double(max(after.threads ?? 1, 1))
      if switches >= switchesMin, Double(switches) > limit {
        seen.append("\(switches) involuntary switches")
      }
    }
    return seen.isEmpty ? nil : seen.joined(separator: ", ")
  }

  private static func share(_ before: Double?, _ after: Double?, _ wall: Double) -> Double? {
    guard let before, let after else { return nil }
    return (after - before) / wall
  }

  private static func percent(_ share: Double) -> String {
    String(format: "%.1f%% of the sample's time", share * 100)
  }
}
