// SPDX-License-Identifier: Apache-2.0

/// Which samples are marked as outliers; none is ever dropped.
///
/// Those further from the median than 14.826 median absolute deviations: ten standard deviations if the
/// bulk is normal.
package struct OutlierRule: Sendable, Hashable {
  package static let deviations = 14.826
  package let median: Double
  /// Median absolute deviation, unscaled.
  package let mad: Double

  /// Nil without values or when one is not finite.
  package init?(of values: [Double]) {
    guard !values.isEmpty, values.allSatisfy(\.isFinite) else { return nil }
    let median = Percentile.value(50, ofSorted: values.sorted())
    self.median = median
    mad = Percentile.value(50, ofSorted: values.map { abs($0 - median) }.sorted())
  }

  /// Never when half of the values are equal: then there is no scale to judge by.
  package func isOutlier(_ value: Double) -> Bool {
    mad > 0 && abs(value - median) > Self.deviations * mad
  }
}
