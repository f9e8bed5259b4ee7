// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import TachoAnalysis

/// Distributions against scipy, and what must hold of them whatever the numbers.
@Suite struct DistributionTests {
  @Test func normalAndStudentAgreeWithScipy() throws {
    let golden = try GoldenStatistics.read().distributions
    for entry in golden.normal {
      #expect(GoldenStatistics.agree(NormalDistribution.below(entry.x), entry.below), "\(entry)")
      #expect(GoldenStatistics.agree(NormalDistribution.above(entry.x), entry.above), "\(entry)")
    }
    for entry in golden.normalQuantiles {
      let x = NormalDistribution.quantile(entry.p)
      #expect(abs(x - entry.x) < 1e-12 * max(1, abs(x)), "\(entry): \(x)")
    }
    for entry in golden.student {
      let below = StudentDistribution(freedom: entry.freedom).below(entry.x)
      #expect(GoldenStatistics.agree(below, entry.below, within: 1e-10), "\(entry): \(below)")
    }
    for entry in golden.studentQuantiles {
      let x = StudentDistribution(freedom: entry.freedom).quantile(entry.p)
      #expect(GoldenStatistics.agree(x, entry.x, within: 1e-9), "\(entry): \(x)")
    }
    #expect(NormalDistribution.quantile(0) == -.infinity)
    #expect(StudentDistribution(freedom: 3).quantile(1) == .infinity)
  }

  @Test func betaAndBinomialAgreeWithScipy() throws {
    let golden = try GoldenStatistics.read().distributions
    for entry in golden.beta {
      let share = IncompleteBeta.share(entry.x, entry.a, entry.b)
      #expect(GoldenStatistics.agree(share, entry.share, within: 1e-9), "\(entry): \(share)")
    }
    for entry in golden.binomial {
      let atMost = BinomialDistribution(count: entry.n, chance: entry.p).atMost(entry.k)
      #expect(abs(atMost - entry.atMost) < 1e-10, "\(entry): \(atMost)")
    }
  }

  /// ln 4! = ln 24; the gamma function of 1/2 is the root of pi.
  @Test func logGammaByHand() {
    #expect(abs(IncompleteBeta.logGamma(5) - log(24)) < 1e-14)
    #expect(abs(IncompleteBeta.logGamma(0.5) - log(Double.pi) / 2) < 1e-14)
  }

  /// All subsets of 1...4 by their sum: 1 1 1 2 2 2 2 2 1 1 1, of 16.
  @Test func signedRankByHand() {
    let distribution = SignedRankDistribution(count: 4)
    let counts = [1, 1, 1, 2, 2, 2, 2, 2, 1, 1, 1]
    var seen = 0
    for (w, count) in counts.enumerated() {
      seen += count
      #expect(distribution.atMost(w) == Double(seen) / 16, "\(w)")
      #expect(distribution.atLeast(w) == Double(16 - seen + count) / 16, "\(w)")
    }
  }

  /// Two of four ranks: U is 0, 1, 2 (twice), 3, 4 in 6 ways.
  @Test func rankSumByHand() {
    let distribution = RankSumDistribution(2, 2)
    for (u, ways) in [1, 2, 4, 5, 6].enumerated() {
      #expect(abs(distribution.atMost(u) - Double(ways) / 6) < 1e-15, "\(u)")
    }
  }

  @Test(arguments: [2, 9, 23, 60]) func signedRankIsADistribution(count: Int) {
    let distribution = SignedRankDistribution(count: count)
    let most = count * (count + 1) / 2
    #expect(abs(distribution.atMost(most) - 1) < 1e-12)
    for w in stride(from: 0, to: most, by: max(1, most / 40)) {
      #expect(abs(distribution.atMost(w) + distribution.atLeast(w + 1) - 1) < 1e-12, "\(w)")
    }
    let exact = distribution.outerRank(tail: 0.025)
    let approximate = SignedRankDistribution.approximateOuterRank(count: count, tail: 0.025)
    #expect(abs(exact - approximate) <= 1 + count / 20, "\(exact) \(approximate)")
  }

  @Test func midranksShareTheirPlaces() {
    let ranked = RankedValues([3, 1, 3, 2, 3])
    #expect(ranked.ranks == [4, 1, 4, 2, 4])
    #expect(ranked.tieTerm == 24)
    #expect(!RankedValues([2, 1]).hasTies)
  }
}
