// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
package import TachoRecord

/// When a run has enough samples.
///
/// `samplesMax` ends a run in any case. Otherwise it takes at least `samplesMin` samples; then
/// `secondsMax` ends it, or, once `secondsMin` of time was measured, an interval of the median that is
/// narrow enough.
package struct StopRule: Sendable, Hashable {
  package let policy: MeasurementPolicy

  package init(_ policy: MeasurementPolicy) {
    self.policy = policy
  }

  /// Why the run ends after these samples, or nil to take another.
  ///
  /// `values` are the counted samples' times (of one call, for a kernel), `measuredSeconds` the sum of
  /// their timed regions, `elapsedSeconds` the time since the first sample was asked for.
  package func verdict(values: [Double], measuredSeconds: Double, elapsedSeconds: Double) -> String?
  {
    guard !values.isEmpty else { return nil }
    let count = "\(values.count) sample\(values.count == 1 ? "" : "s")"
    if values.count >= policy.samplesMax {
      return "\(count): the most asked for" + still(values)
    }
    guard values.count >= policy.samplesMin else { return nil }
    if elapsedSeconds >= policy.secondsMax {
      return "\(count): the time of \(Self.short(policy.secondsMax)) s is used up" + still(values)
    }
    guard measuredSeconds >= policy.secondsMin,
      policy.relativeHalfWidth > 0, isCheckpoint(values.count),
      let halfWidth = Summary(of: values)?.relativeHalfWidth, halfWidth <= policy.relativeHalfWidth
    else { return nil }
    return "\(count): interval ±\(Self.percent(halfWidth)) of the median, "
      + "within ±\(Self.percent(policy.relativeHalfWidth))"
  }

  /// An interval costs more than a short kernel's sample: with many samples only some are looked at,
  /// which also makes a lucky early stop less likely.
  private func isCheckpoint(_ count: Int) -> Bool {
    if count <= 50 { return true }
    return count % (count <= 500 ? 10 : 100) == 0
  }

  /// How far the interval is from its target, when there is one.
  private func still(_ values: [Double]) -> String {
    guard policy.relativeHalfWidth > 0, let halfWidth = Summary(of: values)?.relativeHalfWidth
    else { return "" }
    return "; interval ±\(Self.percent(halfWidth)) of the median, "
      + "wanted ±\(Self.percent(policy.relativeHalfWidth))"
  }

  private static func percent(_ ratio: Double) -> String { short(ratio * 100) + "%" }

  private static func short(_ value: Double) -> String { String(format: "%.3g", value) }
}
