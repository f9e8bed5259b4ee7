// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoRecord

/// The smallest relative change that so many launch pairs would find with the power asked for, judged
/// from A/A launch pairs of the same benchmark on the same machine.
///
/// A change is taken to shift every log ratio by the same amount and to leave their spread as it is.
package struct MinimalDetectableEffect: Sendable, Hashable {
  /// Launch pairs of the comparison that is planned.
  package let pairs: Int
  package let alpha: Double
  package let power: Double
  /// Two-sided exact sign test: free of any distribution but for symmetry about 0, which holds when the
  /// order within an A/A pair is random.
  ///
  /// The test rejects when at least c of n pairs have one sign. That happens with the power asked for
  /// when a pair has it with the chance p, P(Bin(n, p) >= c) = power. A shift by theta makes
  /// p = 1/2 + P(|d| < theta) / 2 of the A/A ratios d: theta is their (2p - 1) quantile of |d|.
  package let sign: Reading
  /// Two-sided paired t test, from the standard deviation s of the A/A ratios.
  ///
  /// (t(1 - alpha/2) + t(power)) s / sqrt(n) with n - 1 degrees of freedom: within 1% of what the
  /// noncentral t gives from 6 pairs on. Assumes normal ratios: the outliers of shared machines inflate
  /// s, and its power then falls behind what is said here.
  package let student: Reading

  package init(logRatios: [Double], pairs: Int, alpha: Double = 0.05, power: Double = 0.8) {
    self.pairs = pairs
    self.alpha = alpha
    self.power = power
    guard alpha > 0, alpha < 1, power > 0.5, power < 1 else {
      let reading = Reading.unavailable(
        "alpha \(alpha) and power \(power) are not what a test can have; alpha lies between 0 and 1,"
          + " power between 0.5 and 1")
      (sign, student) = (reading, reading)
      return
    }
    guard logRatios.allSatisfy(\.isFinite) else {
      let reading = Reading.unavailable("a ratio of an A/A launch pair is not a finite number")
      (sign, student) = (reading, reading)
      return
    }
    sign = Self.signEffect(logRatios, pairs, alpha, power)
    student = Self.studentEffect(logRatios, pairs, alpha, power)
  }

  /// Pairs of one sign from which the two-sided exact sign test rejects; nil when all of them would
  /// not do.
  static func criticalCount(pairs: Int, alpha: Double) -> Int? {
    guard pairs >= 1 else { return nil }
    let count = BinomialDistribution(count: pairs, chance: 0.5).upperRank(tail: alpha / 2)
    return count <= pairs ? count : nil
  }

  /// The chance of one sign in a pair with which the test has this power.
  static func neededChance(pairs: Int, critical: Int, power: Double) -> Double {
    Bisection.lowest(in: 0.5...1) {
      BinomialDistribution(count: pairs, chance: $0).atLeast(critical) >= power
    }
  }

  private static func signEffect(
    _ logRatios: [Double], _ pairs: Int, _ alpha: Double, _ power: Double
  ) -> Reading {
    guard let critical = criticalCount(pairs: pairs, alpha: alpha) else {
      let fewest = (1...).first { criticalCount(pairs: $0, alpha: alpha) != nil } ?? 1
      return .unavailable(
        "with \(pairs) launch pairs the sign test can never reject at \(alpha);"
          + " it takes at least \(fewest)")
    }
    let quantile = 2 * neededChance(pairs: pairs, critical: critical, power: power) - 1
    switch Percentile.reading(100 * quantile, of: logRatios.map(abs)) {
    case .value(let effect): return .value(expm1(effect))
    case .unavailable:
      let fewest = Percentile.fewest(100 * quantile) ?? 1
      return .unavailable(
        "needs at least \(fewest) A/A launch pairs, there are \(logRatios.count)")
    }
  }

  private static func studentEffect(
    _ logRatios: [Double], _ pairs: Int, _ alpha: Double, _ power: Double
  ) -> Reading {
    guard pairs >= 2 else { return .unavailable("a t test takes at least 2 launch pairs") }
    guard let deviation = Summary(of: logRatios)?.standardDeviation else {
      return .unavailable("needs at least 2 A/A launch pairs, there are \(logRatios.count)")
    }
    let student = StudentDistribution(freedom: Double(pairs - 1))
    let factor = student.quantile(1 - alpha / 2) + student.quantile(power)
    return .value(expm1(factor * deviation / Double(pairs).squareRoot()))
  }
}
