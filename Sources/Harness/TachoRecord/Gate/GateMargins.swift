// SPDX-License-Identifier: Apache-2.0
import Foundation

/// How much slower is tolerated, and how much slower must never pass, as shares of the base's time.
package struct GateMargins: Sendable, Hashable, Codable {
  /// Up to here a change is none: 0.01 is one percent slower.
  package var tolerated: Double
  /// A change of at least this much passes with a chance of `GatePolicy.beta` at most.
  package var mustNotPass: Double

  /// Of single points.
  package static let points = GateMargins(tolerated: 0.01, mustNotPass: 0.03)
  /// Of groups: the middle of many points moves less by chance than each of them.
  package static let groups = GateMargins(tolerated: 0.005, mustNotPass: 0.02)
  /// Of a point's 95th percentile, which varies more than its middle.
  package static let tails = GateMargins(tolerated: 0.10, mustNotPass: 0.30)

  package init(tolerated: Double, mustNotPass: Double) {
    self.tolerated = tolerated
    self.mustNotPass = mustNotPass
  }

  /// What is wrong with them; nil when nothing is.
  package var complaint: String? {
    guard tolerated.isFinite, mustNotPass.isFinite, tolerated >= 0, mustNotPass > tolerated,
      mustNotPass < 10
    else {
      return "what must not pass (\(mustNotPass)) has to be above what is tolerated "
        + "(\(tolerated)), which is at least 0"
    }
    return nil
  }

  /// Both as natural logarithms of ratios of times.
  package var toleratedLog: Double { log1p(tolerated) }
  package var mustNotPassLog: Double { log1p(mustNotPass) }
}
