// SPDX-License-Identifier: Apache-2.0

/// How a gate judges one point.
package struct GatePointSettings: Sendable, Hashable, Codable {
  package var margins: GateMargins
  /// Of the point's 95th percentile; nil when its slow end is not judged.
  package var tail: GateMargins?
  /// Metrics that are judged besides the time of a call, each with its margins.
  package var metrics: [String: GateMetricMargins]
  /// What a launch's samples are reduced to; nil for what the machine's calibration found tightest.
  package var statistic: String?
  /// Metrics that repeat exactly, each with the relative growth it may have.
  package var exact: [String: Double]
  /// Whether those that repeat by their nature (`MetricRules.exact`) are compared without being named.
  package var comparesCounts: Bool
  /// Whether another output fails; nil for where both sides do the same.
  package var comparesOutputs: Bool?

  package init(
    margins: GateMargins = .points, tail: GateMargins? = nil, statistic: String? = nil,
    metrics: [String: GateMetricMargins] = [:],
    exact: [String: Double] = [:], comparesCounts: Bool = true, comparesOutputs: Bool? = nil
  ) {
    self.margins = margins
    self.tail = tail
    self.statistic = statistic
    self.metrics = metrics
    self.exact = exact
    self.comparesOutputs = comparesOutputs
    self.comparesCounts = comparesCounts
  }

  /// The metrics judged besides the time of a call, in the order of names, each with the margins it has here.
  package var judgedMetrics: [(metric: GateMetric, margins: GateMargins)] {
    metrics.sorted { $0.key < $1.key }.compactMap { id, own in
      guard let metric = MetricRules.metric(id: id) else { return nil }
      switch own {
      case .ofPoint: return (GateMetric(metric), margins)
      case .own(let margins): return (GateMetric(metric), margins)
      }
    }
  }

  /// What is compared exactly, in the order of names: what the suite names with its budgets, and what repeats
  /// by its nature without one.
  package var exactMetrics: [GateExactMetric] {
    let usual = comparesCounts ? MetricRules.exact.map(\.id) : []
    return Set(usual).union(exact.keys).sorted().map {
      GateExactMetric(metric: $0, budget: exact[$0])
    }
  }
}
