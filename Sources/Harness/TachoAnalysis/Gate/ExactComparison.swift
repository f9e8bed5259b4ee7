// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoRecord

/// Compares what repeats exactly: a change is a change, however small, and needs no statistics.
///
/// Both sides of a round have equal inputs, so values are compared round by round over all launch pairs of a
/// series. A round whose value differs between launches of one side is left out: there the metric is not
/// exact. What samples do not show is taken from the pair that counted with launches recorded, then from
/// the one under an instrument.
package struct ExactComparison: Sendable {
  private let record: GateRecord

  package init(_ record: GateRecord) {
    self.record = record
  }

  /// The series of the pair that measures a series once more with every launch recorded.
  package static func counting(_ id: String) -> String { "count/" + id }
  /// The series of the pair that observes a series under an instrument.
  package static func instrumented(_ id: String) -> String { "instrument/" + id }

  /// What differs, in the order of the record's series.
  package func differences(_ pairs: [String: [PairTimes]]) -> [GateDifference] {
    record.series.flatMap { series -> [GateDifference] in
      let sources = [series.id, Self.counting(series.id), Self.instrumented(series.id)]
        .compactMap { pairs[$0] }
      guard !sources.isEmpty else { return [] }
      return (series.exact ?? []).compactMap { difference($0, series, sources) }
    }
  }

  /// One side's values by round, over all launches.
  private typealias Values = [Int: Set<Double>]

  private static func values(
    _ metric: String, _ side: PairSide, _ pairs: [PairTimes]
  ) -> Values {
    pairs.reduce(into: Values()) { values, pair in
      for (round, number) in pair.readings[side]?.numbers[metric] ?? [:] {
        values[round, default: []].insert(number)
      }
    }
  }

  private func difference(
    _ exact: GateExactMetric, _ series: GateSeries, _ sources: [[PairTimes]]
  ) -> GateDifference? {
    var (old, new) = (Values(), Values())
    for source in sources where old.isEmpty && new.isEmpty {
      old = Self.values(exact.metric, .base, source)
      new = Self.values(exact.metric, .candidate, source)
    }
    let isAsked = exact.budget != nil
    func difference(_ detail: String, change: Double? = nil, fails: Bool) -> GateDifference {
      GateDifference(
        seriesID: series.id, name: series.name, quantity: exact.metric, base: Self.text(old),
        candidate: Self.text(new), change: change, detail: detail, isFailure: fails)
    }
    if old.isEmpty || new.isEmpty {
      guard isAsked else { return nil }
      let side: PairSide = old.isEmpty ? .base : .candidate
      let reason = sources.joined().compactMap { $0.readings[side]?.reasons[exact.metric] }.last
      return difference(
        "cannot be compared: the \(side.rawValue) does not report it"
          + (reason.map { ", because \($0)" } ?? ""), fails: false)
    }
    let rounds = old.keys.filter { old[$0]?.count == 1 && new[$0]?.count == 1 }.sorted()
    guard !rounds.isEmpty else {
      return isAsked && old != new
        ? difference(
          "it does not repeat from launch to launch, so it is no exact quantity", fails: false)
        : nil
    }
    let changed = rounds.compactMap { round -> (old: Double, new: Double)? in
      guard let before = old[round]?.first, let after = new[round]?.first, before != after
      else { return nil }
      return (before, after)
    }
    let isBetterHigher = MetricRules.metric(id: exact.metric)?.better == .higher
    func loss(_ pair: (old: Double, new: Double)) -> Double {
      guard pair.old > 0 else { return pair.new > pair.old ? .infinity : -.infinity }
      return isBetterHigher ? 1 - pair.new / pair.old : pair.new / pair.old - 1
    }
    guard let worst = changed.max(by: { loss($0) < loss($1) }) else { return nil }
    (old, new) = ([0: [worst.old]], [0: [worst.new]])
    let fails = exact.budget.map { loss(worst) > $0 } ?? false
    return difference(
      Self.detail(exact.budget, grew: worst.new > worst.old, fails: fails)
        + (changed.count < rounds.count
          ? " (in \(changed.count) of \(rounds.count) samples' inputs)" : ""),
      change: worst.old > 0 ? worst.new / worst.old - 1 : nil, fails: fails)
  }

  private static func detail(_ budget: Double?, grew: Bool, fails: Bool) -> String {
    let moved = grew ? "it grew" : "it shrank"
    guard let budget else {
      return moved + "; reported only, because the suite states no budget (gate.exact)"
    }
    let percent = String(format: "%.4g%%", 100 * budget)
    return fails
      ? "\(moved) beyond the \(percent) allowed" : "\(moved) within the \(percent) allowed"
  }

  /// `12`, `0.5`, `3 to 7`.
  private static func text(_ values: Values) -> String {
    func text(_ value: Double) -> String {
      abs(value) < 1e15 && value == value.rounded() ? "\(Int(value))" : "\(value)"
    }
    let distinct = values.values.reduce(into: Set<Double>()) { $0.formUnion($1) }.sorted()
    guard let first = distinct.first, let last = distinct.last else { return "not reported" }
    return first == last ? text(first) : "\(text(first)) to \(text(last))"
  }
}
