// SPDX-License-Identifier: Apache-2.0

/// What a change-point analysis found in one series.
package struct SeriesChanges: Sendable, Hashable {
  /// One test for whether there is any change at all.
  package struct Window: Sendable, Hashable {
    package let start: Int
    package let end: Int
    package let p: Double
  }

  /// In the series' order.
  package let changePoints: [ChangePoint]
  /// None for a series too short to be tested.
  package let windows: [Window]
  /// 1.4826 median absolute deviations from the levels; nil without values.
  package let deviation: Double?
  /// Rank correlation of neighbours about their levels; nil below 20 values or when all are equal.
  ///
  /// Permutations assume that there is none: where it is above 2/√n, p is too small.
  package let autocorrelation: Double?

  /// Whether neighbours are so alike that p cannot be taken at its word.
  package func isCorrelated(count: Int) -> Bool {
    guard let autocorrelation else { return false }
    return autocorrelation > 2 / Double(max(count, 1)).squareRoot()
  }
}
