// SPDX-License-Identifier: Apache-2.0

/// How far a count can be trusted.
package enum CounterValidity: String, Sendable, Hashable, Codable {
  /// Counted for at least 95% of the time it was meant to.
  case measured
  /// Counted for less, because events shared a counter: extrapolated.
  case scaled
  /// Not counted; there is a reason and no value.
  case unavailable
}

/// What one event came to, on one thread or on several together.
///
/// The kernel reports how long an event was enabled while its thread ran, and for how much of that it
/// really held a counter. The value is raw * enabled / running (perf_event_open(2)); an event that never
/// held a counter has none.
package struct CounterCount: Sendable, Hashable, Codable {
  package var raw: Int?
  package var enabledNs: Int?
  package var runningNs: Int?
  package var value: Double?
  package var validity: CounterValidity
  /// Why there is no value.
  package var reason: String?

  /// Below this share of the enabled time a count is called scaled.
  package static let measuredShare = 0.95

  /// A count as the kernel reported it.
  ///
  /// A thread that was never on a processor while the event was enabled (both times 0) had no events: its
  /// count is 0. One that was, and whose event never held a counter, has no count.
  package init(raw: Int, enabledNs: Int, runningNs: Int) {
    self.raw = raw
    self.enabledNs = enabledNs
    self.runningNs = runningNs
    guard enabledNs > 0 || runningNs > 0 else {
      (value, validity) = (Double(raw), .measured)
      return
    }
    guard runningNs > 0 else {
      validity = .unavailable
      reason = "the kernel gave it no counter in \(enabledNs) ns: others hold them"
      return
    }
    let share = Double(runningNs) / Double(max(enabledNs, runningNs))
    value = runningNs >= enabledNs ? Double(raw) : Double(raw) / share
    validity = share >= Self.measuredShare ? .measured : .scaled
  }

  private init(reason: String) {
    validity = .unavailable
    self.reason = reason
  }

  package static func unavailable(_ reason: String) -> CounterCount { CounterCount(reason: reason) }

  /// The sum over threads: only as good as the worst of them, and none where one has none.
  package static func sum(_ counts: [CounterCount]) -> CounterCount {
    guard let first = counts.first else { return .unavailable("no thread was counted") }
    if let missing = counts.first(where: { $0.validity == .unavailable }) {
      let others = counts.count - counts.count { $0.validity == .unavailable }
      return .unavailable(
        (missing.reason ?? "unknown")
          + (others > 0 ? " (\(others) of \(counts.count) threads were counted)" : ""))
    }
    var total = first
    for count in counts.dropFirst() {
      total.raw = sum(total.raw, count.raw)
      total.enabledNs = sum(total.enabledNs, count.enabledNs)
      total.runningNs = sum(total.runningNs, count.runningNs)
      total.value = total.value.flatMap { sum in count.value.map { sum + $0 } }
      if count.validity == .scaled { total.validity = .scaled }
    }
    guard (total.enabledNs ?? 0) > 0 else {
      return .unavailable("none of the threads ran while it was enabled")
    }
    return total
  }

  private static func sum(_ a: Int?, _ b: Int?) -> Int? {
    guard let a, let b else { return nil }
    let (total, overflow) = a.addingReportingOverflow(b)
    return overflow ? nil : total
  }
}
