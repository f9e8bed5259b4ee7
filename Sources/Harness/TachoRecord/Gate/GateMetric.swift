// SPDX-License-Identifier: Apache-2.0

/// A metric that a member of a gate is judged by, in place of the time of a call.
package struct GateMetric: Sendable, Hashable, Codable {
  package var id: String
  package var unit: Metric.Unit
  package var better: Metric.Direction

  package init(_ metric: Metric) {
    id = metric.id
    unit = metric.unit
    better = metric.better
  }

  /// What is compared in place of a value: the value where less is better, one over it where more is, so that
  /// more is always worse; nil where there is no such number.
  package func cost(_ value: Double) -> Double? {
    guard value > 0, value.isFinite else { return nil }
    return better == .higher ? 1 / value : value
  }
}

/// The margins of one of a point's metrics.
package enum GateMetricMargins: Sendable, Hashable, Codable {
  /// The point's own.
  case ofPoint
  case own(GateMargins)
}
