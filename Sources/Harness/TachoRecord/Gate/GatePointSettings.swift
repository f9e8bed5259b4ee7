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
  /// Whether another output fails; nil for where both sides do the same.
  package var comparesOutputs: Bool?

  package init(
    margins: GateMargins = .points, tail: GateMargins? = nil, statistic: String? = nil,
    exact: [String: Double] = [:], comparesOutputs: Bool? = nil
  ) {
    self.margins = margins
    self.tail = tail
    self.statistic = statistic
    self.exact = exact
    self.comparesOutputs = comparesOutputs
  }
}
