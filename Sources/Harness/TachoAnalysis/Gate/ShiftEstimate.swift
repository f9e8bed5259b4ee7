// SPDX-License-Identifier: Apache-2.0

/// The centre of the pairs' logarithmic ratios, and an interval from their order alone.
///
/// The interval is the sign test's, inverted: between two order statistics of the ratios, chosen so that
/// the median of a symmetric distribution lies outside with a chance of at most 1 - level, whatever the
/// distribution's tails (exact binomial). The estimate is Hodges' and Lehmann's.
package struct ShiftEstimate: Sendable, Hashable {
  package let estimate: Double
  /// Nil for fewer than 6 pairs at 95%.
  package let interval: ClosedRange<Double>?

  /// Nil without ratios, or with one that is not finite.
  package init?(_ logRatios: [Double], level: Double = 0.95) {
    guard let centre = HodgesLehmann(logRatios, level: level) else { return nil }
    estimate = centre.estimate
    let sorted = logRatios.sorted()
    // The largest k with P(fewer than k of n below the median) <= (1 - level) / 2.
    let k = BinomialDistribution(count: sorted.count, chance: 0.5).lowerRank(
      tail: (1 - level) / 2)
    interval = k >= 1 ? sorted[k - 1]...sorted[sorted.count - k] : nil
  }
}
