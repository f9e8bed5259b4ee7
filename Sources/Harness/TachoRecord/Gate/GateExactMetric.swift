// SPDX-License-Identifier: Apache-2.0

/// A metric of a series that is compared exactly.
package struct GateExactMetric: Sendable, Hashable, Codable {
  package var metric: String
  /// The relative growth allowed (0.01 is 1%); nil where every change is reported and none fails.
  package var budget: Double?

  package init(metric: String, budget: Double?) {
    self.metric = metric
    self.budget = budget
  }
}
