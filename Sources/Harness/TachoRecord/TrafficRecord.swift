// SPDX-License-Identifier: Apache-2.0

/// How requests were sent in a load run, as far as metrics depend on it.
package struct TrafficRecord: Sendable, Hashable, Codable {
  /// Whether a request was sent when another was done (closed loop), not when its time had come.
  package var closedLoop: Bool
  /// What an answer must keep to; nil when nothing was promised.
  package var levels: ServiceLevels?

  package init(closedLoop: Bool, levels: ServiceLevels? = nil) {
    self.closedLoop = closedLoop
    self.levels = levels
  }
}

/// Service level objectives: the most seconds a good answer takes; nil promises nothing.
package struct ServiceLevels: Sendable, Hashable, Codable {
  package var ttft: Double?
  package var tpot: Double?
  package var e2el: Double?
  /// Whether an answer whose every token came at once, which has no TPOT, counts as within it.
  package var tpotMayBeMissing: Bool

  package init(
    ttft: Double? = nil, tpot: Double? = nil, e2el: Double? = nil, tpotMayBeMissing: Bool = false
  ) {
    self.ttft = ttft
    self.tpot = tpot
    self.e2el = e2el
    self.tpotMayBeMissing = tpotMayBeMissing
  }

  package var isEmpty: Bool { ttft == nil && tpot == nil && e2el == nil }

  /// Whether an answer kept every promise; a latency that is not known did not, but for TPOT where the
  /// levels say so.
  func areKept(by request: RequestMetrics) -> Bool {
    guard request.record.failure == nil else { return false }
    func keeps(_ level: Double?, _ reading: Reading, ifMissing: Bool = false) -> Bool {
      guard let level else { return true }
      guard case .value(let seconds) = reading else { return ifMissing }
      return seconds <= level
    }
    return keeps(ttft, request.ttft)
      && keeps(
        tpot, request.tpot, ifMissing: tpotMayBeMissing && request.hasNoPace)
      && keeps(e2el, request.e2el)
  }
}
