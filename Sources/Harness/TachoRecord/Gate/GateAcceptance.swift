// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A slowdown that a review accepted: one entry of a suite's acceptance file.
package struct GateAcceptance: Sendable, Hashable, Codable {
  /// Which points: a `NamePattern` of `benchmark label`, as the gate prints them.
  package var point: String
  /// The quantity that may become worse, one of the suite's `metrics` or `exact`; nil for the time.
  package var metric: String?
  /// The ratio to the base up to which it is accepted: 1.06 for 6% more.
  package var upTo: Double
  package var reason: String
  /// The last day on which it holds.
  package var expires: CalendarDay
  /// The revision it was accepted against, where it was given.
  package var base: String?

  package init(
    point: String, metric: String? = nil, upTo: Double, reason: String, expires: CalendarDay,
    base: String? = nil
  ) {
    self.point = point
    self.metric = metric
    self.upTo = upTo
    self.reason = reason
    self.expires = expires
    self.base = base
  }

  package func covers(point name: String) -> Bool { NamePattern(point).matches(name) }

  /// Whether it is of what a member is judged by: the time of a point and of its slow end, or its metric.
  func speaks(of member: GateMember) -> Bool {
    switch member.role {
    case .point, .tail: metric == nil
    case .metric: metric != nil && member.metric?.id == metric
    case .group, .sentinel, .control: false
    }
  }

  /// Whether it is the same acceptance: one that was prolonged is, one that was raised or has another
  /// reason is not.
  package func isSame(_ other: GateAcceptance) -> Bool {
    var renewed = other
    renewed.expires = expires
    return renewed == self
  }

  /// As a share of the base's: 0.06, without what binary fractions add to it.
  package var share: Double { ((upTo - 1) * 1e9).rounded() / 1e9 }

  /// Margins that tolerate what is accepted, and where what must not pass is as far away as before.
  ///
  /// The distance is that of logarithms, in which shifts add up: with it the test needs as many launch
  /// pairs as without the acceptance, and tells no less. Nil when the margins tolerate it anyhow.
  package func moved(_ margins: GateMargins) -> GateMargins? {
    guard share > margins.tolerated else { return nil }
    let distance = margins.mustNotPassLog - margins.toleratedLog
    return GateMargins(tolerated: share, mustNotPass: expm1(log1p(share) + distance))
  }
}
