// SPDX-License-Identifier: Apache-2.0

/// How a gate judges one point.
package struct GatePointSettings: Sendable, Hashable, Codable {
  package var margins: GateMargins
  /// Of the point's 95th percentile; nil when its slow end is not judged.
  package var tail: GateMargins?
  /// What a launch's samples are reduced to; nil for what the machine's calibration found tightest.
  package var statistic: String?
  /// Metrics that repeat exactly, each with the relative growth it may have.
  package var exact: [String: Double]
  /// Whether those that repeat by their nature (`MetricRules.exact`) are compared without being named.
  package var comparesCounts: Bool

  package init(
    margins: GateMargins = .points, tail: GateMargins? = nil, statistic: String? = nil,
    exact: [String: Double] = [:], comparesCounts: Bool = true
  ) {
    self.margins = margins
    self.tail = tail
    self.statistic = statistic
    self.exact = exact
    self.comparesCounts = comparesCounts
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
