// SPDX-License-Identifier: Apache-2.0

/// Every metric Tacho computes: one line each.
package enum MetricRules {
  package static let all: [any MetricRule.Type] = [
    SampleSeconds.self
  ]

  package static func metric(id: String) -> Metric? {
    all.first { $0.metric.id == id }?.metric
  }

  /// Every metric that applies to an observation.
  package static func measurements(of observation: Observation) -> [Measurement] {
    all.compactMap { rule in
      rule.reading(of: observation).map { Measurement(rule.metric, $0) }
    }
  }
}
