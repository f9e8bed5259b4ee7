// SPDX-License-Identifier: Apache-2.0
import Foundation

/// How much of the noise lies between launches and how much within one: what says whether more launches
/// or longer ones make a figure more precise.
///
/// One-way random effects on the logarithms, so spreads are relative. Launches may differ in length: the
/// analysis-of-variance (method of moments) estimators of Searle, Casella and McCulloch, "Variance
/// Components" (1992), section 3.6: within^2 is the mean square within, between^2 = (mean square
/// between - mean square within) / n0 with n0 = (N - sum n_i^2 / N) / (k - 1), 0 when negative. Outliers
/// are in both; their share is told beside them.
package struct VarianceComponents: Sendable, Hashable {
  package let launches: Int
  package let samples: Int
  /// Standard deviations of the logarithm: 0.02 is about 2%.
  package let between: Double
  package let within: Double
  /// Samples that `OutlierRule` marks among the logarithms of all.
  package let outlierShare: Double

  /// Nil with fewer than 2 launches that have samples, no launch of at least 2, or a value that is not
  /// above 0 and finite.
  package init?(launches: [[Double]]) {
    let logs = launches.filter { !$0.isEmpty }.map { $0.map { log($0) } }
    let pooled = logs.flatMap { $0 }
    guard logs.count >= 2, pooled.count > logs.count, let rule = OutlierRule(of: pooled) else {
      return nil
    }
    let total = Double(pooled.count)
    let degrees = Double(logs.count - 1)
    let grand = pooled.reduce(0, +) / total
    var squaresWithin = 0.0
    var squaresBetween = 0.0
    for launch in logs {
      let mean = launch.reduce(0, +) / Double(launch.count)
      squaresWithin += launch.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      squaresBetween += Double(launch.count) * (mean - grand) * (mean - grand)
    }
    let meanWithin = squaresWithin / (total - degrees - 1)
    let sumOfSquares = logs.reduce(0.0) { $0 + Double($1.count * $1.count) }
    let size = (total - sumOfSquares / total) / degrees
    self.launches = logs.count
    samples = pooled.count
    within = meanWithin.squareRoot()
    between = max(0, (squaresBetween / degrees - meanWithin) / size).squareRoot()
    outlierShare = Double(pooled.count { rule.isOutlier($0) }) / total
  }

  /// The part of a single sample's variance that lies between launches; nil when nothing varies.
  package var share: Double? {
    let variance = between * between + within * within
    return variance > 0 ? between * between / variance : nil
  }
}
