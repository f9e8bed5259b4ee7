// SPDX-License-Identifier: Apache-2.0

/// What is said of one metric at one point: median with its uncertainty first, then the usual figures.
package struct Summary: Sendable, Hashable {
  package let count: Int
  package let mean: Double
  /// With n - 1 in the denominator; nil for one value.
  package let standardDeviation: Double?
  package let median: Double
  /// Median absolute deviation from the median, unscaled (times 1.4826 estimates a normal's sd).
  package let mad: Double
  package let minimum: Double
  package let maximum: Double
  /// 95% interval of the median by percentile bootstrap; nil for fewer than 3 values.
  ///
  /// It never reaches beyond the smallest and largest value, so for few values it covers less than
  /// it says; `MedianBootstrap` documents the coverage measured.
  package let interval: ClosedRange<Double>?

  private let sorted: [Double]

  /// Of values that are exchangeable: the samples of one launch.
  ///
  /// Nil when there are none, or when one is not finite (a reading that has no value is not a number to average).
  package init?(of values: [Double], seed: UInt64 = 1) {
    self.init(pooled: values) { sorted in
      MedianBootstrap.interval(sorted: sorted, seed: seed)
    }
  }

  /// Of the samples of several launches, which differ by more than samples of one launch do.
  ///
  /// The interval resamples launches, then samples within each. With one launch it is `init(of:)`.
  package init?(ofLaunches launches: [[Double]], seed: UInt64 = 1) {
    let launches = launches.filter { !$0.isEmpty }
    guard launches.count > 1 else {
      self.init(of: launches.first ?? [], seed: seed)
      return
    }
    self.init(pooled: launches.flatMap { $0 }) { _ in
      MedianBootstrap.interval(launches: launches, seed: seed)
    }
  }

  private init?(pooled values: [Double], interval: ([Double]) -> ClosedRange<Double>?) {
    guard let first = values.first, values.allSatisfy(\.isFinite) else { return nil }
    let sorted = values.sorted()
    let count = sorted.count
    // The sum is taken about a value of the sample: equal values have exactly their own mean, and a
    // large offset does not eat the digits.
    let mean = first + values.reduce(0) { $0 + ($1 - first) } / Double(count)
    let median = Percentile.value(50, ofSorted: sorted)
    self.count = count
    self.mean = mean
    self.standardDeviation =
      count < 2
      ? nil
      : (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)).squareRoot()
    self.median = median
    self.mad = Percentile.value(50, ofSorted: sorted.map { abs($0 - median) }.sorted())
    self.minimum = sorted[0]
    self.maximum = sorted[count - 1]
    self.interval = interval(sorted)
    self.sorted = sorted
  }

  /// The `p`-th percentile, 0 to 100, by linear interpolation ("type 7", numpy's default); a `p`
  /// outside is taken as 0 or 100.
  package func percentile(_ p: Double) -> Double {
    Percentile.value(p, ofSorted: sorted)
  }

  /// Half the interval's width over the median: the figure a stopping rule and a table's ± use; nil
  /// without an interval or with a median of 0.
  package var relativeHalfWidth: Double? {
    guard let interval, median != 0 else { return nil }
    return (interval.upperBound - interval.lowerBound) / 2 / abs(median)
  }

  /// The middle value alone, without the cost of an interval; nil when there is no value.
  package static func median(of values: [Double]) -> Double? {
    values.isEmpty ? nil : Percentile.value(50, ofSorted: values.sorted())
  }
}
