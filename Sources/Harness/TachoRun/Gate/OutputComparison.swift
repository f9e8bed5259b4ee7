// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord

/// What must be alike on both sides of a pair: outputs, and quantities that repeat exactly.
struct OutputComparison {
  /// A kernel's error against the reference may grow by this before it counts as another result.
  static let errorGrowth = 0.5
  static let errorMetric = "kernel/reference-error"

  /// For each series, the metrics to compare exactly, each with the relative growth allowed.
  let exact: [String: [String: Double]]
  /// Series whose two sides are not to give the same.
  var ignored: Set<String> = []

  func differences(
    _ base: GateSink.Side, _ candidate: GateSink.Side, _ series: String, _ name: String
  ) -> [GateDifference] {
    var found: [GateDifference] = []
    if !ignored.contains(series), let output = output(base, candidate, series, name) {
      found.append(output)
    }
    for (metric, budget) in (exact[series] ?? [:]).sorted(by: { $0.key < $1.key }) {
      if let count = count(metric, budget, base, candidate, series, name) { found.append(count) }
    }
    if !ignored.contains(series), let error = error(base, candidate, series, name) {
      found.append(error)
    }
    return found
  }

  /// The first round whose outputs differ although the inputs are the same.
  private func output(
    _ base: GateSink.Side, _ candidate: GateSink.Side, _ series: String, _ name: String
  ) -> GateDifference? {
    for round in base.fingerprints.keys.sorted() {
      guard let first = base.fingerprints[round], let second = candidate.fingerprints[round],
        first != second
      else { continue }
      var detail = "the outputs of equal inputs differ (sample \(round) of the pair)"
      if let old = base.tokens[round], let new = candidate.tokens[round] {
        detail += "; " + Self.parting(old, new)
      } else {
        detail += "; the tokens are not both known, so where they part is unavailable"
      }
      return GateDifference(
        seriesID: series, name: name, quantity: "output", base: first, candidate: second,
        change: nil, detail: detail, isFailure: true)
    }
    return nil
  }

  static func parting(_ old: [Int], _ new: [Int]) -> String {
    if let place = zip(old, new).enumerated().first(where: { $0.element.0 != $0.element.1 }) {
      return "token \(place.offset + 1) is the first to differ: \(place.element.0) in the base, "
        + "\(place.element.1) in the candidate"
    }
    return "all tokens agree up to the shorter one's end: \(old.count) in the base, \(new.count) "
      + "in the candidate"
  }

  private func count(
    _ metric: String, _ budget: Double, _ base: GateSink.Side, _ candidate: GateSink.Side,
    _ series: String, _ name: String
  ) -> GateDifference? {
    let old = base.metrics[metric] ?? []
    let new = candidate.metrics[metric] ?? []
    func difference(_ detail: String, change: Double? = nil, fails: Bool) -> GateDifference {
      GateDifference(
        seriesID: series, name: name, quantity: metric, base: Self.text(old),
        candidate: Self.text(new), change: change, detail: detail, isFailure: fails)
    }
    if old.isEmpty || new.isEmpty {
      return difference(
        "the \(old.isEmpty ? "base" : "candidate") does not report it, so it cannot be compared",
        fails: false)
    }
    guard Set(old).count == 1, Set(new).count == 1, let first = old.first, let second = new.first
    else {
      // Samples of one build differ among themselves: then sets of values are compared.
      if Set(old) == Set(new) { return nil }
      return difference(
        "it does not repeat from sample to sample, so it is no exact quantity", fails: false)
    }
    if first == second { return nil }
    let change = first > 0 ? second / first - 1 : nil
    let grew = change.map { $0 > budget } ?? (second > first)
    return difference(
      grew
        ? "it grew beyond the \(budget * 100)% allowed"
        : (second < first ? "it shrank" : "it grew within what is allowed"),
      change: change, fails: grew)
  }

  private func error(
    _ base: GateSink.Side, _ candidate: GateSink.Side, _ series: String, _ name: String
  ) -> GateDifference? {
    guard let old = base.metrics[Self.errorMetric]?.max(),
      let new = candidate.metrics[Self.errorMetric]?.max(), old != new
    else { return nil }
    let change = old > 0 ? new / old - 1 : nil
    let fails = change.map { $0 > Self.errorGrowth } ?? true
    return GateDifference(
      seriesID: series, name: name, quantity: Self.errorMetric, base: "\(old)",
      candidate: "\(new)", change: change,
      detail: fails
        ? "the kernel's error against the reference grew by more than half"
        : "the kernel rounds differently", isFailure: fails)
  }

  private static func text(_ values: [Double]) -> String {
    let distinct = Set(values).sorted()
    if distinct.count > 1 { return "\(distinct[0]) to \(distinct[distinct.count - 1])" }
    return distinct.first.map { "\($0)" } ?? "not reported"
  }
}

extension GateDifference {
  /// Whether it says the same of the same thing.
  func isSame(_ other: GateDifference) -> Bool {
    seriesID == other.seriesID && quantity == other.quantity
  }
}
