// SPDX-License-Identifier: Apache-2.0
package import TachoRecord
import TachoSuite

/// What a suite asks of its gate as a whole.
package struct GatePlanSettings: Sendable, Hashable, Codable {
  package var policy: GatePolicy
  package var groups: GateMargins
  /// Knobs whose values make groups, besides the benchmarks.
  package var groupBy: [String]

  package init(
    policy: GatePolicy = GatePolicy(), groups: GateMargins = .groups, groupBy: [String] = []
  ) {
    self.policy = policy
    self.groups = groups
    self.groupBy = groupBy
  }

  init(_ settings: GateSettings) {
    self.init(policy: settings.policy, groups: settings.groups, groupBy: settings.groupBy)
  }
}
