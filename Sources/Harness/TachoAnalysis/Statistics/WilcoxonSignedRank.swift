// SPDX-License-Identifier: Apache-2.0

/// Wilcoxon's signed-rank test (1945): whether differences, taken to be symmetric, are centred on 0.
///
/// Differences of exactly 0 are dropped first (`zero_method="wilcox"` of scipy). One difference is one
/// launch pair: samples of one launch are not independent of each other.
package struct WilcoxonSignedRank: Sendable, Hashable {
  /// Differences other than 0.
  package let count: Int
  /// W+, the sum of the ranks of the positive differences.
  package let statistic: Double
  package let pValue: Double
  package let method: RankTest.Method

  /// By itself exact for up to 60 differences without ties and zeros.
  ///
  /// Nil without a finite difference other than 0, or when `.exact` is asked for and there are ties,
  /// zeros or more differences: the approximation is not passed off as it.
  package init?(
    _ differences: [Double], alternative: RankTest.Alternative = .twoSided,
    method: RankTest.Method? = nil
  ) {
    let kept = differences.filter { $0 != 0 }
    guard !kept.isEmpty, kept.allSatisfy(\.isFinite) else { return nil }
    let ranked = RankedValues(kept.map(abs))
    let canBeExact =
      !ranked.hasTies && kept.count == differences.count
      && kept.count <= SignedRankDistribution.mostExact
    if method == .exact, !canBeExact { return nil }
    count = kept.count
    let positive = zip(kept, ranked.ranks).reduce(0) { $0 + ($1.0 > 0 ? $1.1 : 0) }
    statistic = positive
    self.method = method ?? (canBeExact ? .exact : .asymptotic)
    switch self.method {
    case .exact:
      let distribution = SignedRankDistribution(count: kept.count)
      pValue = RankTest.exact(
        atMost: distribution.atMost(Int(positive)), atLeast: distribution.atLeast(Int(positive)),
        alternative: alternative)
    case .asymptotic:
      let n = Double(kept.count)
      pValue = RankTest.approximate(
        excess: positive - n * (n + 1) / 4,
        variance: n * (n + 1) * (2 * n + 1) / 24 - ranked.tieTerm / 48, alternative: alternative)
    }
  }
}
