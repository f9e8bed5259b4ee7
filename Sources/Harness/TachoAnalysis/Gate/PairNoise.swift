// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// How much the ln ratios of one statistic spread over launch pairs of a point against itself, as a gate
/// plans by it: a normal bulk and a share of outliers.
package struct PairNoise: Sendable, Hashable {
  /// Pairs below which a spread says little.
  package static let fewest = 10
  /// Beyond so many robust standard deviations of the middle a ratio is no longer of the bulk.
  static let bulk = 3.0

  package let pairs: Int
  /// Of the bulk: 1.4826 times the median absolute deviation, relative.
  package let sigma: Double
  /// The share beyond the bulk, less what a normal distribution has there.
  package let outliers: Double

  package init(pairs: Int, sigma: Double, outliers: Double) {
    self.pairs = pairs
    self.sigma = sigma
    self.outliers = outliers
  }

  /// Nil for fewer than `fewest`, or one that is not finite.
  package init?(_ logRatios: [Double]) {
    guard logRatios.count >= Self.fewest, let rule = OutlierRule(of: logRatios) else { return nil }
    pairs = logRatios.count
    sigma = 1.4826 * rule.mad
    let bound = Self.bulk * sigma
    let beyond = logRatios.count { abs($0 - rule.median) > bound }
    let normal = 2 * NormalDistribution.above(Self.bulk)
    outliers = max(0, (Double(beyond) / Double(pairs) - normal) / (1 - normal))
  }

  /// Of every point that has enough pairs in these sweeps, by its id; of several sweeps the first counts.
  package static func byPoint(
    in sweeps: [ResultSet.Sweep], statistic: (String) -> GateStatistic
  ) -> [String: PairNoise] {
    var result: [String: PairNoise] = [:]
    for sweep in sweeps {
      for (point, pairs) in LaunchPairs.seconds(of: sweep) where result[point] == nil {
        let statistic = statistic(point)
        result[point] = PairNoise(
          pairs.enumerated().compactMap { index, pair in
            PairTimes(index: index, base: pair.first, candidate: pair.second).logRatio(statistic)
          })
      }
    }
    return result
  }

  /// P(d > `bound`) of a pair whose sides differ by `shift`: outliers lie on either side of all bounds
  /// alike.
  func chance(above bound: Double, shift: Double) -> Double {
    (1 - outliers) * Self.above(bound - shift, sigma) + outliers / 2
  }

  /// P(d < `bound`).
  func chance(below bound: Double, shift: Double) -> Double {
    (1 - outliers) * Self.above(shift - bound, sigma) + outliers / 2
  }

  /// P(X > x) for X normal; of no spread a value at the bound counts as not above it.
  private static func above(_ x: Double, _ sigma: Double) -> Double {
    sigma > 0 ? NormalDistribution.above(x / sigma) : (x < 0 ? 1 : 0)
  }
}
