// SPDX-License-Identifier: Apache-2.0

/// A member's verdict with the evidence at which it was reached.
///
/// All of it can be computed again from the samples in the store.
package struct GateDecision: Sendable, Hashable, Codable {
  package var memberID: String
  package var verdict: GateVerdict
  /// Launch pairs the verdict needed.
  package var pairs: Int
  /// Natural logarithms of the evidence that it is slower than tolerated, and that it is not as slow as
  /// must not pass; and what each has to reach.
  package var failEvidence: Double
  package var failThreshold: Double
  package var passEvidence: Double
  package var passThreshold: Double
  /// ln(candidate / base) of the times: the centre of all pairs, and the 95% interval from their order.
  package var shift: Double?
  package var low: Double?
  package var high: Double?
  /// The middle of each side's launches, in the unit of what is compared; nil of a group, and in results of
  /// before this was kept.
  package var base: Double?
  package var candidate: Double?
  package var reason: String

  package init(
    memberID: String, verdict: GateVerdict, pairs: Int, failEvidence: Double = 0,
    failThreshold: Double = 0, passEvidence: Double = 0, passThreshold: Double = 0,
    shift: Double? = nil, low: Double? = nil, high: Double? = nil, base: Double? = nil,
    candidate: Double? = nil, reason: String
  ) {
    self.memberID = memberID
    self.verdict = verdict
    self.pairs = pairs
    self.failEvidence = failEvidence
    self.failThreshold = failThreshold
    self.passEvidence = passEvidence
    self.passThreshold = passThreshold
    self.shift = shift
    self.low = low
    self.high = high
    self.base = base
    self.candidate = candidate
    self.reason = reason
  }
}
