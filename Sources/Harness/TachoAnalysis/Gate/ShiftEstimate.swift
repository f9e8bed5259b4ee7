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
    interval = Self.interval(of: logRatios, level: level)
  }

  /// The interval alone, of finite ratios.
  static func interval(of logRatios: [Double], level: Double = 0.95) -> ClosedRange<Double>? {
    interval(of: logRatios, rank: rank(count: logRatios.count, level: level))
  }

  static func interval(of logRatios: [Double], rank: Int) -> ClosedRange<Double>? {
    guard rank >= 1 else { return nil }
    let sorted = logRatios.sorted()
    return sorted[rank - 1]...sorted[sorted.count - rank]
  }

  /// The largest k with P(fewer than k of n below the median) <= (1 - level) / 2; 0 for none.
  static func rank(count: Int, level: Double = 0.95) -> Int {
    BinomialDistribution(count: count, chance: 0.5).lowerRank(tail: (1 - level) / 2)
  }
}
