// SPDX-License-Identifier: Apache-2.0
import Foundation

/// How different two launches of the very same thing come out here: what a single launch pair must
/// exceed before it says anything.
package struct NoiseFloor: Sendable, Hashable {
  /// A/A launch pairs it was measured from.
  package let pairs: Int
  /// In 95 of 100 pairs the slower launch is slower by at most this: 0.03 is 3%.
  package let relative: Double
  /// Its 95% interval, free of any assumption on the distribution; the upper end is nil (not known)
  /// for fewer than 72 pairs.
  package let lower: Double?
  package let upper: Double?

  /// From ln ratios of A/A launch pairs (`LaunchStatistic.logRatios`); nil for fewer than 20, of which
  /// not one is expected beyond the 95th percentile, or one that is not finite.
  package init?(logRatios: [Double]) {
    guard logRatios.count >= 20, let percentile = Percentile(95, of: logRatios.map(abs)) else {
      return nil
    }
    pairs = logRatios.count
    relative = expm1(percentile.value)
    lower = percentile.lower.map { expm1($0) }
    upper = percentile.upper.map { expm1($0) }
  }
}
