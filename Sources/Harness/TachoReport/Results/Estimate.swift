// SPDX-License-Identifier: Apache-2.0
package import TachoAnalysis
package import TachoRecord

/// What the samples of one point say about one metric.
package struct Estimate: Sendable {
  package let metric: Metric
  /// Nil when no sample has a finite value.
  package let summary: Summary?
  /// Counted samples whose value was NaN or infinite: left out of the summary, and said so.
  package let notFinite: Int
  /// Why samples have no value, each reason once, the most frequent first.
  package let reasons: [String]

  package init(_ readings: Readings) {
    metric = readings.metric
    summary = Summary(ofLaunches: readings.launches)
    notFinite = readings.notFinite
    reasons = readings.reasons
  }

  /// The interval, or the median itself where there are too few samples for one.
  package var bounds: ClosedRange<Double>? {
    summary.map { $0.interval ?? $0.median...$0.median }
  }

  package var halfWidth: Double? {
    summary?.interval.map { ($0.upperBound - $0.lowerBound) / 2 }
  }

  /// The main reason for values that are missing; nil when none is.
  package var mainReason: String? {
    reasons.first ?? (notFinite > 0 ? "not finite" : nil)
  }

  /// Why there is no value, in words; nil when there is one and nothing was left out.
  package var remark: String? {
    var parts = reasons
    if notFinite > 0 { parts.append("\(notFinite) of the samples not finite, left out") }
    if summary == nil, parts.isEmpty { parts.append("no counted samples") }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }
}

/// One metric's readings at one point, process by process, as they were recorded.
package struct Readings: Sendable {
  package let metric: Metric
  package private(set) var launches: [[Double]]
  package private(set) var notFinite = 0
  private var reasonCounts: [String: Int] = [:]

  package init(_ metric: Metric, launches: Int) {
    self.metric = metric
    self.launches = Array(repeating: [], count: launches)
  }

  package mutating func add(_ reading: Reading, launch: Int) {
    switch reading {
    case .value(let value) where value.isFinite: launches[launch].append(value)
    case .value: notFinite += 1
    case .unavailable(let reason): reasonCounts[reason, default: 0] += 1
    }
  }

  /// Why samples have no value, each reason once, the most frequent first.
  package var reasons: [String] {
    reasonCounts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
  }

  /// The middle value of all launches, without an interval: for tables of secondary metrics.
  package var median: Double? { Summary.median(of: launches.flatMap { $0 }) }
}
