// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// What a comparison of a point can see on a machine, from launch pairs of the point against itself.
///
/// Each pair gives one number, ln(statistic of the one / statistic of the other); their spread is noise
/// by construction. The statistic is the one of `statistics` whose pair ratios spread least here.
package struct PointNoise: Sendable, Hashable {
  /// How much the ratios of one statistic spread over the pairs.
  package struct Spread: Sendable, Hashable {
    package let statistic: LaunchStatistic
    /// 1.4826 times the median absolute deviation of the ln ratios: a relative standard deviation that
    /// a few bad pairs do not move.
    package let robust: Double
  }

  /// What launches may be reduced to.
  package static let statistics: [LaunchStatistic] = [.minimum, .p10, .p25, .median, .mean]
  /// Pairs of the comparison that `detectable` is about; its level and power.
  package static let plannedPairs = 20
  package static let alpha = 0.05
  package static let power = 0.8

  package let pairs: Int
  /// Of each statistic, the tightest first.
  package let spreads: [Spread]
  package let logRatios: [Double]
  /// What 95 of 100 pairs stay below; nil for fewer than 20 pairs.
  package let floor: NoiseFloor?
  package let detectable: MinimalDetectableEffect
  /// How much lies between launches and how much within one; nil where there is too little to tell.
  package let components: VarianceComponents?

  package var statistic: LaunchStatistic { spreads[0].statistic }
  package var robust: Double { spreads[0].robust }

  /// From the samples of each pair's launches, in seconds; nil for fewer than 2 pairs with samples on
  /// both sides.
  package init?(pairs: [(first: [Double], second: [Double])], planned: Int = plannedPairs) {
    let whole = pairs.filter { !$0.first.isEmpty && !$0.second.isEmpty }
    let ratios = Self.statistics.map { $0.logRatios(ofPairs: whole) }
    guard whole.count >= 2, ratios.allSatisfy({ $0.count == whole.count }) else { return nil }
    let spreads = zip(Self.statistics, ratios).compactMap { statistic, ratios in
      OutlierRule(of: ratios).map { Spread(statistic: statistic, robust: 1.4826 * $0.mad) }
    }
    // Of equals the first: the order of `statistics` decides.
    self.spreads = spreads.enumerated().sorted {
      ($0.element.robust, $0.offset) < ($1.element.robust, $1.offset)
    }.map(\.element)
    guard let tightest = self.spreads.first else { return nil }
    self.pairs = whole.count
    logRatios = tightest.statistic.logRatios(ofPairs: whole)
    floor = NoiseFloor(logRatios: logRatios)
    detectable = MinimalDetectableEffect(
      logRatios: logRatios, pairs: planned, alpha: Self.alpha, power: Self.power)
    components = VarianceComponents(launches: whole.flatMap { [$0.first, $0.second] })
  }

  /// Of every point that has pairs in these sweeps, by its id; of several sweeps the first counts.
  package static func byPoint(in sweeps: [ResultSet.Sweep]) -> [String: PointNoise] {
    var result: [String: PointNoise] = [:]
    for sweep in sweeps {
      for (point, pairs) in LaunchPairs.seconds(of: sweep) where result[point] == nil {
        result[point] = PointNoise(pairs: pairs)
      }
    }
    return result
  }
}
