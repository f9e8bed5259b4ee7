// SPDX-License-Identifier: Apache-2.0
import Foundation

/// One thing a study makes small or large.
package struct StudyObjective: Sendable, Hashable, Codable {
  /// A metric's id, or a function's output.
  package var metric: String
  package var better: Metric.Direction

  package init(metric: String, better: Metric.Direction) {
    self.metric = metric
    self.better = better
  }

  /// A value as what is to be made small.
  package func loss(_ value: Double) -> Double { better == .lower ? value : -value }
}

/// One limit a good configuration keeps.
package struct StudyConstraint: Sendable, Hashable, Codable {
  package var metric: String
  /// The metric must be at most, or at least, this.
  package var limit: Double
  package var isUpper: Bool

  package init(metric: String, limit: Double, isUpper: Bool) {
    self.metric = metric
    self.limit = limit
    self.isUpper = isUpper
  }

  /// A measured value as an excess: at most 0 where the limit is kept.
  ///
  /// ln(value / limit) where both are above 0, so that excesses of different metrics compare; else the
  /// difference.
  package func excess(_ value: MeasuredMean) -> MeasuredMean {
    let sign = isUpper ? 1.0 : -1.0
    guard value.mean > 0, limit > 0 else {
      return MeasuredMean(
        sign * (value.mean - limit), standardError: value.standardError, count: value.count)
    }
    return MeasuredMean(
      sign * log(value.mean / limit),
      standardError: value.standardError.map { $0 / value.mean }, count: value.count)
  }
}
