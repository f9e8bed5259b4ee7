// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
package import TachoRecord

/// A point with how it is to be measured.
package struct PlannedPoint: Sendable, Hashable, Codable {
  package var point: Point
  package var policy: MeasurementPolicy
  /// Fresh worker processes to measure it in.
  package var launches: Int
  /// Why it will not be measured, when an exclusion or cross-check says so: kept as a row.
  package var skip: String?
  /// How `tacho gate` judges it.
  package var gate: GatePointSettings
  /// What `tacho gate` compares it with, when that is another configuration and not only another build.
  package var against: Point?

  package init(
    point: Point, policy: MeasurementPolicy, launches: Int = 1, skip: String? = nil,
    gate: GatePointSettings = GatePointSettings(), against: Point? = nil
  ) {
    self.point = point
    self.policy = policy
    self.launches = launches
    self.skip = skip
    self.gate = gate
    self.against = against
  }
}

/// What a suite resolves to: every point, in the suite's order.
package struct Plan: Sendable, Hashable, Codable {
  package var suite: String
  /// The suite as written, all files included, so that a result can always be re-run.
  package var suiteText: String
  package var points: [PlannedPoint]
  /// What `tacho gate` may spend, and how it groups.
  package var gate: GatePlanSettings

  package init(
    suite: String, suiteText: String, points: [PlannedPoint],
    gate: GatePlanSettings = GatePlanSettings()
  ) {
    self.suite = suite
    self.suiteText = suiteText
    self.points = points
    self.gate = gate
  }

  /// Identity of what will be measured: a resumed sweep must match it.
  package var hash: String {
    let identities = points.map { "\($0.point.benchmark) \($0.point.id) \($0.launches)" }
    return SHA256.hex(identities.joined(separator: "\n"))
  }
}
