// SPDX-License-Identifier: Apache-2.0
import TachoRecord

/// A change between the two sides of launch pairs and its parts, which sum to it.
///
/// A launch is the mean of the middle half of its samples by their whole, the change the mean of the middle half
/// of the pairs by theirs: disturbed samples and pairs are left out as wholes, and because what is left is averaged,
/// the parts of the average are the average of the parts. (Of medians taken part by part neither would sum.)
/// Intervals are of all pairs, from their order alone.
struct PartedChange {
  /// One side of a pair: each sample's parts.
  typealias Side = [[String: Double]]

  /// In no order.
  let parts: [(name: String, change: Double, interval: ClosedRange<Double>?)]
  /// Of the base, in the pairs that count.
  let base: Double
  let change: Double
  let interval: ClosedRange<Double>?

  /// Nil without a pair that has samples on both sides.
  init?(_ pairs: [(base: Side, candidate: Side)]) {
    let both = pairs.compactMap { pair -> (base: [String: Double], candidate: [String: Double])? in
      guard let base = Self.middle(pair.base), let candidate = Self.middle(pair.candidate) else {
        return nil
      }
      return (base, candidate)
    }
    guard !both.isEmpty else { return nil }
    let names = both.reduce(into: Set<String>()) {
      $0.formUnion($1.base.keys)
      $0.formUnion($1.candidate.keys)
    }
    func change(_ pair: (base: [String: Double], candidate: [String: Double]), _ name: String)
      -> Double
    { (pair.candidate[name] ?? 0) - (pair.base[name] ?? 0) }
    func whole(_ parts: [String: Double]) -> Double { parts.values.reduce(0, +) }
    let wholes = both.map { whole($0.candidate) - whole($0.base) }
    let order = both.indices.sorted { (wholes[$0], $0) < (wholes[$1], $1) }
    let kept = Self.middleHalf(order)
    func mean(_ value: (Int) -> Double) -> Double {
      kept.reduce(0) { $0 + value($1) } / Double(kept.count)
    }
    // The interval is of the middle pair; of a skew part the mean of the middle half may lie beside it.
    func interval(_ values: [Double], around mean: Double) -> ClosedRange<Double>? {
      ShiftEstimate.interval(of: values).map {
        min($0.lowerBound, mean)...max($0.upperBound, mean)
      }
    }
    parts = names.sorted().map { name in
      let own = mean { change(both[$0], name) }
      return (name, own, interval(both.map { change($0, name) }, around: own))
    }
    base = mean { whole(both[$0].base) }
    self.change = mean { wholes[$0] }
    self.interval = interval(wholes, around: self.change)
  }

  /// The mean of a launch's middle samples, part by part.
  private static func middle(_ samples: Side) -> [String: Double]? {
    guard !samples.isEmpty else { return nil }
    let wholes = samples.map { $0.values.reduce(0, +) }
    let kept = middleHalf(samples.indices.sorted { (wholes[$0], $0) < (wholes[$1], $1) })
    var sums: [String: Double] = [:]
    for index in kept { sums.merge(samples[index]) { $0 + $1 } }
    return sums.mapValues { $0 / Double(kept.count) }
  }

  /// Without the lowest and the highest quarter, rounded down.
  private static func middleHalf(_ sorted: [Int]) -> ArraySlice<Int> {
    sorted.dropFirst(sorted.count / 4).dropLast(sorted.count / 4)
  }
}
