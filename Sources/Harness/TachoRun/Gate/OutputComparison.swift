// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import TachoRecord

/// What the two sides of a pair must answer alike: their outputs.
struct OutputComparison {
  /// A kernel's error against the reference may grow by this before it counts as another result.
  static let errorGrowth = 0.5
  static let errorMetric = "kernel/reference-error"

  /// Series whose two sides are not to give the same.
  var ignored: Set<String> = []

  func differences(
    _ base: GateSink.Side, _ candidate: GateSink.Side, _ series: String, _ name: String
  ) -> [GateDifference] {
    var found: [GateDifference] = []
    if ignored.contains(series) { return [] }
    if let output = output(base, candidate, series, name) { found.append(output) }
    if let error = error(base, candidate, series, name) { found.append(error) }
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

  private func error(
    _ base: GateSink.Side, _ candidate: GateSink.Side, _ series: String, _ name: String
  ) -> GateDifference? {
    guard let old = base.readings.numbers[Self.errorMetric]?.values.max(),
      let new = candidate.readings.numbers[Self.errorMetric]?.values.max(), old != new
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
}

extension GateDifference {
  /// Whether it says the same of the same thing.
  func isSame(_ other: GateDifference) -> Bool {
    seriesID == other.seriesID && quantity == other.quantity
  }
}
