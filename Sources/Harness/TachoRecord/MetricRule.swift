// SPDX-License-Identifier: Apache-2.0

/// How a metric is computed from what a worker observed in one sample.
///
/// To add a metric: one file in `Metrics/` with a type that conforms to this protocol, and one line
/// in `MetricRules.defined`. The store, the exports and the reports need no change.
package protocol MetricRule: Sendable {
  static var metric: Metric { get }
  /// The value, `.unavailable` with the reason when the definition has none, or nil when the metric
  /// does not apply to this kind of benchmark.
  static func reading(of observation: Observation) -> Reading?
  /// Where well-known tools mean something else by it, one sentence each; `tacho explain` prints them.
  static var peers: [String] { get }
  /// Whether equal programs give equal values for equal inputs, by the metric's nature: a gate compares such
  /// values exactly.
  static var repeatsExactly: Bool { get }
}

extension MetricRule {
  package static var peers: [String] { [] }
  package static var repeatsExactly: Bool { false }
}

/// A rule for what was counted under an instrument (`ObservationMode.instrumented`): the only kind that sees
/// such an observation, because the times in it mean nothing.
package protocol InstrumentMetricRule: MetricRule {}
