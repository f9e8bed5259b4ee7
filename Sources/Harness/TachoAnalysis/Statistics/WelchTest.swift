// SPDX-License-Identifier: Apache-2.0

/// Welch's t test (1947): whether the means of two independent samples differ, their variances being
/// whatever they are.
///
/// Here for comparison only: given the samples of one launch each, it takes them for independent, which
/// they are not.
package struct WelchTest: Sendable, Hashable {
  package let statistic: Double
  /// Of Welch and Satterthwaite.
  package let freedom: Double
  /// Two-sided.
  package let pValue: Double

  /// Nil for a sample of fewer than 2 values, one that is not finite, or when nothing varies.
  package init?(_ x: [Double], _ y: [Double]) {
    guard x.count >= 2, y.count >= 2, x.allSatisfy(\.isFinite), y.allSatisfy(\.isFinite) else {
      return nil
    }
    let (first, second) = (Self.moments(x), Self.moments(y))
    let (m, n) = (Double(x.count), Double(y.count))
    let (a, b) = (first.variance / m, second.variance / n)
    guard a + b > 0 else { return nil }
    statistic = (first.mean - second.mean) / (a + b).squareRoot()
    freedom = (a + b) * (a + b) / (a * a / (m - 1) + b * b / (n - 1))
    pValue = 2 * StudentDistribution(freedom: freedom).below(-abs(statistic))
  }

  private static func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
    let count = Double(values.count)
    let mean = values[0] + values.reduce(0) { $0 + ($1 - values[0]) } / count
    return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1))
  }
}
