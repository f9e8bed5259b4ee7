// SPDX-License-Identifier: Apache-2.0

/// One thing a gate decides about: a quantity of a series of launch pairs, or of several series.
package struct GateMember: Sendable, Hashable, Codable, Identifiable {
  package enum Role: String, Sendable, Hashable, Codable, CaseIterable {
    /// A point of the suite.
    case point
    /// Another metric of a point than the time of a call.
    case metric
    /// The slow end of a point's samples.
    case tail
    /// The middle of several points, which sees small changes that all of them share.
    case group
    /// A point of the base against a copy of the base: must not fail.
    case sentinel
    /// A kernel of the base against itself with a delay put in: must fail.
    case control
  }

  /// Series that a group has in every round it is decided from.
  package static let fewestInGroup = 4

  package var id: String
  /// What people read: `benchmark label`.
  package var name: String
  package var role: Role
  /// The series of launch pairs it is decided from, one unless it is a group.
  package var series: [String]
  /// What a launch's samples are reduced to: a `LaunchStatistic` or `p95`.
  package var statistic: String
  package var margins: GateMargins
  /// What is compared; nil for the time of a call.
  package var metric: GateMetric?
  /// Why the margins are not the suite's: an acceptance's reason.
  package var accepted: String?

  package init(
    id: String, name: String, role: Role, series: [String], statistic: String,
    margins: GateMargins, metric: GateMetric? = nil, accepted: String? = nil
  ) {
    self.id = id
    self.name = name
    self.role = role
    self.series = series
    self.statistic = statistic
    self.margins = margins
    self.metric = metric
    self.accepted = accepted
  }
}
