// SPDX-License-Identifier: Apache-2.0

/// A sequence of launch pairs that a gate measures: what is on its two sides.
package struct GateSeries: Sendable, Hashable, Codable, Identifiable {
  /// What its pairs carry (`PairRecord.series`).
  package var id: String
  package var name: String
  package var role: GateMember.Role
  /// The base side's point.
  package var pointID: String
  /// What tells the candidate's side apart where it is not just the other build: `a copy of the base`,
  /// `+5% injected`, `relinked with layout 7`.
  package var remark: String?
  /// The series that it is to confirm.
  package var confirms: String?
  /// What of its samples must be alike on both sides; nil in records of before this was kept.
  package var exact: [GateExactMetric]?

  package init(
    id: String, name: String, role: GateMember.Role, pointID: String, remark: String? = nil,
    confirms: String? = nil, exact: [GateExactMetric]? = nil
  ) {
    self.id = id
    self.name = name
    self.role = role
    self.pointID = pointID
    self.remark = remark
    self.confirms = confirms
    self.exact = exact
  }
}
