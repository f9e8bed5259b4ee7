// SPDX-License-Identifier: Apache-2.0

/// The rank-sum test of Mann and Whitney (1947): whether one of two independent samples is the larger.
///
/// Given samples of one launch each it answers for these launches, not for what was launched: of
/// byte-identical programs it then calls more than a third different. Give it one value per launch.
package struct MannWhitney: Sendable, Hashable {
  /// U: pairs in which the first sample's value is the larger, equal ones counted half.
  package let statistic: Double
  package let pValue: Double
  package let method: RankTest.Method

  /// `.greater` says that `x` is larger; by itself exact without ties up to 2,500 pairs of values.
  ///
  /// Nil when one is empty or a value is not finite, or when `.exact` is asked for and there are ties
  /// or more pairs: the approximation is not passed off as it.
  package init?(
    _ x: [Double], _ y: [Double], alternative: RankTest.Alternative = .twoSided,
    method: RankTest.Method? = nil
  ) {
    let both = x + y
    guard !x.isEmpty, !y.isEmpty, both.allSatisfy(\.isFinite) else { return nil }
    let ranked = RankedValues(both)
    let canBeExact =
      !ranked.hasTies && x.count * y.count <= RankSumDistribution.mostExactPairs
    if method == .exact, !canBeExact { return nil }
    let (m, n) = (Double(x.count), Double(y.count))
    let larger = ranked.ranks[..<x.count].reduce(0, +) - m * (m + 1) / 2
    statistic = larger
    self.method = method ?? (canBeExact ? .exact : .asymptotic)
    switch self.method {
    case .exact:
      let distribution = RankSumDistribution(x.count, y.count)
      pValue = RankTest.exact(
        atMost: distribution.atMost(Int(larger)), atLeast: distribution.atLeast(Int(larger)),
        alternative: alternative)
    case .asymptotic:
      let total = m + n
      pValue = RankTest.approximate(
        excess: larger - m * n / 2,
        variance: m * n / 12 * (total + 1 - ranked.tieTerm / (total * (total - 1))),
        alternative: alternative)
    }
  }
}
