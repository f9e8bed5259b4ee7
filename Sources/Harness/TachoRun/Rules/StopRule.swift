// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
package import TachoRecord

/// When a run has enough samples.
///
/// `samplesMax` ends a run in any case. Otherwise it takes at least `samplesMin` samples; then
/// `secondsMax` ends it, or, once `secondsMin` of time was measured, an interval of the median that is
/// narrow enough or, from 65 samples on, noise that has become stationary: the point is inherently noisy,
/// and a narrower interval takes launches, not samples. What ended it is said in words.
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
      let halfWidth = Summary(of: values)?.relativeHalfWidth
    else { return nil }
    if halfWidth <= policy.relativeHalfWidth {
      return "\(count): interval ±\(Self.percent(halfWidth)) of the median, "
        + "within ±\(Self.percent(policy.relativeHalfWidth))"
    }
    return inherentNoise(values).map { "\(count): \($0)" + still(values) }
  }

  /// That the noise has become stationary, or nil while it has not.
  ///
  /// Walks over all values, at checkpoints only: for n samples in all, about n / 10 steps each.
  private func inherentNoise(_ values: [Double]) -> String? {
    let noise = StationaryNoise(values)
    guard noise.isStationary, let level = noise.noise, let spread = noise.spread,
      let window = noise.window
    else { return nil }
    return "inherently noisy, a standard deviation of \(Self.percent(level)) that moved by"
      + " \(Self.percent(spread)) over the last \(window)"
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
